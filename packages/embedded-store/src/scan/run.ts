// The answer to a query: documents found by a plan, checked, sorted, skipped and limited; no further than the caller asks.
import type { Budget } from '../budget.js';
import { decode } from '../bson/decode.js';
import type { Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { matches } from '../query/match.js';
import type { Node } from '../query/node.js';
import { sortKey, type SortField } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { damaged, readBytes, scan, type Stored } from '../storage/documents.js';
import type { View } from '../storage/view.js';
import { count, type Counters } from './counters.js';
import { records } from './records.js';

export interface Query {
  readonly filter: Node;
  readonly sort: readonly SortField[];
  readonly skip: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly budget: Budget;
}

/** Documents in the order asked for; `undefined` where it is the others' turn. Throws MaxTimeMSExpired, and 292 if a sort needs too much memory. */
export function* run(
  view: View,
  collection: Collection,
  plan: Plan,
  query: Query,
  counters: Counters,
): Generator<Stored | undefined> {
  const { skip, limit } = query;
  const source = (skipped: number) => candidates(view, collection, plan, query, counters, skipped);
  if (!plan.sorted) yield* sortInMemory(source(0), query);
  // the index alone skips: documents are read from the first one wanted
  else if (plan.exact && plan.index) yield* take(source(skip), 0, limit);
  else yield* take(source(0), skip, limit);
}

function* take(source: Iterable<Stored | undefined>, skip: number, limit: number): Generator<Stored | undefined> {
  let seen = 0;
  for (const stored of source) {
    if (stored) seen++;
    if (stored && seen <= skip) continue;
    yield stored;
    if (limit && seen >= skip + limit) return;
  }
}

/** Documents that match, in plan order, without the first `skip` that the plan leads to. */
function* candidates(
  view: View,
  collection: Collection,
  plan: Plan,
  query: Query,
  counters: Counters,
  skip: number,
): Generator<Stored | undefined> {
  const { filter, budget } = query;
  if (plan.empty) return;
  if (!plan.index && !plan.union) {
    for (const { record, bytes } of scan(view, collection)) {
      if (budget.tick()) yield undefined;
      count(counters, 'docs');
      const stored = storedOf(record, bytes, plan.exact);
      if (plan.exact || matches(filter, stored.doc)) yield stored;
    }
    return;
  }
  let left = skip;
  for (const record of records(view, plan, counters, budget)) {
    if (record === undefined) {
      yield undefined;
      continue;
    }
    if (left-- > 0) continue;
    const bytes = readBytes(view, collection, record);
    if (!bytes) throw damaged(collection, `an index leads to document ${record}, which is not there`);
    count(counters, 'docs');
    const stored = storedOf(record, bytes, plan.exact);
    if (plan.exact || matches(filter, stored.doc)) yield stored;
  }
}

/** A document; decoded at once if it must be checked, else only when somebody looks inside. */
const storedOf = (record: number, bytes: Buffer, exact: boolean): Stored =>
  exact ? new StoredBytes(record, bytes) : { record, bytes, doc: decode(bytes) };

class StoredBytes implements Stored {
  private decoded: Doc | undefined;

  constructor(
    readonly record: number,
    readonly bytes: Buffer,
  ) {}

  get doc(): Doc {
    return (this.decoded ??= decode(this.bytes));
  }
}

/** Sorted documents held in memory, in bytes: MongoDB's limit for a blocking sort. */
const SORT_BYTES = 100 * 1024 * 1024;

interface Row {
  readonly key: Buffer;
  readonly stored: Stored;
}

function* sortInMemory(
  source: Iterable<Stored | undefined>,
  { sort, skip, limit }: Query,
): Generator<Stored | undefined> {
  const keep = limit ? skip + limit : Infinity;
  const order = (a: Row, b: Row) => Buffer.compare(a.key, b.key);
  const rows: Row[] = [];
  let bytes = 0;
  for (const stored of source) {
    if (!stored) {
      yield undefined;
      continue;
    }
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
