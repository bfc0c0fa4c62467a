/** Posts measured on a prepared scene: rates, CPU of the server, and how soon messages are answered and delivered. */
import type { Load, Posting } from '../load/load.js';
import type { PosterSpec } from '../load/posters.js';
import type { Pace } from '../load/worker.js';
import { type Measure, percentile, type Row } from '../figures.js';
import type { Build, Target } from '../target.js';
import { type Bench, inTurns, rowsOf } from './bench.js';

/** A target with its sockets open and its posters known. */
export interface Scene {
  target: Target;
  load: Load;
  posters: PosterSpec[];
}

export interface Measured extends Posting {
  /** Milliseconds of the server's CPU. */
  cpuMs: number;
}

/** What a fresh process posts before anything is counted: its first posts cost three times as much. */
const FIRST_WARM_UP = { atOnce: 64, posts: 1_000, seconds: 3 } as const;
/** Seconds of posting when a warm process gets a new scene. */
const WARM_UP_SECONDS = 0.3;
const warm = new WeakSet<Target>();

export const MEASURES = {
  posts: { name: 'posts', unit: '/s', better: 'more' },
  deliveries: { name: 'deliveries', unit: '/s', better: 'more' },
  cpuPost: { name: 'CPU a post', unit: 'ms', better: 'less' },
  cpuDelivery: { name: 'CPU a delivery', unit: 'us', better: 'less' },
  answer: { name: 'answer p50', unit: 'ms', better: 'less' },
  delivery: { name: 'delivery p50', unit: 'ms', better: 'less' },
  deliveryLate: { name: 'delivery p99', unit: 'ms', better: 'less' },
} as const satisfies Record<string, Measure>;

export const FIGURES: [Measure, (result: Measured) => number][] = [
  [MEASURES.posts, ({ postsPerSecond }) => postsPerSecond],
  [MEASURES.deliveries, ({ deliveriesPerSecond }) => deliveriesPerSecond],
  [MEASURES.cpuPost, ({ cpuMs, posts }) => cpuMs / posts],
  [MEASURES.cpuDelivery, ({ cpuMs, deliveries }) => (cpuMs * 1000) / deliveries],
  [MEASURES.answer, ({ answers }) => percentile(answers, 0.5)],
  [MEASURES.delivery, ({ delays }) => percentile(delays, 0.5)],
  [MEASURES.deliveryLate, ({ delays }) => percentile(delays, 0.99)],
];

/** One measurement: everybody posts at this pace; the server's CPU is read before and after. */
export async function measure({ target, load, posters }: Scene, pace: Pace): Promise<Measured> {
  await load.prepare(target.url, posters);
  const before = await target.cpuMs();
  const posting = await load.post(pace);
  return { ...posting, cpuMs: (await target.cpuMs()) - before };
}

/** Let a process compile what posting needs, before its first measurement. */
export async function warmUp(scene: Scene): Promise<void> {
  const { target } = scene;
  if (warm.has(target)) await measure(scene, { atOnce: Infinity, seconds: WARM_UP_SECONDS });
  else await measure(scene, FIRST_WARM_UP);
  warm.add(target);
}

/** Warm the scenes up and measure them in turns. @param atOnce posts under way; by default one of each poster. */
export async function posting(bench: Bench, scenes: Scene[], atOnce = Infinity): Promise<Measured[][]> {
  for (const scene of scenes) await warmUp(scene);
  return inTurns(scenes, bench.rounds, (scene) => measure(scene, { atOnce, seconds: bench.seconds }));
}

/** The same, and all figures of it as the rows of one case. @param measured the builds that the scenes are of. */
export async function postingRows(
  bench: Bench,
  name: string,
  measured: Build[],
  scenes: Scene[],
  atOnce?: number,
): Promise<Row[]> {
  const results = await posting(bench, scenes, atOnce);
  warnOfLoad(name, results);
  return rowsOf(bench, measured, results, { case: name, state: 'warm' }, FIGURES);
}

/** Say when the load itself was the limit: then rates are floors, and CPU times still hold. */
function warnOfLoad(name: string, results: Measured[][]): void {
  const share = Math.max(0, ...results.flat().map(({ loadShare }) => loadShare));
  if (share > 0.9)
    console.warn(`${name}: a load process used ${Math.round(share * 100)} % of a core; rates are floors.`);
}
