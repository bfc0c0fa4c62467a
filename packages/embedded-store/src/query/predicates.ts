// The conditions on one path. Semantics follow the server's matcher: null equals missing, ranges stay within one type.
import { bracket, compare, equal } from '../bson/compare.js';
import { BSONRegExp, isDoc, isNum, MaxKey, MinKey, toNumber, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { regexTest } from './regex.js';
import type { Node, Predicate } from './node.js';

type Test = (leaf: Value) => boolean;

const predicate = (path: string, op: Predicate['op'], value: Value, test: Test, expand = true): Predicate => ({
  kind: 'predicate',
  path,
  parts: path.split('.'),
  op,
  value,
  test,
  expand,
});

/** `{ $gt: 1 }` rather than a document to compare with; a DBRef is a document. */
export function isOperators(value: Value): value is Doc {
  if (!isDoc(value) || value.size === 0) return false;
  const [first] = value.keys();
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

export const equals = (path: string, value: Value): Predicate => predicate(path, 'eq', value, equalTest(value));

function equalTest(value: Value): Test {
  if (value === null) return (leaf) => leaf === null || leaf === undefined;
  if (typeof value === 'string') return (leaf) => leaf === value;
  return (leaf) => leaf !== undefined && equal(leaf, value);
}

export type RangeOp = 'gt' | 'gte' | 'lt' | 'lte';

export const range = (path: string, op: RangeOp, value: Value): Predicate =>
  predicate(path, op, value, rangeTest(op, value));

const isNaNValue = (value: Value) => isNum(value) && Number.isNaN(toNumber(value));

function rangeTest(op: RangeOp, value: Value): Test {
  const orEqual = op === 'gte' || op === 'lte';
  if (value === null) return (leaf) => orEqual && (leaf === null || leaf === undefined);
  if (value instanceof MinKey || value instanceof MaxKey) {
    const all = value instanceof MinKey ? op.startsWith('g') : op.startsWith('l');
    const end = bracket(value);
    return (leaf) => (leaf !== undefined && bracket(leaf) === end ? orEqual : all);
  }
  if (isNaNValue(value)) return (leaf) => orEqual && isNaNValue(leaf);
  const type = bracket(value);
  const sign = op.startsWith('g') ? 1 : -1;
  return (leaf) => {
    if (leaf === undefined || bracket(leaf) !== type || isNaNValue(leaf)) return false;
    const order = compare(leaf, value);
    return order === sign || (orEqual && order === 0);
  };
}

/** `operator` is $in or $nin, for the error. */
export function isIn(path: string, operand: Value, operator: string): Predicate {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${operator} needs an array`);
  if (operand.some(isOperators)) throw new CommandError('BadValue', `cannot nest $ under ${operator}`);
  const strings = new Set(operand.filter((value) => typeof value === 'string'));
  const others = operand
    .filter((value) => typeof value !== 'string')
    .map((value) => (value instanceof BSONRegExp ? regexTest(value) : equalTest(value)));
  return predicate(
    path,
    'in',
    operand,
    (leaf) => (typeof leaf === 'string' && strings.has(leaf)) || others.some((test) => test(leaf)),
  );
}

export const exists = (path: string): Predicate => predicate(path, 'exists', true, (leaf) => leaf !== undefined, false);

export function hasSize(path: string, operand: Value): Predicate {
  const size = toNumber(operand);
  if (size === undefined || !Number.isInteger(size))
    throw new CommandError('FailedToParse', `Failed to parse $size. Expected an integer in: $size`);
  if (size < 0) throw new CommandError('BadValue', `Failed to parse $size. Expected a non-negative number in: $size`);
  return predicate(path, 'size', operand, (leaf) => Array.isArray(leaf) && leaf.length === size, false);
}

export const matchesRegex = (path: string, value: BSONRegExp): Predicate =>
  predicate(path, 'regex', value, regexTest(value));

/** The pattern of `{ $regex, $options }`. */
export function toRegex(operand: Value, options: Value): BSONRegExp {
  if (options !== undefined && typeof options !== 'string')
    throw new CommandError('BadValue', '$options has to be a string');
  if (options && /[^imsux]/.test(options)) throw new CommandError(51108, `invalid flag in regex options: ${options}`);
  if (operand instanceof BSONRegExp) {
    if (options !== undefined && operand.options !== '')
      throw new CommandError(51075, 'options set in both $regex and $options');
    return options === undefined ? operand : new BSONRegExp(operand.pattern, options);
  }
  if (typeof operand !== 'string') throw new CommandError('BadValue', '$regex has to be a string');
  if (operand.includes('\0'))
    throw new CommandError('BadValue', 'Regular expression cannot contain an embedded null byte');
  return new BSONRegExp(operand, options ?? '');
}

/** Some element of the array passes `test`. */
export const hasElement = (path: string, operand: Doc, test: Test): Predicate =>
  predicate(path, 'elemMatch', operand, (leaf) => Array.isArray(leaf) && leaf.some(test), false);

export const not = (node: Node): Node => ({ kind: 'not', node });
