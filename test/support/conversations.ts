/** The five places that have a conversation, each opened in a browser with somebody on the other side. */
import type { Browser, Page } from 'playwright-core';
import { newGuest, release } from './browser.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, work } from './consultant.js';
import { someone, write } from './direct.js';
import { arrive, type Reachable, type TestVisitor } from './visitor.js';

/** What the network and the server do to a page. */
export interface Meddling {
  /** Every message that the page posts is refused. */
  refuses: boolean;
  /** Frames of live events and acknowledgements that hold this text never arrive. */
  loses: string | null;
  /** How many were lost. */
  lost: number;
}

export interface Opened {
  page: Page;
  meddling: Meddling;
  /** The other side says something, past the page's own network. */
  says: (text: string) => Promise<unknown>;
  /** The other side edits a text of theirs, or removes it; absent where messages are append-only. */
  changes?: (text: string, to?: string) => Promise<void>;
}

export interface Place {
  name: string;
  /** @param said what the other side has said before the page opens */
  open: (said?: string[]) => Promise<Opened>;
}

interface Scene {
  site: Reachable;
  /** Where the pages find the site. */
  url: string;
  browser: Browser;
}

const REFUSAL = { ok: false, error: { code: 'chat_too_long', message: 'Keep it within 4,000 characters.' } };

/** Stand between a page and its server. Before the page opens. */
async function meddle(page: Page): Promise<Meddling> {
  const meddling: Meddling = { refuses: false, loses: null, lost: 0 };
  await page.route(/\/(chat|lobby\/messages|messages\/send\/\w+)$/, (route) =>
    meddling.refuses && route.request().method() === 'POST'
      ? route.fulfill({ status: 400, json: REFUSAL })
      : route.continue(),
  );
  await page.routeWebSocket(/socket\.io/, (near) => {
    const far = near.connectToServer();
    near.onMessage((frame) => {
      const asked = meddling.refuses && /^42\/consult,(\d+)\["send-message"/.exec(String(frame));
      if (asked) near.send(`43/consult,${asked[1]}${JSON.stringify([REFUSAL])}`);
      else far.send(frame);
    });
    far.onMessage((frame) => {
      const isLost = meddling.loses !== null && /^4[23]/.test(String(frame)) && frame.includes(meddling.loses);
      if (isLost) meddling.lost += 1;
      else near.send(frame);
    });
  });
  return meddling;
}

type Agent = TestVisitor['agent'];

/** How somebody changes a text of theirs. `list`: where the messages are read, `path`: what the address of one begins with. */
function changing(agent: Agent, list: string, path: string, field: 'chat' | 'message') {
  return async (text: string, to?: string) => {
    const { body } = await agent.get(list);
    const all = (body.chats ?? body.messages) as { _id: string; chat?: string; message?: string }[];
    const id = all.find((each) => each[field] === text)?._id;
    const address = `${path}/${id}`;
    const { status } = await (to === undefined ? agent.delete(address) : agent.patch(address).send({ [field]: to }));
    if (status !== 200) throw new Error(`a change was answered ${status}`);
  };
}

/**
 * @param scene asked at each use: a suite has its site and browser only once it runs
 * @returns the places, and an end to everybody who was in them
 */
export function conversations(scene: () => Scene): { places: Place[]; leave: () => Promise<void> } {
  const ends: (() => unknown)[] = [];
  let made = 0;

  async function guest() {
    const { context, page } = await newGuest(scene().browser);
    ends.push(() => release(context));
    return { page, meddling: await meddle(page) };
  }
  async function visitor(): Promise<TestVisitor> {
    const one = await arrive(scene().site);
    ends.push(() => one.leaveAll());
    return one;
  }

  const room = async (said: string[] = []) => {
    const friend = await visitor();
    const { _id } = await friend.createRoom({ title: 'a conversation' });
    await friend.sit(_id);
    for (const text of said) await friend.say(_id, text);
    const { page, meddling } = await guest();
    await page.goto(`${scene().url}/room/${_id}`);
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    const changes = changing(friend.agent, `/room/${_id}/chats`, `/room/${_id}/chat`, 'chat');
    return { page, meddling, changes, says: (text: string) => friend.say(_id, text) };
  };

  const lobby = async (said: string[] = []) => {
    const friend = await visitor();
    const ear = await friend.listen('/lobby');
    await ear.ask('join', `Friend ${(made += 1)}`);
    const says = async (text: string) => {
      const { status } = await friend.agent.post('/lobby/messages').send({ chat: text });
      if (status !== 201) throw new Error(`the lobby answered ${status}`);
    };
    for (const text of said) await says(text);
    const { page, meddling } = await guest();
    await page.goto(`${scene().url}/lobby`);
    await page.fill('#name', `Guest ${made}`);
    await page.click('[data-name-form] button');
    await page.locator('[data-speak]:not([hidden])').waitFor();
    return { page, meddling, says, changes: changing(friend.agent, '/lobby/messages', '/lobby/messages', 'chat') };
  };

  const direct = async (said: string[] = []) => {
    const other = await someone(scene().site);
    const { page, meddling } = await guest();
    await page.goto(`${scene().url}/messages`);
    const id = await page.locator('html').getAttribute('data-me');
    const me = { ...other, id: id ?? '' };
    for (const text of said) await write(other, me, text);
    await page.goto(`${scene().url}/messages/${other.id}`);
    const path = `/api/messages/${me.id}`;
    const changes = changing(other.visitor.agent, path, path, 'message');
    return { page, meddling, changes, says: (text: string) => write(other, me, text) };
  };

  const consultation = async (said: string[] = []) => {
    const { page, meddling } = await guest();
    await page.goto(`${scene().url}/chat/consult`);
    await page.fill('#topic', 'a question');
    await page.click('[data-submit]');
    await page.locator('#main[data-state="waiting"]').waitFor();
    const id = (await page.getAttribute('#main', 'data-session')) ?? '';
    const consultant = await work(scene().site, `Consultant ${(made += 1)}`);
    ends.push(() => consultant.leaveAll());
    const desk = await consultant.desk();
    await takeCase(desk, id);
    for (const text of said) await saySomething(desk, id, text);
    await page.reload();
    await page.locator('#main[data-state="taken"]').waitFor();
    return { page, meddling, says: (text: string) => saySomething(desk, id, text) };
  };

  const desk = async (said: string[] = []) => {
    const client = await visitor();
    const ear = await client.listen('/consult', { auth: { as: 'visitor' } });
    const topic = `topic ${(made += 1)}`;
    const id = await startConsult(ear, topic);
    for (const text of said) await saySomething(ear, id, text);
    const { page, meddling } = await guest();
    await page.goto(`${scene().url}/chat/admin`);
    await page.fill('#name', `Desk ${made}`);
    await page.fill('#password', DESK_PASSWORD);
    await page.click('[data-submit]');
    await page.locator('[data-waiting] .desk-row', { hasText: topic }).locator('[data-take]').click();
    await page.locator('.desk.has-case [data-live]:not([hidden])').waitFor();
    return { page, meddling, says: (text: string) => saySomething(ear, id, text) };
  };

  const places = Object.entries({ room, lobby, direct, consultation, desk }).map(([name, open]) => ({ name, open }));
  const leave = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  return { places, leave };
}
