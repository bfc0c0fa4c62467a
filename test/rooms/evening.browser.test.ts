/// <reference lib="dom" />
/** An evening acted out: two at their desks, a phone in a tunnel, and a program that knows the contract and nothing else. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { JoinAnswer, MessageView } from '../../schemas/rooms/contract.js';
import { tellApart } from '../../shared/tell-apart.js';
import { atAddress, closeContexts, type Guest, newGuest, sharedBrowser, SIZES } from '../support/browser.js';
import { keptPictures } from '../support/kept-pictures.js';
import * as pictures from '../support/pictures.js';
import { Proxy } from '../support/proxy.js';
import { ScriptClient, type Seen } from '../support/script-client.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

/** A number that a page keeps for as long as it is not loaded again. */
type Counting = Window & { notes: number };

describe('an evening', () => {
  let site: TestSite;
  let browser: Browser;
  let tunnel: Proxy;
  let ann: Guest;
  let ben: Guest;
  let cho: Guest;

  before(async () => {
    tunnel = await Proxy.open({ port: 1 });
    const env = { LIMITS: 'off', EXTRA_ORIGINS: `http://127.0.0.1:${tunnel.port}` };
    [site, browser] = await Promise.all([startSite(env), sharedBrowser()]);
    tunnel.target = { port: site.port, host: '127.0.0.1' };
    [ann, ben] = [await newGuest(browser), await newGuest(browser)];
    cho = await newGuest(browser, { viewport: SIZES.phone, hasTouch: true, locale: 'ko-KR' });
    for (const { page } of [ann, ben, cho]) await page.addInitScript(countNotes);
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
    await tunnel.close();
  });

  const everybody = () => [ann.page, ben.page, cho.page];
  const joined = (page: Page) => page.locator('html[data-joined]').waitFor({ state: 'attached' });
  const idOf = (page: Page) => page.evaluate(() => document.documentElement.dataset['me'] ?? '');
  const say = async (page: Page, text: string) => {
    await page.locator('[data-text]').fill(text);
    await page.locator('[data-text]').press('Enter');
  };
  /** All pages show something. */
  const all = (selector: string, hasText?: string) =>
    Promise.all(everybody().map((page) => page.locator(selector, hasText ? { hasText } : {}).waitFor()));
  const longPress = (selector: string) => cho.page.locator(selector).dispatchEvent('touchstart');
  async function erase(page: Page, seq: number): Promise<void> {
    await page.locator(`#m-${seq}[tabindex]`).press('Enter');
    await page.locator('[data-message-dialog] .menu-item.danger').click();
    await page.locator('[data-confirm][open] [data-confirm-yes]').click();
  }

  it('with GIFs, reactions, a reply to what is deleted, a tunnel and a mention is the same for everybody at its end', async () => {
    const { page: desk } = ann;
    await desk.goto(`${site.url}/room`);
    await desk.locator('input[name=title]').fill('Film night');
    await desk.locator('form[action$="/room"] [data-submit]').click();
    await atAddress(desk, /\/room\/[0-9a-f]{24}$/);
    await joined(desk);
    const path = new URL(desk.url()).pathname;
    const room = path.split('/').at(-1) ?? '';
    await ben.page.goto(desk.url());
    await joined(ben.page);
    const dan = await arrive(site);
    await dan.open(room);
    const script = new ScriptClient(dan, room);

    // Whoever comes on the phone would be taken for one of them: in this room the face is another one.
    const likeness = await likenessOf(await script.join());
    for (const pair of likeness.cookie.split('; ')) {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      await cho.context.addCookies([{ name, value, url: `http://127.0.0.1:${tunnel.port}` }]);
    }
    await cho.page.goto(`http://127.0.0.1:${tunnel.port}${path}`);
    await joined(cho.page);
    assert.equal(await idOf(cho.page), likeness.id);
    const loaded = await cho.page.evaluate(() => performance.timeOrigin);

    // A GIF of the shelf, by one tap, and what the others think of it.
    await desk.locator('[data-shelf-open]').click();
    await desk.locator('.shelf').getByRole('button', { name: 'thumbs up', exact: true }).first().click();
    await desk.keyboard.press('Escape');
    await all('#m-1 [data-gif] img[alt="thumbs up"]');
    await ben.page.locator('#m-1').hover();
    await ben.page.locator('.msg-tools [data-message-react]').click();
    await ben.page.locator('.msg-tools [data-quick="❤️"]').click();
    await longPress('#m-1 [data-gif]');
    await cho.page.locator('[data-message-dialog] [data-react="😂"]').click();
    const reactions = `${path}/chat/${(await first(dan, room))._id}/reactions/${encodeURIComponent('❤️')}`;
    assert.equal((await dan.agent.put(reactions)).status, 200);
    await all('#m-1 [data-reaction="❤️"] .reaction-count', '2');
    await all('#m-1 [data-reaction="😂"] .reaction-count', '1');

    // A question, its answer from the phone, and the question taken back.
    await say(ben.page, 'who brings snacks?');
    await longPress('#m-2 .bubble');
    await cho.page.locator('[data-message-dialog] .menu-item').first().click();
    await say(cho.page, 'me, and lemonade');
    await all('#m-3 .msg-quote', 'who brings snacks?');
    await erase(ben.page, 2);
    await all('#m-2 .msg-removed');
    for (const page of everybody())
      await page.locator('#m-3 .msg-quote', { hasNotText: 'who brings snacks?' }).waitFor();

    // The phone goes into a tunnel with a picture at hand, and the program goes home for a while.
    await say(desk, 'at nine then');
    await all('#m-4 .bubble');
    await say(ben.page, 'I may be late');
    await all('#m-5 .bubble');
    const view = { name: 'view.png', mimeType: 'image/png', buffer: await pictures.png(200, 120) };
    await cho.page.locator('[data-attach-file]').setInputFiles(view);
    await cho.page.locator('[data-attach-strip] img').waitFor();
    await waitFor('the program to have heard all', () => script.seen().length === 5);
    script.leave();
    tunnel.cut();
    await cho.page.locator('[data-attach-alt]').fill('out of the window');
    await cho.page.locator('[data-send]').click();
    await cho.page.locator('.msg.is-pending [data-gif]').waitFor();
    await say(cho.page, 'typed in a tunnel');
    await cho.page.locator('.msg.is-pending .bubble').waitFor();
    await cho.page.locator('[data-connection]', { hasText: '그림 1장도 기다려요' }).waitFor();
    await waitFor('the picture to be kept', async () => (await keptPictures(cho.page)) === 1);

    // Meanwhile a text is changed, one is gone, and two are new.
    await desk.locator('[data-text]').press('ArrowUp');
    await desk.locator('.msg-edit textarea:focus').fill('at ten then');
    await desk.keyboard.press('Enter');
    await ben.page.locator('#m-4 .msg-edited').waitFor();
    await erase(ben.page, 5);
    await desk.locator('#m-5 .msg-removed').waitFor();
    await say(ben.page, 'bring a blanket');
    await desk.locator('#m-6').waitFor();
    await say(desk, '🎉🍿');
    await ben.page.locator('#m-7').waitFor();

    const back = await script.join();
    const numbers = (messages: MessageView[]) => messages.map(({ seq }) => seq);
    assert.deepEqual(
      [numbers(back.missed), numbers(back.changed)],
      [
        [6, 7],
        [4, 5],
      ],
    );
    tunnel.restore();
    await all('.msg:not(.is-pending) [data-gif] img[alt="out of the window"]');
    await all('.msg:not(.is-pending) .bubble', 'typed in a tunnel');
    await cho.page.locator('[data-connection]').waitFor({ state: 'hidden' });
    await waitFor('nothing kept', async () => (await keptPictures(cho.page)) === 0);
    await all('#m-7.is-emoji');

    // Named, heard and marked, by her alone.
    await desk.locator('details[data-menu] summary').click();
    await desk.locator('[data-sound]').check();
    await desk.keyboard.press('Escape');
    const notes = () => desk.evaluate(() => (window as unknown as Counting).notes);
    const before = await waitFor('the sound that says that it is on', notes);
    const name = await desk.locator('html').getAttribute('data-name');
    await say(ben.page, `@${name} it begins`);
    await desk.locator('.msg.names-me', { hasText: 'it begins' }).waitFor();
    await waitFor('a sound', async () => (await notes()) > before);
    await all('#m-10 .bubble', 'it begins');
    assert.equal(await cho.page.locator('.names-me').count(), 0);

    // Everybody has seen the same, each message once and in order; nobody has loaded a page again.
    assert.equal(await cho.page.evaluate(() => performance.timeOrigin), loaded);
    await waitFor('the program to have heard all', () => script.seen().length === 10);
    // What is one's own is told to the reader alone.
    const told = (messages: MessageView[]) => messages.map((message) => ({ ...message, mine: undefined }));
    assert.deepEqual(told(script.messages()), told((await dan.history(room)).body.chats));
    for (const page of everybody()) assert.deepEqual(await seenOn(page), script.seen());
    await assertOneFaceEach(script.messages(), likeness.id);
    for (const { complaints } of [ann, ben]) assert.deepEqual(complaints, []);
  });

  /** Somebody new who looks too much like one of those who sit in a room already. */
  const likenessOf = ({ members }: JoinAnswer): Promise<TestVisitor> =>
    waitFor('somebody with a face like another one', async () => {
      const newcomer = await arrive(site);
      return tellApart(newcomer, members) > 0 && newcomer;
    });

  const first = async (visitor: TestVisitor, room: string) =>
    ((await visitor.history(room)).body.chats as [MessageView])[0];

  /** On every page each person has one face: beside messages, in quotes, in both lists, and in the header of one's own. */
  async function assertOneFaceEach(messages: MessageView[], shifted: string): Promise<void> {
    const authors = Object.fromEntries(messages.map(({ seq, author }) => [seq, author.id]));
    const faces = new Map<string, Set<string>>();
    for (const page of everybody())
      for (const [id, face] of await page.evaluate(facesOn, authors))
        faces.set(id, (faces.get(id) ?? new Set()).add(face));
    assert.equal(faces.size, 4, 'two at desks, a phone and a program');
    for (const [id, looks] of faces) assert.equal(looks.size, 1, `${id} looks like ${[...looks].join(' and ')}`);
    const own = /fill="(#[0-9a-f]+)"/.exec([...(faces.get(shifted) ?? [])][0] ?? '')?.[1];
    assert.notEqual(own, await cho.page.locator('html').getAttribute('data-color'));
  }
});

