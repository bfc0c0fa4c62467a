// Parses filters. Every operator is on an allow-list; what is not, is refused.
import { BSONRegExp, isDoc, truthy, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { matches } from './match.js';
import { allOf, type Node, type Predicate } from './node.js';
import {
  equals,
  exists,
  hasElement,
  hasSize,
  isIn,
  isOperators,
  matchesRegex,
  not,
  range,
  toRegex,
  type RangeOp,
} from './predicates.js';

const LOGICAL = new Set(['$and', '$or', '$nor']);

/** Parse a filter. Throws BadValue for malformed or unknown operators, NotImplemented for those that only MongoDB has. */
export function parseFilter(filter: Doc): Node {
  const nodes: Node[] = [];
  for (const [name, value] of filter) {
    if (LOGICAL.has(name)) nodes.push(parseLogical(name, value));
    else if (name === '$comment') continue;
    else if (name.startsWith('$')) throw unknownTopLevel(name);
    else nodes.push(...parseField(name, value));
  }
  return allOf(nodes);
}

/** What only MongoDB has: refused as such, rather than as unknown. */
const ONLY_MONGODB = new Set(
  (
    '$where $expr $text $jsonSchema $sampleRate $alwaysTrue $alwaysFalse ' +
    '$type $mod $bitsAllSet $bitsAnySet $bitsAllClear $bitsAnyClear $geoWithin $geoIntersects $near $nearSphere $within $geoNear ' +
    '$minDistance $maxDistance $_internalSchemaType'
  ).split(' '),
);

const unknownTopLevel = (name: string): CommandError =>
  ONLY_MONGODB.has(name)
    ? notImplemented(name)
    : new CommandError(
        'BadValue',
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );

const unknownOperator = (name: string): CommandError =>
  ONLY_MONGODB.has(name) ? notImplemented(name) : new CommandError('BadValue', `unknown operator: ${name}`);

function parseLogical(name: string, value: Value): Node {
  if (!Array.isArray(value)) throw new CommandError('BadValue', `${name} must be an array`);
  if (value.length === 0) throw new CommandError('BadValue', `$and/$or/$nor must be a nonempty array`);
  const nodes = value.map((part) => {
    if (!isDoc(part)) throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects');
    return parseFilter(part);
  });
  return { kind: name.slice(1) as 'and' | 'or' | 'nor', nodes };
}

function parseField(path: string, value: Value): Node[] {
  if (value instanceof BSONRegExp) return [matchesRegex(path, value)];
  if (!isOperators(value)) return [equals(path, value)];
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
      return equals(path, operand);
    case '$ne':
      if (operand instanceof BSONRegExp) throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
      return not(equals(path, operand));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (operand instanceof BSONRegExp)
        throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field '${path}'.`);
      return range(path, op.slice(1) as RangeOp, operand);
    case '$in':
      return isIn(path, operand, '$in');
    case '$nin':
      return not(isIn(path, operand, '$nin'));
    case '$not':
      return parseNot(path, operand);
    case '$exists':
      return truthy(operand) ? exists(path) : not(exists(path));
    case '$size':
      return hasSize(path, operand);
    case '$regex':
      return matchesRegex(path, toRegex(operand, all.get('$options')));
    case '$all':
      return parseAll(path, operand);
    case '$elemMatch':
      return elemMatch(path, operand);
    default:
      throw unknownOperator(op);
  }
}

function parseNot(path: string, operand: Value): Node {
  if (operand instanceof BSONRegExp) return not(matchesRegex(path, operand));
  if (!isDoc(operand)) throw new CommandError('BadValue', '$not needs a regex or a document');
  if (operand.size === 0) throw new CommandError('BadValue', '$not cannot be empty');
  const [first = ''] = operand.keys();
  if (!isOperators(operand)) throw unknownOperator(first);
  return not({ kind: 'and', nodes: parseField(path, operand) });
}

function parseAll(path: string, operand: Value): Node {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  if (operand.length === 0) return { kind: 'never' };
  return allOf(
    operand.map((value): Node => {
      if (isOperators(value)) {
        if (value.size === 1 && value.has('$elemMatch')) return elemMatch(path, value.get('$elemMatch'));
        throw new CommandError('BadValue', 'no $ expressions in $all');
      }
      return value instanceof BSONRegExp ? matchesRegex(path, value) : equals(path, value);
    }),
  );
}

/** `{ $gt: 1 }` is about the elements themselves, `{ x: 1 }` about documents among them. */
function elemMatch(path: string, operand: Value): Predicate {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const [first = ''] = operand.keys();
  if (isOperators(operand) && !LOGICAL.has(first)) {
    const inner = allOf(parseField('e', operand));
    return hasElement(path, operand, (element) => matches(inner, new Map([['e', whole(element)]])));
  }
  const inner = parseFilter(operand);
  return hasElement(path, operand, (element) => {
    const doc = asDoc(element);
    return doc !== undefined && matches(inner, doc);
  });
}

/** An element that is an array is matched as a whole, not by its own elements. */
const whole = (element: Value): Value => (Array.isArray(element) ? [element] : element);

/** An array counts as a document whose fields are its positions. */
function asDoc(value: Value): Doc | undefined {
  if (isDoc(value)) return value;
  return Array.isArray(value) ? new Map(value.map((element, i) => [String(i), element])) : undefined;
}
