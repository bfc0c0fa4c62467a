/**
 * The desk under load: 1,000 visitors wait, 20 consultants take them. Loopback only, one process for site and clients,
 * so figures are what two cores do together. Run: npm run prebench && node dist/bench/consult.js [visitors] [consultants]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import type { QueueView, WaitingView } from '../schemas/consult/contract.js';
import { ROOT } from '../services/site/root.js';
import { startSite } from '../test/support/site.js';
import { DESK_PASSWORD, startConsult, work } from '../test/support/consultant.js';
import { arrive, type Ear } from '../test/support/visitor.js';
import { waitFor } from '../test/support/wait.js';

const [visitors = 1_000, consultants = 20] = process.argv.slice(2).map(Number);
/** Takes that are measured: half of the queue, so that it stays long. */
const TAKES = Math.floor(visitors / 2);
/** Visitors that are set up at once. */
const AT_ONCE = 25;
const WINDOW_MS = 1_000;

const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' });
const operations = new Map<string, number>();
const { base } = site.app.services.models.Case;
const count = (on: boolean) =>
  base.set('debug', on ? (collection: string, method: string) => note(`${collection}.${method}`) : false);
const note = (name: string) => void operations.set(name, (operations.get(name) ?? 0) + 1);

const told: number[][] = [];
const waiting: { id: string; ear: Ear }[] = [];
const setup = performance.now();
for (let from = 0; from < visitors; from += AT_ONCE) {
  const batch = Array.from({ length: Math.min(AT_ONCE, visitors - from) }, async () => {
    const ear = await (await arrive(site)).listen('/consult', { auth: { as: 'visitor' } });
    const times: number[] = [];
    told.push(times);
    ear.socket.on('queue', () => void times.push(performance.now()));
    waiting.push({ id: await startConsult(ear), ear });
  });
  await Promise.all(batch);
}
const setupMs = performance.now() - setup;

const desks = await Promise.all(
  Array.from({ length: consultants }, async (_, i) => (await work(site, `Desk ${i}`)).desk()),
);
await waitFor(
  'everybody knows the place',
  () => waiting.every(({ ear }) => ear.all<QueueView>('queue').at(-1)?.waiting === visitors),
  30_000,
);
await waitFor('every desk has the list', () =>
  desks.every((desk) => desk.all<WaitingView[]>('sessions-updated').length > 0),
);

// Each consultant takes the next nobody has tried yet, as fast as it is answered.
for (const times of told) times.length = 0;
const latencies: number[] = [];
let next = 0;
count(true);
const began = performance.now();
await Promise.all(
  desks.map(async (desk) => {
    while (next < TAKES) {
      const one = waiting[next++];
      if (!one) return;
      const asked = performance.now();
      const answer = await desk.ask('consultant-join', one.id);
      if (!answer.ok) throw new Error(answer.error.code);
      latencies.push(performance.now() - asked);
    }
  }),
);
const tookMs = performance.now() - began;
count(false);
const perTake = Object.fromEntries([...operations].map(([name, times]) => [name, round(times / TAKES)]));

// Then every consultant wants the same one.
const contested = waiting.slice(TAKES, TAKES + 50);
const raceBegan = performance.now();
let winners = 0;
for (const { id } of contested) {
  const answers = await Promise.all(desks.map((desk) => desk.ask('consultant-join', id)));
  winners += answers.filter(({ ok }) => ok).length;
}
const raceMs = performance.now() - raceBegan;
await waitFor(
  'the last places',
  () =>
    waiting.slice(TAKES + 50).every(({ ear }) => ear.all<QueueView>('queue').at(-1)?.waiting === visitors - TAKES - 50),
  30_000,
);
const ended = performance.now();

/** The most that one visitor heard in any second; one that straddles two ticks may hold both. */
const most = Math.max(
  ...told.map((times) =>
    Math.max(0, ...times.map((at, i) => times.slice(i).filter((later) => later - at < WINDOW_MS * 0.9).length)),
  ),
);
const heard = told.reduce((sum, times) => sum + times.length, 0);
latencies.sort((a, b) => a - b);

const result = {
  at: new Date().toISOString(),
  machine: { cores: availableParallelism(), model: cpus()[0]?.model ?? '', node: process.version, store: 'embedded' },
  visitors,
  consultants,
  startsPerSecond: round(visitors / (setupMs / 1000)),
  takesPerSecond: round(TAKES / (tookMs / 1000)),
  takeMs: {
    p50: round(latencies[Math.floor(latencies.length / 2)] ?? 0),
    p99: round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
  },
  conditionalWritesPerTake: perTake['cases.findOneAndUpdate'] ?? 0,
  operationsPerTake: perTake,
  raced: {
    cases: contested.length,
    triesEach: consultants,
    winners,
    casesPerSecond: round(contested.length / (raceMs / 1000)),
  },
  places: {
    toldPerSecond: round(heard / ((ended - began) / 1000)),
    mostToOneVisitorInASecond: most,
  },
};

const rows: [string, string | number][] = [
  ['visitors waiting / consultants', `${visitors} / ${consultants}`],
  ['visitors that arrive, connect and start, per second', result.startsPerSecond],
  ['takes per second', result.takesPerSecond],
  ['take, p50 / p99 (ms)', `${result.takeMs.p50} / ${result.takeMs.p99}`],
  ['conditional writes per take', result.conditionalWritesPerTake],
  ['raced cases: winners of tries', `${winners} of ${contested.length * consultants} (${contested.length} cases)`],
  ['places told per second, all visitors', result.places.toldPerSecond],
  ['places told to one visitor in any second, most', most],
];
process.stdout.write(`${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}\n`);
process.stdout.write(`${JSON.stringify(perTake, null, 1)}\n`);
mkdirSync(path.join(ROOT, 'bench', 'results'), { recursive: true });
writeFileSync(path.join(ROOT, 'bench', 'results', 'consult.json'), `${JSON.stringify(result, null, 2)}\n`);
await site.close();
process.exit(winners === contested.length ? 0 : 1);

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
