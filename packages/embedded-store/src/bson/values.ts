// How a BSON value is held in memory: type-true, so that an int stays an int and fields keep their order.
import { Binary, BSONRegExp, Int32, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

export { Binary, BSONRegExp, Int32, MaxKey, MinKey, ObjectId, Timestamp };

/** A document: a Map keeps the order of all names, also of `"1"`, and has no `__proto__`. */
export type Doc = Map<string, Value>;

/** double = number, int32 = Int32, int64 = bigint; `undefined` means "no such field". */
export type Value =
  | number
  | Int32
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Date
  | Doc
  | Value[]
  | ObjectId
  | Binary
  | BSONRegExp
  | Timestamp
  | MinKey
  | MaxKey;

export type Num = number | Int32 | bigint;

export const isDoc = (value: unknown): value is Doc => value instanceof Map;

export const isNum = (value: Value): value is Num =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Int32;

/** A number for JavaScript to count with, or undefined if the value is not numeric. Loses precision past 2^53. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Int32) return value.value;
  if (typeof value === 'bigint') return Number(value);
  return undefined;
}

/** int32 when it fits, else int64, else double: as the server answers counts. */
export function integer(value: number): Value {
  if (Number.isInteger(value) && Math.abs(value) < 0x7fffffff) return new Int32(value);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** MongoDB's boolean reading of any value: false, null, undefined and zero are false. */
export function truthy(value: Value): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (isNum(value)) return toNumber(value) !== 0;
  return true;
}

/** A copy that shares no Map or array with the original; leaves are immutable and shared. */
export function clone(value: Value): Value {
  if (isDoc(value)) return cloneDoc(value);
  if (Array.isArray(value)) return value.map(clone);
  return value;
}

export function cloneDoc(value: Doc): Doc {
  const out: Doc = new Map();
  for (const [name, field] of value) out.set(name, clone(field));
  return out;
}

const TYPE_NAMES: Record<number, string> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  127: 'maxKey',
  255: 'minKey',
};

/** The BSON type byte of a value. */
export function typeOf(value: Value): number {
  switch (typeof value) {
    case 'number':
      return 1;
    case 'string':
      return 2;
    case 'boolean':
      return 8;
    case 'bigint':
      return 18;
    case 'undefined':
      return 6;
    default:
  }
  if (value === null) return 10;
  if (isDoc(value)) return 3;
  if (Array.isArray(value)) return 4;
  if (value instanceof Int32) return 16;
  if (value instanceof ObjectId) return 7;
  if (value instanceof Date) return 9;
  if (value instanceof Binary) return 5;
  if (value instanceof BSONRegExp) return 11;
  if (value instanceof Timestamp) return 17;
  if (value instanceof MinKey) return 255;
  return 127;
}

/** MongoDB's name of the type, as error messages use it. */
export const typeName = (value: Value): string => TYPE_NAMES[typeOf(value)] ?? 'unknown';
