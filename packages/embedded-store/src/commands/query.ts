// What a reading command asks, resolved against the state it will read; and how it is counted.
import type { Doc } from '../bson/values.js';
import type { Budget } from '../budget.js';
import type { Collection } from '../storage/collection.js';
import { parseFilter } from '../query/filter.js';
import { planFor } from '../plan/planner.js';
import type { Plan } from '../plan/plan.js';
import { countRecords, records } from '../scan/records.js';
import { parseSort } from '../query/sort.js';
import { run, type Query } from '../scan/run.js';
import type { Counters } from '../scan/counters.js';
import type { View } from '../storage/view.js';
import { countField, docOrEmpty } from './context.js';

export interface Prepared {
  /** Undefined where there is no such collection: nothing matches. */
  readonly collection: Collection | undefined;
  readonly query: Query;
  readonly plan: Plan | undefined;
}

/** Read filter, sort, skip, limit and hint of `options` and plan the query. */
export function prepare(
  view: View,
  db: string,
  name: string,
  options: Doc,
  budget: Budget,
  filterField = 'filter',
): Prepared {
  const filter = parseFilter(docOrEmpty(options, filterField));
  const sort = parseSort(options.get('sort'));
  const limit = countField(options, 'limit') ?? 0;
  const query: Query = { filter, sort, skip: countField(options, 'skip') ?? 0, limit, budget };
  const collection = view.catalog.get(db, name);
  const hint = options.get('hint');
  return { collection, query, plan: collection && planFor(collection, filter, sort, hint) };
}

/** How many documents match; from the catalog or from index entries alone where they say it all. Yields where it is the others' turn. */
export function* countMatches(
  view: View,
  { collection, plan, query }: Prepared,
  counters: Counters,
): Generator<undefined, number> {
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
  for (let step = source.next(); !step.done && count < most; step = source.next())
    if (step.value === undefined) yield;
    else count++;
  source.return(undefined);
  return clip(count, query);
}

const clip = (count: number, { skip, limit }: Query) => {
  const rest = Math.max(0, count - skip);
  return limit ? Math.min(rest, limit) : rest;
};
