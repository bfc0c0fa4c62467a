/** What every case is given, and what they share: builds side by side, rounds in turns, rows of figures. */
import { Load } from '../load/load.js';
import { median, type Measure, type Row } from '../figures.js';
import { type Build, Target } from '../target.js';

export interface Bench {
  size: 'quick' | 'normal' | 'full';
  /** Left column, right column. */
  builds: Build[];
  rounds: number;
  /** How long one measurement posts or asks. */
  seconds: number;
}

export interface Case {
  name: string;
  /** One line for the list of cases. */
  about: string;
  /** Not part of `--quick`, unless it is named. */
  slow?: true;
  run(bench: Bench): Promise<Row[]>;
}

/** The value for this size of run. */
export const bySize = <T>(bench: Bench, quick: T, normal: T, full = normal): T => ({ quick, normal, full })[bench.size];

/** Start a target for every build, and end them whatever happens. */
export async function withTargets<T>(
  builds: Build[],
  options: Parameters<typeof Target.start>[1],
  use: (targets: Target[], load: Load) => Promise<T>,
): Promise<T> {
  const load = new Load();
  const starting = builds.map((build) => Target.start(build, options));
  try {
    return await use(await Promise.all(starting), load);
  } finally {
    load.stop();
    for (const started of await Promise.allSettled(starting))
      if (started.status === 'fulfilled') await started.value.stop();
  }
}

/** The same with one process. */
export const withTarget = <T>(
  build: Build,
  options: Parameters<typeof Target.start>[1],
  use: (target: Target, load: Load) => Promise<T>,
): Promise<T> =>
  withTargets([build], options, ([target], load) => {
    if (!target) throw new Error('nothing was started');
    return use(target, load);
  });

/**
 * Measure each of a list, `rounds` times, in turns and back again (a b, b a, a b), so that a noisy minute hits all.
 * @returns the results of each, in the list's order.
 */
export async function inTurns<In, Out>(list: In[], rounds: number, measure: (item: In) => Promise<Out>) {
  const results = new Map<In, Out[]>(list.map((item) => [item, []]));
  for (let round = 0; round < rounds; round++) {
    for (const item of round % 2 === 0 ? list : list.toReversed()) results.get(item)?.push(await measure(item));
  }
  return list.map((item) => results.get(item) ?? []);
}

/** Builds that have what only the site has; the others' column stays empty. */
export const sites = ({ builds }: Bench): Build[] => builds.filter(({ kind }) => kind === 'site');

/** Rows from what the measured builds gave: `pick` takes a figure's value from one round's result. */
export function rowsOf<Result>(
  { builds }: Bench,
  measured: Build[],
  results: Result[][],
  about: Pick<Row, 'case' | 'state'>,
  figures: [measure: Measure, pick: (result: Result) => number][],
): Row[] {
  // One line is enough to say that no build has this.
  const shown = results.length > 0 ? figures : figures.slice(0, 1);
  return shown.map(([measure, pick]) => ({
    ...about,
    ...measure,
    values: builds.map((build) => (results[measured.indexOf(build)] ?? []).map(pick)),
  }));
}

/** A figure that is worked out from two rows, column by column. */
export function derived(
  left: Row,
  right: Row,
  about: Pick<Row, 'case' | 'state'> & Measure,
  from: (left: number, right: number) => number,
): Row {
  const values = left.values.map((own, column) => {
    const other = right.values[column] ?? [];
    return own.length > 0 && other.length > 0 ? [from(median(own), median(other))] : [];
  });
  return { ...about, values };
}
