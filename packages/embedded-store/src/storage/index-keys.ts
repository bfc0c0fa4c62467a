// Which keys a document has in an index.
import { encodeKey, MAX_KEY_BYTES } from '../bson/keys.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { matches } from '../query/match.js';
import type { Index } from './index-definition.js';

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
  const paths = index.fields.map(({ parts }) => parts);
  const rows = rowsOf(doc, paths, multikey);
  if (index.sparse && rows.every((row) => row.every((value) => value === undefined))) return NO_KEYS;
  const values: Value[][] = [];
  const bytes: Buffer[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const filled = filledIn(row);
    const key = keyOf(index, filled);
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

function keyOf(index: Index, values: readonly Value[]): Buffer {
  const key = encodeKey(values, index.descending);
  if (key.length <= MAX_KEY_BYTES) return key;
  throw new CommandError(
    'KeyTooLong',
    `index ${index.name}: key of ${key.length} bytes is longer than ${MAX_KEY_BYTES}`,
  );
}

/** MongoDB's CannotIndexParallelArrays. */
export const PARALLEL_ARRAYS = 171;

/** What an index on these paths would hold of a document: one row for each element of the array on the way. */
export const valuesOf = (doc: Doc, paths: readonly (readonly string[])[]): Value[][] =>
  rowsOf(doc, paths, []).map(filledIn);

const rowsOf = (doc: Doc, paths: readonly (readonly string[])[], multikey: boolean[]): Value[][] =>
  collect(
    paths.map((parts) => ({ value: doc, parts, at: 0 })),
    multikey,
  );

/** An empty array is indexed as "undefined", which sorts below null. */
const EMPTY_ARRAY: Value = [];

const filledIn = (row: readonly Value[]): Value[] =>
  row.map((value) => (value === EMPTY_ARRAY ? undefined : (value ?? null)));

/** How far one path has been followed. */
interface Cursor {
  readonly value: Value;
  readonly parts: readonly string[];
  readonly at: number;
}

/** Rows of values, one per array element if an array lies on the way. */
function collect(cursors: readonly Cursor[], multikey: boolean[]): Value[][] {
  const reached = cursors.map(toArrayOrEnd);
  const arrays = reached.map(({ value }) => (Array.isArray(value) ? value : undefined));
  const elements = theArray(arrays, cursors);
  if (!elements) return [reached.map(({ value }) => value)];
  for (const [i, array] of arrays.entries()) if (array) multikey[i] = true;
  const rows: Value[][] = [];
  for (const element of elements.length ? elements : [EMPTY_ARRAY]) {
    const next = reached.map((cursor, i) => (arrays[i] ? into(cursor, element) : ended(cursor)));
    if (elements.length && next.some(({ at, parts }) => at < parts.length)) rows.push(...collect(next, multikey));
    else rows.push(next.map(({ value }) => value));
  }
  return rows;
}

/** Follow a path through documents. It ends at an array, at its last part, or where there is nothing. */
function toArrayOrEnd({ value, parts, at }: Cursor): Cursor {
  while (at < parts.length && isDoc(value)) value = value.get(parts[at++] as string);
  if (at < parts.length && !Array.isArray(value)) value = undefined;
  return { value, parts, at };
}

/** The one array that paths have come to: an index holds the elements of one, not the products of several. */
function theArray(arrays: readonly (Value[] | undefined)[], cursors: readonly Cursor[]): Value[] | undefined {
  const found = arrays.find((array) => array !== undefined);
  const other = arrays.findIndex((array) => array !== undefined && array !== found);
  if (other < 0) return found;
  throw new CommandError(
    PARALLEL_ARRAYS,
    `cannot index parallel arrays [${cursors[other]?.parts[0] ?? ''}] [${cursors[0]?.parts[0] ?? ''}]`,
  );
}

const ended = (cursor: Cursor): Cursor => ({ ...cursor, at: cursor.parts.length });

/** Into one element: a leaf takes the element itself, a longer path goes on only into documents. */
function into({ parts, at }: Cursor, element: Value): Cursor {
  if (at === parts.length || isDoc(element)) return { value: element, parts, at };
  return { value: undefined, parts, at: parts.length };
}
