// Pipelines: stages as functions from one stream of documents to the next. What is not in the list is refused.
import { isDoc, isNum, toNumber, type Doc, type Value } from '../bson/values.js';
import type { Budget } from '../budget.js';
import { CommandError, notImplemented } from '../errors.js';
import type { Variables } from '../expression.js';
import { matches, parseFilter } from '../match.js';
import { parseSort, sortKey, type Counters } from '../scan.js';
import type { View } from '../storage.js';
import { counting, group, sortByCount } from './group.js';
import { facet, lookup, unionWith, unwind } from './join.js';
import { compileShape, SHAPES } from './shape.js';

export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

/** What a stage may reach. */
export interface Environment {
  readonly view: View;
  readonly db: string;
  readonly variables: Variables;
  readonly budget: Budget;
  readonly counters: Counters;
}

/** Documents a $sort in the middle of a pipeline holds at most. */
const MAX_SORTED = 500_000;

/** The one stage in a stage document, as [name, operand]. */
export function stageOf(stage: Value): [string, Value] {
  const [entry] = isDoc(stage) && stage.size === 1 ? stage : [];
  if (!entry) throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
  return entry;
}

/** Compile stages to one function. Throws 40324 for unknown stages, NotImplemented for those we lack. */
export function compilePipeline(stages: readonly Value[], environment: Environment): Stage {
  const compiled = stages.map((stage) => compileStage(...stageOf(stage), environment));
  return (docs) => compiled.reduce<Iterable<Doc>>((stream, stage) => stage(stream), docs);
}

type StageCompiler = (operand: Value, environment: Environment) => Stage;

const STAGES: Record<string, StageCompiler> = {
  $match: (operand, { variables }) => {
    if (!isDoc(operand)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    const filter = parseFilter(operand, variables);
    return function* (docs) {
      for (const doc of docs) if (matches(filter, doc)) yield doc;
    };
  },
  $sort: (operand) => {
    const fields = parseSort(operand);
    if (fields.length === 0) throw new CommandError(15976, '$sort stage must have at least one sort key');
    return function* (docs) {
      const rows: { key: Buffer; doc: Doc }[] = [];
      for (const doc of docs) {
        if (rows.length >= MAX_SORTED)
          throw new CommandError(292, `Sort exceeded its limit of ${MAX_SORTED} documents`);
        rows.push({ key: sortKey(doc, fields), doc });
      }
      rows.sort((a, b) => Buffer.compare(a.key, b.key));
      for (const { doc } of rows) yield doc;
    };
  },
  $limit: (operand) => {
    const limit = whole(operand, '$limit', 1);
    return function* (docs) {
      let left = limit;
      for (const doc of docs) {
        yield doc;
        if (--left === 0) return;
      }
    };
  },
  $skip: (operand) => {
    const skip = whole(operand, '$skip', 0);
    return function* (docs) {
      let left = skip;
      for (const doc of docs) if (left-- <= 0) yield doc;
    };
  },
  $sample: (operand) => {
    const size = isDoc(operand) && operand.size === 1 ? whole(operand.get('size'), '$sample', 1) : NaN;
    if (Number.isNaN(size))
      throw new CommandError(28745, 'the $sample stage specification must be an object with the one field size');
    return function* (docs) {
      const kept: Doc[] = [];
      let seen = 0;
      for (const doc of docs) {
        const place = Math.floor(Math.random() * ++seen);
        if (kept.length < size) kept.push(doc);
        else if (place < size) kept[place] = doc;
      }
      yield* kept;
    };
  },
  $group: (operand, { variables }) => group(operand, variables),
  $count: (operand) => counting(operand),
  $sortByCount: (operand, { variables }) => sortByCount(operand, variables),
  $unwind: (operand) => unwind(operand),
  $lookup: lookup,
  $unionWith: unionWith,
  $facet: facet,
};

function compileStage(name: string, operand: Value, environment: Environment): Stage {
  if (SHAPES.has(name)) {
    const shape = compileShape(name, operand, environment.variables);
    return function* (docs) {
      for (const doc of docs) yield shape(doc);
    };
  }
  const compiler = STAGES[name];
  if (compiler) return compiler(operand, environment);
  throw KNOWN.has(name)
    ? notImplemented(`the stage ${name}`)
    : new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

/** A whole number, as $limit and $skip want it. */
export function whole(operand: Value, name: string, least: number): number {
  const value = isNum(operand) ? toNumber(operand) : undefined;
  if (value === undefined || !Number.isInteger(value))
    throw new CommandError(5107201, `invalid argument to ${name} stage: Expected an integer`);
  if (value < least)
    throw new CommandError(15958, `the ${name.slice(1)} must be ${least ? 'positive' : 'non-negative'}`);
  return value;
}

/** What MongoDB has and we have not. */
const KNOWN = new Set(
  (
    '$bucket $bucketAuto $changeStream $collStats $currentOp $densify $documents $fill $geoNear $graphLookup $indexStats $listLocalSessions ' +
    '$listSessions $merge $out $planCacheStats $redact $search $searchMeta $setWindowFields $shardedDataDistribution $vectorSearch $rankFusion'
  ).split(' '),
);

export const STAGE_NAMES: readonly string[] = [...SHAPES, ...Object.keys(STAGES)];
