/** R1, R2, R30: what was answered survives the end of the site, and of its database, whether by `kill -9` or by SIGTERM. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { mortalStore } from '../support/mortal-store.js';
import { outerUrl } from '../support/outer-store.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { startSite, temporaryFolder } from '../support/site.js';
import { waitFor } from '../support/wait.js';
import { Load } from './checker.js';
import { record, seeded, times } from './record.js';

const KILLS = times(20);
const STORE_KILLS = times(10);
const SIGNALS = times(12);
const ENV = { LIMITS: 'off', ROOM_GRACE_MS: '600000' };
/** Node ends a process that does not end by itself at 10 s. */
const LONGEST_END_MS = 10_000;

describe('R1', () => {
  it(`${KILLS} crashes under load: nothing answered is lost, doubled or out of order`, async () => {
    const dir = await temporaryFolder();
    const { seed, random } = seeded();
    let site: SiteProcess = await startProcess(dir, ENV);
    const { port } = new URL(site.url);
    const load = await Load.start(site, 5, 4);
    for (let kill = 0; kill < KILLS; kill++) {
      await after(1_000 + random() * 2_000);
      await site.end('SIGKILL');
      site = await startProcess(dir, { ...ENV, PORT: port });
    }
    await load.stop();
    const checker = await load.check();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R1', { seed, kills: KILLS, odd: [...load.odd], ...checker.figures });
    checker.assertSound();
    assert.ok(checker.answered.size > KILLS * 10);
    if (outerUrl(dir) === null) assert.deepEqual([...load.odd], []);
  });
});

describe('R2', () => {
  it(`${STORE_KILLS} crashes of the database under load: no answer while it is away, nothing answered is lost`, async () => {
    const { seed, random } = seeded();
    const store = await mortalStore();
    const site = await startSite({ ...ENV, MONGO_URL: store.url });
    const load = await Load.start(site, 5, 4);
    const away: { from: number; until: number }[] = [];
    for (let kill = 0; kill < STORE_KILLS; kill++) {
      await after(500 + random() * 1_500);
      await store.kill();
      const from = performance.now();
      await after(1_000);
      away.push({ from, until: performance.now() });
      await store.start();
      const before = load.checker.answered.size;
      await waitFor('answers again', () => load.checker.answered.size > before);
    }
    await load.stop();
    const checker = await load.check();
    await site.close();
    await store.close();
    const isFalse = ({ status, began, ended }: (typeof load.tries)[number]) =>
      status === 200 && away.some(({ from, until }) => began >= from && ended <= until);
    const answeredWhileAway = load.tries.filter(isFalse).length;
    record('R2', { seed, kills: STORE_KILLS, answeredWhileAway, ...checker.figures });
    checker.assertSound();
    assert.equal(answeredWhileAway, 0);
  });
});

describe('R30', () => {
  it(`${SIGNALS} calm ends under load: exit 0 within ten seconds, nothing answered is lost`, async () => {
    const dir = await temporaryFolder();
    const { seed, random } = seeded();
    let site: SiteProcess = await startProcess(dir, ENV);
    const { port } = new URL(site.url);
    const load = await Load.start(site, 5, 4);
    const ends: number[] = [];
    for (let signal = 0; signal < SIGNALS; signal++) {
      await after(300 + random() * 1_000);
      const began = performance.now();
      assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
      ends.push(Math.round(performance.now() - began));
      site = await startProcess(dir, { ...ENV, PORT: port });
    }
    await load.stop();
    const checker = await load.check();
    const statuses = [...new Set(load.tries.map(({ status }) => status))].sort();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R30', {
      seed,
      signals: SIGNALS,
      slowestEndMs: Math.max(...ends),
      statuses,
      odd: [...load.odd],
      ...checker.figures,
    });
    checker.assertSound();
    assert.ok(Math.max(...ends) <= LONGEST_END_MS);
    assert.deepEqual([...load.odd], []);
  });
});
