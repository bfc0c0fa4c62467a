/// <reference lib="dom" />
/** The conversation in a browser: nothing moves under the reader, nothing sent is lost, nothing is shown twice. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { atAddress, closeContexts, type Guest, newGuest, release, sharedBrowser, SIZES } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { rainbowGif } from '../support/pictures.js';

describe('the log on a page', () => {
  let site: TestSite;
  let browser: Browser;
  let friend: TestVisitor;
  let room: string;
  const guests: Guest[] = [];

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
  });
  beforeEach(async () => {
    friend = await arrive(site);
    room = (await friend.createRoom({ title: 'log' }))._id;
    await friend.sit(room);
  });
  afterEach(async () => {
    friend.leaveAll();
    for (const { context } of guests.splice(0)) await release(context);
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  async function enter(options = {}): Promise<Page> {
    const guest = await newGuest(browser, { viewport: SIZES.phone, ...options });
    guests.push(guest);
    await guest.page.goto(`${site.url}/room/${room}`);
    await joined(guest.page);
    return guest.page;
  }
  const joined = (page: Page) => page.locator('html[data-joined]').waitFor({ state: 'attached' });
  const bubble = (page: Page, text: string) => page.locator('.bubble').getByText(text, { exact: true });
  const field = (page: Page) => page.locator('textarea[name=chat]');
  const scroll = (page: Page, top: number) =>
    page.locator('[data-log]').evaluate((log, to) => void (log.scrollTop = to), top);
  const say = async (from: number, to: number) => {
    for (let count = from; count < to; count++) await friend.say(room, `line ${count}`);
  };
  /** Which row is at the top of what is seen, and where. */
  const place = (page: Page) =>
    page.locator('[data-log]').evaluate((log) => {
      const top = log.getBoundingClientRect().top;
      const row = [...log.querySelectorAll('.msg')].find((each) => each.getBoundingClientRect().top > top + 20);
      return `${row?.id ?? ''} at ${Math.round(row?.getBoundingClientRect().top ?? 0)}`;
    });
  const seqs = (page: Page) =>
    page.locator('.msg').evaluateAll((rows) => rows.map((row) => Number(row.id.replace('m-', ''))));

  it('stands still under a reader who scrolled up, counts what came, and goes down on request', async () => {
    await say(0, 40);
    const page = await enter();
    await scroll(page, -700);
    const before = await place(page);
    await say(40, 43);
    await page.locator('[data-pill]', { hasText: '3 new messages' }).waitFor();
    assert.equal(await place(page), before);
    await page.locator('[data-pill]').click();
    await bubble(page, 'line 42').waitFor();
    await page.locator('[data-pill]').waitFor({ state: 'hidden' });
  });

  it('draws a burst at most once a frame, each message once and in order', async () => {
    const page = await enter();
    await page.evaluate(() => {
      const counted = Object.assign(window, { framesSeen: 0, drawings: 0 });
      const next = () => requestAnimationFrame(() => void ((counted.framesSeen += 1), next()));
      next();
      const rows = document.querySelector('[data-rows]');
      if (rows) new MutationObserver(() => (counted.drawings += 1)).observe(rows, { childList: true });
    });
    await Promise.all(Array.from({ length: 60 }, (_, count) => friend.say(room, `burst ${count}`)));
    await waitFor('all of them', async () => (await seqs(page)).length === 60);
    assert.deepEqual(
      await seqs(page),
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    const { framesSeen, drawings } = await page.evaluate(() => {
      const counted = window as unknown as { framesSeen: number; drawings: number };
      return { framesSeen: counted.framesSeen, drawings: counted.drawings };
    });
    assert.ok(drawings <= framesSeen + 1, `${drawings} drawings in ${framesSeen} frames`);
  });

  it('is drawn on a page that was hidden before the frame came', async () => {
    const page = await enter();
    await page.evaluate(() => {
      // No frame comes any more, as on a page out of sight.
      window.requestAnimationFrame = () => 1;
    });
    await friend.say(room, 'before it was hidden');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    });
    await waitFor('the message', async () => {
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      return (await bubble(page, 'before it was hidden').count()) === 1;
    });
    assert.match(await page.title(), /1/);
  });

  it('draws anew what was edited or removed, and moves nothing under the reader', async () => {
    await say(0, 30);
    const { body: pictured } = await friend.agent.post(`/room/${room}/gif`).attach('gif', await rainbowGif(), 'a.gif');
    const page = await enter();
    await page.locator(`#m-${pictured.seq} [data-large]`).click();
    await page.locator('[data-lightbox][open]').waitFor();
    const [first, second] = (await friend.history(room)).body.chats as { _id: string }[];
    const path = `/room/${room}/chat`;
    assert.equal((await friend.agent.delete(`${path}/${pictured._id}`)).status, 200);
    await page.locator(`#m-${pictured.seq} .msg-removed`, { hasText: 'Message removed' }).waitFor();
    await page.locator('[data-lightbox][open]').waitFor({ state: 'detached' });
    assert.equal(await page.locator(`#m-${pictured.seq} :is(img, .bubble)`).count(), 0);
    await scroll(page, -300);
    const before = await place(page);
    const changed = { chat: 'a much longer text that takes several lines on a phone. '.repeat(6) };
    assert.equal((await friend.agent.patch(`${path}/${first?._id}`).send(changed)).status, 200);
    assert.equal((await friend.agent.delete(`${path}/${second?._id}`)).status, 200);
    await page.locator('#m-1 .msg-edited', { hasText: 'edited' }).waitFor();
    await page.locator('#m-1 .bubble', { hasText: 'much longer' }).waitFor();
    await page.locator('#m-2 .msg-removed').waitFor();
    assert.equal(await page.locator('#m-2 .bubble').count(), 0);
    assert.equal(await place(page), before);
    const { text: log } = await friend.agent.get(`/room/${room}/log`);
    assert.match(log, /class="bubble">a much longer.*class="msg-edited" title="[^"]+">edited</);
    assert.match(log, /id="m-2".*class="msg-removed">Message removed</s);
    assert.doesNotMatch(log, /class="bubble"><\/p>|<img/);
  });

  it('loads older messages without a jump, each once and in order', async () => {
    await say(0, 120);
    const page = await enter();
    assert.equal((await seqs(page)).length, 50);
    await scroll(page, -100_000);
    await waitFor('the first page of older ones', async () => (await seqs(page)).length > 50);
    await waitFor('all of them', async () => {
      await scroll(page, -100_000);
      return (await seqs(page)).length === 120;
    });
    assert.deepEqual(
      await seqs(page),
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
    await page.locator('[data-begin]').waitFor();
  });

  it('is searched in a sheet, which leaves the draft alone, forgets what is removed, and leads to a message', async () => {
    const author = { id: friend.id, name: 'Friend', color: '#123456', shift: 0 };
    const said = Array.from({ length: 130 }, (_, i) => ({
      ...{ room, author, createdAt: new Date(), seq: i + 1 },
      chat: i % 3 ? `hay ${i}` : `a NEEDLE, the ${i}th`,
    }));
    const stored = await site.app.services.models.Chat.insertMany(said);
    const page = await enter();
    await field(page).fill('half a thou');
    await page.keyboard.press('Control+Shift+F');
    const sheet = page.locator('[data-search]');
    const tells = (words: string) => sheet.locator('[role=status]', { hasText: words }).waitFor();
    await sheet.locator('input:focus').waitFor();
    await page.keyboard.type('needle');
    await sheet.locator('[data-at="130"] mark', { hasText: 'NEEDLE' }).waitFor();
    await waitFor('all of it', async () => {
      await sheet.locator('.search-scroll').evaluate((list) => void (list.scrollTop = list.scrollHeight));
      return (await sheet.locator('li').count()) === 44;
    });
    await tells('44 messages');
    // One that the log has not loaded, and one that it has.
    for (const seq of [4, 127]) {
      const answer = await friend.agent.delete(`/room/${room}/chat/${String(stored[seq - 1]?._id)}`);
      assert.equal(answer.status, 200);
      await sheet.locator(`[data-at="${seq}"]`).waitFor({ state: 'detached' });
    }
    await tells('42 messages');
    await page.keyboard.press('Enter');
    await sheet.locator('[data-at="130"]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await sheet.locator('input:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await sheet.waitFor({ state: 'detached' });
    await page.locator('#m-1:focus').waitFor();
    assert.equal(await field(page).inputValue(), 'half a thou');
    await page.keyboard.press('Control+Shift+F');
    await tells('20 messages so far');
    assert.equal(await sheet.locator('input').inputValue(), 'needle');
    const refusal = { error: { code: 'rate_limited', message: 'wait' } };
    await page.route('**/search?q=nee', (route) =>
      route.fulfill({ status: 429, headers: { 'Retry-After': '30' }, json: refusal }),
    );
    await sheet.locator('input').fill('nee');
    await tells('It goes on by itself in 30 seconds.');
    // A syllable that is only begun is no part of what is looked for.
    const asked = page.waitForRequest((request) => request.url().endsWith(encodeURIComponent('바늘')));
    const session = await page.context().newCDPSession(page);
    await sheet.locator('input').fill('');
    await session.send('Input.imeSetComposition', { text: '바늘ㅇ', selectionStart: 3, selectionEnd: 3 });
    await asked;
    await tells('Nothing found.');
    await session.send('Input.insertText', { text: '바늘' });
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.locator('#m-1:focus').waitFor();
  });

  it('says where "new since you left" begins, also after a visit elsewhere', async () => {
    await say(0, 3);
    const page = await enter();
    await bubble(page, 'line 2').waitFor();
    await waitFor('it was read', () => page.evaluate(() => localStorage.getItem('gif-chat:seen') !== null));
    await page.goto(`${site.url}/`);
    await say(3, 5);
    await page.goto(`${site.url}/room/${room}`);
    await page.locator('.new-line + .msg', { hasText: 'line 3' }).waitFor();
    await page.locator('.msg', { hasText: 'line 4' }).waitFor();
  });

  it('sends after a reload what could not be sent before it, once, and keeps the draft', async () => {
    const page = await enter();
    await page.route('**/chat', (route) => route.abort());
    await field(page).fill('before the reload');
    await page.keyboard.press('Enter');
    await page.locator('.msg.is-pending').waitFor();
    await field(page).fill('half a thou');
    await page.unroute('**/chat');
    await page.reload();
    assert.equal(await field(page).inputValue(), 'half a thou');
    await page.locator('.msg.mine:not(.is-pending)', { hasText: 'before the reload' }).waitFor();
    await page.reload();
    await joined(page);
    assert.equal(await bubble(page, 'before the reload').count(), 1);
  });

  it('edits the last own text on arrow-up, breaks on Shift+Enter, and warns before the limit', async () => {
    const page = await enter();
    await field(page).fill('say it again');
    await page.keyboard.press('Enter');
    await page.locator('.msg.mine:not(.is-pending)').waitFor();
    await page.keyboard.press('ArrowUp');
    const editor = page.locator('.msg-edit textarea:focus');
    await editor.waitFor();
    await editor.fill('never mind');
    await page.keyboard.press('Escape');
    await bubble(page, 'say it again').waitFor();
    await page.locator('textarea[name=chat]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await editor.waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('and again');
    await page.keyboard.press('Enter');
    await page.locator('.msg.mine:has(.msg-edited) .bubble', { hasText: 'say it again\nand again' }).waitFor();
    await page.locator('.msg-edit').waitFor({ state: 'detached' });
    await field(page).fill('one');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await field(page).inputValue(), 'one\n');
    await field(page).fill('x'.repeat(4005));
    await page.locator('[data-left].is-over', { hasText: '5 characters too many' }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.msg').count(), 1);
  });

  it('has a menu a message, by keyboard and by a long press, with what its reader may do', async () => {
    await friend.say(room, 'of a friend');
    const page = await enter({ hasTouch: true });
    await field(page).fill('my own');
    await page.keyboard.press('Enter');
    await page.locator('.msg.mine[tabindex="0"]').waitFor();
    const items = page.locator('[data-message-dialog] .menu-item');
    await page.locator('.msg.mine').focus();
    await page.keyboard.press('ArrowUp');
    await page.locator('#m-1:focus').waitFor();
    await page.keyboard.press('Enter');
    await items.first().waitFor();
    assert.deepEqual(await items.allTextContents(), ['Reply', 'Copy text', 'Report']);
    await page.keyboard.press('Escape');
    await page.locator('.msg.mine .bubble').dispatchEvent('touchstart');
    await items.first().waitFor();
    assert.deepEqual(await items.allTextContents(), ['Reply', 'Copy text', 'Edit', 'Delete']);
    await items.getByText('Delete').click();
    await page.locator('[data-confirm][open] [data-confirm-yes]').click();
    await page.locator('.msg.mine .msg-removed').waitFor();
    await page.locator('.msg.mine').focus();
    assert.equal(await page.locator('.msg.mine [data-message-menu]').count(), 0);
    const me = await page.locator('html').getAttribute('data-me');
    await friend.agent.put(`/room/${room}/people/${me}/role`).send({ role: 'helper' });
    await page.locator('main[data-role=helper]').waitFor();
    await page.locator('#m-1').press('Enter');
    await items.getByText('Delete').click();
    await page.locator('[data-confirm][open] [data-confirm-yes]').click();
    await page.locator('#m-1 .msg-removed', { hasText: 'Removed by the host' }).waitFor();
  });

  it('shows text as text and links as safe links', async () => {
    await friend.say(room, '<img src=x onerror=alert(1)> https://example.org/a javascript:alert(1)');
    const page = await enter();
    await friend.say(room, '<b>live</b> https://example.org/b');
    await page.locator('.bubble', { hasText: '<b>live</b>' }).waitFor();
    assert.equal(await page.locator('.bubble :is(img, b)').count(), 0);
    const links = await page
      .locator('.bubble a')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel'), a.getAttribute('target')]));
    const safe = ['noopener noreferrer nofollow', '_blank'];
    assert.deepEqual(links, [
      ['https://example.org/a', ...safe],
      ['https://example.org/b', ...safe],
    ]);
  });

  it('refuses what is no picture before it is sent, and takes a paste', async () => {
    const page = await enter();
    const input = page.locator('[data-attach-file]');
    await input.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') });
    await page.locator('[data-attach-note]', { hasText: 'Only GIF, PNG, JPEG and WebP' }).waitFor();
    await page.locator('[data-attach-cancel]').click();
    const bytes = [...(await rainbowGif())];
    await field(page).evaluate((element, gif) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(gif)], 'pasted.gif', { type: 'image/gif' }));
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, bytes);
    await page.locator('[data-attach-strip] img').waitFor();
    await page.locator('[data-send]').click();
    await page.locator('.msg.mine .gif img').waitFor();
    await page.locator('[data-attach]').waitFor({ state: 'hidden' });
  });

  it('keeps the place of a picture, and holds it still for those who asked for less motion', async () => {
    await friend.agent.post(`/room/${room}/gif`).attach('gif', await rainbowGif(), 'a.gif');
    const page = await enter({ reducedMotion: 'reduce' });
    await page.locator('.gif canvas').waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.locator('.gif canvas').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Open large/ }).click();
    await page.locator('[data-lightbox] img').waitFor();
    await page.keyboard.press('Escape');
    // Never answered: whether a picture that fails is replaced sooner than it is looked at would depend on the machine.
    await page.route('**/gif/*', () => undefined);
    await page.reload({ waitUntil: 'commit' });
    const frame = await page
      .locator('.gif img')
      .first()
      .evaluate((image) => image.getBoundingClientRect().height);
    assert.ok(frame >= 140, `${frame} px kept`);
  });

  it('tells a hidden page by its title, and asks before the last one erases the room', async () => {
    const page = await enter({ viewport: SIZES.desktop });
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await friend.say(room, 'psst');
    await page.waitForFunction(() => document.title.startsWith('(1) '));
    assert.match((await page.locator('link[rel=icon]').getAttribute('href')) ?? '', /^data:image\/png/);
    await page.evaluate(() => {
      Reflect.deleteProperty(document, 'hidden');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    assert.doesNotMatch(await page.title(), /^\(/);
    friend.leaveAll();
    await page.locator('[data-here]', { hasText: '1 of 10' }).waitFor();
    await page.locator('.room-leave button').click();
    await page.locator('[data-confirm-no]').click();
    assert.match(page.url(), /\/room\//);
    await page.locator('.room-leave button').click();
    await page.locator('[data-confirm-yes]').click();
    await atAddress(page, `${site.url}/`);
  });
});
