// Walk a plan: index entries and documents, counted, in order, stopping as soon as the caller has enough.
import type { Budget } from '../budget.js';
import { decode } from '../bson/decode.js';
import { encodeKey, fieldEnd } from '../bson/keys.js';
import { isDoc, toNumber, type Doc, type Value } from '../bson/values.js';
import type { Collection } from '../storage/catalog.js';
import { CommandError, notImplemented } from '../errors.js';
import { PARALLEL_ARRAYS, valuesOf, type Index } from '../storage/indexes.js';
import { docKey, docRange, INDEX_PREFIX, indexKey, NOTHING, recordAt } from '../storage/layout.js';
import { matches, type Node } from './match.js';
import type { Plan, SortField } from './plan.js';
import type { Stored } from '../storage/documents.js';
import type { View } from '../storage/storage.js';

/** What a query touched; `explain` shows it, serverStatus sums it up. */
export interface Counters {
  keys: number;
  docs: number;
}

export interface Query {
  readonly filter: Node;
  readonly sort: readonly SortField[];
  readonly skip: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly budget: Budget;
}

export const totals: Counters = { keys: 0, docs: 0 };

const count = (counters: Counters, what: 'keys' | 'docs') => {
  counters[what]++;
  totals[what]++;
};

/** Looks at the clock now and then. */
function ticker(budget: Budget): () => void {
  let steps = 0;
  return () => {
    if ((++steps & 63) === 0) budget.check();
  };
}

/** Record numbers in plan order, without duplicates. */
export function* records(
  view: View,
  plan: Plan,
  counters: Counters,
  budget: Budget,
  seen = plan.duplicates || plan.union ? new Set<number>() : undefined,
): Generator<number> {
  if (plan.empty) return;
  if (plan.union) for (const part of plan.union) yield* records(view, part, counters, budget, seen);
  if (!plan.index) return;
  const tick = ticker(budget);
  for (const { key, record } of entries(view, plan, plan.index, counters)) {
    tick();
    if (!passes(plan, plan.index, key) || seen?.has(record)) continue;
    seen?.add(record);
    yield record;
  }
}

interface Entry {
  /** The encoded values, without what we put around them. */
  readonly key: Buffer;
  readonly record: number;
}

function* entries(view: View, plan: Plan, index: Index, counters: Counters): Generator<Entry> {
  const { at, points } = plan.alternatives ?? { at: 0, points: [] };
  const chosen = points.length > 1 ? rarest(view, plan, index, counters) : 0;
  const own = points[chosen] ?? NOTHING;
  const stretches = plan.variants[chosen] ?? [];
  for (const { start, end } of plan.reverse ? stretches.toReversed() : stretches) {
    for (const entry of walk(view, plan, index, start, end, counters)) {
      const others = points.every((point, i) => {
        if (i === chosen) return true;
        count(counters, 'keys');
        const key = Buffer.concat([entry.key.subarray(0, at), point, entry.key.subarray(at + own.length)]);
        return view.has(indexKey(index.id, key, entry.record));
      });
      if (others) yield entry;
    }
  }
}