/** What a page shows of its conversation, as the program has it. */
function seenOn(page: Page): Promise<Seen[]> {
  return page.locator('.msg').evaluateAll((rows) =>
    rows.map((row) => ({
      seq: Number(row.id.replace('m-', '')),
      text: row.querySelector('.bubble')?.textContent ?? row.querySelector('[data-gif] img')?.getAttribute('alt') ?? '',
      isEdited: row.querySelector('.msg-edited') !== null,
      isRemoved: row.querySelector('.msg-removed') !== null,
      answers: Number(row.querySelector('.msg-quote')?.getAttribute('data-quote')) || null,
      reactions: Object.fromEntries(
        [...row.querySelectorAll('[data-reaction]')].map((chip) => [
          chip.getAttribute('data-reaction') ?? '',
          Number(chip.querySelector('.reaction-count')?.textContent),
        ]),
      ),
    })),
  );
}

/** In a page: every drawn face with whose it is. */
function facesOn(authors: Record<string, string>): [string, string][] {
  const found: [string, string][] = [];
  const note = (id: string | undefined, face: Element | null | undefined) => {
    if (id && face) found.push([id, face.innerHTML]);
  };
  note(document.documentElement.dataset['me'], document.querySelector('.you .face'));
  const people = [...document.querySelectorAll<HTMLElement>('[data-people-list] [data-id]')];
  for (const person of people) note(person.dataset['id'], person.querySelector('.face'));
  for (const [at, face] of [...document.querySelectorAll('[data-face-row] .face')].entries())
    note(people[at]?.dataset['id'], face);
  for (const row of document.querySelectorAll('.msg'))
    note(authors[row.id.slice(2)], row.querySelector('.msg-face .face'));
  for (const quote of document.querySelectorAll<HTMLElement>('.msg-quote'))
    note(authors[quote.dataset['quote'] ?? ''], quote.querySelector('.face'));
  return found;
}

/** In a page, before it loads: count what it sounds. */
function countNotes(): void {
  const counting = window as unknown as Counting;
  counting.notes = 0;
  window.OscillatorNode = class extends OscillatorNode {
    constructor(...how: ConstructorParameters<typeof OscillatorNode>) {
      super(...how);
      counting.notes += 1;
    }
  };
}
