/// <reference lib="dom" />
/** What people do to messages on a page: react, reply, by pointer and by keyboard, with somebody else on the other side. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('actions on messages on a page', () => {
  let site: TestSite;
  let browser: Browser;
  let friend: TestVisitor;
  let room: string;
  let page: Page;

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    friend = await arrive(site);
    ({ page } = await newGuest(browser));
  });
  beforeEach(async () => {
    room = (await friend.createRoom({ title: 'actions' }))._id;
    await friend.sit(room);
  });
  afterEach(() => friend.leaveAll());
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  async function enter(): Promise<void> {
    await page.goto(`${site.url}/room/${room}`);
    await page.locator(`html[data-joined="${room}"]`).waitFor({ state: 'attached' });
  }
  const react = (id: string, emoji: string) =>
    friend.agent.put(`/room/${room}/chat/${id}/reactions/${encodeURIComponent(emoji)}`);
  const chip = (emoji: string, count: number, isMine: boolean) =>
    page.locator(`#m-1 .reaction[data-reaction="${emoji}"][aria-pressed="${isMine}"]`, {
      has: page.getByText(String(count), { exact: true }),
    });
  const newest = async () => ((await friend.history(room)).body.chats as MessageView[]).at(-1);
  const bar = (name: string) => page.locator(`.msg-tools [data-${name}]`);

  it('reactions are there at once, stay one’s own when others react, and are taken back when they are refused', async () => {
    const { _id } = await friend.say(room, 'funny');
    await react(_id, '👍');
    await enter();
    await chip('👍', 1, false).click();
    await chip('👍', 2, true).waitFor();
    await react(_id, '🎉');
    await chip('🎉', 1, false).waitFor();
    await chip('👍', 2, true).waitFor();
    await page.reload();
    await chip('👍', 2, true).waitFor();
    await page.route('**/reactions/*', (route) =>
      route.fulfill({ status: 409, json: { error: { code: 'too_many_reactions', message: '' } } }),
    );
    await page.locator('#m-1').hover();
    await bar('message-react').click();
    await page.locator('.msg-tools [data-quick="❤️"]').click();
    await page.locator('.notice', { hasText: 'as many different reactions' }).waitFor();
    await chip('❤️', 1, true).waitFor({ state: 'detached' });
    await page.unroute('**/reactions/*');
    await page.locator('#m-1').hover();
    await bar('message-menu').click();
    await page.getByRole('button', { name: 'Who reacted' }).click();
    const { author } = (await newest())!;
    await page.locator('[data-reactions] .person', { hasText: author.name }).first().waitFor();
    assert.equal(await page.locator('[data-reactions] .person', { hasText: 'you' }).count(), 1);
    await page.keyboard.press('Escape');
    await chip('👍', 2, true).click();
    await chip('👍', 1, false).waitFor();
    await waitFor('the server', async () => (await newest())?.reactions?.['👍'] === 1);
  });

  it('a reply is begun by a swipe: far enough, sideways, not from the edge of the screen, not of what was removed', async () => {
    await friend.say(room, 'swiped');
    const gone = await friend.say(room, 'gone');
    await enter();
    const touch = (row: string, type: string, x: number, y: number) => {
      const touches = type === 'touchend' ? [] : [{ identifier: 1, clientX: x, clientY: y }];
      return page.locator(row).dispatchEvent(type, { touches });
    };
    const swipe = async (row: string, ...points: [number, number][]) => {
      for (const [at, [x, y]] of points.entries()) await touch(row, at ? 'touchmove' : 'touchstart', x, y);
      await touch(row, 'touchend', 0, 0);
    };
    const reply = page.locator('[data-reply]');
    await swipe('#m-1 .bubble', [200, 300], [220, 302], [250, 303]);
    await swipe('#m-1 .bubble', [200, 300], [212, 320], [290, 320]);
    await swipe('#m-1 .bubble', [10, 300], [40, 300], [120, 300]);
    await swipe('#m-1 .bubble', [200, 300], [150, 300], [100, 300]);
    await friend.agent.delete(`/room/${room}/chat/${gone._id}`);
    await page.locator('#m-2 .msg-removed').waitFor();
    await swipe('#m-2 .msg-removed', [200, 300], [220, 302], [290, 303]);
    assert.ok(await reply.isHidden());
    await swipe('#m-1 .bubble', [200, 300], [220, 302], [290, 303]);
    await reply.getByText('swiped').waitFor();
    assert.equal(await page.locator('.is-swiped, .swipe-sign').count(), 0);
    await page.locator('[data-reply-drop]').click();
  });

  it('a reply is begun by keyboard, keeps the draft, shows what it answers, and leads there', async () => {
    const first = await friend.say(room, 'the question');
    for (let line = 0; line < 60; line++) await friend.say(room, `line ${line}`);
    await enter();
    const text = page.locator('[data-text]');
    await text.fill('my draft');
    const last = page.locator('.msg[tabindex="0"]');
    await last.focus();
    await page.keyboard.press('r');
    await page.locator('[data-reply]:not([hidden])', { hasText: 'line 59' }).waitFor();
    await page.locator('[data-text]:focus').press('Escape');
    await page.locator('[data-reply]').waitFor({ state: 'hidden' });
    assert.equal(await text.inputValue(), 'my draft');
    await last.press('r');
    await page.reload();
    await page.locator('[data-reply]:not([hidden])', { hasText: 'line 59' }).waitFor();
    await text.press('Enter');
    await page.locator('.msg.mine:not(.is-pending) .msg-quote', { hasText: 'line 59' }).waitFor();
    assert.equal((await newest())?.replyTo?.excerpt, 'line 59');

    const answer = { chat: 'an answer', replyTo: first._id };
    await friend.agent.post(`/room/${room}/chat`).send(answer);
    const quote = page.locator('.msg-quote', { hasText: 'the question' });
    await quote.waitFor();
    assert.equal(await page.locator('#m-1').count(), 0);
    await quote.click();
    await page.locator('#m-1:focus').waitFor();
    await waitFor('the message in sight', () =>
      page.locator('#m-1').evaluate((row) => row.getBoundingClientRect().top > 0),
    );
  });

  it('names and emoji are offered while they are typed, but not to a syllable being composed; who is named sees and hears it', async () => {
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (/^(http|ws)/.test(request.url()) && new URL(request.url()).host !== new URL(site.url).host)
        elsewhere.push(request.url());
    });
    const { author } = await friend.say(room, '🍿 🎬');
    await enter();
    await page.locator('#m-1.is-emoji').waitFor();
    const text = page.locator('[data-text]');
    const option = (words: string) => page.locator('.suggest [role=option][aria-selected=true]', { hasText: words });
    await text.pressSequentially(`hey @${author.name.slice(0, 3)}`);
    await option(author.name).waitFor();
    await text.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await option(author.name).waitFor();
    assert.equal(await page.locator('.msg').count(), 1);
    await text.press('Tab');
    assert.equal(await text.inputValue(), `hey @${author.name} `);
    await text.pressSequentially(':thumbsu');
    await option('thumbs up').waitFor();
    await text.press('Enter');
    assert.equal(await text.inputValue(), `hey @${author.name} 👍`);
    await text.pressSequentially(' :smile:');
    await waitFor('the emoji', async () => (await text.inputValue()).endsWith('👍 😄'));
    await text.press('Enter');
    await waitFor('the server', async () => (await newest())?.mentions?.[0]?.id === author.id);

    await page.locator('[data-emoji-open]').click();
    await page.locator('[data-emoji-panel] input:focus').fill('popcorn');
    await page.locator('[data-emoji-panel] .emoji', { hasText: '🍿' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await text.inputValue(), '🍿');
    await page.locator('[data-tones]').click();
    await page.getByRole('button', { name: 'medium', exact: true }).click();
    await page.locator('[data-tones]:focus', { hasText: '✋🏽' }).waitFor();
    await page.locator('[data-emoji-panel] input').fill('waving hand');
    await page.locator('[data-emoji-panel] .emoji', { hasText: '👋🏽' }).click();
    assert.equal(await text.inputValue(), '🍿👋🏽');
    await page.locator('[data-emoji-open]').click();
    await page.locator('[data-emoji-panel]').waitFor({ state: 'hidden' });

    const name = await page.locator('html').getAttribute('data-name');
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
    await friend.say(room, `look, @${name}`);
    await page.locator('.msg.names-me', { hasText: 'look' }).waitFor();
    await waitFor('the title', async () => (await page.title()).startsWith('(@1)'));
    assert.deepEqual(elsewhere, []);
  });
});
