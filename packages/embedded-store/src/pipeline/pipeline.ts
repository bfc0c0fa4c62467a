// Pipelines: a function from one stream of documents to another. A stage that is not in the list is refused.
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { matches } from '../query/match.js';
import { parseFilter } from '../query/filter.js';
import { parseProjection } from '../query/projection.js';
import { parseSort, sortKey } from '../query/sort.js';
import { counting, group } from './group.js';
import { collect, each, limitOf, skipOf, type Stage, type Stream } from './stage.js';
import { unwind } from './unwind.js';

/** Documents a $sort in the middle of a pipeline holds at most. */
const MAX_SORTED = 500_000;

/** The one stage in a stage document, as [name, operand]. */
export function stageOf(stage: Value): [string, Value] {
  const [entry] = isDoc(stage) && stage.size === 1 ? stage : [];
  if (!entry) throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
  return entry;
}

/** Compile stages to one function. Throws 40324 for unknown stages, NotImplemented for those that only MongoDB has. */
export function compilePipeline(stages: readonly Value[]): Stage {
  const compiled = stages.map((stage) => compileStage(...stageOf(stage)));
  return (docs) => compiled.reduce<Stream>((stream, stage) => stage(stream), docs);
}

const STAGES = new Map<string, (operand: Value) => Stage>([
  ['$match', match],
  ['$project', project],
  ['$group', group],
  ['$sort', sort],
  ['$limit', limit],
  ['$skip', skip],
  ['$unwind', unwind],
  ['$count', counting],
]);

/** What only MongoDB has: refused as such, rather than as unknown. */
const ONLY_MONGODB = new Set(
  (
    '$addFields $bucket $bucketAuto $changeStream $collStats $currentOp $densify $documents $facet $fill $geoNear $graphLookup $indexStats ' +
    '$listLocalSessions $listSessions $lookup $merge $out $planCacheStats $redact $replaceRoot $replaceWith $sample $search $searchMeta ' +
    '$set $setWindowFields $shardedDataDistribution $sortByCount $unionWith $unset'
  ).split(' '),
);

function compileStage(name: string, operand: Value): Stage {
  const compiler = STAGES.get(name);
  if (compiler) return compiler(operand);
  throw ONLY_MONGODB.has(name)
    ? notImplemented(`the stage ${name}`)
    : new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

function match(operand: Value): Stage {
  if (!isDoc(operand)) throw new CommandError(15959, 'the match filter must be an expression in an object');
  const filter = parseFilter(operand);
  return each((doc) => (matches(filter, doc) ? [doc] : []));
}

function project(operand: Value): Stage {
  if (!isDoc(operand)) throw new CommandError(15969, '$project specification must be an object');
  const projection = parseProjection(operand);
  if (!projection)
    throw new CommandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  return each((doc) => [projection(doc)]);
}

function sort(operand: Value): Stage {
  const fields = parseSort(operand);
  if (fields.length === 0) throw new CommandError(15976, '$sort stage must have at least one sort key');
  return collect(() => {
    const rows: { key: Buffer; doc: Doc }[] = [];
    const take = (doc: Doc) => {
      if (rows.length >= MAX_SORTED) throw new CommandError(292, `Sort exceeded its limit of ${MAX_SORTED} documents`);
      rows.push({ key: sortKey(doc, fields), doc });
    };
    return { take, end: () => rows.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ doc }) => doc) };
  });
}

function limit(operand: Value): Stage {
  const most = limitOf(operand);
  return function* (docs) {
    let left = most;
    for (const doc of docs) {
      yield doc;
      if (doc && --left === 0) return;
    }
  };
}

function skip(operand: Value): Stage {
  const count = skipOf(operand);
  return function* (docs) {
    let left = count;
    for (const doc of docs) if (!doc || left-- <= 0) yield doc;
  };
}
