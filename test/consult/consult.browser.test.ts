/** Two visitors and two consultants in browsers: every state, a reload in each, a dropped line, and axe on each page. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { seriousOn } from '../support/axe.js';
import { closeContexts, holdSent, release, sharedBrowser, SIZES } from '../support/browser.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import { deskPages } from '../support/desk-pages.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

describe('consultation desk in browsers', () => {
  let site: TestSite;
  let browser: Browser;
  before(async () => {
    site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' });
    browser = await sharedBrowser();
  });
  afterEach('nobody complained in a console', async () => {
    const gone = guests.splice(0);
    for (const { context } of gone) await release(context);
    const loud = gone
      .flatMap(({ complaints }) => complaints)
      .filter((line) => !/ERR_INTERNET_DISCONNECTED|status of 403|WebSocket/.test(line));
    // Browsers log the 404 of a wrong code, whatever the page makes of it.
    const refused = (words: string) => /status of 404 .*\/chat\/consult\/return$/.test(words);
    assert.deepEqual(
      loud.filter((words) => !refused(words)),
      [],
    );
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  const { guest, guests, signIn, start, say, sees, state, take } = deskPages(() => ({ site, browser }));
  const clean = async (page: Page, what: string) => {
    // axe puts styles and frames of its own into the page, which our policy refuses aloud.
    const own = guests.find((one) => one.page === page)?.complaints ?? [];
    const before = own.length;
    const serious = await seriousOn(page);
    own.splice(before);
    assert.deepEqual(serious, [], what);
  };

  it('loses nothing that a quick hand sends before the scripts are there', async () => {
    const page = await guest();
    let release = () => {};
    const scripts = new Promise<void>((resolve) => (release = resolve));
    await page.route(/consult\/consult(-start)?\.page\.js/, async (route) => {
      await scripts;
      await route.continue();
    });
    await page.goto(`${site.url}/chat/consult`, { waitUntil: 'commit' });
    await page.fill('#topic', 'in a hurry');
    await page.click('[data-submit]', { noWaitAfter: true });
    release();
    await state(page, 'waiting');
    assert.ok((await page.content()).includes('in a hurry'));

    const late = new Promise<void>((resolve) => (release = resolve));
    await page.unroute(/consult\/consult(-start)?\.page\.js/);
    await page.route(/consult\/consult\.page\.js/, async (route) => {
      await late;
      await route.continue();
    });
    await page.reload({ waitUntil: 'commit' });
    await page.fill('[data-text]', 'said at once');
    await page.press('[data-text]', 'Enter', { noWaitAfter: true });
    assert.equal(await page.inputValue('[data-text]'), 'said at once');
    release();
    await sees(page, 'said at once');
    assert.equal(await page.inputValue('[data-text]'), '');
    await page.click('[data-end]');
    await page.click('[data-confirm-yes]');
    await state(page, 'ended');
  });

  it('goes through every state with a reload in each, on phone and desktop, light and dark', async () => {
    const left = await guest({ locale: 'ko-KR', viewport: SIZES.phone });
    await left.goto(`${site.url}/chat/consult`);
    await clean(left, 'start, nobody there');
    const one = await start('first topic', { viewport: SIZES.phone, locale: 'ko-KR' });
    await say(one, 'written while waiting');
    await sees(one, 'written while waiting');
    await one.reload();
    await sees(one, 'written while waiting');
    await clean(one, 'a question that waits');

    const mina = await signIn('Mina');
    const juno = await signIn('Juno', { colorScheme: 'dark' });
    await one.locator('[data-wait-position]', { hasText: '다음 차례' }).waitFor();
    const two = await start('second topic', { colorScheme: 'dark' });
    await two.locator('[data-wait-position]', { hasText: 'Number 2' }).waitFor();
    await clean(two, 'waiting');
    await mina.locator('[data-waiting] .desk-row').nth(1).waitFor();
    await clean(mina, 'desk with a queue');
    await mina.reload();
    await take(mina, 'first topic');
    await state(one, 'taken');
    await two.locator('[data-wait-position]', { hasText: 'You are next' }).waitFor();
    await sees(mina, 'written while waiting');
    await say(mina, 'an answer for the first');
    await sees(one, 'an answer for the first');
    await one.reload();
    await sees(one, 'an answer for the first');
    await clean(one, 'taken');

    await take(mina, 'second topic');
    await say(two, 'hello from the second');
    await sees(mina, 'hello from the second');
    await mina.reload();
    await mina.locator('[data-mine] .desk-open').nth(1).waitFor();
    await mina.locator('[data-mine] .desk-open', { hasText: 'first topic' }).click();
    await sees(mina, 'an answer for the first');
    await mina.fill('#note', 'a note in the browser');
    await mina.click('[data-note-form] button');
    await mina.locator('.note', { hasText: 'a note in the browser' }).waitFor();
    await clean(mina, 'desk with cases');

    await mina.click('[data-transfer]');
    await mina.locator('[data-to]', { hasText: 'Juno' }).click();
    await juno.locator('[data-mine] .desk-open', { hasText: 'first topic' }).click();
    await juno.locator('.note', { hasText: 'a note in the browser' }).waitFor();
    await say(juno, 'now it is me');
    await sees(one, 'now it is me');
    assert.equal((await one.content()).includes('a note in the browser'), false);

    await one.click('[data-end]');
    await one.click('[data-confirm-yes]');
    await state(one, 'ended');
    await one.reload();
    await state(one, 'ended');
    await clean(one, 'ended');
    await one.locator('.stars label').nth(3).click();
    await one.fill('#rating-line', '빨라요');
    await one.click('[data-rating] button');
    await one.waitForSelector('[data-thanks]:not([hidden])');
    await juno.click('[data-ended-box] summary');
    await juno.locator('.ended-row', { hasText: '빨라요' }).waitFor();
    const saved = await Promise.all([one.waitForEvent('download'), one.locator('.over-actions a').first().click()]);
    assert.match(saved[0].suggestedFilename(), /^consult-.*\.txt$/);

    await mina.locator('[data-mine] .desk-open', { hasText: 'second topic' }).click();
    await mina.click('[data-end]');
    await mina.click('[data-confirm-yes]');
    await state(two, 'ended');
  });

  it('tells who was faster, alerts by title, and comes back by code in another browser', async () => {
    const visitor = await start('race');
    const fast = await signIn('Fast');
    // Both press; what the slow one's page sends is on its way for longer.
    const taking = holdSent('consultant-join');
    const slow = await signIn('Slow', {}, taking.on);
    await waitFor('a blinking title', async () => (await slow.title()).startsWith('('));
    // A notice stays for some seconds only: what test/support/open-pages.ts notes of it stays.
    const told = (page: Page, words: string) =>
      page
        .waitForEvent('console', (message) => message.text().startsWith('notice: ') && message.text().includes(words))
        .catch(() => null);
    const late = told(slow, 'Fast already has it');
    await slow.locator('[data-waiting] .desk-row', { hasText: 'race' }).locator('[data-take]').click();
    await fast.locator('[data-waiting] .desk-row', { hasText: 'race' }).locator('[data-take]').click();
    await state(visitor, 'taken');
    taking.release();
    await fast.waitForSelector('.desk.has-case [data-live]:not([hidden])');
    assert.ok(await late);
    await visitor.click('[data-code-open]');
    const code = await visitor.locator('[data-code-value]').inputValue();
    const elsewhere = await guest();
    await elsewhere.goto(`${site.url}/chat/consult`);
    await elsewhere.click('.consult-return summary');
    await elsewhere.fill('#code', 'AAAA-BBBB-CCCC');
    await elsewhere.press('#code', 'Enter');
    await elsewhere.waitForSelector('[data-banner]');
    await elsewhere.fill('#code', code);
    const moved = told(visitor, 'goes on in another browser');
    await elsewhere.press('#code', 'Enter');
    await state(elsewhere, 'taken');
    assert.ok(await moved);
  });

  it('closes the door politely', async () => {
    const page = await guest({ viewport: SIZES.phone, colorScheme: 'dark' });
    await page.goto(`${site.url}/chat/admin`);
    await page.fill('#name', 'Somebody');
    await page.fill('#password', 'wrong password');
    await page.click('[data-submit]');
    await page.waitForSelector('.field-error:not([hidden])');
    await clean(page, 'sign-in refused');
  });
});
