// What an index is, and which keys a document has in it.
import { randomUUID } from 'node:crypto';
import { compare } from '../bson/compare.js';
import { encodeKey, MAX_KEY_BYTES } from '../bson/keys.js';
import { isDoc, toNumber, truthy, typeName, Binary, Int32, type Doc, type Value } from '../bson/values.js';
import { format } from '../format.js';
import { CommandError, notImplemented } from '../errors.js';
import { matches, parseFilter, type Node } from '../query/match.js';

export interface IndexField {
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

/** Check a createIndexes spec and make an index of it. Throws CannotCreateIndex and kin. */
export function parseIndex(spec: Doc, id: number): Index {
  const key = spec.get('key');
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
    const parts = path.split('.');
    if (parts.some((part) => part === ''))
      throw new CommandError('CannotCreateIndex', 'Index keys cannot contain an empty field.');
    if (parts.some((part) => part.startsWith('$'))) throw notImplemented(`an index on "${path}"`);
    if (parts.some((part) => /^\d+$/.test(part))) throw notImplemented('an index on an array position');
    fields.push({ path, parts });
    descending.push(way < 0);
  }
  for (const name of spec.keys()) {
    if (OPTIONS.has(name)) continue;
    if (name === 'collation') throw notImplemented('collation');
    throw notImplemented(`the index option "${name}"`);
  }
  if (truthy(spec.get('hidden'))) throw notImplemented('a hidden index');
  const name = spec.get('name');
  if (typeof name !== 'string' || name === '')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  const isId = fields.length === 1 && fields[0]?.path === '_id';
  const partialDoc = spec.get('partialFilterExpression');
  if (partialDoc !== undefined && !isDoc(partialDoc))
    throw new CommandError('TypeMismatch', 'partialFilterExpression must be an object');
  const expires = spec.get('expireAfterSeconds');
  const seconds = toNumber(expires);
  if (expires !== undefined && (seconds === undefined || seconds < 0 || seconds > 0x7fffffff))
    throw new CommandError(
      'CannotCreateIndex',
      'TTL index expireAfterSeconds must be a number between 0 and 2147483647',
    );
  if (expires !== undefined && (fields.length > 1 || isId))
    throw new CommandError(
      'CannotCreateIndex',
      'TTL indexes are single-field indexes, compound indexes do not support TTL',
    );
  if (partialDoc && truthy(spec.get('sparse')))
    throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  return {
    id,
    name,
    spec: publicSpec(spec),
    fields,
    descending,
    unique: isId || truthy(spec.get('unique')),
    sparse: truthy(spec.get('sparse')),
    partial: partialDoc && parsePartial(partialDoc),
    expireAfterSeconds: seconds,
    multikey: fields.map(() => false),
  };
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

/** The operators MongoDB allows in a partial filter, less those we would have to guess about. */
function parsePartial(filter: Doc): Node {
  const node = parseFilter(filter);
  const check = (part: Node): void => {
    if (part.kind === 'and') part.nodes.forEach(check);
    else if (part.kind !== 'predicate' || !['eq', 'gt', 'gte', 'lt', 'lte', 'exists', 'in'].includes(part.op))
      throw new CommandError('CannotCreateIndex', 'Expression not supported in partial index');
  };
  check(node);
  return node;
}

export interface Keys {
  /** One entry per key: the values, for error messages, and the bytes. */
  readonly values: readonly Value[][];
  readonly bytes: readonly Buffer[];
  /** Which fields crossed an array. */
  readonly multikey: readonly boolean[];
}

const NO_KEYS: Keys = { values: [], bytes: [], multikey: [] };

/** The keys of a document in an index, without duplicates. Throws for parallel arrays and for keys that are too long. */
export function keysOf(index: Index, doc: Doc): Keys {
  if (index.partial && !matches(index.partial, doc)) return NO_KEYS;
  const multikey = index.fields.map(() => false);
  const rows = rowsOf(
    doc,
    index.fields.map(({ parts }) => parts),
    multikey,
  );
  if (index.sparse && rows.every((row) => row.every((value) => value === undefined))) return NO_KEYS;
  const values: Value[][] = [];
  const bytes: Buffer[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const filled = filledIn(row);
    const key = encodeKey(filled, index.descending);
    if (key.length > MAX_KEY_BYTES)
      throw new CommandError(
        'KeyTooLong',
        `index ${index.name}: key of ${key.length} bytes is longer than ${MAX_KEY_BYTES}`,
      );
    if (rows.length > 1) {
      const text = key.toString('latin1');
      if (seen.has(text)) continue;
      seen.add(text);
    }
    values.push(filled);
    bytes.push(key);
  }
  return { values, bytes, multikey };
}

const rowsOf = (doc: Doc, paths: readonly (readonly string[])[], multikey: boolean[]): Value[][] =>
  collect(
    paths.map((parts) => ({ value: doc, parts, at: 0 })),
    multikey,
  );

const filledIn = (row: readonly Value[]): Value[] =>
  row.map((value) => (value === EMPTY_ARRAY ? undefined : (value ?? null)));

/** What an index on these paths would hold of a document: one row for each element of the array on the way. */
export const valuesOf = (doc: Doc, paths: readonly (readonly string[])[]): Value[][] =>
  rowsOf(doc, paths, []).map(filledIn);

/** MongoDB's CannotIndexParallelArrays. */
export const PARALLEL_ARRAYS = 171;

interface Cursor {
  readonly value: Value;
  readonly parts: readonly string[];
  readonly at: number;
}

/** An empty array is indexed as "undefined", which sorts below null. */
const EMPTY_ARRAY: Value = [];

/** Rows of values, one per array element if an array lies on the way. */
function collect(cursors: Cursor[], multikey: boolean[]): Value[][] {
  let array: Value[] | undefined;
  const stopped: boolean[] = [];
  const moved = cursors.map((cursor, i) => {
    let { value, at } = cursor;
    const { parts } = cursor;
    while (at < parts.length && isDoc(value)) value = value.get(parts[at++] as string);
    if (Array.isArray(value)) {
      if (array && array !== value)
        throw new CommandError(
          PARALLEL_ARRAYS,
          `cannot index parallel arrays [${cursor.parts[0] ?? ''}] [${cursors[0]?.parts[0] ?? ''}]`,
        );
      array = value;
      stopped[i] = true;
      multikey[i] = true;
    } else if (at < parts.length) value = undefined;
    return { value, parts, at };
  });
  if (!array) return [moved.map(({ value }) => value)];
  const elements: Value[] = array;
  const rows: Value[][] = [];
  for (const element of elements.length ? elements : [EMPTY_ARRAY]) {
    const next = moved.map((cursor, i) =>
      stopped[i] ? step(cursor, element) : { ...cursor, at: cursor.parts.length },
    );
    rows.push(
      ...(elements.length && next.some((cursor) => cursor.at < cursor.parts.length)
        ? collect(next, multikey)
        : [next.map(leaf)]),
    );
  }
  return rows;
}

const leaf = (cursor: Cursor): Value => cursor.value;

/** Into one element: a leaf takes the element itself, a longer path goes on only into documents. */
function step(cursor: Cursor, element: Value): Cursor {
  const { parts, at } = cursor;
  if (at === parts.length) return { value: element, parts, at };
  return isDoc(element) ? { value: element, parts, at } : { value: undefined, parts, at: parts.length };
}

/** `{ room: ObjectId('…'), slot: 3 }`, as E11000 shows it. */
export function formatKey(index: Index, values: readonly Value[]): string {
  return `{ ${index.fields.map(({ path }, i) => `${path}: ${format(values[i])}`).join(', ')} }`;
}

/** A fresh uuid as BSON, for collections. */
export const newUuid = (): Binary => new Binary(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), 4);

export const samePattern = (a: Doc, b: Doc): boolean =>
  compare([...a.keys()], [...b.keys()]) === 0 && compare([...a.values()], [...b.values()]) === 0;
