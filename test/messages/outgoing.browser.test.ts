/// <reference lib="dom" />
/** Pictures on their way: several at once, on a dead connection, over a reload, and erased when their room is left. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { keptPictures } from '../support/kept-pictures.js';
import * as pictures from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('pictures on their way', () => {
  let site: TestSite;
  let browser: Browser;
  let host: TestVisitor;
  let room: string;
  let page: Page;
  let files: { name: string; mimeType: string; buffer: Buffer }[];

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    host = await arrive(site);
    room = (await host.createRoom({ title: 'outgoing', max: 4 }))._id;
    await host.open(room);
    await host.sit(room);
    ({ page } = await newGuest(browser));
    await page.goto(`${site.url}/room/${room}`);
    const buffer = await pictures.png(200, 120);
    files = ['one', 'two', 'three'].map((name) => ({ name: `${name}.png`, mimeType: 'image/png', buffer }));
  });
  after(async () => {
    await closeContexts(browser);
    host.leaveAll();
    await site.close();
  });

  const input = () => page.locator('[data-attach-file]');
  const tile = (name: RegExp) => page.locator('[data-attach-strip]').getByRole('button', { name });
  const describePicture = (words: string) => page.locator('[data-attach-alt]').fill(words);
  const sent = async () =>
    ((await host.history(room)).body.chats as MessageView[]).flatMap(({ gif }) => (gif ? [gif.alt] : []));
  const arrived = (alt: string) => waitFor(`the picture "${alt}"`, async () => (await sent()).includes(alt));
  const waiting = () => page.locator('.msg.is-pending .gif');
  const kept = () => keptPictures(page);

  it('go several at once, in order, each described, without those that were taken out or refused', async () => {
    await input().setInputFiles([...files, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') }]);
    await tile(/1 of 4, one\.png/).click();
    await describePicture('first');
    await page.getByRole('button', { name: 'Remove two.png' }).click();
    await tile(/2 of 3, three\.png/).click();
    await describePicture('last');
    await tile(/notes\.txt\. Only GIF, PNG/).waitFor();
    await page.locator('[data-attach-limits]', { hasText: 'Up to 10 at once, each up to 5 MB' }).waitFor();
    await page.locator('[data-send]').click();
    await arrived('last');
    assert.deepEqual(await sent(), ['first', 'last']);
    // The one that cannot go stays, with its reason.
    await page.locator('[data-attach-note]', { hasText: 'Only GIF, PNG, JPEG and WebP' }).waitFor();
    await page.locator('[data-attach-cancel]').click();
    await page.locator('[data-attach]').waitFor({ state: 'hidden' });
    await page
      .locator('.msg.mine', { has: page.locator('img[alt="last"]') })
      .getByText('Sent', { exact: true })
      .waitFor({ state: 'attached' });
    await waitFor('nothing kept', async () => (await kept()) === 0);
  });

  it('wait for a dead connection, are kept over a reload, and arrive once though an answer was lost', async () => {
    let answers = 0;
    await page.route('**/room/*/gif', async (route) => {
      if (answers++ === 0) await route.fetch();
      await route.abort();
    });
    await input().setInputFiles(files.slice(0, 2));
    await tile(/1 of 2/).click();
    await describePicture('answer lost');
    await tile(/2 of 2/).click();
    await describePicture('never left');
    await page.locator('[data-send]').click();
    await page.locator('.msg-state', { hasText: 'Waits for the connection' }).first().waitFor();
    await waitFor('both kept', async () => (await kept()) === 2 || (await sent()).includes('answer lost'));
    await page.reload();
    await page.unroute('**/room/*/gif');
    await arrived('never left');
    await waitFor('nothing kept', async () => (await kept()) === 0);
    assert.deepEqual((await sent()).slice(2), ['answer lost', 'never left']);
    await waiting().first().waitFor({ state: 'detached' });
    assert.equal(await page.locator('.msg.mine img[alt="answer lost"]').count(), 1);
  });

  it('are looked at large: walked, zoomed to twice their size at most, saved, and the focus comes back', async () => {
    const open = page.locator('.msg [data-large]');
    const dialog = page.locator('[data-lightbox]');
    const image = dialog.locator('img');
    await open.nth(1).click();
    await image.waitFor();
    assert.equal(await image.getAttribute('alt'), 'last');
    await dialog.getByRole('status').filter({ hasText: 'Picture 2 of 4: last' }).waitFor({ state: 'attached' });
    // 200 by 120, in a window of 1280 by 800.
    assert.equal(await image.getAttribute('width'), '400');
    await page.keyboard.press('+');
    assert.equal(await image.getAttribute('width'), '400');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await image.getAttribute('alt'), 'first');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await image.getAttribute('alt'), 'first');
    const save = dialog.getByRole('link', { name: 'Save the picture' });
    assert.match((await save.getAttribute('href')) ?? '', /^\/gif\//);
    await page.keyboard.press('Escape');
    await dialog.locator('img').waitFor({ state: 'detached' });
    assert.equal(await open.nth(0).evaluate((button) => button === document.activeElement), true);
  });

  it('are counted while the connection is away, can be taken back, and are erased when the room is left', async () => {
    await page.route('**/room/*/gif', (route) => route.abort());
    await page.context().setOffline(true);
    await input().setInputFiles(files);
    await page.locator('[data-send]').click();
    await page.locator('[data-connection]', { hasText: '3 pictures wait, too.' }).waitFor();
    await page.getByRole('button', { name: 'Cancel the upload' }).first().click();
    await page.locator('[data-connection]', { hasText: '2 pictures wait, too.' }).waitFor();
    await waitFor('two kept', async () => (await kept()) === 2);
    await page.context().setOffline(false);
    await page.locator('form.room-leave [type=submit], form.room-leave button').click();
    await page.locator('body.page-rooms').waitFor();
    await waitFor('nothing kept', async () => (await kept()) === 0);
    assert.equal((await sent()).length, 4);
  });
});
