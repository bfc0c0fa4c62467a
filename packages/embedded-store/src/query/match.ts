// Filters: parsed once into a tree that the planner reads, then tested against documents.
// Every operator is on an allow-list; what is not, is refused. Semantics follow the server's matcher (null equals missing,
// arrays match by element or as a whole, ranges stay inside one type bracket).
import { bracket, compare, equal } from '../bson/compare.js';
import { BSONRegExp, isDoc, isNum, MaxKey, MinKey, toNumber, truthy, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { regexTest } from './regex.js';

type CompareOp = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

/** One condition on one path. `matches` is true if some leaf of the path passes. */
export interface Predicate {
  readonly kind: 'predicate';
  readonly path: string;
  readonly parts: readonly string[];
  readonly op: CompareOp | 'in' | 'regex' | 'exists' | 'size' | 'elemMatch';
  readonly value: Value;
  /** Arrays at the leaf are tested by element too. */
  readonly expand: boolean;
  readonly test: (leaf: Value) => boolean;
}

export type Node =
  | Predicate
  | { readonly kind: 'and' | 'or' | 'nor'; readonly nodes: readonly Node[] }
  | { readonly kind: 'not'; readonly node: Node }
  | { readonly kind: 'never' };

const LOGICAL = new Set(['$and', '$or', '$nor']);

/** Parse a filter. Throws BadValue for malformed or unknown operators, NotImplemented for known ones we lack. */
export function parseFilter(filter: Doc): Node {
  const nodes: Node[] = [];
  for (const [name, value] of filter) {
    if (LOGICAL.has(name)) nodes.push(parseLogical(name, value));
    else if (name === '$comment') continue;
    else if (name.startsWith('$')) throw unknownTopLevel(name);
    else nodes.push(...parseField(name, value));
  }
  return nodes.length === 1 && nodes[0] ? nodes[0] : { kind: 'and', nodes };
}

const REFUSED = new Set(['$where', '$expr', '$text', '$jsonSchema', '$sampleRate', '$alwaysTrue', '$alwaysFalse']);

function unknownTopLevel(name: string): CommandError {
  if (REFUSED.has(name)) return notImplemented(name);
  return new CommandError(
    'BadValue',
    `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  );
}

function parseLogical(name: string, value: Value): Node {
  if (!Array.isArray(value)) throw new CommandError('BadValue', `${name} must be an array`);
  if (value.length === 0) throw new CommandError('BadValue', `$and/$or/$nor must be a nonempty array`);
  const nodes = value.map((part) => {
    if (!isDoc(part)) throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects');
    return parseFilter(part);
  });
  return { kind: name.slice(1) as 'and' | 'or' | 'nor', nodes };
}

/** `{ $gt: 1 }` rather than a document to compare with; a DBRef is a document. */
export function isOperators(value: Value): value is Doc {
  if (!isDoc(value) || value.size === 0) return false;
  const [first] = value.keys();
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

function parseField(path: string, value: Value): Node[] {
  if (value instanceof BSONRegExp) return [regexPredicate(path, value)];
  if (!isOperators(value)) return [comparison(path, 'eq', value)];
  const nodes: Node[] = [];
  for (const [op, operand] of value) {
    if (op === '$options') {
      if (!value.has('$regex')) throw new CommandError('BadValue', '$options needs a $regex');
      continue;
    }
    nodes.push(parseOperator(path, op, operand, value));
  }
  return nodes;
}

function parseOperator(path: string, op: string, operand: Value, all: Doc): Node {
  switch (op) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (operand instanceof BSONRegExp && op !== '$eq')
        throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field '${path}'.`);
      return comparison(path, op.slice(1) as CompareOp, operand);
    case '$ne':
      if (operand instanceof BSONRegExp) throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
      return { kind: 'not', node: comparison(path, 'eq', operand) };
    case '$in':
      return inPredicate(path, operand, '$in');
    case '$nin':
      return { kind: 'not', node: inPredicate(path, operand, '$nin') };
    case '$not':
      return parseNot(path, operand);
    case '$exists':
      return existsPredicate(path, truthy(operand));
    case '$size':
      return sizePredicate(path, operand);
    case '$regex':
      return regexPredicate(path, toRegex(operand, all.get('$options')));
    case '$all':
      return parseAll(path, operand);
    case '$elemMatch':
      return elemMatch(path, operand);
    default:
      throw unknownOperator(op);
  }
}

