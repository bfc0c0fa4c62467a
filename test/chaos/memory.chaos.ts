/**
 * R36, R37: readers who do not read, and hundreds who come and go, leave a site as large as it was. Memory: of the whole
 * process; for R36 without pages of the store's file, which hold what was posted.
 */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import * as pictures from '../support/pictures.js';
import { ownMb, residentMb, type SiteProcess, startProcess } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, times } from './record.js';

const UNREAD = times(40);
const FLOOD_MS = times(25_000);
const ROUNDS = times(40);
/** Rounds after which memory is compared: caches and pools are full by then. */
const WARM = 0.4;
const ENV = { LIMITS: 'off', ROOM_GRACE_MS: '300' };

const descriptors = async ({ pid }: SiteProcess) => (await readdir(`/proc/${pid}/fd`)).length;

let dir: string;
let site: SiteProcess;
beforeEach(async () => {
  dir = await temporaryFolder();
  site = await startProcess(dir, ENV);
});
afterEach(async () => {
  await site.end('SIGTERM');
  await rm(dir, { recursive: true, force: true });
});

describe('R36', () => {
  it(`${UNREAD} sockets that read nothing in a busy room: the site stays small, whoever reads hears all`, async () => {
    const host = await arrive(site);
    const { _id } = await host.createRoom({ title: 'busy', max: 100 });
    const reader = await host.sit(_id);
    const idle = await Promise.all(
      Array.from({ length: UNREAD }, async () => {
        const visitor = await arrive(site);
        await visitor.open(_id);
        const ear = await visitor.sit(_id);
        const { engine } = ear.socket.io as unknown as {
          engine: { transport: { ws: { _socket?: { pause(): void } } } };
        };
        engine.transport.ws._socket?.pause();
        return ear;
      }),
    );
    const before = await ownMb(site.pid);
    const text = 'x'.repeat(2_000);
    let posted = 0;
    let largestMb = before;
    for (const began = performance.now(); performance.now() - began < FLOOD_MS;) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => reader.ask('post', { room: _id, chat: `${posted} ${text}` })),
      );
      posted += answers.filter(({ ok }) => ok).length;
      largestMb = Math.max(largestMb, await ownMb(site.pid));
    }
    await waitFor('the reader to hear all', () => reader.all('chat').length >= posted);
    const answer = await reader.join(_id);
    for (const ear of idle) ear.close();
    host.leaveAll();
    record('R36', {
      unread: UNREAD,
      posted,
      perSecond: Math.round((posted * 1_000) / FLOOD_MS),
      toEachMb: Math.round((posted * text.length) / 1_048_576),
      grownMb: largestMb - before,
      stillInside: answer.ok ? answer.people - 1 : null,
    });
    assert.ok(largestMb - before <= 300, `${largestMb - before} MB`);
  });
});

describe('R37', () => {
  it(`${ROUNDS} rounds of coming, talking, uploading and going: descriptors and memory are where they were`, async () => {
    const picture = await pictures.png(200, 150);
    const stay = async (number: number) => {
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: `round ${number}` });
      const ear = await visitor.sit(_id);
      const direct = await visitor.listen('/direct');
      for (let word = 0; word < 5; word++) await visitor.say(_id, `word ${word}`);
      assert.equal((await visitor.postGif(_id, picture)).status, 200);
      if (number % 2 === 0) assert.ok((await ear.ask('leave')).ok);
      direct.close();
      visitor.leaveAll();
    };
    const samples: { mb: number; open: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => stay(index)));
      samples.push({ mb: await residentMb(site.pid), open: await descriptors(site) });
    }
    const warm = samples[Math.floor(samples.length * WARM)]!;
    // A connection that was kept alive closes by itself: KEEP_ALIVE_MS of the tests is a minute.
    const atEnd = samples.at(-1)!;
    record('R37', {
      visits: ROUNDS * 20,
      warmMb: warm.mb,
      grownMb: atEnd.mb - warm.mb,
      warmDescriptors: warm.open,
      descriptorsMore: atEnd.open - warm.open,
    });
    assert.ok(atEnd.open - warm.open <= 40, `${atEnd.open - warm.open} descriptors more`);
    assert.ok(atEnd.mb - warm.mb <= 120, `${atEnd.mb - warm.mb} MB more`);
  });
});
