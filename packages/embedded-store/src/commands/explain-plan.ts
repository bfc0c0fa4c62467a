// A plan as explain shows it: stages from the outermost in.
import type { Encodable } from '../bson/encode.js';
import { Int32, integer } from '../bson/values.js';
import type { Plan } from '../plan/plan.js';
import type { Prepared } from './query.js';
import { docOf } from './reply.js';

const stage = (name: string, inputStage?: Encodable, more: Record<string, Encodable> = {}): Encodable =>
  docOf({ stage: name, ...more, inputStage });

/** `top` is the stage that a command puts on the plan, such as COUNT or UPDATE. */
export function planTree({ plan, query }: Prepared, top: string | undefined): Encodable {
  const wrap = (inner: Encodable) => (top === undefined ? inner : stage(top, inner));
  if (!plan || plan.empty) return wrap(stage('EOF'));
  if (top === 'COUNT') {
    if (!plan.exact) return wrap(source(plan));
    if (!plan.index) return stage('RECORD_STORE_FAST_COUNT');
    return wrap(stage('COUNT_SCAN', undefined, access(plan)));
  }
  let at = source(plan);
  if (!plan.sorted)
    at = stage('SORT', at, {
      sortPattern: new Map(query.sort.map(({ path, descending }) => [path, new Int32(descending ? -1 : 1)])),
    });
  if (query.skip) at = stage('SKIP', at, { skipAmount: integer(query.skip) });
  if (query.limit) at = stage('LIMIT', at, { limitAmount: integer(query.limit) });
  return wrap(at);
}

function source(plan: Plan): Encodable {
  if (plan.union) {
    const inputStages = plan.union.map((part) =>
      part.index ? stage('IXSCAN', undefined, access(part)) : source(part),
    );
    return stage('FETCH', docOf({ stage: 'OR', inputStages }));
  }
  if (!plan.index) return stage('COLLSCAN', undefined, { direction: 'forward' });
  if (plan.point && plan.index.name === '_id_') return stage('IDHACK');
  return stage('FETCH', stage('IXSCAN', undefined, access(plan)));
}

function access({ index, reverse, variants }: Plan): Record<string, Encodable> {
  if (!index) return {};
  return {
    keyPattern: index.spec.get('key'),
    indexName: index.name,
    isMultiKey: index.multikey.includes(true),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    direction: reverse ? 'backward' : 'forward',
    intervals: integer(variants[0]?.length ?? 0),
  };
}
