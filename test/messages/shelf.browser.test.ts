/// <reference lib="dom" />
/** The GIF shelf on a page: opened, searched, sent by tap and by keyboard, kept, and waiting where the connection is away. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import * as pictures from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('the GIF shelf on a page', () => {
  let site: TestSite;
  let browser: Browser;
  let host: TestVisitor;
  let room: string;
  let page: Page;

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    host = await arrive(site);
    room = (await host.createRoom({ title: 'shelf', max: 4 }))._id;
    await host.open(room);
    await host.sit(room);
    ({ page } = await newGuest(browser));
    await page.goto(`${site.url}/room/${room}`);
  });
  after(async () => {
    await closeContexts(browser);
    host.leaveAll();
    await site.close();
  });

  const shelf = () => page.locator('.shelf');
  const gif = (name: string) => shelf().getByRole('button', { name, exact: true }).first();
  const gifs = async () =>
    ((await host.history(room)).body.chats as MessageView[]).flatMap(({ gif: sent }) => (sent ? [sent.alt] : []));

  it('opens on demand, sends with one tap, and takes a second tap for a shaking finger', async () => {
    await page.locator('[data-shelf-open]').click();
    await gif('thumbs up').evaluate((button: HTMLButtonElement) => {
      button.click();
      button.click();
    });
    await page.locator('.msg.mine [data-gif] img[alt="thumbs up"]').waitFor();
    await waitFor('the GIF', async () => (await gifs()).length > 0);
    assert.deepEqual(await gifs(), ['thumbs up']);
    const shown = page.locator('.msg.mine [data-gif] img');
    await waitFor('the moving GIF', async () => /\/gif\//.test((await shown.getAttribute('src')) ?? ''));
    assert.equal(await shown.count(), 1);
  });

  it('is searched, walked and sent by keyboard, and keeps favourites and recents', async () => {
    const search = shelf().getByRole('searchbox');
    await search.fill('cofee');
    await shelf().getByRole('button', { name: 'coffee break' }).click();
    assert.equal(await search.inputValue(), 'coffee break');
    await search.fill('heart');
    await search.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    const first = (await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? '';
    assert.equal(first, 'heart');
    await page.keyboard.press('f');
    await page.keyboard.press('Escape');
    await shelf().waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.hasAttribute('data-text')), true);
    await page.locator('[data-shelf-open]').click();
    await search.fill('');
    const titles = await shelf().locator('h3').allTextContents();
    assert.deepEqual(titles, ['Sent lately', 'Favourites', 'Reactions']);
    await search.press('ArrowDown');
    const still = gif('thumbs up').locator('img');
    assert.match((await still.getAttribute('src')) ?? '', /\.moving\./);
    assert.match((await gif('heart').locator('img').getAttribute('src')) ?? '', /\.still\./);
  });

  it('makes room for pictures of one’s own', async () => {
    const chosen = { name: 'red.png', mimeType: 'image/png', buffer: await pictures.png() };
    await page.locator('[data-attach-file]').setInputFiles(chosen);
    await page.locator('[data-attach]').waitFor();
    await shelf().waitFor({ state: 'hidden' });
    assert.equal(await page.locator('[data-shelf-open]').getAttribute('aria-expanded'), 'false');
    await page.locator('[data-attach-cancel]').click();
    await page.locator('[data-shelf-open]').click();
  });

  it('waits for the connection, and shows what flashes only to who asks', async () => {
    await page.context().setOffline(true);
    // The last tap may be less than a second ago.
    await waitFor('a tap that counts', async () => {
      await gif('heart').click();
      return (await page.locator('.msg.is-pending img[alt="heart"]').count()) > 0;
    });
    await page.context().setOffline(false);
    await waitFor('the GIF after the connection', async () => (await gifs()).includes('heart'));
    await host.postGif(room, await pictures.blinking(50), { fields: { alt: 'strobe' } });
    const ask = page.getByRole('button', { name: /flashes/ });
    await ask.waitFor();
    assert.equal(await page.locator('img[alt="strobe"]').count(), 0);
    await page.reload();
    await ask.click();
    await page.locator('img[alt="strobe"]').waitFor();
    assert.equal(await ask.count(), 0);
  });
});
