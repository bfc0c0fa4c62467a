// BSON comparison order, as sorts, ranges and indexes use it.
// Source: MongoDB manual, "Comparison/Sort Order"; the type brackets are those of the server's canonicalizeBSONType.
import type { BSONRegExp, Binary, ObjectId, Timestamp } from './values.js';
import { Int32, typeOf, type Doc, type Num, type Value } from './values.js';

/** The bracket of each BSON type, ascending. Values of different brackets never match a range. */
const BRACKETS: Record<number, number> = {
  255: 1, // minKey
  6: 5, // undefined
  10: 10, // null
  1: 16, // numbers
  16: 16,
  18: 16,
  2: 32, // string
  3: 48, // object
  4: 56, // array
  5: 64, // binData
  7: 72, // objectId
  8: 80, // bool
  9: 88, // date
  17: 90, // timestamp
  11: 96, // regex
  127: 240, // maxKey
};

/** Where a value's type stands in the order; also the first byte of its index key. */
export const bracket = (value: Value): number => BRACKETS[typeOf(value)] ?? 0;

/** -1, 0 or 1. `undefined` here is BSON's undefined; callers turn a missing field into null first. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const left = bracket(a);
  const right = bracket(b);
  if (left !== right) return left < right ? -1 : 1;
  switch (left) {
    case 16:
      return compareNumbers(a as Num, b as Num);
    case 32:
      return compareStrings(a as string, b as string);
    case 48:
      return compareDocs(a as Doc, b as Doc);
    case 56:
      return compareArrays(a as Value[], b as Value[]);
    case 64:
      return compareBinary(a as Binary, b as Binary);
    case 72:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case 80:
      return Number(a) - Number(b);
    case 88:
      return Math.sign((a as Date).getTime() - (b as Date).getTime());
    case 90:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case 96:
      return compareRegex(a as BSONRegExp, b as BSONRegExp);
    default:
      return 0;
  }
}

export const equal = (a: Value, b: Value): boolean => compare(a, b) === 0;

/** By UTF-8 bytes: as JavaScript compares, except where surrogate pairs meet U+E000 to U+FFFF. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return fix(left) < fix(right) ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

const fix = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Across int, long and double; NaN is below every number and equal to itself. */
function compareNumbers(a: Num, b: Num): number {
  const left = plain(a);
  const right = plain(b);
  if (left < right) return -1;
  if (left > right) return 1;
  if (left == right) return 0; // a bigint and a double compare by value
  const nanA = Number.isNaN(left);
  return nanA === Number.isNaN(right) ? 0 : nanA ? -1 : 1;
}

const plain = (value: Num): number | bigint => (value instanceof Int32 ? value.value : value);

function compareDocs(a: Doc, b: Doc): number {
  const others = b.entries();
  for (const [name, value] of a) {
    const next = others.next();
    if (next.done) return 1;
    const [otherName, other] = next.value;
    const types = bracket(value) - bracket(other);
    if (types !== 0) return Math.sign(types);
    if (name !== otherName) return compareStrings(name, otherName);
    const order = compare(value, other);
    if (order !== 0) return order;
  }
  return a.size === b.size ? 0 : -1;
}

function compareArrays(a: Value[], b: Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareBinary(a: Binary, b: Binary): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  if (a.sub_type !== b.sub_type) return a.sub_type < b.sub_type ? -1 : 1;
  return Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position));
}

const compareTimestamps = (a: Timestamp, b: Timestamp) => (a.t === b.t ? Math.sign(a.i - b.i) : a.t < b.t ? -1 : 1);

const compareRegex = (a: BSONRegExp, b: BSONRegExp) =>
  compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
