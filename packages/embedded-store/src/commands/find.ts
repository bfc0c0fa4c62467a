// find, getMore, killCursors, count, distinct: reading through the planner.
import { encodeValue } from '../bson/keys.js';
import { RawDoc } from '../bson/decode.js';
import { encode, type Encodable, type EncodableDoc } from '../bson/encode.js';
import { integer, isDoc, toNumber, typeName, type Doc, type Value } from '../bson/values.js';
import type { Collection } from '../catalog.js';
import type { Budget } from '../budget.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError } from '../errors.js';
import { matches, parseFilter, type MatchDetails } from '../match.js';
import { planFor, type Plan } from '../plan.js';
import { parseProjection } from '../projection.js';
import { countRecords, parseSort, records, run, type Counters, type Query } from '../scan.js';
import type { View } from '../storage.js';
import { collectionName, countField, docField, flag, only, refuse, type Context } from './context.js';

const EMPTY: Doc = new Map();

/** What a find asks, resolved against the state it will read. */
export interface Prepared {
  readonly collection: Collection | undefined;
  readonly query: Query;
  readonly plan: Plan | undefined;
}

export function prepare(
  view: View,
  db: string,
  name: string,
  options: Doc,
  budget: Budget,
  filterField = 'filter',
): Prepared {
  const filter = parseFilter(docField(options, filterField) ?? EMPTY, { NOW: new Date() });
  const sort = parseSort(options.get('sort'));
  const limit = countField(options, 'limit') ?? 0;
  const query: Query = { filter, sort, skip: countField(options, 'skip') ?? 0, limit, budget };
  const collection = view.catalog.get(db, name);
  const hint = options.get('hint');
  return { collection, query, plan: collection && planFor(collection, filter, sort, hint) };
}

export function find(context: Context): EncodableDoc {
  only(
    context,
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'allowDiskUse',
    'noCursorTimeout',
    'max',
    'min',
    'returnKey',
    'showRecordId',
    'tailable',
    'awaitData',
    'oplogReplay',
    'allowPartialResults',
    'collation',
    'let',
  );
  refuse(
    context,
    'max',
    'min',
    'returnKey',
    'showRecordId',
    'tailable',
    'awaitData',
    'collation',
    'let',
    'noCursorTimeout',
  );
  const { command, db } = context;
  const name = collectionName(context);
  const snapshot = context.storage.snapshot.hold();
  try {
    const source = results(snapshot, context, name);
    const batch = countField(command, 'batchSize') ?? FIRST_BATCH;
    return context.cursors.first(`${db}.${name}`, source, () => snapshot.release(), batch, {
      single: flag(command, 'singleBatch'),
      budget: context.budget,
    });
  } catch (error) {
    if (error instanceof NotStarted) {
      snapshot.release();
      throw error.cause;
    }
    throw error;
  }
}

/** Wraps what went wrong before the cursor took charge of the snapshot. */
class NotStarted extends Error {
  constructor(override readonly cause: Error) {
    super();
  }
}

function results(view: View, context: Context, name: string): Iterator<Encodable> {
  try {
    const { command } = context;
    const { collection, query, plan } = prepare(view, context.db, name, command, context.budget);
    const projection = parseProjection(docField(command, 'projection') ?? EMPTY, { NOW: new Date() });
    if (!collection || !plan) return [][Symbol.iterator]();
    const counters: Counters = { keys: 0, docs: 0 };
    const found = run(view, collection, plan, query, counters);
    return (function* () {
      for (const stored of found) {
        if (!projection) {
          yield new RawDoc(stored.bytes);
          continue;
        }
        const details: MatchDetails = {};
        if (projection.positional) matches(query.filter, stored.doc, details);
        yield new RawDoc(encode(projection.project(stored.doc, details)));
      }
    })();
  } catch (error) {
    throw new NotStarted(error as Error);
  }
}

