/**
 * Floods inside the limits: one address with fifteen visitors sends what a socket may send, or thirty addresses guess
 * passwords. A stranger's chat, from the post to the live event at another stranger, becomes at most twice as slow, and
 * no stranger loses a socket. With and without the flood are measured in one run, in turns: only their ratio means something.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { startProcess } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';
import { arrive, type Ear, type Reachable, TestVisitor } from '../support/visitor.js';
import type { Flooded, Order } from './flooder.js';
import { guessersOf } from './guesser.js';
import { waitFor } from '../support/wait.js';
import { inTime } from './in-time.js';
import { record, seeded } from './record.js';

const FLOODER = path.join(import.meta.dirname, 'flooder.js');
const VISITORS = 15;
const STRANGERS = 20;
const NEIGHBOURS = 5;
/** Rooms with a password: so many that none of them has all its wrong passwords. */
const DOORS = 30;
const QUIET_MS = 5_000;
const FLOOD_MS = 12_000;
const POST_EVERY_MS = 150;
/** History that a join from the beginning asks for. */
const HISTORY = { room: 1_000, lobby: 500 };
/** A message that did not arrive within this counts as this slow. */
const LATE_MS = 15_000;
/** What the noise of a machine makes of a short time. */
const NOISE_MS = 10;

const FLOODS = {
  lobby: '60 sockets of 15 visitors with 9 events a second each of /lobby join {after: 0}',
  chat: '60 sockets of 15 visitors with 9 events a second each of /chat join {after: 0}',
  spread: '1,000 events a second over five namespaces',
  handshakes: '135 handshakes a second',
  passwords: 'R49: 30 addresses that send two wrong passwords a second each',
} satisfies Record<Order['kind'], string>;

/** Most strangers are behind addresses of their own; the last few share the loopback address with the flood. */
const from = (number: number): Record<string, string> =>
  number < STRANGERS - NEIGHBOURS ? { 'X-Forwarded-For': `203.0.113.${number + 1}` } : {};

async function stranger(site: Reachable, number: number): Promise<TestVisitor> {
  const visitor = new TestVisitor(site);
  void visitor.agent.set(from(number));
  return visitor.arrive();
}

