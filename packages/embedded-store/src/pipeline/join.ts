// Stages that bring in other documents, or split them: $lookup, $unionWith, $facet, $unwind.
import { encode } from '../bson/encode.js';
import { BSONRegExp, isDoc, truthy, type Doc, type Value } from '../bson/values.js';
import { MAX_DOCUMENT_BYTES } from '../documents.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileExpression, lookup as pathOf, type Expression, type Variables } from '../expression.js';
import { parseFilter, type Node } from '../match.js';
import { planFor } from '../plan.js';
import { run } from '../scan.js';
import { compilePipeline, type Environment, type Stage } from './index.js';

function checkKeys(name: string, spec: Value, known: readonly string[]): Doc {
  if (!isDoc(spec)) throw new CommandError('FailedToParse', `the ${name} specification must be an object`);
  for (const field of spec.keys())
    if (!known.includes(field)) throw new CommandError('FailedToParse', `unknown argument to ${name}: ${field}`);
  return spec;
}

function text(spec: Doc, name: string, field: string): string {
  const value = spec.get(field);
  if (typeof value !== 'string' || value === '')
    throw new CommandError('FailedToParse', `${name} argument '${field}' must be a string`);
  return value;
}

const stagesOf = (value: Value, name: string): Value[] => {
  if (!Array.isArray(value)) throw new CommandError('TypeMismatch', `${name} argument 'pipeline' must be an array`);
  return value;
};

