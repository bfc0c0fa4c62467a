/// <reference lib="dom" />
/** The story of the README, in a real browser: two visitors, one room, a GIF, a reload, a dropped line, a leave. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../../services/site/root.js';
import { atAddress, closeContexts, type Guest, newGuest, release, sharedBrowser, SIZES } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { rainbowGif } from '../support/pictures.js';

const PICTURES = path.join(ROOT, 'test-results', 'flow');

describe('two visitors in two browsers', () => {
  let site: TestSite;
  let browser: Browser;
  const guests: Guest[] = [];

  before(async () => {
    await mkdir(PICTURES, { recursive: true });
    [site, browser] = await Promise.all([startSite({ ROOM_GRACE_MS: '60000' }), sharedBrowser()]);
  });
  afterEach(async () => {
    for (const { context } of guests.splice(0)) await release(context);
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  async function guest(options = {}): Promise<Guest> {
    const made = await newGuest(browser, options);
    guests.push(made);
    return made;
  }

  async function openRoom(page: Page, title: string, password = ''): Promise<string> {
    await page.goto(`${site.url}/`);
    await page.getByRole('link', { name: 'New room' }).first().click();
    await page.getByLabel('Title').fill(title);
    if (password) await page.locator('input[name=password]').fill(password);
    await page
      .getByRole('button', { name: 'Open the room' })
      .or(page.locator('form[action$="/room"] [data-submit]'))
      .first()
      .click();
    await atAddress(page, /\/room\/[0-9a-f]{24}$/);
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    return page.url();
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.locator('textarea[name=chat]').fill(text);
    await page.keyboard.press('Enter');
    await page.locator('.msg.mine .bubble', { hasText: text }).waitFor();
  }

  const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });

  it('creates a locked room, enters with the password, chats, posts a GIF, reloads, leaves: and nothing is left', async () => {
    const [host, friend, watcher] = [await guest(), await guest({ viewport: SIZES.phone }), await guest()];
    await watcher.page.goto(`${site.url}/`);
    await watcher.page.locator('[data-pulse].is-live').waitFor({ state: 'attached' });
    const url = await openRoom(host.page, 'Tea and cats', 'earl grey');
    // What the site last told may be older than what the room knows: the header follows the room at once.
    const pulse = (page: Page) =>
      page.locator('[data-pulse] [data-pulse-rooms], [data-pulse-people]').allTextContents();
    assert.deepEqual(await pulse(host.page), ['1 room', '1 person']);
    const card = watcher.page.locator('[data-rooms] > li', { hasText: 'Tea and cats' });
    await card.waitFor();

    await friend.page.goto(url);
    await friend.page.locator('input[name=password]').fill('wrong one');
    await friend.page.keyboard.press('Enter');
    await friend.page.locator('.field-error').first().waitFor();
    await friend.page.locator('input[name=password]').fill('earl grey');
    await friend.page.keyboard.press('Enter');
    await friend.page.locator('html[data-joined]').waitFor({ state: 'attached' });
    await card.getByText('2 of 10').waitFor();
    assert.deepEqual(await pulse(friend.page), ['1 room', '2 people']);

    await say(host.page, 'hello from the desk');
    await bubble(friend.page, 'hello from the desk').waitFor();
    await say(friend.page, 'hello from the phone <i>plain</i>');
    await bubble(host.page, 'hello from the phone <i>plain</i>').waitFor();

    const file = { name: 'cat.gif', mimeType: 'image/gif', buffer: await rainbowGif() };
    await friend.page.locator('[data-attach-file]').setInputFiles(file);
    await friend.page.locator('[data-attach]:not([hidden])').waitFor();
    await friend.page.locator('[data-attach-alt]').fill('a rainbow');
    await friend.page.locator('[data-send]').click();
    const picture = host.page.getByAltText('a rainbow');
    await picture.waitFor();
    assert.equal(await picture.getAttribute('width'), '240');
    await host.page.screenshot({ path: path.join(PICTURES, 'desktop.png') });
    await friend.page.screenshot({ path: path.join(PICTURES, 'phone.png') });

    await friend.page.reload();
    await friend.page.locator('html[data-joined]').waitFor({ state: 'attached' });
    assert.equal(await bubble(friend.page, 'hello from the desk').count(), 1);
    await friend.page.getByAltText('a rainbow').waitFor();

    const image = new URL((await picture.getAttribute('src')) ?? '', site.url).href;
    assert.equal((await host.context.request.get(image)).status(), 200);
    assert.equal((await watcher.context.request.get(image)).status(), 404);

    const leave = (page: Page) =>
      page
        .locator('[data-leave]')
        .first()
        .evaluate((form: HTMLFormElement) => form.requestSubmit());
    await leave(friend.page);
    await card.getByText('1 of 10').waitFor();
    await leave(host.page);
    const sure = host.page.locator('[data-confirm][open] [data-confirm-yes]');
    await sure.or(host.page.locator('[data-rooms], [data-empty]').first()).first().waitFor();
    if (await sure.isVisible()) await sure.click();
    await atAddress(
      host.page,
      (address) => !address.pathname.startsWith('/room/') || address.pathname.endsWith('/closed'),
    );
    await card.waitFor({ state: 'detached' });
    assert.equal((await host.context.request.get(image)).status(), 404);
    const expected = /status of (401|403|404|410)/;
    for (const { complaints } of [host, friend, watcher]) {
      assert.deepEqual(
        complaints.filter((complaint) => !expected.test(complaint)),
        [],
      );
    }
  });

  it('a name in the list leads on although somebody leaves between press and release', async () => {
    const [host, friend, other] = [await guest(), await guest(), await guest()];
    const url = await openRoom(host.page, 'Press and leave');
    for (const { page } of [friend, other]) {
      await page.goto(url);
      await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    }
    const id = await friend.page.locator('html').getAttribute('data-me');
    const rows = host.page.locator('[data-people-list] li');
    await rows.nth(2).waitFor();
    await host.page.locator(`[data-people-list] [data-id="${id}"] a`).hover();
    await host.page.mouse.down();
    await release(other.context);
    await rows.nth(2).waitFor({ state: 'detached' });
    await host.page.mouse.up();
    await atAddress(host.page, `${site.url}/messages/${id}`);
  });

  it('leaves by its form although the room says meanwhile that this visitor has left', async () => {
    const [{ page }, other] = [await guest(), await guest()];
    const heard = new Promise<void>((resolve) => {
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => String(payload).includes('"exit"') && resolve()),
      );
    });
    const url = await openRoom(page, 'Left already');
    await other.page.goto(url);
    await other.page.locator('html[data-joined]').waitFor({ state: 'attached' });
    const failed: string[] = [];
    page.on('requestfailed', (request) => request.isNavigationRequest() && failed.push(request.url()));
    await page.route('**/leave', async (route) => {
      const headers = { ...route.request().headers(), origin: site.url };
      const response = await route.fetch({ maxRedirects: 0, headers });
      await heard;
      await other.page.locator('[data-here]', { hasText: '1 of 10' }).waitFor();
      await route.fulfill({ response });
    });
    await page.locator('.room-leave button').click();
    await atAddress(page, `${site.url}/`);
    assert.deepEqual(failed, []);
  });

  it('never sends on the Enter that ends the composition of Hangul', async () => {
    const { page } = await guest({ locale: 'ko-KR' });
    await page.goto(`${site.url}/room`);
    await page.locator('input[name=title]').fill('한글');
    await page.locator('form[action$="/room"] [data-submit]').click();
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    const field = page.locator('textarea[name=chat]');
    await field.fill('안녕');
    await field.evaluate((element) => {
      const composing = { key: 'Enter', bubbles: true, cancelable: true, isComposing: true };
      element.dispatchEvent(new KeyboardEvent('keydown', composing));
    });
    assert.equal(await field.inputValue(), '안녕');
    assert.equal(await page.locator('.msg').count(), 0);
    await field.press('Enter');
    await bubble(page, '안녕').waitFor();
  });

  it('reads, creates, enters and posts with JavaScript off', async () => {
    const [host, friend] = [await guest({ javaScriptEnabled: false }), await guest({ javaScriptEnabled: false })];
    await host.page.goto(`${site.url}/room`);
    await host.page.locator('input[name=title]').fill('No script needed');
    await host.page.locator('input[name=password]').fill('plain old');
    await host.page.locator('form[action$="/room"] [data-submit]').click();
    await atAddress(host.page, /\/room\/[0-9a-f]{24}$/);
    await host.page.locator('textarea[name=chat]').fill('posted by a form');
    await host.page.locator('[data-send]').click();
    const said = (page: Page) =>
      page.frameLocator('iframe.noscript-log').locator('.bubble', { hasText: 'posted by a form' });
    await said(host.page).waitFor();
    await friend.page.goto(host.page.url());
    await friend.page.locator('input[name=password]').fill('plain old');
    await friend.page.locator('[data-gate] [data-submit]').click();
    await said(friend.page).waitFor();
  });
});
