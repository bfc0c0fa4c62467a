// Sort documents, and the key by which a document is sorted: the bytes that an index on these fields would hold.
import { encodeKey } from '../bson/keys.js';
import { isDoc, toNumber, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { PARALLEL_ARRAYS, valuesOf } from '../storage/index-keys.js';

export interface SortField {
  readonly path: string;
  readonly descending: boolean;
}

/** Read a sort document. Throws 15975 for anything but 1 and -1. */
export function parseSort(sort: Value): SortField[] {
  if (sort === undefined) return [];
  if (!isDoc(sort)) throw new CommandError('TypeMismatch', 'sort must be an object');
  return [...sort].map(([path, direction]) => {
    if (isDoc(direction)) throw notImplemented('sorting by $meta');
    if (path.startsWith('$') || path.split('.').includes(''))
      throw new CommandError('BadValue', `cannot sort by '${path}'`);
    const way = toNumber(direction);
    if (way !== 1 && way !== -1)
      throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { path, descending: way === -1 };
  });
}

/** An array sorts by its smallest element, descending by its greatest; an empty one below null. */
export function sortKey(doc: Doc, sort: readonly SortField[]): Buffer {
  if (sort.length > 1 && sort.filter(({ path }) => crossesArray(doc, path.split('.'), 0)).length > 1)
    return sharedArrayKey(doc, sort);
  return encodeKey(
    sort.map(({ path, descending }) => firstOf(sortValues(doc, path.split('.'), 0), descending)),
    sort.map(({ descending }) => descending),
  );
}

function firstOf(values: readonly Value[], descending: boolean): Value {
  if (values.length === 1) return values[0];
  let best: { value: Value; key: Buffer } | undefined;
  for (const value of values) {
    const key = encodeKey([value], [descending]);
    if (!best || Buffer.compare(key, best.key) < 0) best = { value, key };
  }
  return best?.value;
}

/** Does an array lie on the path, that is not merely named by position? */
function crossesArray(value: Value, parts: readonly string[], i: number): boolean {
  if (isDoc(value)) return i < parts.length && crossesArray(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return false;
  const part = parts[i];
  return part === undefined || !/^\d+$/.test(part) || crossesArray(value[Number(part)], parts, i + 1);
}

/** Paths through one array sort together, by the first of its elements; through several arrays there is no order. */
function sharedArrayKey(doc: Doc, sort: readonly SortField[]): Buffer {
  const paths = sort.map(({ path }) => path.split('.'));
  if (paths.flat().some((part) => /^\d+$/.test(part))) throw notImplemented('sorting by positions in arrays');
  const descending = sort.map((field) => field.descending);
  return rowsOf(doc, paths)
    .map((row) => encodeKey(row, descending))
    .reduce((best, key) => (Buffer.compare(key, best) < 0 ? key : best));
}

function rowsOf(doc: Doc, paths: readonly string[][]): Value[][] {
  try {
    return valuesOf(doc, paths);
  } catch (error) {
    if (error instanceof CommandError && error.code === PARALLEL_ARRAYS)
      throw new CommandError('BadValue', 'cannot sort with keys that are parallel arrays');
    throw error;
  }
}

/** The values a document has for sorting by one path, as an index on that path would hold them. */
function sortValues(value: Value, parts: readonly string[], i: number): Value[] {
  if (i === parts.length) {
    if (!Array.isArray(value)) return [value ?? null];
    return value.length ? value : [undefined];
  }
  if (isDoc(value)) return sortValues(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return [null];
  const part = parts[i] as string;
  if (/^\d+$/.test(part) && Number(part) < value.length) return sortValues(value[Number(part)], parts, i + 1);
  return value.length ? value.flatMap((element) => (isDoc(element) ? sortValues(element, parts, i) : [null])) : [null];
}
