// Walks the index of a plan: entries in order, counted, one by one.
import type { Budget } from '../budget.js';
import { fieldEnd } from '../bson/key-fields.js';
import type { Interval, Plan } from '../plan/plan.js';
import type { Index } from '../storage/index-definition.js';
import { INDEX_PREFIX, indexKey, NOTHING, recordAt } from '../storage/layout.js';
import type { View } from '../storage/view.js';
import { count, type Counters } from './counters.js';

/** Record numbers in plan order, without duplicates; `undefined` where it is the others' turn. Throws MaxTimeMSExpired. */
export function* records(
  view: View,
  plan: Plan,
  counters: Counters,
  budget: Budget,
  seen = plan.duplicates || plan.union ? new Set<number>() : undefined,
): Generator<number | undefined> {
  if (plan.empty) return;
  if (plan.union) for (const part of plan.union) yield* records(view, part, counters, budget, seen);
  if (!plan.index) return;
  for (const { key, record } of entries(view, plan, plan.index, counters)) {
    if (budget.tick()) yield undefined;
    if (!passes(plan, plan.index, key) || seen?.has(record)) continue;
    seen?.add(record);
    yield record;
  }
}

interface Entry {
  /** The encoded values, without what the layout puts around them. */
  readonly key: Buffer;
  readonly record: number;
}

function* entries(view: View, plan: Plan, index: Index, counters: Counters): Generator<Entry> {
  const { at, points } = plan.alternatives ?? { at: 0, points: [] };
  const chosen = points.length > 1 ? rarest(view, plan, index, counters) : 0;
  const own = points[chosen] ?? NOTHING;
  const others = points.filter((_, i) => i !== chosen);
  const intervals = plan.variants[chosen] ?? [];
  for (const interval of plan.reverse ? intervals.toReversed() : intervals)
    for (const entry of walk(view, plan, index, interval, counters)) {
      const hasOthers = others.every((point) => {
        count(counters, 'keys');
        const key = Buffer.concat([entry.key.subarray(0, at), point, entry.key.subarray(at + own.length)]);
        return view.has(indexKey(index.id, key, entry.record));
      });
      if (hasOthers) yield entry;
    }
}

function* walk(view: View, plan: Plan, index: Index, { start, end }: Interval, counters: Counters): Generator<Entry> {
  if (plan.point) {
    const found = view.get(indexKey(index.id, start));
    count(counters, 'keys');
    if (found) yield { key: start, record: recordAt(found) };
    return;
  }
  const range = { ...rangeOf(index, { start, end }), reverse: plan.reverse };
  if (index.unique) {
    for (const { key, value } of view.entries(range)) {
      count(counters, 'keys');
      yield { key: key.subarray(INDEX_PREFIX), record: recordAt(value) };
    }
    return;
  }
  for (const key of view.keys(range)) {
    count(counters, 'keys');
    yield { key: key.subarray(INDEX_PREFIX, key.length - 8), record: recordAt(key) };
  }
}

const rangeOf = (index: Index, { start, end }: Interval) => ({
  start: indexKey(index.id, start),
  end: indexKey(index.id, end),
});

/** Entries looked at to learn which of several values is the rarest. */
const SAMPLE = 100;

/** The variant with the fewest entries, counted as far as {@link SAMPLE}. */
function rarest(view: View, plan: Plan, index: Index, counters: Counters): number {
  let best = { i: 0, size: Infinity };
  for (const [i, intervals] of plan.variants.entries()) {
    let size = 0;
    for (const interval of intervals)
      size += countUpTo(walk(view, plan, index, interval, counters), Math.min(SAMPLE, best.size));
    if (size < best.size) best = { i, size };
  }
  return best.i;
}

function countUpTo(source: Generator, most: number): number {
  let n = 0;
  while (n < most && !source.next().done) n++;
  source.return(undefined);
  return n;
}

/** Do the fields that the bounds leave open lie where the filter wants them? */
function passes(plan: Plan, index: Index, key: Buffer): boolean {
  let [field, at] = [0, 0];
  for (const filter of plan.keyFilters) {
    for (; field < filter.field; field++) at = fieldEnd(key, at, index.descending[field] === true);
    const value = key.subarray(at, fieldEnd(key, at, index.descending[field] === true));
    const inside = filter.intervals.some(
      ({ start, end }) => Buffer.compare(value, start) >= 0 && Buffer.compare(value, end) < 0,
    );
    if (!inside) return false;
  }
  return true;
}

/** How many records the plan leads to, if LMDB can count them by itself: plain intervals, no entry in doubt or twice. */
export function countRecords(view: View, plan: Plan, counters: Counters): number | undefined {
  const { index, variants, keyFilters, alternatives, union, duplicates, empty } = plan;
  if (empty || !index || keyFilters.length || alternatives || union || duplicates) return undefined;
  let n = 0;
  for (const interval of variants[0] ?? []) n += view.count(rangeOf(index, interval));
  count(counters, 'keys', n);
  return n;
}