const percentile = (sorted: number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

describe('floods', () => {
  for (const [kind, what] of Object.entries(FLOODS) as [Order['kind'], string][]) {
    it(`${what}: strangers chat on`, () =>
      inTime(async () => {
        const { seed, random } = seeded();
        const dir = await temporaryFolder();
        const site = await startProcess(dir, { TRUST_PROXY: '1', ROOM_GRACE_MS: '600000' });
        const flooders = await Promise.all(Array.from({ length: VISITORS }, () => arrive(site)));
        const strangers: TestVisitor[] = [];
        for (let number = 0; number < STRANGERS; number++) strangers.push(await stranger(site, number));

        const flooded = (await flooders[0]!.createRoom({ title: 'history', max: 100 }))._id;
        for (const flooder of flooders) await flooder.open(flooded);
        const doors: string[] = [];
        const guessers = kind === 'passwords' ? await guessersOf(site.url) : [];
        if (kind === 'passwords') {
          for (let number = 0; number < DOORS; number++) {
            const { _id } = await flooders[number % VISITORS]!.createRoom({ title: 'locked', password: 'open sesame' });
            doors.push(_id);
          }
        } else await fill(flooders, flooded);
        const room = (await strangers[0]!.createRoom({ title: 'chat', max: 100 }))._id;
        const lost: string[] = [];
        const ears: Ear[] = [];
        for (const [index, visitor] of strangers.entries()) {
          await visitor.open(room);
          const extraHeaders = { cookie: visitor.cookie, origin: site.url, ...from(index) };
          const ear = await visitor.listen('/chat', { extraHeaders });
          const answer = await ear.join(room);
          assert.ok(answer.ok);
          ear.socket.on('disconnect', (reason) => lost.push(reason));
          ears.push(ear);
        }

        /** Post when due, and time each until another stranger hears it. */
        async function chat(ms: number, name: string) {
          const delays: Promise<number>[] = [];
          const began = performance.now();
          for (let number = 0; performance.now() - began < ms; number++) {
            const who = Math.floor(random() * STRANGERS);
            const ear = ears[(who + 1) % STRANGERS]!;
            delays.push(heard(strangers[who]!, from(who), ear, room, `${name} ${number}`));
            await after(Math.max(0, began + (number + 1) * POST_EVERY_MS - performance.now()));
          }
          const sorted = (await Promise.all(delays)).sort((a, b) => a - b);
          return {
            posts: sorted.length,
            p50: percentile(sorted, 0.5),
            p95: percentile(sorted, 0.95),
            p99: percentile(sorted, 0.99),
          };
        }

        await chat(2_000, 'warm');
        const before = await chat(QUIET_MS, 'before');
        const child = fork(FLOODER);
        const order: Order = {
          kind,
          url: site.url.replace('localhost', '127.0.0.1'),
          cookies: flooders.map(({ cookie }) => cookie),
          room: flooded,
          doors,
          guessers,
          ms: FLOOD_MS,
        };
        const ended = once(child, 'message') as Promise<[Flooded]>;
        child.send(order);
        const during = await chat(FLOOD_MS, 'during');
        const [flood] = await ended;
        const later = await chat(QUIET_MS, 'later');
        const quiet = before.p50;
        const lostThen = [...lost];
        record('floods', {
          flood: kind,
          seed,
          before,
          during,
          later,
          ratio: Math.round((during.p50 / quiet) * 100) / 100,
          lost: lostThen.length,
          ...flood,
        });
        for (const visitor of [...flooders, ...strangers]) visitor.leaveAll();
        await site.end('SIGTERM');
        await rm(dir, { recursive: true, force: true });
        assert.deepEqual(lostThen, []);
        const isSlow = ({ p50 }: { p50: number }) => p50 > 2 * quiet + NOISE_MS;
        return [
          ...(isSlow(later) ? [`p50 ${quiet} ms before the flood, ${later.p50} ms after it`] : []),
          ...(isSlow(during) ? [`p50 ${quiet} ms without the flood, ${during.p50} ms with it`] : []),
        ];
      }));
  }
});

/** Milliseconds from the post until `ear` hears it live. */
async function heard(
  { site, cookie }: TestVisitor,
  address: Record<string, string>,
  ear: Ear,
  room: string,
  chat: string,
): Promise<number> {
  const began = performance.now();
  const arrived = new Promise<number>((resolve) => {
    const listen = (message: MessageView) => {
      if (message.chat !== chat) return;
      ear.socket.off('chat', listen);
      resolve(performance.now() - began);
    };
    ear.socket.on('chat', listen);
  });
  const headers = { cookie, 'content-type': 'application/json', accept: 'application/json', ...address };
  const post = fetch(`${site.url}/room/${room}/chat`, { method: 'POST', headers, body: JSON.stringify({ chat }) });
  // Whether it was answered does not matter: only who hears it counts.
  post.then((response) => response.arrayBuffer()).catch(() => undefined);
  return Promise.race([arrived, after(LATE_MS, LATE_MS)]);
}

/** Post until it is stored: a machine that is too busy says 503, and to come again. */
const stored = (expected: number, post: () => PromiseLike<{ status: number }>) =>
  waitFor('a message to be stored', async () => {
    const { status } = await post();
    if (status !== 503) assert.equal(status, expected);
    return status === expected;
  });

/** Say so much in the room and in the lobby that a join from the beginning brings all that it may. */
async function fill(visitors: TestVisitor[], room: string): Promise<void> {
  const text = 'what was said before '.repeat(5);
  await Promise.all(
    visitors.map(async (visitor, index) => {
      await visitor.agent.post('/lobby/join').send({ name: `flooder ${index}` });
      for (let number = index; number < HISTORY.room; number += visitors.length)
        await stored(200, () => visitor.post(room, text));
      for (let number = index; number < HISTORY.lobby; number += visitors.length) {
        await stored(201, async () => visitor.agent.post('/lobby/messages').send({ chat: text }));
      }
    }),
  );
}
