// explain: the plan, and what running the reading part of the command touched. Nothing is written.
import { type Encodable, type EncodableDoc } from '../bson/encode.js';
import { Int32, integer, isDoc, toNumber, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { compilePipeline, stageOf } from '../pipeline/pipeline.js';
import { run } from '../scan/run.js';
import type { Counters } from '../scan/counters.js';
import type { View } from '../storage/view.js';
import { countingOf, split } from './aggregate.js';
import { collectionName, type Context } from './context.js';
import { planTree } from './explain-plan.js';
import { checkFields } from './fields.js';
import { VERSION } from './handshake.js';
import { countMatches, prepare, type Prepared } from './query.js';
import { docOf, reply } from './reply.js';

const VERBOSITY = new Set<Value>(['queryPlanner', 'executionStats', 'allPlansExecution']);

export function explain(context: Context): EncodableDoc {
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
  checkFields(inner);
  const own: Context = { ...context, command: inner };
  const name = collectionName(own);
  const explained = resolve(own, context.storage.snapshot, name);
  return reply({
    explainVersion: '1',
    queryPlanner: docOf({
      namespace: `${context.db}.${name}`,
      indexFilterSet: false,
      parsedQuery: inner.get('filter') ?? inner.get('query') ?? new Map(),
      winningPlan: planTree(explained.prepared, explained.top),
      rejectedPlans: [],
      pipeline: explained.stages.length ? explained.stages : undefined,
    }),
    executionStats: verbosity === 'queryPlanner' ? undefined : execute(explained),
    command: inner,
    serverInfo: docOf({ host: 'embedded', version: VERSION }),
  });
}

interface Explained {
  readonly prepared: Prepared;
  /** The stage on top of the plan: COUNT, DELETE, UPDATE. */
  readonly top: string | undefined;
  /** Names of the pipeline stages that follow the plan. */
  readonly stages: readonly string[];
  /** Run the reading part; the number of documents it gives. */
  readonly run: (counters: Counters) => number;
}

function resolve(context: Context, view: View, name: string): Explained {
  const { command, db, budget } = context;
  const [kind = ''] = command.keys();
  const planned = (options: Doc, filterField: string) => prepare(view, db, name, options, budget, filterField);
  switch (kind) {
    case 'find':
      return reading(view, planned(command, 'filter'));
    case 'count':
      return counting(view, planned(command, 'query'));
    case 'distinct':
      return reading(view, planned(command, 'query'));
    case 'findAndModify':
      return reading(
        view,
        planned(new Map([...command, ['limit', new Int32(1)]]), 'query'),
        command.get('remove') === true ? 'DELETE' : 'UPDATE',
      );
    case 'update':
    case 'delete':
      return reading(view, planned(statementOf(command, kind), 'q'), kind.toUpperCase());
    case 'aggregate': {
      const { head, rest } = split(context, view, name);
      if (countingOf(rest)) return counting(view, head);
      compilePipeline(rest);
      return { ...reading(view, head), stages: rest.map((stage) => stageOf(stage)[0]) };
    }
    default:
      throw notImplemented(`explain of ${kind}`);
  }
}

const reading = (view: View, prepared: Prepared, top?: string): Explained => ({
  prepared,
  top,
  stages: [],
  run: (counters) => drain(view, prepared, counters),
});

const counting = (view: View, prepared: Prepared): Explained => ({
  prepared,
  top: 'COUNT',
  stages: [],
  run: (counters) => atOnce(countMatches(view, prepared, counters)),
});

/** The one statement of an update or delete, as the options of a query. */
function statementOf(command: Doc, kind: 'update' | 'delete'): Doc {
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
  for (const stored of run(view, collection, plan, query, counters)) if (stored) n++;
  return n;
}

function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function execute(explained: Explained): Encodable {
  const counters: Counters = { keys: 0, docs: 0 };
  const start = performance.now();
  const n = explained.run(counters);
  return docOf({
    executionSuccess: true,
    nReturned: integer(n),
    executionTimeMillis: integer(Math.round(performance.now() - start)),
    totalKeysExamined: integer(counters.keys),
    totalDocsExamined: integer(counters.docs),
    executionStages: planTree(explained.prepared, explained.top),
  });
}
