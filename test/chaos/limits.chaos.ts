/** R42, R48, R52: what guessers, uploaders and requests that never end may take when many of them come at once. */
import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { noise } from '../support/pictures.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { Wire } from '../support/raw.js';
import { filesUnder, temporaryFolder } from '../support/site.js';
import { arrive, arriveFrom, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { inTime } from './in-time.js';
import { record, seeded, times } from './record.js';

const MB = 1024 * 1024;
const BUDGET = 8 * MB;
/** The part of the budget that is given out: services/messages/image-budget.ts. */
const FILL = 0.9;
const UPLOADS = times(150);
const UPLOADERS = 10;
const PASSWORD = 'open sesame';
const GUESSERS = times(100);
const TRIES_OF_AN_ADDRESS = 8;
/** Wrong passwords that are compared at the most: docs/configuration.md. */
const COMPARED = { visitor: 5, address: 30, room: 60, addressBeyond: 3 };
const SLOW = times(300);
/** Milliseconds after which a head, and a whole request, is cut; it is looked every five seconds. */
const CUT_MS = { head: 10_000, body: 60_000 };
const LOOK_MS = 5_000;
/** Milliseconds that a busy machine may add. */
const LATE_MS = 5_000;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? 0;
/** How often each of these was there. */
const tally = (all: (number | undefined)[]) =>
  Object.fromEntries([...new Set(all)].map((one) => [String(one), all.filter((other) => other === one).length]));

describe('R42, R48, R52', () => {
  let dir: string;
  let running: SiteProcess | undefined;
  beforeEach(async () => {
    dir = await temporaryFolder();
  });
  afterEach(async () => {
    await running?.end('SIGTERM');
    running = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  /** A site in place of the one before it. */
  async function start(env: Record<string, string>): Promise<SiteProcess> {
    await running?.end('SIGKILL');
    return (running = await startProcess(dir, env));
  }

  it(`R42: ${UPLOADS} uploads at once into a budget that has no room for most: never a byte beyond it`, async () => {
    const { seed, random } = seeded();
    const site = await start({ LIMITS: 'off', UPLOADS_BUDGET_BYTES: String(BUDGET), ROOM_GRACE_MS: '600000' });
    const people = await Promise.all(numbers(UPLOADERS).map(() => arrive(site)));
    const rooms = await Promise.all(people.map((person) => person.createRoom({ title: 'budget' })));
    const uploads = path.join(dir, 'uploads', 'rooms');
    const kept = async () => {
      const sizes = (await filesUnder(uploads)).map((file) => stat(path.join(uploads, file)).then(({ size }) => size));
      return (await Promise.all(sizes)).reduce((all, size) => all + size, 0);
    };
    const pictures = await Promise.all(numbers(4).map((size) => noise(250 + 50 * size, 250)));
    const statuses: number[] = [];
    const codes = new Set<string>();
    const uploading = numbers(UPLOADS).map(async (number) => {
      const [who, picture] = [number % UPLOADERS, pictures[Math.floor(random() * pictures.length)]!];
      const { status, body } = await people[who]!.postGif(rooms[who]!._id, picture);
      statuses.push(status);
      if (status !== 200) codes.add(`${status} ${body.error.code}`);
    });
    let most = 0;
    const looking = (async () => {
      while (statuses.length < UPLOADS) {
        most = Math.max(most, await kept());
        await wait(20);
      }
    })();
    await Promise.all([...uploading, looking]);
    const stored = await Promise.all(rooms.map(({ _id }, who) => people[who]!.readAll(_id)));
    const messages = stored.flat().length;
    const files = (await filesUnder(uploads)).length;
    record('R42', { seed, uploads: UPLOADS, answers: tally(statuses), budget: BUDGET, most, files, messages });
    assert.ok(most <= BUDGET * FILL, `${most} bytes`);
    assert.deepEqual([files, messages], Array(2).fill(statuses.filter((status) => status === 200).length));
    // Those who wait for their turn for too long are told to come again.
    assert.deepEqual(
      [...codes].filter((code) => !['507 storage_full', '503 busy', '503 uploads_full'].includes(code)),
      [],
    );
  });

  it(`R48: guesses of one visitor, of ${GUESSERS} at one address, and of ${GUESSERS} addresses: few are compared, and who knows it enters`, async () => {
    const site = await start({ TRUST_PROXY: '1', ROOM_GRACE_MS: '600000' });
    const owner = await arriveFrom('198.51.100.1', site);
    const figures: Record<string, object> = {};
    const wrong: string[] = [];
    const room = async () => (await owner.createRoom({ title: 'locked', password: PASSWORD }))._id;
    const guess = async (visitor: TestVisitor, at: string) => (await visitor.enter(at, `${Math.random()}`)).status;
    const settle = async (who: string, at: string, statuses: number[], most: number) => {
      const compared = statuses.filter((status) => status === 403).length;
      const knows = await arriveFrom('203.0.113.250', site);
      const entered = (await knows.enter(at, PASSWORD)).status;
      figures[who] = { guesses: statuses.length, answers: tally(statuses), compared, entered };
      if (compared > most) wrong.push(`${who}: ${compared} were compared`);
      if (entered !== 303) wrong.push(`${who}: who knows it was answered ${entered}`);
    };

    let at = await room();
    const one = await arriveFrom('198.51.100.2', site);
    const ofOne: number[] = [];
    for (let number = 0; number < GUESSERS; number++) ofOne.push(await guess(one, at));
    await settle('one visitor', at, ofOne, COMPARED.visitor);

    at = await room();
    const ofAddress: number[] = [];
    for (let number = 0; number < GUESSERS; number++)
      ofAddress.push(await guess(await arriveFrom('198.51.100.3', site), at));
    await settle('one address', at, ofAddress, COMPARED.address);

    at = await room();
    const ofMany: number[] = [];
    for (let number = 0; number < GUESSERS; number++) {
      const address = `203.0.113.${number}`;
      for (let tries = 0, visitor = one; tries < TRIES_OF_AN_ADDRESS; tries++) {
        if (tries % 4 === 0) visitor = await arriveFrom(address, site);
        ofMany.push(await guess(visitor, at));
      }
    }
    // The last address below the room's limit may use up its own.
    const most = COMPARED.room + TRIES_OF_AN_ADDRESS + COMPARED.addressBeyond * GUESSERS;
    await settle('many addresses', at, ofMany, most);
    owner.leaveAll();
    record('R48', figures);
    assert.deepEqual(wrong, []);
  });

  it(`R52: ${SLOW} requests that send a byte every five seconds are cut, while others are served`, () =>
    inTime(async () => {
      const site = await start({ LIMITS: 'off' });
      const visitor = await arrive(site);
      const port = Number(new URL(site.url).port);
      const began = performance.now();
      const slow = numbers(SLOW).map((number) => {
        const kind = number % 2 ? ('head' as const) : ('body' as const);
        const head = `POST /room HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${visitor.cookie}\r\n`;
        const wire = new Wire(port).send(
          kind === 'head' ? head : `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
        );
        const cutMs = wire.ended.then(() => performance.now() - began);
        return { kind, wire, cutMs };
      });
      const dripping = setInterval(() => {
        for (const { wire } of slow) wire.send('x');
      }, 5_000);
      const pages: number[] = [];
      const looking = setInterval(() => {
        const asked = performance.now();
        void fetch(site.url).then(() => pages.push(performance.now() - asked));
      }, 500);
      const longest = async (kind: 'head' | 'body') => {
        const ended = await Promise.all(slow.filter((each) => each.kind === kind).map(({ cutMs }) => cutMs));
        return Math.round(Math.max(...ended));
      };
      const cut = { head: await longest('head'), body: await longest('body') };
      clearInterval(dripping);
      clearInterval(looking);
      await waitFor('a page', () => pages.length > 0);
      record('R52', { requests: SLOW, cutMs: cut, pages: pages.length, p50: Math.round(median(pages)) });
      return (['head', 'body'] as const)
        .filter((kind) => cut[kind] > CUT_MS[kind] + LOOK_MS + LATE_MS)
        .map((kind) => `a ${kind} was cut after ${cut[kind]} ms`);
    }));
});
