// Intervals of index keys, field after field: the bounds of one more field narrow the intervals that came before.
import { invert, successor } from '../bson/keys.js';
import type { Bounds } from './bounds.js';
import type { Interval } from './plan.js';

const NONE = Buffer.alloc(0);

/** All keys of an index: an open interval (no end yet) holds all keys that begin with its start. */
export const ALL: Interval = { start: NONE, end: NONE };

/** Give an open interval its end. */
export const close = ({ start, end }: Interval): Interval => ({ start, end: end.length ? end : successor(start) });

/** The intervals that the next field's bounds leave of these. `descending` is the direction of that field. */
export function extend(intervals: readonly Interval[], bounds: Bounds, descending: boolean): Interval[] {
  if (bounds.ranges) {
    const ranges = ordered(bounds.ranges, descending);
    return intervals.flatMap(({ start: prefix }) =>
      ranges.map(({ start, end }) => ({ start: Buffer.concat([prefix, start]), end: Buffer.concat([prefix, end]) })),
    );
  }
  const points = pointsOf(bounds.points ?? [], descending);
  return intervals.flatMap(({ start }) => points.map((point) => ({ start: Buffer.concat([start, point]), end: NONE })));
}

/** Points as they lie in the index, in its order. */
export const pointsOf = (points: readonly Buffer[], descending: boolean): readonly Buffer[] =>
  descending ? points.map(invert).reverse() : points;

/** Inverted, [start, end) becomes all from behind what begins with ~end to the last that begins with ~start. */
function ordered(ranges: readonly Interval[], descending: boolean): readonly Interval[] {
  const some = ranges.filter(({ start, end }) => Buffer.compare(start, end) < 0);
  if (!descending) return some;
  return some.map(({ start, end }) => ({ start: successor(invert(end)), end: successor(invert(start)) })).reverse();
}

/** The encoded values of one field that its bounds allow, for entries that are checked one by one. */
export const filterIntervals = (bounds: Bounds, descending: boolean): Interval[] =>
  extend([ALL], bounds, descending).map(close);