function* walk(view: View, plan: Plan, index: Index, start: Buffer, end: Buffer, counters: Counters): Generator<Entry> {
  if (plan.point) {
    const found = view.get(indexKey(index.id, start));
    count(counters, 'keys');
    if (found) yield { key: start, record: recordAt(found) };
    return;
  }
  const range = { start: indexKey(index.id, start), end: indexKey(index.id, end), reverse: plan.reverse };
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

/** Entries looked at to learn which of several values is the rarest. */
const SAMPLE = 100;

function countUpTo(source: Generator, most: number): number {
  let n = 0;
  while (n < most && !source.next().done) n++;
  source.return(undefined);
  return n;
}

function rarest(view: View, plan: Plan, index: Index, counters: Counters): number {
  let best = { i: 0, size: Infinity };
  for (const [i, stretches] of plan.variants.entries()) {
    let size = 0;
    for (const { start, end } of stretches)
      size += countUpTo(walk(view, plan, index, start, end, counters), Math.min(SAMPLE, best.size));
    if (size < best.size) best = { i, size };
  }
  return best.i;
}

/** Do the fields that the bounds leave open lie where the filter wants them? */
function passes(plan: Plan, index: Index, key: Buffer): boolean {
  if (plan.keyFilters.length === 0) return true;
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

/** How many records the plan leads to, if LMDB can count them by itself: plain stretches, no entry in doubt or twice. */
export function countRecords(view: View, plan: Plan, counters: Counters): number | undefined {
  const { index, variants, keyFilters, alternatives, union, duplicates, empty } = plan;
  if (empty || !index || keyFilters.length || alternatives || union || duplicates) return undefined;
  let n = 0;
  for (const { start, end } of variants[0] ?? [])
    n += view.count({ start: indexKey(index.id, start), end: indexKey(index.id, end) });
  counters.keys += n;
  totals.keys += n;
  return n;
}

/** Documents that match, in plan order: not yet sorted, skipped or limited. */
export function* candidates(
  view: View,
  collection: Collection,
  plan: Plan,
  query: Query,
  counters: Counters,
): Generator<Stored> {
  if (plan.empty) return;
  const check = !plan.exact;
  if (!plan.index && !plan.union) {
    const tick = ticker(query.budget);
    for (const { key, value } of view.entries(docRange(collection.id))) {
      tick();
      count(counters, 'docs');
      const stored = { record: recordAt(key), bytes: value, doc: decode(value) };
      if (!check || matches(query.filter, stored.doc)) yield stored;
    }
    return;
  }
  for (const record of records(view, plan, counters, query.budget)) {
    const bytes = view.get(docKey(collection.id, record));
    if (!bytes) continue;
    count(counters, 'docs');
    const stored = lazyStored(record, bytes);
    if (!check || matches(query.filter, stored.doc)) yield stored;
  }
}

/** Bytes that are only read when somebody looks inside. */
function lazyStored(record: number, bytes: Buffer): Stored {
  let doc: Doc | undefined;
  return {
    record,
    bytes,
    get doc() {
      return (doc ??= decode(bytes));
    },
  };
}

/** The answer to a query: sorted, skipped, limited. */
export function* run(
  view: View,
  collection: Collection,
  plan: Plan,
  query: Query,
  counters: Counters,
): Generator<Stored> {
  const { skip, limit } = query;
  if (!plan.sorted) {
    yield* sortInMemory(candidates(view, collection, plan, query, counters), query);
    return;
  }
  if (plan.exact && plan.index && skip > 0) {
    yield* take(fetchAfterSkip(view, collection, plan, query, counters), 0, limit);
    return;
  }
  yield* take(candidates(view, collection, plan, query, counters), skip, limit);
}

function* take(source: Iterable<Stored>, skip: number, limit: number): Generator<Stored> {
  let seen = 0;
  for (const stored of source) {
    seen++;
    if (seen <= skip) continue;
    yield stored;
    if (limit && seen >= skip + limit) return;
  }
}

/** The index alone skips: documents are read from the first one wanted. */
function* fetchAfterSkip(
  view: View,
  collection: Collection,
  plan: Plan,
  { skip, budget }: Query,
  counters: Counters,
): Generator<Stored> {
  let left = skip;
  for (const record of records(view, plan, counters, budget)) {
    if (left-- > 0) continue;
    const bytes = view.get(docKey(collection.id, record));
    if (!bytes) continue;
    count(counters, 'docs');
    yield lazyStored(record, bytes);
  }
}

/** Sorted documents held in memory, in bytes: MongoDB's limit for a blocking sort. */
const SORT_BYTES = 100 * 1024 * 1024;

function* sortInMemory(source: Iterable<Stored>, { sort, skip, limit }: Query): Generator<Stored> {
  const keep = limit ? skip + limit : Infinity;
  const rows: { key: Buffer; stored: Stored }[] = [];
  let bytes = 0;
  const order = (a: { key: Buffer }, b: { key: Buffer }) => Buffer.compare(a.key, b.key);
  for (const stored of source) {
    rows.push({ key: sortKey(stored.doc, sort), stored });
    bytes += stored.bytes.length;
    if (rows.length >= keep * 2 + 1000) {
      rows.sort(order);
      for (const dropped of rows.splice(keep)) bytes -= dropped.stored.bytes.length;
    }
    if (bytes > SORT_BYTES) throw new CommandError(292, 'Sort exceeded memory limit of 104857600 bytes');
  }
  rows.sort(order);
  for (const { stored } of rows.slice(skip, keep)) yield stored;
}

/** An array sorts by its smallest element, descending by its greatest; an empty one below null. */
export function sortKey(doc: Doc, sort: readonly SortField[]): Buffer {
  if (sort.length > 1 && sort.filter(({ path }) => crossesArray(doc, path.split('.'), 0)).length > 1)
    return sharedArrayKey(doc, sort);
  return encodeKey(
    sort.map(({ path, descending }) => {
      const found = sortValues(doc, path.split('.'), 0);
      if (found.length === 1) return found[0];
      let best: Value = found[0];
      let bestKey = encodeKey([best], [descending]);
      for (const value of found.slice(1)) {
        const key = encodeKey([value], [descending]);
        if (Buffer.compare(key, bestKey) < 0) [best, bestKey] = [value, key];
      }
      return best;
    }),
    sort.map(({ descending }) => descending),
  );
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

/** Read a sort document. Throws BadValue for anything but 1 and -1. */
export function parseSort(sort: Value): SortField[] {
  if (sort === undefined) return [];
  if (!isDoc(sort)) throw new CommandError('TypeMismatch', 'sort must be an object');
  return [...sort].map(([path, direction]) => {
    const way = toNumber(direction);
    if (isDoc(direction))
      throw new CommandError('NotImplemented', 'sorting by $meta is not implemented by the embedded store');
    if (path.startsWith('$') || path.split('.').some((part) => part === ''))
      throw new CommandError('BadValue', `cannot sort by '${path}'`);
    if (way !== 1 && way !== -1)
      throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { path, descending: way === -1 };
  });
}
