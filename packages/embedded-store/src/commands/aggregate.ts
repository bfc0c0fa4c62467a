// aggregate: the leading $match, $sort, $skip and $limit go to the planner, the rest runs on what they leave.
import { RawDoc } from '../bson/decode.js';
import { encode, type EncodableDoc } from '../bson/encode.js';
import { isDoc, toNumber, type Doc, type Value } from '../bson/values.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError, notImplemented } from '../errors.js';
import { compilePipeline, stageOf } from '../pipeline/pipeline.js';
import { countOnly } from '../pipeline/group.js';
import { limitOf, skipOf } from '../pipeline/stage.js';
import { run } from '../scan/run.js';
import type { Counters } from '../scan/counters.js';
import type { View } from '../storage/view.js';
import { collectionName, countField, docField, type Context } from './context.js';
import { countMatches, prepare, type Prepared } from './query.js';
import { statsStage } from './stats.js';

export function aggregate(context: Context): Promise<EncodableDoc> {
  const { command, db, storage, cursors, budget } = context;
  if (toNumber(command.get('aggregate')) !== undefined)
    throw notImplemented('aggregating a database instead of a collection');
  const name = collectionName(context);
  const cursor = docField(command, 'cursor');
  if (!cursor)
    throw new CommandError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  const size = countField(cursor, 'batchSize') ?? FIRST_BATCH;
  const open = (view: View) => encoded(answerOf(context, view, name));
  return cursors.open(`${db}.${name}`, storage.snapshot, open, size, { budget });
}

function* encoded(source: Iterable<Doc | undefined>): Generator<RawDoc | undefined> {
  for (const doc of source) yield doc && new RawDoc(encode(doc));
}

/** A pipeline's planned head, and the stages that follow. */
interface Split {
  readonly head: Prepared;
  readonly rest: readonly Value[];
}

/** Take the leading stages that the planner understands off the pipeline of an aggregate command. */
export function split(context: Context, view: View, name: string): Split {
  const stages = context.command.get('pipeline');
  if (!Array.isArray(stages)) throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  const list = stages.map(stageOf);
  const options: Doc = new Map<string, Value>();
  const hint = context.command.get('hint');
  if (hint !== undefined) options.set('hint', hint);
  const filters: Value[] = [];
  let at = 0;
  const take = (name: string): Value => (list[at]?.[0] === name ? list[at++]?.[1] : undefined);
  for (let filter = take('$match'); filter !== undefined; filter = take('$match')) {
    if (!isDoc(filter)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    if (filter.size) filters.push(filter);
  }
  if (filters.length) options.set('filter', filters.length === 1 ? filters[0] : new Map([['$and', filters]]));
  const sort = take('$sort');
  if (isDoc(sort) && sort.size > 0) options.set('sort', sort);
  else if (sort !== undefined) at--; // whatever is wrong with it, the stage itself says
  const skip = take('$skip');
  if (skip !== undefined) options.set('skip', skipOf(skip));
  const limit = take('$limit');
  if (limit !== undefined) options.set('limit', limitOf(limit));
  return { head: prepare(view, context.db, name, options, context.budget), rest: stages.slice(at) };
}

/** What turns a mere count into the answer of a pipeline, if that is all its stages ask for. */
export const countingOf = (rest: readonly Value[]): ((n: number) => Doc) | undefined =>
  rest.length === 1 ? countOnly(...stageOf(rest[0])) : undefined;

function* answerOf(context: Context, view: View, name: string): Generator<Doc | undefined> {
  const stats = statsStage(context, view, name);
  if (stats) {
    yield stats;
    return;
  }
  const { head, rest } = split(context, view, name);
  const counters: Counters = { keys: 0, docs: 0 };
  const counted = countingOf(rest);
  if (counted) {
    const n = yield* countMatches(view, head, counters);
    if (n > 0) yield counted(n);
    return;
  }
  const pipeline = compilePipeline(rest);
  const { collection, plan, query } = head;
  yield* pipeline(collection && plan ? docsOf(run(view, collection, plan, query, counters)) : []);
}

function* docsOf(found: Iterable<{ doc: Doc } | undefined>): Generator<Doc | undefined> {
  for (const stored of found) yield stored?.doc;
}