export function lookup(operand: Value, environment: Environment): Stage {
  const spec = checkKeys('$lookup', operand, ['from', 'localField', 'foreignField', 'as', 'let', 'pipeline']);
  const from = text(spec, '$lookup', 'from');
  const as = text(spec, '$lookup', 'as').split('.');
  if (as.length > 1) throw notImplemented("$lookup into a dotted 'as'");
  const joined = spec.has('localField') || spec.has('foreignField');
  const local = joined ? text(spec, '$lookup', 'localField').split('.') : undefined;
  const foreign = joined ? text(spec, '$lookup', 'foreignField') : undefined;
  if (!joined && !spec.has('pipeline'))
    throw new CommandError(
      'FailedToParse',
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  const bindings = letOf(spec.get('let'));
  const stages = spec.has('pipeline') ? stagesOf(spec.get('pipeline'), '$lookup') : [];
  const check = {
    ...environment,
    variables: { ...environment.variables, ...Object.fromEntries(bindings.map(([name]) => [name, null])) },
  };
  compilePipeline(stages, check);
  return function* (docs) {
    for (const doc of docs) {
      const vars: Variables = {
        ...environment.variables,
        ...Object.fromEntries(
          bindings.map(([name, value]) => [name, value(doc, { ...environment.variables, ROOT: doc })]),
        ),
      };
      const filter = foreign && local ? equalTo(foreign, pathOf(doc, local)) : undefined;
      const found = query(from, filter, stages, { ...environment, variables: vars });
      yield new Map<string, Value>([...doc, [as[0] as string, found]]);
    }
  };
}

function letOf(value: Value): (readonly [string, Expression])[] {
  if (value === undefined) return [];
  if (!isDoc(value)) throw new CommandError('FailedToParse', "$lookup argument 'let' must be an object");
  return [...value].map(([name, expression]) => [name, compileExpression(expression)] as const);
}

/** An array joins by each of its elements; null and missing join with null and missing. */
function equalTo(path: string, value: Value): Node {
  const list = Array.isArray(value) ? value : [value ?? null];
  if (list.some((item) => item instanceof BSONRegExp))
    return { kind: 'or', nodes: list.map((item) => parseFilter(new Map([[path, new Map([['$eq', item]])]]))) };
  return parseFilter(
    new Map([[path, new Map<string, Value>(list.length === 1 ? [['$eq', list[0]]] : [['$in', list]])]]),
  );
}

/** Documents of another collection of the same database, through a pipeline whose leading $match may use an index. */
function query(from: string, filter: Node | undefined, stages: readonly Value[], environment: Environment): Doc[] {
  const { view, db, budget, variables } = environment;
  const collection = view.catalog.get(db, from);
  const [first, ...others] = stages;
  const head = isDoc(first) && first.size === 1 ? first.get('$match') : undefined;
  const nodes = [...(filter ? [filter] : []), ...(isDoc(head) ? [parseFilter(head, variables)] : [])];
  const all: Node = { kind: 'and', nodes };
  let docs: Iterable<Doc> = [];
  if (collection) {
    const found = run(
      view,
      collection,
      planFor(collection, all, []),
      { filter: all, sort: [], skip: 0, limit: 0, budget },
      environment.counters,
    );
    docs = (function* () {
      for (const { doc } of found) yield doc;
    })();
  }
  return [...compilePipeline(isDoc(head) ? others : stages, environment)(docs)];
}

export function unionWith(operand: Value, environment: Environment): Stage {
  const spec =
    typeof operand === 'string' ? new Map([['coll', operand]]) : checkKeys('$unionWith', operand, ['coll', 'pipeline']);
  const from = text(spec, '$unionWith', 'coll');
  const stages = spec.has('pipeline') ? stagesOf(spec.get('pipeline'), '$unionWith') : [];
  compilePipeline(stages, environment);
  return function* (docs) {
    yield* docs;
    yield* query(from, undefined, stages, environment);
  };
}

const NOT_IN_FACET = new Set(['$facet', '$out', '$merge', '$geoNear', '$indexStats', '$collStats']);

export function facet(operand: Value, environment: Environment): Stage {
  if (!isDoc(operand) || operand.size === 0)
    throw new CommandError(40169, 'the $facet specification must be a non-empty object');
  const branches = [...operand].map(([name, stages]) => {
    const list = stagesOf(stages, '$facet');
    for (const stage of list) {
      const [key = ''] = isDoc(stage) ? stage.keys() : [];
      if (NOT_IN_FACET.has(key))
        throw new CommandError(40600, `${key} is not allowed to be used within a $facet stage`);
    }
    return [name, compilePipeline(list, environment)] as const;
  });
  return function* (docs) {
    const all = [...docs];
    const out: Doc = new Map(branches.map(([name, branch]): [string, Value] => [name, [...branch(all)]]));
    if (encode(out).length > MAX_DOCUMENT_BYTES)
      throw new CommandError('BSONObjectTooLarge', 'the result of $facet is larger than 16MB');
    yield out;
  };
}

export function unwind(operand: Value): Stage {
  const spec =
    typeof operand === 'string'
      ? new Map<string, Value>([['path', operand]])
      : checkKeys('$unwind', operand, ['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays']);
  const path = spec.get('path');
  if (typeof path !== 'string' || !path.startsWith('$') || path.length < 2)
    throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$'`);
  const parts = path.slice(1).split('.');
  const keep = truthy(spec.get('preserveNullAndEmptyArrays'));
  const index = spec.get('includeArrayIndex');
  if (index !== undefined && (typeof index !== 'string' || index === '' || index.startsWith('$')))
    throw new CommandError(28822, 'includeArrayIndex option to $unwind stage should not be empty or prefixed with a $');
  if (typeof index === 'string' && index.includes('.')) throw notImplemented('$unwind with a dotted includeArrayIndex');
  const emit = (doc: Doc, value: Value, position: Value): Doc => {
    const out = value === undefined ? without(doc, parts) : withValue(doc, parts, value);
    if (index !== undefined) out.set(index, position);
    return out;
  };
  return function* (docs) {
    for (const doc of docs) {
      const value = direct(doc, parts);
      if (Array.isArray(value)) {
        if (value.length === 0 && keep) yield emit(doc, undefined, null);
        for (const [i, element] of value.entries()) yield emit(doc, element, BigInt(i));
      } else if ((value !== undefined && value !== null) || keep) yield emit(doc, value, null);
    }
  };
}

/** The value at a path through documents only: $unwind does not look into arrays on the way. */
function direct(value: Value, parts: readonly string[]): Value {
  return parts.reduce<Value>((at, part) => (isDoc(at) ? at.get(part) : undefined), value);
}

function withValue(doc: Doc, [head, ...rest]: readonly string[], value: Value): Doc {
  const out = new Map(doc);
  out.set(head as string, rest.length ? withValue(doc.get(head as string) as Doc, rest, value) : value);
  return out;
}

function without(doc: Doc, [head, ...rest]: readonly string[]): Doc {
  const out = new Map(doc);
  const inner = doc.get(head as string);
  if (rest.length === 0) out.delete(head as string);
  else if (isDoc(inner)) out.set(head as string, without(inner, rest));
  return out;
}
