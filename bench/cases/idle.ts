/** Sockets that are connected and say nothing: memory of each, and in the longest run what their heartbeats cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRooms, visitors } from '../clients/visitors.js';
import type { Load } from '../load/load.js';
import type { SocketSpec } from '../load/groups.js';
import type { Measure, Row } from '../figures.js';
import type { Build, Target } from '../target.js';
import { type Bench, bySize, type Case, inTurns, rowsOf, sites, withTarget } from './bench.js';
import { memberOf, VISITORS } from './scenes.js';

/** Sockets opened before the first look, so that code and pools are in memory. */
const WARM_UP = 100;
const PER_ROOM = 50;
/** Milliseconds of rest before a look; in longer runs so many that a site has given back what its joins took (services/site/memory.ts). */
const SETTLE_MS = { quick: 1_000, normal: 12_000, full: 12_000 };
/** Two intervals of Engine.IO's heartbeat. */
const HEARTBEATS_MS = 50_000;

interface Weight {
  heap: number;
  rss: number;
  /** Milliseconds of CPU a socket and minute; NaN if it was not measured. */
  heartbeat: number;
}

type Figure = [Measure, (weight: Weight) => number];

const FIGURES: Figure[] = [
  [{ name: 'live heap each', unit: 'bytes', better: 'less' }, ({ heap }) => heap],
  [{ name: 'resident memory each', unit: 'bytes', better: 'less' }, ({ rss }) => rss],
];
const HEARTBEAT: Figure = [
  { name: 'heartbeats, CPU a minute each', unit: 'ms', better: 'less' },
  ({ heartbeat }) => heartbeat,
];

const KINDS = {
  'on the room list': async (target: Target, count: number) => {
    const cookies = await visitors(target.url, 20);
    return times(count, (index) => ({
      kind: 'socket.io',
      namespace: '/room',
      cookie: cookies[index % cookies.length] ?? '',
    }));
  },
  'in rooms of 50': async (target: Target, count: number) => {
    const cookies = await visitors(target.url, VISITORS);
    const rooms = await createRooms(target.url, cookies, Math.ceil(count / PER_ROOM));
    return times(count, (index) =>
      memberOf(target, rooms[Math.floor(index / PER_ROOM)] ?? '', cookies[index % VISITORS] ?? ''),
    );
  },
  'on the raw gateway': async (target: Target, count: number) => {
    const cookies = await visitors(target.url, VISITORS);
    return times(count, (index) => ({ kind: 'gateway', cookie: cookies[index % VISITORS] ?? '' }));
  },
} satisfies Record<string, (target: Target, count: number) => Promise<SocketSpec[]>>;

export const idle: Case = {
  name: 'idle',
  about: '1,000 (--full: 10,000) silent sockets on the list, in rooms and on the raw gateway',
  async run(bench) {
    const count = bySize(bench, 1_000, 1_000, 10_000);
    const kinds = bySize(bench, ['on the room list'] as const, Object.keys(KINDS) as (keyof typeof KINDS)[]);
    const rows: Row[] = [];
    for (const kind of kinds) {
      const builds = kind === 'on the raw gateway' ? sites(bench) : bench.builds;
      const weights = await inTurns(builds, bySize(bench, 1, 2, 1), (build) => weigh(bench, build, kind, count));
      const about = { case: `${count.toLocaleString('en')} silent sockets ${kind}`, state: 'warm' } as const;
      const figures = bySize(bench, FIGURES, FIGURES, [...FIGURES, HEARTBEAT]);
      rows.push(...rowsOf(bench, builds, weights, about, figures));
    }
    return rows;
  },
};

/** A process of its own for every weighing: what other sockets left behind would be weighed with it. */
const weigh = (bench: Bench, build: Build, kind: keyof typeof KINDS, count: number): Promise<Weight> =>
  withTarget(build, { probe: true }, async (target, load) => {
    const sockets = await KINDS[kind](target, count + WARM_UP);
    await load.open('warm-up', target.url, sockets.slice(count));
    const before = await settled(bench, target);
    await load.open('idle', target.url, sockets.slice(0, count));
    const after = await settled(bench, target);
    return {
      heap: (after.heap - before.heap) / count,
      rss: (after.rss - before.rss) / count,
      heartbeat: bench.size === 'full' ? await heartbeats(target, load, count) : NaN,
    };
  });

async function settled({ size }: Bench, target: Target) {
  await sleep(SETTLE_MS[size]);
  const { heap } = await target.probe();
  return { heap, rss: await target.rss() };
}

/** CPU of a socket's heartbeats in a minute, in milliseconds; what the process does anyway is in it. */
async function heartbeats(target: Target, load: Load, count: number): Promise<number> {
  const before = await target.cpuMs();
  await sleep(HEARTBEATS_MS);
  const cpuMs = (await target.cpuMs()) - before;
  // Nobody was dropped meanwhile, or the figure would be of fewer.
  await load.post({ atOnce: 0, seconds: 0 });
  return (cpuMs / count) * (60_000 / HEARTBEATS_MS);
}

const times = (count: number, make: (index: number) => SocketSpec): SocketSpec[] =>
  Array.from({ length: count }, (_, index) => make(index));