const KNOWN_MISSING = new Set(
  (
    '$type $mod $bitsAllSet $bitsAnySet $bitsAllClear $bitsAnyClear $geoWithin $geoIntersects $near $nearSphere $within $geoNear ' +
    '$minDistance $maxDistance $_internalSchemaType'
  ).split(' '),
);

const unknownOperator = (op: string) =>
  KNOWN_MISSING.has(op) ? notImplemented(op) : new CommandError('BadValue', `unknown operator: ${op}`);

function parseNot(path: string, operand: Value): Node {
  if (operand instanceof BSONRegExp) return { kind: 'not', node: regexPredicate(path, operand) };
  if (!isDoc(operand)) throw new CommandError('BadValue', '$not needs a regex or a document');
  if (operand.size === 0) throw new CommandError('BadValue', '$not cannot be empty');
  const [first = ''] = operand.keys();
  if (!isOperators(operand)) throw unknownOperator(first);
  return { kind: 'not', node: { kind: 'and', nodes: parseField(path, operand) } };
}

const predicate = (
  path: string,
  op: Predicate['op'],
  value: Value,
  test: (leaf: Value) => boolean,
  expand = true,
): Predicate => ({
  kind: 'predicate',
  path,
  parts: path.split('.'),
  op,
  value,
  test,
  expand,
});

function comparison(path: string, op: CompareOp, value: Value): Predicate {
  return predicate(path, op, value, comparisonTest(op, value));
}

const isNaNValue = (value: Value) => isNum(value) && Number.isNaN(toNumber(value));

function comparisonTest(op: CompareOp, value: Value): (leaf: Value) => boolean {
  if (value === null) return op === 'gt' || op === 'lt' ? () => false : (leaf) => leaf === null || leaf === undefined;
  if (op === 'eq') {
    if (typeof value === 'string') return (leaf) => leaf === value || (typeof leaf === 'object' && equal(leaf, value));
    return (leaf) => leaf !== undefined && equal(leaf, value);
  }
  const orEqual = op === 'gte' || op === 'lte';
  if (value instanceof MinKey || value instanceof MaxKey) {
    const all = value instanceof MinKey ? op.startsWith('g') : op.startsWith('l');
    const type = value instanceof MinKey ? 1 : 240;
    return (leaf) => (leaf !== undefined && bracket(leaf) === type ? orEqual : all);
  }
  if (isNaNValue(value)) return (leaf) => orEqual && isNaNValue(leaf);
  const type = bracket(value);
  const sign = op.startsWith('g') ? 1 : -1;
  return (leaf) => {
    if (leaf === undefined || bracket(leaf) !== type) return false;
    if (type === 16 && isNaNValue(leaf)) return false;
    const order = compare(leaf, value);
    return order === sign || (orEqual && order === 0);
  };
}

