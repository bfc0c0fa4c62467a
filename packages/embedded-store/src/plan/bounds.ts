// Which encoded values of one field a filter allows.
import { bracket } from '../bson/compare.js';
import { encodeValue, successor } from '../bson/keys.js';
import { BSONRegExp, isNum, MaxKey, MinKey, toNumber, type Value } from '../bson/values.js';
import type { Node, Predicate } from '../query/node.js';
import type { Interval } from './plan.js';

/** Bounds of one field: points to be visited in turn, or ranges. Bytes are those of an ascending field. */
export interface Bounds {
  readonly points?: readonly Buffer[];
  /** In ascending order, apart from each other. */
  readonly ranges?: readonly Interval[];
  /** Points that must all be there, in an array. */
  readonly all?: readonly Buffer[];
  /** The conditions that the bounds come from. */
  readonly used: readonly Node[];
  /** Every value within the bounds meets these conditions. */
  readonly exact: boolean;
}

/** A value that a single key stands for. */
export const ordinary = (value: Value): boolean =>
  value !== null &&
  value !== undefined &&
  !Array.isArray(value) &&
  !(value instanceof BSONRegExp) &&
  !(value instanceof MinKey) &&
  !(value instanceof MaxKey) &&
  !(isNum(value) && Number.isNaN(toNumber(value)));

const pointLike = (value: Value): boolean => ordinary(value) || value === null;

/**
 * The bounds of the field at `path` by the conditions that must all hold. With `multikey` the field may be an array;
 * with `probing` several values of one array can be looked up together.
 */
export function boundsOf(
  path: string,
  parts: readonly Node[],
  multikey: boolean,
  probing: boolean,
): Bounds | undefined {
  const own = parts.filter((part): part is Predicate => part.kind === 'predicate' && part.path === path);
  return fixedTo(own, multikey && probing) ?? listed(own) ?? rangeOf(own, multikey) ?? regexBounds(own);
}

/** Fixed to one value by `$eq`; or, in an array, to several at once. */
function fixedTo(own: readonly Predicate[], several: boolean): Bounds | undefined {
  const fixed = own.filter((part) => part.op === 'eq' && pointLike(part.value));
  const [first] = fixed;
  if (!first) return undefined;
  const together = several ? fixed.filter((part) => part.value !== null) : [];
  if (together.length < 2) return { points: [encodeValue(first.value)], used: [first], exact: first.value !== null };
  const all = together.map((part) => encodeValue(part.value));
  return { points: all.slice(0, 1), all, used: together, exact: true };
}

/** One of the values of `$in`. */
function listed(own: readonly Predicate[]): Bounds | undefined {
  const part = own.find(({ op, value }) => op === 'in' && (value as Value[]).every(pointLike));
  if (!part) return undefined;
  const values = part.value as Value[];
  const keys = values.map(encodeValue);
  const points = [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
  points.sort((a, b) => Buffer.compare(a, b));
  return { points, used: [part], exact: !values.includes(null) };
}

/** Between `$gt` and `$lt`. In an array two elements may meet the two, so only one of them bounds. */
function rangeOf(own: readonly Predicate[], multikey: boolean): Bounds | undefined {
  const used: Predicate[] = [];
  let both: Interval | undefined;
  for (const part of own) {
    const interval = intervalOf(part);
    if (!interval || (both && (multikey || interval.start[0] !== both.start[0]))) continue;
    both = both ? intersection(both, interval) : interval;
    used.push(part);
  }
  return both && { ranges: [both], used, exact: true };
}

const intersection = (a: Interval, b: Interval): Interval => ({
  start: Buffer.compare(a.start, b.start) > 0 ? a.start : b.start,
  end: Buffer.compare(a.end, b.end) < 0 ? a.end : b.end,
});

const NUMBER = bracket(0);

/** The encoded values between which a range condition's matches lie, within its type. */
function intervalOf(part: Predicate): Interval | undefined {
  if (!['gt', 'gte', 'lt', 'lte'].includes(part.op) || !ordinary(part.value)) return undefined;
  const key = encodeValue(part.value);
  const type = bracket(part.value);
  // NaN has the lowest number key and matches no range
  const floor = type === NUMBER ? successor(encodeValue(NaN)) : Buffer.from([type]);
  const ceiling = Buffer.from([type + 1]);
  switch (part.op) {
    case 'gt':
      return { start: successor(key), end: ceiling };
    case 'gte':
      return { start: key, end: ceiling };
    case 'lt':
      return { start: floor, end: key };
    default:
      return { start: floor, end: successor(key) };
  }
}

/** The strings that begin with a regex's fixed prefix, and that regex itself where it is stored. */
function regexBounds(own: readonly Predicate[]): Bounds | undefined {
  for (const part of own) {
    const interval = part.op === 'regex' ? regexInterval(part.value as BSONRegExp) : undefined;
    if (!interval) continue;
    const itself = encodeValue(part.value);
    return { ranges: [interval, { start: itself, end: successor(itself) }], used: [part], exact: false };
  }
  return undefined;
}

/** `^abc` with nothing special in abc, case-sensitive: the strings that begin with it. */
function regexInterval({ pattern, options }: BSONRegExp): Interval | undefined {
  const prefix = /^\^([\p{L}\p{N} _:@-]+)/u.exec(pattern)?.[1];
  if (!prefix || /[imx]/.test(options) || pattern.includes('|')) return undefined;
  const next = pattern[prefix.length + 1];
  const sure = next !== undefined && '*?{+'.includes(next) ? prefix.slice(0, -1) : prefix;
  if (!sure) return undefined;
  const key = encodeValue(sure);
  const start = key.subarray(0, key.length - 1);
  return { start, end: successor(start) };
}
