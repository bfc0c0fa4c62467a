/** From nothing to ready, what a process at rest takes, and what its first posts cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { visitors } from '../clients/visitors.js';
import { type Measure, percentile } from '../figures.js';
import type { Build } from '../target.js';
import { bySize, type Case, inTurns, rowsOf, withTarget } from './bench.js';
import { measure } from './posting.js';
import { fillRoom } from './scenes.js';

const FIRST_POSTS = 300;
const POSTERS = 8;
/** Until what a start leaves to do is done. */
const REST_MS = 1_000;

interface Start {
  readyMs: number;
  cpuMs: number;
  rss: number;
  firstCpuMs: number;
  firstAnswer: number;
}

const FIGURES: [Measure, (start: Start) => number][] = [
  [{ name: 'spawn to ready', unit: 'ms', better: 'less' }, ({ readyMs }) => readyMs],
  [{ name: 'CPU until at rest', unit: 'ms', better: 'less' }, ({ cpuMs }) => cpuMs],
  [{ name: 'resident memory at rest', unit: 'MB', better: 'less' }, ({ rss }) => rss / 1e6],
  [{ name: `first ${FIRST_POSTS} posts, CPU a post`, unit: 'ms', better: 'less' }, ({ firstCpuMs }) => firstCpuMs],
  [{ name: `first ${FIRST_POSTS} posts, answer p50`, unit: 'ms', better: 'less' }, ({ firstAnswer }) => firstAnswer],
];

export const start: Case = {
  name: 'start',
  about: 'cold start, memory at rest, the first 300 posts of a process (2 members, 8 posters)',
  async run(bench) {
    const starts = await inTurns(bench.builds, bySize(bench, 1, bench.rounds), startOnce);
    return rowsOf(bench, bench.builds, starts, { case: 'cold start', state: 'first' }, FIGURES);
  },
};

const startOnce = (build: Build): Promise<Start> =>
  withTarget(build, {}, async (target, load) => {
    await sleep(REST_MS);
    const [cpuMs, rss] = [await target.cpuMs(), await target.rss()];
    const cookies = await visitors(target.url, 2);
    const scene = await fillRoom(target, load, cookies, 2, POSTERS);
    const first = await measure(scene, { atOnce: POSTERS, posts: FIRST_POSTS });
    return {
      readyMs: target.coldStartMs,
      cpuMs,
      rss,
      firstCpuMs: first.cpuMs / first.posts,
      firstAnswer: percentile(first.answers, 0.5),
    };
  });
