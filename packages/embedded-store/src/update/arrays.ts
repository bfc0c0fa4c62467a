// The update operators on arrays: $push, $addToSet, $pull, $pullAll, $pop.
import { equal } from '../bson/compare.js';
import { BSONRegExp, clone, isDoc, toNumber, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { isOperators } from '../query/predicates.js';
import { matches } from '../query/match.js';
import { parseFilter } from '../query/filter.js';
import { format } from '../format.js';
import { checkNames } from './names.js';

type Change = (current: Value) => Value;

/** `$push: { path: value }`, or `{ $each: [values], $slice: n }`. */
export function push(operand: Value, path: string): Change {
  const clauses = clausesOf(operand, '$push', ['$each', '$slice']);
  const items = clauses ? itemsOf(clauses, '$push') : [operand];
  items.forEach(checkNames);
  const slice = clauses && sliceOf(clauses);
  return (current) => {
    if (current !== undefined && !Array.isArray(current))
      throw new CommandError(
        'BadValue',
        `The field '${path}' must be an array but is of type ${typeName(current)} in document`,
      );
    const out = [...(current ?? []), ...items.map(clone)];
    if (slice === undefined) return out;
    return slice < 0 ? out.slice(slice) : out.slice(0, slice);
  };
}

export function addToSet(operand: Value, path: string): Change {
  const clauses = clausesOf(operand, '$addToSet', ['$each']);
  const items = clauses ? itemsOf(clauses, '$addToSet') : [operand];
  items.forEach(checkNames);
  return (current) => {
    const out = [...(current === undefined ? [] : arrayAt(current, '$addToSet', path))];
    for (const item of items) if (!out.some((element) => equal(element, item))) out.push(clone(item));
    return out;
  };
}

/** Removes what equals the operand, or matches it: operators as they match a field's value, a document as a filter on documents. */
export function pull(operand: Value, path: string): Change {
  const test = pullTest(operand);
  return (current) =>
    current === undefined ? undefined : arrayAt(current, '$pull', path).filter((element) => !test(element));
}

export function pullAll(operand: Value, path: string): Change {
  if (!Array.isArray(operand))
    throw new CommandError('BadValue', `$pullAll requires an array argument but was given a ${typeName(operand)}`);
  const wanted = (element: Value) => operand.some((value) => equal(value, element));
  return (current) =>
    current === undefined ? undefined : arrayAt(current, '$pullAll', path).filter((element) => !wanted(element));
}

export function pop(operand: Value, path: string): Change {
  const end = toNumber(operand);
  if (end !== 1 && end !== -1)
    throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${format(operand)}`);
  return (current) => {
    if (current === undefined) return undefined;
    if (!Array.isArray(current))
      throw new CommandError(
        'TypeMismatch',
        `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
      );
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  };
}

function arrayAt(current: Value, operator: string, path: string): Value[] {
  if (Array.isArray(current)) return current;
  throw new CommandError(
    'BadValue',
    `Cannot apply ${operator} to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
  );
}

/** The operand as clauses, if it has $each. Throws for other clauses than those `allowed`. */
function clausesOf(operand: Value, operator: string, allowed: readonly string[]): Doc | undefined {
  if (!isDoc(operand) || !operand.has('$each')) return undefined;
  for (const name of operand.keys()) {
    if (allowed.includes(name)) continue;
    if (operator === '$push' && (name === '$position' || name === '$sort'))
      throw notImplemented(`the clause ${name} of $push`);
    throw new CommandError('BadValue', `Unrecognized clause in ${operator}: ${name}`);
  }
  return operand;
}

function itemsOf(clauses: Doc, operator: string): Value[] {
  const items = clauses.get('$each');
  if (Array.isArray(items)) return items;
  throw new CommandError(
    operator === '$push' ? 'BadValue' : 'TypeMismatch',
    `The argument to $each in ${operator} must be an array but it was of type ${typeName(items)}`,
  );
}

function sliceOf(clauses: Doc): number | undefined {
  const value = clauses.get('$slice');
  if (value === undefined) return undefined;
  const slice = toNumber(value);
  if (slice !== undefined && Number.isInteger(slice)) return slice;
  throw new CommandError(
    'BadValue',
    `The value for $slice must be an integer value but was given type: ${typeName(value)}`,
  );
}

const LOGICAL = ['$and', '$or', '$nor'];

function pullTest(operand: Value): (element: Value) => boolean {
  if (operand instanceof BSONRegExp || (isOperators(operand) && !LOGICAL.includes([...operand.keys()][0] ?? ''))) {
    const node = parseFilter(new Map([['e', operand]]));
    return (element) => matches(node, new Map([['e', element]]));
  }
  if (isDoc(operand)) {
    const node = parseFilter(operand);
    return (element) => isDoc(element) && matches(node, element);
  }
  return (element) => equal(element, operand);
}