function inPredicate(path: string, operand: Value, name: string): Predicate {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${name} needs an array`);
  if (operand.some(isOperators)) throw new CommandError('BadValue', `cannot nest $ under ${name}`);
  const regexes = operand.filter((value) => value instanceof BSONRegExp).map((value) => regexTest(value));
  const rest = operand.filter((value) => !(value instanceof BSONRegExp));
  const strings = new Set(rest.filter((value) => typeof value === 'string'));
  const others = rest.filter((value) => typeof value !== 'string').map((value) => comparisonTest('eq', value));
  return predicate(
    path,
    'in',
    operand,
    (leaf) =>
      (typeof leaf === 'string' && strings.has(leaf)) ||
      others.some((test) => test(leaf)) ||
      regexes.some((test) => test(leaf)),
  );
}

function existsPredicate(path: string, wanted: boolean): Node {
  const node = predicate(path, 'exists', true, (leaf) => leaf !== undefined, false);
  return wanted ? node : { kind: 'not', node };
}

function sizePredicate(path: string, operand: Value): Predicate {
  const size = toNumber(operand);
  if (size === undefined || !Number.isInteger(size))
    throw new CommandError('FailedToParse', `Failed to parse $size. Expected an integer in: $size`);
  if (size < 0) throw new CommandError('BadValue', `Failed to parse $size. Expected a non-negative number in: $size`);
  return predicate(path, 'size', operand, (leaf) => Array.isArray(leaf) && leaf.length === size, false);
}

function toRegex(operand: Value, options: Value): BSONRegExp {
  if (options !== undefined && typeof options !== 'string')
    throw new CommandError('BadValue', '$options has to be a string');
  if (operand instanceof BSONRegExp) {
    if (options !== undefined && operand.options !== '')
      throw new CommandError(51075, 'options set in both $regex and $options');
    return options === undefined ? operand : new BSONRegExp(operand.pattern, options);
  }
  if (typeof operand !== 'string') throw new CommandError('BadValue', '$regex has to be a string');
  if (options && /[^imsux]/.test(options)) throw new CommandError(51108, `invalid flag in regex options: ${options}`);
  return new BSONRegExp(operand, options ?? '');
}

const regexPredicate = (path: string, value: BSONRegExp): Predicate =>
  predicate(path, 'regex', value, regexTest(value));

function parseAll(path: string, operand: Value): Node {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  if (operand.length === 0) return { kind: 'never' };
  const nodes = operand.map((value): Node => {
    if (isOperators(value)) {
      if (value.size === 1 && value.has('$elemMatch')) return elemMatch(path, value.get('$elemMatch'));
      throw new CommandError('BadValue', 'no $ expressions in $all');
    }
    return value instanceof BSONRegExp ? regexPredicate(path, value) : comparison(path, 'eq', value);
  });
  return nodes.length === 1 && nodes[0] ? nodes[0] : { kind: 'and', nodes };
}

function elemMatch(path: string, operand: Value): Predicate {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const [first] = operand.keys();
  if (isOperators(operand) && !LOGICAL.has(first ?? '')) {
    // conditions on the element itself: the path '' of a one-field wrapper
    const inner: Node = { kind: 'and', nodes: parseField('e', operand) };
    const test = (leaf: Value) =>
      Array.isArray(leaf) && leaf.some((element) => matches(inner, new Map([['e', wrapElement(element)]])));
    return predicate(path, 'elemMatch', operand, test, false);
  }
  const inner = parseFilter(operand);
  const test = (leaf: Value) =>
    Array.isArray(leaf) && leaf.some((element) => isDocOrArray(element) && matches(inner, asDoc(element)));
  return predicate(path, 'elemMatch', operand, test, false);
}

/** An element that is an array is matched as a whole, not by its own elements. */
const wrapElement = (element: Value): Value => (Array.isArray(element) ? [element] : element);

const isDocOrArray = (value: Value) => isDoc(value) || Array.isArray(value);

const asDoc = (value: Value): Doc =>
  isDoc(value) ? value : new Map((value as Value[]).map((element, i) => [String(i), element]));

/** Does the document pass? */
export function matches(node: Node, doc: Doc): boolean {
  switch (node.kind) {
    case 'predicate':
      return walk(doc, node.parts, 0, node);
    case 'and':
      for (const part of node.nodes) if (!matches(part, doc)) return false;
      return true;
    case 'or':
      return node.nodes.some((part) => matches(part, doc));
    case 'nor':
      return !node.nodes.some((part) => matches(part, doc));
    case 'not':
      return !matches(node.node, doc);
    case 'never':
      return false;
  }
}

/** Does some leaf of the path pass? An array at the end is tested by its elements too, and then as a whole. */
function walk(doc: Doc, parts: readonly string[], i: number, node: Predicate): boolean {
  const { test, expand } = node;
  const value = doc.get(parts[i] as string);
  if (i === parts.length - 1) return (expand && Array.isArray(value) && value.some(test)) || test(value);
  if (isDoc(value)) return walk(value, parts, i + 1, node);
  if (Array.isArray(value)) return walkArray(value, parts, i + 1, node);
  return test(undefined);
}

/** Into the documents of an array, and to the element that the next part names by its position. */
function walkArray(array: Value[], parts: readonly string[], i: number, node: Predicate): boolean {
  for (const element of array) if (isDoc(element) && walk(element, parts, i, node)) return true;
  const part = parts[i] as string;
  if (!/^(0|[1-9]\d*)$/.test(part)) return false;
  const index = Number(part);
  if (index >= array.length) return false;
  const element = array[index];
  if (i === parts.length - 1) return node.test(element);
  if (isDoc(element)) return walk(element, parts, i + 1, node);
  return Array.isArray(element) && walkArray(element, parts, i + 1, node);
}
