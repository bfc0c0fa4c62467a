/// <reference lib="dom" />
/** Pictures on their way: several at once, on a dead connection, over a reload, and erased when their room is left. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { closeContexts, newGuest, sharedBrowser, SIZES } from '../support/browser.js';
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

  it('go on past one that the site refuses, or that is too large, and say of what the browser does not keep that it is lost with the page', async () => {
    const before = (await sent()).length;
    const heavy = { ...files[1]!, name: 'heavy.gif', mimeType: 'image/gif', buffer: Buffer.alloc(6 * 1024 * 1024) };
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    let answers = 0;
    await page.route('**/room/*/gif', (route) => {
      const refused = { status: 400, json: { error: { code: 'image_too_complex', message: '' } } };
      if (++answers === 1) return route.abort();
      return answers === 3 ? route.fulfill(refused) : route.continue();
    });
    await input().setInputFiles([files[0]!, heavy, ...files.slice(1)]);
    await tile(/heavy\.gif\. That is 6 MB; the limit is 5 MB/).waitFor();
    for (const [at, words] of ['good', '', 'bad', 'good, too'].entries()) {
      await tile(new RegExp(`${at + 1} of 4`)).click();
      if (words) await describePicture(words);
    }
    await page.locator('[data-send]').click();
    const lost = 'It is kept on this page only and lost when you close it.';
    await page.locator('.msg-state', { hasText: lost }).first().waitFor();
    assert.equal(await kept(), 0);
    await arrived('good, too');
    assert.deepEqual((await sent()).slice(before), ['good', 'good, too']);
    const failed = page.locator('.msg.is-failed', { has: page.locator('img[alt="bad"]') });
    await failed.getByText('too many pixels or frames').waitFor();
    await failed.locator('[data-discard]').click();
    await failed.waitFor({ state: 'detached' });
    await page.locator('[data-attach-cancel]').click();
    await page.unroute('**/room/*/gif');
    await page.reload();
  });

  it('are pinched, tapped twice, and swiped through by touch, and one that is deleted while it is looked at says so', async () => {
    const phone = await newGuest(browser, { viewport: SIZES.phone, hasTouch: true });
    const { body: wide } = await host.postGif(room, await pictures.png(800, 400), { fields: { alt: 'wide' } });
    await phone.page.goto(`${site.url}/room/${room}`);
    const touch = await phone.context.newCDPSession(phone.page);
    const fingers = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: number[]) => {
      await touch.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y: 400, id })) });
    };
    const image = phone.page.locator('[data-lightbox] img');
    const width = async () => Number(await image.getAttribute('width'));
    const isWide = (isIt: (pixels: number) => boolean) => waitFor('another size', async () => isIt(await width()));
    await phone.page.locator(`#m-${wide.seq} [data-large]`).click();
    await image.waitFor();
    const fits = await width();
    assert.ok(fits <= SIZES.phone.width);
    await fingers('touchStart', 150, 250);
    await fingers('touchMove', 100, 300);
    await fingers('touchEnd');
    await isWide((pixels) => Math.abs(pixels - 2 * fits) < 2);
    const tapTwice = async () => {
      for (const type of ['touchStart', 'touchEnd', 'touchStart', 'touchEnd'] as const)
        await fingers(type, ...(type === 'touchStart' ? [200] : []));
    };
    // Two taps that a busy machine draws apart are no double tap.
    const tapped = (isIt: (pixels: number) => boolean) =>
      waitFor('a double tap', async () => {
        await tapTwice();
        return isIt(await width());
      });
    await tapped((pixels) => pixels === fits);
    await tapped((pixels) => pixels > fits);
    await tapped((pixels) => pixels === fits);
    await fingers('touchStart', 100);
    await fingers('touchMove', 200);
    await fingers('touchEnd');
    await waitFor('the one before', async () => (await image.getAttribute('alt')) === 'good, too');
    await phone.page.keyboard.press('ArrowRight');
    assert.equal(await image.getAttribute('alt'), 'wide');
    assert.equal((await host.agent.delete(`/room/${room}/chat/${wide._id}`)).status, 200);
    await phone.page.locator('.notice', { hasText: 'That picture was deleted' }).waitFor();
    await phone.page.locator('[data-lightbox]').waitFor({ state: 'hidden' });
    await phone.page.locator('[data-log]:focus').waitFor();
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
    assert.equal((await sent()).length, 6);
  });
});
