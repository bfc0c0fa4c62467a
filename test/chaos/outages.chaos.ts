/** R25 to R27: a database that is not there yet, that goes away, or that falls silent hangs nobody: an answer or a 503 within seconds. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { steadyPort } from '../support/ports.js';
import { residentMb, spawnSite, startProcess } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { inTime } from './in-time.js';
import { record, times } from './record.js';

const MISSING_MS = times(20_000);
const AWAY_MS = times(20_000);
const SILENT_MS = times(30_000);
const ASK_EVERY_MS = 50;
const LONGEST_MS = 5_000;
const SETTINGS = { LIMITS: 'off', ROOM_GRACE_MS: '300000' };

const readyz = async ({ url }: { url: string }) => (await fetch(`${url}/readyz`)).status;

/** Ask for pages and post for a while; how long each answer took, what it was, and which posts were accepted. */
async function askFor(ms: number, url: string, visitor: TestVisitor, room: string) {
  const waits: number[] = [];
  const statuses: Record<number, number> = {};
  const accepted: string[] = [];
  const asked: Promise<void>[] = [];
  const timed = async (ask: () => PromiseLike<{ status: number }>, text?: string) => {
    const began = performance.now();
    const { status } = await ask();
    waits.push(performance.now() - began);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 200 && text) accepted.push(text);
  };
  const began = performance.now();
  for (let number = 0; performance.now() - began < ms; number++) {
    const text = `away ${number}`;
    if (number % 2 === 0) asked.push(timed(async () => visitor.post(room, text, `away-${number}`), text));
    else asked.push(timed(async () => fetch(url, { headers: { cookie: visitor.cookie } })));
    await wait(ASK_EVERY_MS);
  }
  const answered = async () => {
    await Promise.all(asked);
    waits.sort((a, b) => a - b);
    return {
      figures: {
        asked: waits.length,
        statuses,
        p50: Math.round(waits[waits.length >> 1] ?? 0),
        longest: Math.round(waits.at(-1) ?? 0),
      },
      accepted,
    };
  };
  return answered;
}

describe('R25', () => {
  it(`the database comes ${MISSING_MS / 1000} s after the site: 503 at once meanwhile, then it serves`, async () => {
    const [dir, store] = [await temporaryFolder(), await distantStore()];
    store.proxy.cut();
    const port = await steadyPort();
    const site = spawnSite(dir, { ...SETTINGS, MONGO_URL: store.url, PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    await waitFor('the port', async () => (await fetch(`${url}/healthz`).catch(() => null))?.status === 200);
    const waits: number[] = [];
    const statuses = new Set<string>();
    for (const began = performance.now(); performance.now() - began < MISSING_MS;) {
      await wait(200);
      for (const path of ['/', '/readyz', '/healthz']) {
        const asked = performance.now();
        const { status } = await fetch(url + path);
        waits.push(performance.now() - asked);
        statuses.add(`${path} ${status}`);
      }
    }
    const back = performance.now();
    store.proxy.restore();
    await site.ready();
    const recoveredMs = Math.round(performance.now() - back);
    const ending = await site.end('SIGTERM');
    await store.close();
    await rm(dir, { recursive: true, force: true });
    record('R25', {
      missingMs: MISSING_MS,
      asked: waits.length,
      longest: Math.round(Math.max(...waits)),
      recoveredMs,
      ending,
    });
    assert.deepEqual([...statuses].sort(), ['/ 503', '/healthz 200', '/readyz 503']);
    assert.deepEqual(ending, { code: 0, signal: null });
  });
});

describe('R26, R27', () => {
  /** Take the database away for so long under load, and give it back. */
  async function outage(promise: string, awayMs: number, take: (store: DistantStore) => void): Promise<string[]> {
    const [dir, store] = [await temporaryFolder(), await distantStore()];
    const site = await startProcess(dir, { ...SETTINGS, MONGO_URL: store.url });
    const visitor = await arrive(site);
    const { _id: room } = await visitor.createRoom({ title: 'Silence' });
    await visitor.sit(room);
    const before = await residentMb(site.pid);
    take(store);
    const answered = await askFor(awayMs, site.url, visitor, room);
    const grownMb = (await residentMb(site.pid)) - before;
    store.proxy.restore();
    const { figures, accepted } = await answered();
    const back = performance.now();
    await waitFor('readiness', async () => (await readyz(site)) === 200, 30_000);
    const recovered = Math.round(performance.now() - back);
    const stored = new Set((await visitor.readAll(room)).map(({ chat }) => chat));
    const lost = accepted.filter((text) => !stored.has(text)).length;
    visitor.leaveAll();
    await site.end('SIGTERM');
    await store.close();
    await rm(dir, { recursive: true, force: true });
    record(promise, { awayMs, ...figures, recovered, accepted: accepted.length, lost, grownMb });
    assert.equal(lost, 0);
    assert.deepEqual(Object.keys(figures.statuses), ['503']);
    return figures.longest <= LONGEST_MS ? [] : [`an answer took ${figures.longest} ms`];
  }

  it(`R26: a database away for ${AWAY_MS / 1000} s: posts and pages are answered, 503, within ${LONGEST_MS / 1000} s`, () =>
    inTime(() => outage('R26', AWAY_MS, ({ proxy }) => proxy.cut())));

  it(`R27: a database silent for ${SILENT_MS / 1000} s: the same`, () =>
    inTime(() => outage('R27', SILENT_MS, ({ proxy }) => proxy.freeze())));
});