export function getMore(context: Context): EncodableDoc {
  only(context, 'collection', 'batchSize', 'maxTimeMS', 'term', 'lastKnownCommittedOpTime');
  const id = context.command.get('getMore');
  const name = context.command.get('collection');
  if (typeof id !== 'bigint')
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'getMore.getMore' is the wrong type '${typeName(id)}', expected type 'long'`,
    );
  if (typeof name !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'getMore.collection' must be a string");
  const size = countField(context.command, 'batchSize');
  return context.cursors.next(id, `${context.db}.${name}`, size ? size : Infinity);
}

export function killCursors(context: Context): EncodableDoc {
  only(context, 'cursors');
  const ids = context.command.get('cursors');
  if (!Array.isArray(ids)) throw new CommandError('TypeMismatch', "BSON field 'killCursors.cursors' must be an array");
  const killed: Value[] = [];
  const missing: Value[] = [];
  for (const id of ids) (typeof id === 'bigint' && context.cursors.kill(id) ? killed : missing).push(id);
  return new Map<string, Encodable>([
    ['cursorsKilled', killed],
    ['cursorsNotFound', missing],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
    ['ok', 1],
  ]);
}

/** How many documents match; from the catalog or from index entries alone where they say it all. */
export function countMatches(view: View, { collection, plan, query }: Prepared, counters: Counters): number {
  if (!collection || !plan) return 0;
  if (!plan.index && plan.exact) return clip(collection.count, query);
  const native = plan.exact ? countRecords(view, plan, counters) : undefined;
  if (native !== undefined) return clip(native, query);
  let count = 0;
  const most = query.limit ? query.skip + query.limit : Infinity;
  const source =
    plan.exact && plan.index
      ? records(view, plan, counters, query.budget)
      : run(view, collection, plan, { ...query, sort: [], skip: 0, limit: 0 }, counters);
  for (let step = source.next(); !step.done && count < most; step = source.next()) count++;
  source.return(undefined);
  return clip(count, query);
}

const clip = (count: number, { skip, limit }: Query) => {
  const rest = Math.max(0, count - skip);
  return limit ? Math.min(rest, limit) : rest;
};

export function count(context: Context): EncodableDoc {
  only(context, 'query', 'limit', 'skip', 'hint', 'collation', 'fields');
  refuse(context, 'collation');
  const view = context.storage.snapshot;
  const options = new Map(context.command);
  const limit = options.get('limit');
  if (typeof limit === 'object' || typeof limit === 'number' || typeof limit === 'bigint')
    options.set('limit', absolute(limit));
  const prepared = prepare(view, context.db, collectionName(context), options, context.budget, 'query');
  return new Map<string, Encodable>([
    ['n', integer(countMatches(view, prepared, { keys: 0, docs: 0 }))],
    ['ok', 1],
  ]);
}

const absolute = (value: Value): Value => {
  const number = toNumber(value) ?? 0;
  return number < 0 ? -number : value;
};

export function distinct(context: Context): EncodableDoc {
  only(context, 'key', 'query', 'hint', 'collation');
  refuse(context, 'collation');
  const path = context.command.get('key');
  if (typeof path !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const view = context.storage.snapshot;
  const { collection, query, plan } = prepare(
    view,
    context.db,
    collectionName(context),
    context.command,
    context.budget,
    'query',
  );
  const found = new Map<string, Value>();
  if (collection && plan)
    for (const { doc } of run(view, collection, plan, query, { keys: 0, docs: 0 }))
      for (const value of leaves(doc, path.split('.'), 0)) {
        const key = encodeValue(value).toString('latin1');
        if (!found.has(key)) found.set(key, value);
      }
  return new Map<string, Encodable>([
    ['values', [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)],
    ['ok', 1],
  ]);
}

/** The values distinct sees: elements of arrays, once; nothing where the path leads nowhere. */
function leaves(value: Value, parts: readonly string[], i: number): Value[] {
  if (i === parts.length) return value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (isDoc(value)) return leaves(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return [];
  const part = parts[i] as string;
  const direct = /^\d+$/.test(part) ? leaves(value[Number(part)], parts, i + 1) : [];
  return [...direct, ...value.flatMap((element) => (isDoc(element) ? leaves(element, parts, i) : []))];
}
