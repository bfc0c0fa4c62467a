// What an index is, and how createIndexes describes one.
import { compare } from '../bson/compare.js';
import { Int32, isDoc, toNumber, truthy, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { format } from '../format.js';
import { parseFilter } from '../query/filter.js';
import type { Node } from '../query/node.js';
import { indexKey, NOTHING, recordBytes } from './layout.js';

interface IndexField {
  readonly path: string;
  readonly parts: readonly string[];
}

/** One index of one collection. Immutable, but for `multikey`, which a write transaction sets in its own copy. */
export interface Index {
  readonly id: number;
  readonly name: string;
  /** The document listIndexes answers with: v, key, name and the options. */
  readonly spec: Doc;
  readonly fields: readonly IndexField[];
  readonly descending: readonly boolean[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partial: Node | undefined;
  /** Seconds after the date in the first field at which a document expires. */
  readonly expireAfterSeconds: number | undefined;
  /** Per field: has any document an array on this path? */
  readonly multikey: readonly boolean[];
}

/** Check a createIndexes spec and make an index of it. Throws CannotCreateIndex and kin. */
export function parseIndex(spec: Doc, id: number): Index {
  const { fields, descending } = parseKey(spec.get('key'));
  checkOptions(spec);
  const name = spec.get('name');
  if (typeof name !== 'string' || name === '')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  const isId = fields.length === 1 && fields[0]?.path === '_id';
  const sparse = truthy(spec.get('sparse'));
  const partial = parsePartial(spec.get('partialFilterExpression'));
  if (partial && sparse)
    throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  return {
    id,
    name,
    spec: publicSpec(spec),
    fields,
    descending,
    unique: isId || truthy(spec.get('unique')),
    sparse,
    partial,
    expireAfterSeconds: parseExpiry(spec.get('expireAfterSeconds'), fields.length === 1 && !isId),
    multikey: fields.map(() => false),
  };
}

function parseKey(key: Value): { fields: IndexField[]; descending: boolean[] } {
  if (!isDoc(key) || key.size === 0) throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty.');
  const fields: IndexField[] = [];
  const descending: boolean[] = [];
  for (const [path, direction] of key) {
    if (typeof direction === 'string') throw notImplemented(`the index type "${direction}"`);
    const way = toNumber(direction);
    if (way === undefined || way === 0 || Number.isNaN(way))
      throw new CommandError(
        'CannotCreateIndex',
        `Values in v:2 index key pattern cannot be of type ${typeName(direction)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    fields.push({ path, parts: partsOf(path) });
    descending.push(way < 0);
  }
  return { fields, descending };
}

function partsOf(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes('')) throw new CommandError('CannotCreateIndex', 'Index keys cannot contain an empty field.');
  if (parts.some((part) => part.startsWith('$'))) throw notImplemented(`an index on "${path}"`);
  if (parts.some((part) => /^\d+$/.test(part))) throw notImplemented('an index on an array position');
  return parts;
}

const OPTIONS = new Set([
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'hidden',
  'ns',
]);

function checkOptions(spec: Doc): void {
  for (const name of spec.keys()) if (!OPTIONS.has(name)) throw notImplemented(`the index option "${name}"`);
  if (truthy(spec.get('hidden'))) throw notImplemented('a hidden index');
  if (toNumber(spec.get('v') ?? 2) !== 2) throw notImplemented('an index of another version than 2');
}

function parseExpiry(value: Value, allowed: boolean): number | undefined {
  if (value === undefined) return undefined;
  const seconds = toNumber(value);
  if (seconds === undefined || !(seconds >= 0 && seconds <= 0x7fffffff))
    throw new CommandError(
      'CannotCreateIndex',
      'TTL index expireAfterSeconds must be a number between 0 and 2147483647',
    );
  if (!allowed)
    throw new CommandError(
      'CannotCreateIndex',
      'TTL indexes are single-field indexes, compound indexes do not support TTL',
    );
  return seconds;
}

const PARTIAL_OPERATORS = ['eq', 'gt', 'gte', 'lt', 'lte', 'exists', 'in'];

/** Of the operators that MongoDB allows in a partial filter, those that the planner can compare with a query. */
function parsePartial(filter: Value): Node | undefined {
  if (filter === undefined) return undefined;
  if (!isDoc(filter)) throw new CommandError('TypeMismatch', 'partialFilterExpression must be an object');
  const node = parseFilter(filter);
  const check = (part: Node): void => {
    if (part.kind === 'and') part.nodes.forEach(check);
    else if (part.kind !== 'predicate' || !PARTIAL_OPERATORS.includes(part.op))
      throw new CommandError('CannotCreateIndex', 'Expression not supported in partial index');
  };
  check(node);
  return node;
}

/** In the order listIndexes uses; the `_id_` index does not say that it is unique. */
function publicSpec(spec: Doc): Doc {
  const out: Doc = new Map<string, Value>([
    ['v', new Int32(2)],
    ['key', spec.get('key')],
    ['name', spec.get('name')],
  ]);
  for (const name of ['background', 'unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds']) {
    const value = spec.get(name);
    if (value !== undefined && !((name === 'unique' || name === 'sparse') && !truthy(value))) out.set(name, value);
  }
  return out;
}

/** `{ room: ObjectId('…'), slot: 3 }`, as E11000 shows it. */
export const formatKey = (index: Index, values: readonly Value[]): string =>
  `{ ${index.fields.map(({ path }, i) => `${path}: ${format(values[i])}`).join(', ')} }`;

/** Do two key patterns name the same fields in the same order and directions? */
export const samePattern = (a: Doc, b: Doc): boolean =>
  compare([...a.keys()], [...b.keys()]) === 0 && compare([...a.values()], [...b.values()]) === 0;

/** The stored key and value of an index entry. */
export const entryOf = (index: Index, key: Buffer, record: number): [Buffer, Buffer] =>
  index.unique ? [indexKey(index.id, key), recordBytes(record)] : [indexKey(index.id, key, record), NOTHING];
