/// <reference lib="dom" />
/** The live list and the forms around it, in a browser: nothing moves under the pointer, nothing typed is lost. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import {
  atAddress,
  closeContexts,
  type Guest,
  holdSent,
  newGuest,
  release,
  sharedBrowser,
} from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('the list on a page', () => {
  let site: TestSite;
  let browser: Browser;
  let host: TestVisitor;
  const guests: Guest[] = [];

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    host = await arrive(site);
  });
  afterEach(async () => {
    for (const { context } of guests.splice(0)) await release(context);
  });
  after(async () => {
    host.leaveAll();
    await closeContexts(browser);
    await site.close();
  });

  async function open(path: string, options = {}): Promise<Page> {
    const guest = await newGuest(browser, options);
    guests.push(guest);
    await guest.page.goto(site.url + path);
    await guest.page.locator('[data-pulse].is-live').waitFor({ state: 'attached' });
    return guest.page;
  }
  const card = (page: Page, title: string) => page.locator('[data-rooms] > li', { hasText: title });

  it('invites where there is nothing, and shows the first room as it opens', async () => {
    const page = await open('/');
    await page.locator('[data-empty]').waitFor();
    assert.ok(!(await page.getByRole('search').isVisible()), 'there is nothing to search');
    await host.createRoom({ title: 'the very first' });
    await card(page, 'the very first').waitFor();
    await page.getByRole('search').waitFor();
    await page.locator('[data-empty]').waitFor({ state: 'hidden' });
    await page.locator('.rooms-head .button').waitFor();
  });

  it('holds still under the pointer: new rooms wait, closed ones stay as shadows', async () => {
    const [stays, goes] = [
      await host.createRoom({ title: 'stays here' }),
      await host.createRoom({ title: 'goes away' }),
    ];
    const page = await open('/');
    await card(page, 'stays here').hover();
    const top = () => card(page, 'stays here').evaluate((element) => element.getBoundingClientRect().top);
    const before = await top();
    await host.createRoom({ title: 'comes in between' });
    await host.agent.delete(`/room/${goes._id}`);
    await page.locator('[data-fresh]', { hasText: 'Show 1 new room' }).waitFor();
    await card(page, 'goes away').and(page.locator('.is-gone')).waitFor();
    assert.equal(await top(), before);
    await page.mouse.move(2, 2);
    await card(page, 'comes in between').waitFor();
    await card(page, 'goes away').waitFor({ state: 'detached' });
    await host.agent.delete(`/room/${stays._id}`);
  });

  it('shows what opened, filled and ended after it was drawn and before it was connected', async () => {
    const fills = await host.createRoom({ title: 'fills unseen' });
    const ends = await host.createRoom({ title: 'ends unseen' });
    const guest = await newGuest(browser);
    guests.push(guest);
    const { page } = guest;
    const connecting = holdSent(/^40\/room,/);
    await connecting.on(page);
    await page.goto(site.url);
    await waitFor('the connection to begin', () => connecting.held() > 0);
    await host.createRoom({ title: 'opens unseen' });
    await host.sit(fills._id);
    await host.remove(ends._id);
    await card(page, 'ends unseen').waitFor();
    connecting.release();
    await card(page, 'opens unseen').waitFor();
    await card(page, 'ends unseen').waitFor({ state: 'detached' });
    await card(page, 'fills unseen').getByText('1 of 10 here').waitFor();
    host.leaveAll();
  });

  it('is loaded again where it was drawn too long ago, but moves nothing under the pointer', async () => {
    const [room] = [await host.createRoom({ title: 'drawn long ago' }), await host.createRoom({ title: 'beside it' })];
    const guest = await newGuest(browser);
    guests.push(guest);
    const { page } = guest;
    let answer: (() => Promise<void>) | undefined;
    await page.route(
      (address) => address.pathname === '/',
      async (route) => {
        if (route.request().resourceType() === 'fetch') return void (answer ??= () => route.continue());
        const drawn = await route.fetch();
        await route.fulfill({ body: (await drawn.text()).replace(/data-drawn-at="\d+"/, 'data-drawn-at="1"') });
      },
    );
    await page.goto(site.url);
    await waitFor('the list to be asked for again', () => answer);
    const old = card(page, 'drawn long ago');
    await old.hover();
    for (const drawn of await page.locator('[data-rooms] > li').all())
      await drawn.evaluate((element) => (element.dataset['old'] = ''));
    const arrived = page.waitForResponse((response) => new URL(response.url()).pathname === '/');
    await answer?.();
    await (await arrived).finished();
    await host.remove(room._id);
    await old.and(page.locator('.is-gone[data-old]')).waitFor();
    await page.unrouteAll();
    await page.mouse.move(2, 2);
    await old.waitFor({ state: 'detached' });
    await card(page, 'beside it').and(page.locator(':not([data-old])')).waitFor();
  });

  it('shows before a click what is full, what is locked, and how many are inside', async () => {
    const room = await host.createRoom({ title: 'two chairs', max: 2, password: 'sesame' });
    const page = await open('/');
    await card(page, 'two chairs').getByText('Up to 2, nobody here yet').waitFor();
    assert.ok(await card(page, 'two chairs').locator('[data-slot=lock]').isVisible());
    await host.sit(room._id);
    await card(page, 'two chairs').getByText('1 of 2 here').waitFor();
    const second = await arrive(site);
    await second.enter(room._id, 'sesame');
    await second.sit(room._id);
    await card(page, 'two chairs').and(page.locator('.is-full')).getByText('All 2 seats taken').waitFor();
    second.leaveAll();
  });

  it('says inside a full room that it is full, and invites nobody until somebody leaves', async () => {
    const room = await host.createRoom({ title: 'table for two', max: 2 });
    const second = await arrive(site);
    await second.sit(room._id);
    const page = await open(`/room/${room._id}`);
    await page.locator('.room-bar').getByText('Full', { exact: true }).waitFor();
    const invite = page.locator('.room-bar').getByRole('button', { name: 'Invite' });
    assert.ok(!(await invite.isVisible()));
    await second.agent.post(`/room/${room._id}/leave`);
    await invite.waitFor();
    assert.ok(!(await page.getByText('Full', { exact: true }).isVisible()));
    second.leaveAll();
  });

  it('prints a conversation without what is around it, and says what is left out; “Print” leaves nothing out', async () => {
    const room = await host.createRoom({ title: 'on paper' });
    const author = { id: host.id, name: 'Host', color: '#123456', shift: 0 };
    const said = { room: room._id, author, chat: 'black on white', createdAt: new Date() };
    const all = Array.from({ length: 180 }, (_, i) => ({ ...said, seq: i + 1 }));
    await site.app.services.models.Chat.insertMany(all);
    await host.sit(room._id);
    const page = await open(`/room/${room._id}`);
    await page.emulateMedia({ media: 'print' });
    await page.locator('.bubble', { hasText: 'black on white' }).first().waitFor();
    for (const part of ['.top', '.people', '.composer', '.room-leave'])
      assert.ok(!(await page.locator(part).isVisible()), part);
    const note = page.getByText('What was said before this is left out here.');
    assert.ok(await note.isVisible());
    await page.emulateMedia({ media: null });
    assert.ok(!(await note.isVisible()));
    await page.evaluate(() => {
      window.print = () =>
        (document.documentElement.dataset['printed'] = String(document.querySelectorAll('.msg').length));
    });
    await page.locator('[data-menu] summary').click();
    await page.getByRole('button', { name: 'Print', exact: true }).click();
    await page.locator('html[data-printed="180"]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    assert.ok(!(await note.isVisible()));
    await page.locator('#m-1').waitFor();
  });

  it('finds by title, offers the missing room, and fills its name in', async () => {
    const page = await open('/?q=unheard+of');
    await page.getByRole('link', { name: 'Open “unheard of”' }).click();
    assert.equal(await page.locator('#title').inputValue(), 'unheard of');
  });

  it('keeps slider, number and card together, and every value after a refusal', async () => {
    const page = await open('/room');
    await page.locator('#title').fill('Preview me');
    await page.locator('[data-max-range]').fill('7');
    assert.equal(await page.locator('#max').inputValue(), '7');
    await page.locator('#password').fill('abc');
    await page.locator('[data-strength-words]', { hasText: 'Too short' }).waitFor();
    const preview = page.locator('[data-preview]');
    await preview.getByText('Preview me').waitFor();
    await preview.getByText('1 of 7 here').waitFor();
    await page.getByRole('button', { name: 'Show the password' }).click();
    assert.equal(await page.locator('#password').getAttribute('type'), 'text');
    await page.locator('[data-room-form]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
    await page.locator('[data-submit]').click();
    await page.locator('#password-error', { hasText: 'needs 4 to 128' }).waitFor();
    assert.equal(await page.locator('#title').inputValue(), 'Preview me');
    assert.equal(await page.locator('#max').inputValue(), '7');
  });

  it('switches the theme at once and for good, and the language on the page where one is', async () => {
    const page = await open('/room', { colorScheme: 'light' });
    for (const shown of ['auto', 'light']) await page.locator(`.top .for-${shown}`).click();
    await waitFor('the choice to be kept', async () =>
      (await page.context().cookies()).some(({ name, value }) => name === 'theme' && value === 'dark'),
    );
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(await background(), 'rgb(19, 19, 22)');
    await page.reload();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    assert.equal(await background(), 'rgb(19, 19, 22)');
    await page.locator('.top .language').click();
    await page.locator('html[lang=ko]').waitFor();
    assert.match(page.url(), /\/room$/);
  });

  it('is done with the keyboard alone: skip, find, enter, write', async () => {
    const room = await host.createRoom({ title: 'by keyboard' });
    const page = await open('/');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip');
    await page.locator('#q').focus();
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await atAddress(page, /q=by/);
    await card(page, 'by keyboard').getByRole('link').focus();
    await page.keyboard.press('Enter');
    await atAddress(page, new RegExp(room._id));
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    await page.keyboard.type('no mouse needed');
    await page.keyboard.press('Enter');
    await page.locator('.msg.mine:not(.is-pending)', { hasText: 'no mouse needed' }).waitFor();
  });
});
