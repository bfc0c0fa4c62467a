// explain: the plan, and what running the reading part of the command touched. Nothing is written.
import { type Encodable, type EncodableDoc } from '../bson/encode.js';
import { Int32, integer, isDoc, toNumber, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { compilePipeline, stageOf } from '../pipeline/index.js';
import { countOnly } from '../pipeline/group.js';
import type { Plan } from '../plan.js';
import { run, type Counters } from '../scan.js';
import type { View } from '../storage.js';
import { split } from './aggregate.js';
import { collectionName, only, type Context } from './context.js';
import { countMatches, prepare, type Prepared } from './find.js';

const VERBOSITY = new Set<Value>(['queryPlanner', 'executionStats', 'allPlansExecution']);

export function explain(context: Context): EncodableDoc {
  only(context, 'verbosity');
  const inner = context.command.get('explain');
  const verbosity = context.command.get('verbosity') ?? 'allPlansExecution';
  if (!isDoc(inner))
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'explain.explain' is the wrong type '${typeName(inner)}', expected type 'object'`,
    );
  if (!VERBOSITY.has(verbosity))
    throw new CommandError(
      'BadValue',
      `Enumeration value '${typeof verbosity === 'string' ? verbosity : ''}' for field 'explain.verbosity' is not a valid value.`,
    );
  const own: Context = { ...context, command: inner };
  const name = collectionName(own);
  const explained = resolveExplained(own, context.storage.snapshot, name);
  const out = new Map<string, Encodable>([
    ['explainVersion', '1'],
    ['queryPlanner', planner(context.db, name, inner, explained)],
  ]);
  if (verbosity !== 'queryPlanner') out.set('executionStats', execute(explained));
  out.set('command', inner);
  out.set(
    'serverInfo',
    new Map<string, Encodable>([
      ['host', 'embedded'],
      ['version', '6.0.0'],
    ]),
  );
  out.set('ok', 1);
  return out;
}

interface Explained {
  readonly prepared: Prepared;
  /** Stages on top of the plan, outermost first: COUNT, DELETE, … */
  readonly top: readonly string[];
  readonly stages: readonly string[];
  readonly run: (counters: Counters) => number;
}

function resolveExplained(context: Context, view: View, name: string): Explained {
  const { command, db, budget } = context;
  const [kind = ''] = command.keys();
  const reading = (prepared: Prepared, top: string[]): Explained => ({
    prepared,
    top,
    stages: [],
    run: (counters) => drain(view, prepared, counters),
  });
  const counting = (prepared: Prepared): Explained => ({
    prepared,
    top: ['COUNT'],
    stages: [],
    run: (counters) => countMatches(view, prepared, counters),
  });
  switch (kind) {
    case 'find':
      return reading(prepare(view, db, name, command, budget), []);
    case 'count':
      return counting(prepare(view, db, name, command, budget, 'query'));
    case 'distinct':
      return reading(prepare(view, db, name, command, budget, 'query'), []);
    case 'findAndModify':
      return reading(prepare(view, db, name, new Map([...command, ['limit', new Int32(1)]]), budget, 'query'), [
        command.get('remove') === true ? 'DELETE' : 'UPDATE',
      ]);
    case 'update':
    case 'delete':
      return reading(prepare(view, db, name, statement(command, kind), budget, 'q'), [kind.toUpperCase()]);
    case 'aggregate': {
      const { head, rest } = split(context, view, name);
      const [only] = rest.length === 1 ? rest.map(stageOf) : [];
      if (only && countOnly(...only)) return counting(head);
      compilePipeline(rest, { view, db, variables: { NOW: new Date() }, budget, counters: { keys: 0, docs: 0 } });
      return { ...reading(head, []), stages: rest.map((stage) => stageOf(stage)[0]) };
    }
    default:
      throw notImplemented(`explain of ${kind}`);
  }
}

function statement(command: Doc, kind: 'update' | 'delete'): Doc {
  const list = command.get(`${kind}s`);
  const [first] = Array.isArray(list) ? list : [];
  if (!isDoc(first) || !Array.isArray(list) || list.length !== 1)
    throw new CommandError('InvalidLength', 'explained write batches must be of size 1');
  const one = kind === 'update' ? first.get('multi') !== true : toNumber(first.get('limit')) === 1;
  return one ? new Map([...first, ['limit', new Int32(1)]]) : new Map([...first].filter(([name]) => name !== 'limit'));
}

function drain(view: View, { collection, plan, query }: Prepared, counters: Counters): number {
  if (!collection || !plan) return 0;
  let n = 0;
  for (const stored of run(view, collection, plan, query, counters)) if (stored.bytes.length) n++;
  return n;
}

function planner(db: string, name: string, command: Doc, explained: Explained): EncodableDoc {
  return new Map<string, Encodable>([
    ['namespace', `${db}.${name}`],
    ['indexFilterSet', false],
    ['parsedQuery', (command.get('filter') ?? command.get('query') ?? new Map()) as Encodable],
    ['winningPlan', tree(explained)],
    ['rejectedPlans', []],
    ...(explained.stages.length ? [['pipeline', [...explained.stages]] as [string, Encodable]] : []),
  ]);
}

const stage = (name: string, inputStage?: Encodable, more: Record<string, Encodable> = {}): Encodable =>
  new Map<string, Encodable>([
    ['stage', name],
    ...Object.entries(more),
    ...(inputStage === undefined ? [] : [['inputStage', inputStage] as [string, Encodable]]),
  ]);

/** The stages from the outermost in. */
function tree({ prepared, top }: Explained): Encodable {
  const { plan, query } = prepared;
  const wrap = (inner: Encodable) => top.reduceRight((below, name) => stage(name, below), inner);
  if (!plan || plan.empty) return wrap(stage('EOF'));
  const counting = top[0] === 'COUNT';
  if (counting && !plan.index && plan.exact) return stage('RECORD_STORE_FAST_COUNT');
  if (counting && plan.exact && plan.index) return wrap(stage('COUNT_SCAN', undefined, access(plan)));
  let at = source(plan);
  if (!plan.sorted && !counting)
    at = stage('SORT', at, {
      sortPattern: new Map(query.sort.map(({ path, descending }) => [path, new Int32(descending ? -1 : 1)])),
    });
  if (query.skip && !counting) at = stage('SKIP', at, { skipAmount: integer(query.skip) });
  if (query.limit && !counting) at = stage('LIMIT', at, { limitAmount: integer(query.limit) });
  return wrap(at);
}

function source(plan: Plan): Encodable {
  if (plan.union)
    return stage(
      'FETCH',
      new Map<string, Encodable>([
        ['stage', 'OR'],
        [
          'inputStages',
          plan.union.map((part) => (part.index ? stage('IXSCAN', undefined, access(part)) : source(part))),
        ],
      ]),
    );
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

function execute(explained: Explained): EncodableDoc {
  const counters: Counters = { keys: 0, docs: 0 };
  const start = performance.now();
  const n = explained.run(counters);
  return new Map<string, Encodable>([
    ['executionSuccess', true],
    ['nReturned', integer(n)],
    ['executionTimeMillis', integer(Math.round(performance.now() - start))],
    ['totalKeysExamined', integer(counters.keys)],
    ['totalDocsExamined', integer(counters.docs)],
    ['executionStages', tree(explained)],
  ]);
}
