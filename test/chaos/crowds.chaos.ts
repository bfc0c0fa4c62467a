/** Many people behind one address are no flood: a class that chats, and 500 sockets that come back together after a restart. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { Manager, type Socket } from 'socket.io-client';
import { createRooms, visitors } from '../../bench/clients/visitors.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { steadyPort } from '../support/ports.js';
import { temporaryFolder } from '../support/site.js';
import { waitFor } from '../support/wait.js';
import { record, seeded } from './record.js';

/** What a page of a room opens over one connection. */
const NAMESPACES = ['/', '/chat', '/direct'];
const BACK_MS = 120_000;
const CLASS_MS = 20_000;

/** Pages of rooms, one a visitor, that connect and join again by themselves. */
class Pages {
  readonly joined = new Set<number>();
  /** What was refused, by its code. */
  readonly refused: string[] = [];
  readonly chats: Socket[] = [];

  open(url: string, cookie: string, room: string): void {
    const index = this.chats.length;
    const { origin } = new URL(url);
    const options = { transports: ['websocket'], extraHeaders: { cookie, origin }, reconnectionDelay: 500 };
    const manager = new Manager(origin, options);
    const sockets = NAMESPACES.map((namespace) => manager.socket(namespace));
    for (const socket of sockets) {
      socket.on('connect_error', (error: Error & { data?: { code: string }; description?: { message?: string } }) => {
        if (error.data) this.refused.push(error.data.code);
        else if (error.description?.message?.includes('429')) this.refused.push('429');
      });
    }
    const chat = sockets[1]!;
    chat.on('connect', () => void this.join(index, room));
    chat.on('disconnect', () => this.joined.delete(index));
    this.chats.push(chat);
  }

  async join(index: number, room: string): Promise<void> {
    const answer = await this.ask(index, 'join', { room, after: 0, batch: true });
    if (answer) this.joined.add(index);
  }

  /** @returns whether it was done. */
  async ask(index: number, event: string, payload: unknown): Promise<boolean> {
    try {
      const answer = await this.chats[index]!.timeout(BACK_MS).emitWithAck(event, payload);
      if (!answer.ok) this.refused.push(`${event}: ${answer.error.code}`);
      return answer.ok === true;
    } catch {
      return false; // the connection was lost first
    }
  }

  close(): void {
    for (const chat of this.chats) chat.io._close();
  }
}

describe('crowds behind one address', () => {
  let dir: string;
  let env: Record<string, string>;
  let site: SiteProcess;
  let pages: Pages;
  beforeEach(async () => {
    dir = await temporaryFolder();
    // The limits as they are, but for the seats: so many newcomers in a minute are more than a school has.
    env = { PORT: String(await steadyPort()), ROOM_GRACE_MS: '600000', LIMITS: 'seat_ip=1000/60' };
    site = await startProcess(dir, env);
    pages = new Pages();
  });
  afterEach(async () => {
    pages.close();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
  });

  /** Let visitors come, and sit in rooms. */
  async function come(count: number, roomCount: number): Promise<string[]> {
    const cookies = await visitors(site.url, count);
    const rooms = await createRooms(site.url, cookies, roomCount);
    for (const [index, cookie] of cookies.entries()) pages.open(site.url, cookie, rooms[index % roomCount]!);
    await waitFor('all to sit', () => pages.joined.size === count, BACK_MS);
    return rooms;
  }

  it('500 sockets come back after a restart: none is refused', async () => {
    await come(500, 10);
    const refusedFirst = pages.refused.length;
    await site.end('SIGTERM');
    await waitFor('all to be away', () => pages.joined.size === 0, BACK_MS);
    const began = performance.now();
    site = await startProcess(dir, env);
    await waitFor('all to be back', () => pages.joined.size === 500, BACK_MS);
    const backMs = Math.round(performance.now() - began);
    record('crowds', {
      crowd: 'storm',
      sockets: 500,
      namespaces: NAMESPACES.length,
      refusedFirst,
      refused: pages.refused,
      backMs,
    });
    assert.deepEqual(pages.refused, []);
  });

  it('a class of 40 that chats, types and reloads over sockets: nothing is refused', async () => {
    const { seed, random } = seeded();
    const [room = ''] = await come(40, 1);
    const end = performance.now() + CLASS_MS;
    let asked = 0;
    const pupil = async (index: number) => {
      while (performance.now() < end) {
        await after(300 + random() * 400);
        if (!pages.joined.has(index)) continue; // it is just coming back
        const what = random();
        asked += 1;
        if (what < 0.6) await pages.ask(index, 'typing', what < 0.3);
        else if (what < 0.9) await pages.ask(index, 'post', { room, chat: `${index} says ${what}` });
        else pages.chats[index]!.io.engine.close(); // as a reload: it connects and joins again
      }
    };
    await Promise.all(pages.chats.map((_, index) => pupil(index)));
    record('crowds', { crowd: 'class', seed, people: 40, asked, refused: pages.refused });
    assert.deepEqual(pages.refused, []);
  });
});
