// Update operators, applied to a copy of the document. Paths are resolved, checked for conflicts and changed one by one in
// the order of their names, as the server does it.
import { equal, compare, exactOf } from './bson/compare.js';
import { addExact, multiplyExact } from './bson/decimal.js';
import {
  clone,
  cloneDoc,
  Decimal128,
  Int32,
  isDoc,
  isNum,
  Timestamp,
  toNumber,
  typeName,
  type Doc,
  type Num,
  type Value,
} from './bson/values.js';
import { CommandError, notImplemented } from './errors.js';
import { isOperators, matches, parseFilter, type Node } from './match.js';
import { format } from './format.js';
import { parseSort, sortKey } from './scan.js';

type Operator = (current: Value, operand: Value, context: Context, path: string) => Value;

interface Context {
  readonly inserting: boolean;
  readonly now: Date;
}

/** Returned by an operator to remove the field; `undefined` means "leave it as it is". */
const REMOVE = Symbol('remove');

interface Modification {
  readonly operator: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly operand: Value;
}

export interface UpdateOptions {
  readonly arrayFilters: ReadonlyMap<string, Node>;
  /** The index that `$` stands for. */
  readonly position: number | undefined;
  readonly inserting: boolean;
  readonly now: Date;
}

export interface CompiledUpdate {
  /** The changed copy. */
  apply(doc: Doc, options: UpdateOptions): Doc;
  readonly usesPosition: boolean;
  /** Names of the array filters it refers to. */
  readonly filters: ReadonlySet<string>;
}

const OPERATORS = new Set([
  '$set',
  '$setOnInsert',
  '$unset',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$rename',
  '$currentDate',
  '$addToSet',
  '$push',
  '$pull',
  '$pullAll',
  '$pop',
  '$bit',
]);

export function compileUpdate(update: Doc): CompiledUpdate {
  const modifications = parse(update);
  const filters = new Set<string>();
  let usesPosition = false;
  for (const { parts } of modifications)
    for (const part of parts) {
      if (part === '$') usesPosition = true;
      const name = /^\$\[(.+)\]$/.exec(part)?.[1];
      if (name) filters.add(name);
    }
  return {
    usesPosition,
    filters,
    apply: (doc, options) => applyAll(doc, modifications, options),
  };
}

function parse(update: Doc): Modification[] {
  const all: Modification[] = [];
  for (const [operator, fields] of update) {
    if (!operator.startsWith('$'))
      throw new CommandError(
        'FailedToParse',
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!OPERATORS.has(operator))
      throw new CommandError(
        'FailedToParse',
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!isDoc(fields))
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${format(fields)}}`,
      );
    for (const [path, operand] of fields) {
      if (operator === '$rename') all.push(...parseRename(path, operand));
      else all.push({ operator, path, parts: splitPath(path), operand });
    }
  }
  checkConflicts(all.map(({ path }) => path));
  return all.sort((a, b) => comparePaths(a.parts, b.parts));
}

function splitPath(path: string): string[] {
  const parts = path.split('.');
  if (path === '') throw new CommandError('EmptyFieldName', `An empty update path is not valid.`);
  if (parts.some((part) => part === ''))
    throw new CommandError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  if (parts[0]?.startsWith('$')) {
    if (parts[0] === '$' || parts[0].startsWith('$['))
      throw new CommandError(
        'BadValue',
        `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
      );
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${parts[0]}' in '${path}' is not valid for storage.`,
    );
  }
  for (const part of parts)
    if (part.startsWith('$') && part !== '$' && !/^\$\[[a-z]?[A-Za-z0-9]*\]$/.test(part))
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${part}' in '${path}' is not valid for storage.`,
      );
  return parts;
}

function parseRename(from: string, to: Value): Modification[] {
  if (typeof to !== 'string')
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${from}: ${format(to)}`);
  if (from === to)
    throw new CommandError('BadValue', `The source and target field for $rename must differ: ${from}: "${to}"`);
  const parts = [splitPath(from), splitPath(to)];
  if (parts.flat().some((part) => part.startsWith('$')))
    throw new CommandError('BadValue', `The source field for $rename may not be dynamic: ${from}`);
  // what happens, happens in the place of the new name; the old one is there for conflicts only
  return [
    { operator: '$renameSource', path: from, parts: parts[0] as string[], operand: to },
    { operator: '$rename', path: to, parts: parts[1] as string[], operand: from },
  ];
}

function checkConflicts(paths: readonly string[]): void {
  const sorted = [...paths].sort();
  for (const path of sorted) {
    const clash = paths.find((other) => other !== path && path.startsWith(`${other}.`));
    if (clash !== undefined || sorted.filter((other) => other === path).length > 1)
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${path}' would create a conflict at '${clash ?? path}'`,
      );
  }
}

/** Numeric parts in numeric order, before names; so fields appear in the order the server adds them. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] as string, b[i] as string];
    if (left === right) continue;
    const numbers = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (numbers[0] && numbers[1]) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

function applyAll(original: Doc, modifications: readonly Modification[], options: UpdateOptions): Doc {
  const doc = cloneDoc(original);
  for (const modification of modifications) {
    if (modification.operator === '$setOnInsert' && !options.inserting) continue;
    if (modification.operator === '$renameSource') continue;
    if (modification.operator === '$rename') {
      rename(doc, modification, original);
      continue;
    }
    for (const parts of expand(doc, modification, options)) change(doc, parts, modification, options);
  }
  return doc;
}

/** Concrete paths: `$` becomes an index, `$[]` and `$[name]` all the indexes they stand for. */
function expand(doc: Doc, { parts, path }: Modification, options: UpdateOptions): string[][] {
  const dynamic = parts.findIndex((part) => part.startsWith('$'));
  if (dynamic < 0) return [parts as string[]];
  const head = parts.slice(0, dynamic);
  const part = parts[dynamic] as string;
  const rest = parts.slice(dynamic + 1);
  const again = (index: number) =>
    expand(doc, { parts: [...head, String(index), ...rest], path } as unknown as Modification, options);
  if (part === '$') {
    if (options.position === undefined)
      throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
    return again(options.position);
  }
  const array = get(doc, head);
  if (!Array.isArray(array)) {
    if (array === undefined)
      throw new CommandError(
        'BadValue',
        `The path '${head.join('.')}' must exist in the document in order to apply array updates.`,
      );
    throw new CommandError(
      'BadValue',
      `Cannot apply array updates to non-array element ${head.at(-1) ?? ''}: ${format(array)}`,
    );
  }
  const name = part.slice(2, -1);
  const filter = name ? options.arrayFilters.get(name) : undefined;
  if (name && !filter)
    throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path '${path}'`);
  return array.flatMap((element, i) => (!filter || matches(filter, new Map([[name, element]])) ? again(i) : []));
}

function get(doc: Doc, parts: readonly string[]): Value {
  let value: Value = doc;
  for (const part of parts) {
    if (isDoc(value)) value = value.get(part);
    else if (Array.isArray(value) && /^\d+$/.test(part)) value = value[Number(part)];
    else return undefined;
  }
  return value;
}

const CREATES_NOTHING = new Set(['$unset', '$pull', '$pullAll', '$pop']);

function change(
  doc: Doc,
  parts: readonly string[],
  { operator, operand, path }: Modification,
  options: UpdateOptions,
): void {
  const create = !CREATES_NOTHING.has(operator);
  const parent = reach(doc, parts, create);
  if (!parent) return;
  const last = parts.at(-1) as string;
  const current = Array.isArray(parent) ? parent[arrayIndex(parent, last, create, parts)] : parent.get(last);
  const result = compute(operator, current, operand, options, path);
  if (result === REMOVE) {
    if (current === undefined) return;
    if (Array.isArray(parent)) parent[Number(last)] = null;
    else parent.delete(last);
  } else if (result !== undefined) put(parent, last, result);
}

function put(parent: Doc | Value[], name: string, value: Value): void {
  if (!Array.isArray(parent)) {
    parent.set(name, value);
    return;
  }
  const index = Number(name);
  while (parent.length < index) parent.push(null);
  parent[index] = value;
}

/** MongoDB pads arrays with nulls, but not beyond this. */
const MAX_PADDING = 1_500_000;

function arrayIndex(parent: Value[], name: string, create: boolean, parts: readonly string[]): number {
  if (!/^(0|[1-9]\d*)$/.test(name)) {
    if (!create) return -1;
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${name}' in element {${parts.at(-2) ?? ''}: ${format(parent)}}`,
    );
  }
  const index = Number(name);
  if (index > parent.length + MAX_PADDING)
    throw new CommandError('BadValue', 'cannot backfill array to larger than 1500000 elements');
  return index;
}

/** The container of the last path part, made if `create`; undefined if there is none. */
function reach(doc: Doc, parts: readonly string[], create: boolean): Doc | Value[] | undefined {
  let at: Doc | Value[] = doc;
  for (let i = 0; i < parts.length - 1; i++) {
    const part = parts[i] as string;
    let next: Value = Array.isArray(at) ? at[arrayIndex(at, part, create, parts.slice(0, i + 1))] : at.get(part);
    if (next === undefined) {
      if (!create) return undefined;
      next = new Map<string, Value>();
      put(at, part, next);
    }
    if (!isDoc(next) && !Array.isArray(next)) {
      if (!create) return undefined;
      throw new CommandError(
        'PathNotViable',
        `Cannot create field '${parts[i + 1] ?? ''}' in element {${part}: ${format(next)}}`,
      );
    }
    at = next;
  }
  return at;
}

function rename(doc: Doc, { parts, operand, path }: Modification, original: Doc): void {
  const from = operand as string;
  const source = from.split('.');
  const holder = reachForRename(doc, source, 'source', from);
  const value = holder?.get(source.at(-1) as string);
  if (value === undefined || !holder) return;
  reachForRename(original, parts, 'destination', path);
  const parent = reach(doc, parts, true);
  if (parent) put(parent, parts.at(-1) as string, value);
  holder.delete(source.at(-1) as string);
}

function reachForRename(doc: Doc, parts: readonly string[], role: string, path: string): Doc | undefined {
  let at: Value = doc;
  for (const [i, part] of parts.slice(0, -1).entries()) {
    if (Array.isArray(at)) break;
    at = isDoc(at) ? at.get(part) : undefined;
    if (at !== undefined && !isDoc(at) && !Array.isArray(at))
      throw new CommandError(
        'PathNotViable',
        `Cannot use the part (${parts[i + 1] ?? ''}) of (${path}) to traverse the element ({${part}: ${format(at)}})`,
      );
  }
  if (Array.isArray(at))
    throw new CommandError('BadValue', `The ${role} field cannot be an array element, '${path}' in doc`);
  return isDoc(at) ? at : undefined;
}

function compute(
  operator: string,
  current: Value,
  operand: Value,
  context: Context,
  path: string,
): Value | typeof REMOVE {
  if (operator === '$unset') return REMOVE;
  if (operator === '$set' || operator === '$setOnInsert') {
    checkNames(operand);
    return clone(operand);
  }
  return COMPUTE[operator]?.(current, operand, context, path);
}

/** `$` names are refused below the top as well, but for DBRefs. */
function checkNames(value: Value): void {
  if (Array.isArray(value)) value.forEach(checkNames);
  else if (isDoc(value))
    for (const [name, field] of value) {
      if (name.startsWith('$') && !['$ref', '$id', '$db'].includes(name))
        throw new CommandError(
          'DollarPrefixedFieldName',
          `The dollar ($) prefixed field '${name}' is not allowed in the context of an update's replacement document.`,
        );
      checkNames(field);
    }
}

const COMPUTE: Record<string, Operator> = {
  $inc: (current, operand, _context, path) => arithmetic('$inc', current, operand, path),
  $mul: (current, operand, _context, path) => arithmetic('$mul', current, operand, path),
  $min: (current, operand) => (current === undefined || compare(operand, current) < 0 ? clone(operand) : undefined),
  $max: (current, operand) => (current === undefined || compare(operand, current) > 0 ? clone(operand) : undefined),
  $currentDate: (_current, operand, { now }, path) => {
    if (typeof operand === 'boolean') return now;
    const type = isDoc(operand) && operand.size === 1 ? operand.get('$type') : undefined;
    if (type === 'date') return now;
    if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
    throw new CommandError(
      'BadValue',
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}). (${path})`,
    );
  },
  $addToSet: (current, operand, _context, path) => {
    const array = arrayOrThrow(current, '$addToSet', path);
    const items = isDoc(operand) && operand.has('$each') ? each(operand, ['$each'], '$addToSet') : [operand];
    items.forEach(checkNames);
    const out = [...array];
    for (const item of items) if (!out.some((element) => equal(element, item))) out.push(clone(item));
    return out;
  },
  $push: (current, operand, _context, path) => push(arrayOrThrow(current, '$push', path), operand),
  $pullAll: (current, operand, _context, path) => {
    if (!Array.isArray(operand))
      throw new CommandError('BadValue', `$pullAll requires an array argument but was given a ${typeName(operand)}`);
    if (current === undefined) return undefined;
    return arrayOrThrow(current, '$pullAll', path).filter((element) => !operand.some((value) => equal(value, element)));
  },
  $pull: (current, operand, _context, path) => {
    if (current === undefined) return undefined;
    const array = arrayOrThrow(current, '$pull', path);
    const test = pullTest(operand);
    return array.filter((element) => !test(element));
  },
  $pop: (current, operand, _context, path) => {
    const way = toNumber(operand);
    if (way !== 1 && way !== -1)
      throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${format(operand)}`);
    if (current === undefined) return undefined;
    if (!Array.isArray(current))
      throw new CommandError(
        'TypeMismatch',
        `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
      );
    return way === 1 ? current.slice(0, -1) : current.slice(1);
  },
  $bit: (current, operand, _context, path) => bit(current, operand, path),
};

function arrayOrThrow(current: Value, operator: string, path: string): Value[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  if (operator === '$push')
    throw new CommandError(
      'BadValue',
      `The field '${path}' must be an array but is of type ${typeName(current)} in document`,
    );
  throw new CommandError(
    'BadValue',
    `Cannot apply ${operator} to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
  );
}

function each(operand: Doc, allowed: readonly string[], operator: string): Value[] {
  for (const name of operand.keys())
    if (!allowed.includes(name)) throw new CommandError('BadValue', `Unrecognized clause in ${operator}: ${name}`);
  const items = operand.get('$each');
  if (!Array.isArray(items))
    throw new CommandError(
      'TypeMismatch',
      `The argument to $each in ${operator} must be an array but it was of type ${typeName(items)}`,
    );
  return items;
}

function push(array: readonly Value[], operand: Value): Value[] {
  if (!isDoc(operand) || !operand.has('$each')) {
    checkNames(operand);
    return [...array, clone(operand)];
  }
  const items = each(operand, ['$each', '$position', '$slice', '$sort'], '$push');
  items.forEach(checkNames);
  const position = clause(operand, '$position') ?? array.length;
  const out = [...array];
  out.splice(position < 0 ? Math.max(0, out.length + position) : position, 0, ...items.map(clone));
  const sort = operand.get('$sort');
  if (sort !== undefined) sortElements(out, sort);
  const slice = clause(operand, '$slice');
  if (slice === undefined) return out;
  return slice >= 0 ? out.slice(0, slice) : out.slice(slice);
}

function clause(operand: Doc, name: string): number | undefined {
  const value = operand.get(name);
  if (value === undefined) return undefined;
  const number = toNumber(value);
  if (number === undefined || !Number.isInteger(number))
    throw new CommandError(
      'BadValue',
      `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
    );
  return number;
}

function sortElements(array: Value[], sort: Value): void {
  if (isDoc(sort)) {
    const fields = parseSort(sort);
    const asDoc = (value: Value): Doc => (isDoc(value) ? value : new Map<string, Value>());
    array.sort((a, b) => Buffer.compare(sortKey(asDoc(a), fields), sortKey(asDoc(b), fields)));
    return;
  }
  const way = toNumber(sort);
  if (way !== 1 && way !== -1) throw new CommandError('BadValue', 'The $sort element value must be either 1 or -1');
  array.sort((a, b) => compare(a, b) * way);
}

const LOGICAL = ['$and', '$or', '$nor'];

/** A condition as in a filter on elements: a document matches sub-documents, operators match the element as a field's value. */
function pullTest(operand: Value): (element: Value) => boolean {
  const [first = ''] = isDoc(operand) ? operand.keys() : [];
  if ((isOperators(operand) && !LOGICAL.includes(first)) || typeName(operand) === 'regex') {
    const node = parseFilter(new Map([['e', operand]]));
    return (element) => matches(node, new Map([['e', element]]));
  }
  if (isDoc(operand)) {
    const node = parseFilter(operand);
    return (element) => isDoc(element) && matches(node, element);
  }
  return (element) => equal(element, operand);
}

function arithmetic(operator: '$inc' | '$mul', current: Value, operand: Value, path: string): Value {
  const verb = operator === '$inc' ? 'increment' : 'multiply';
  if (!isNum(operand))
    throw new CommandError('TypeMismatch', `Cannot ${verb} with non-numeric argument: {${path}: ${format(operand)}}`);
  if (current === undefined) return operator === '$inc' ? operand : zeroLike(operand);
  if (!isNum(current))
    throw new CommandError(
      'TypeMismatch',
      `Cannot apply ${operator} to a value of non-numeric type. The field '${path.split('.').at(-1) ?? ''}' has non-numeric type ${typeName(current)}`,
    );
  return calculate(operator, current, operand);
}

/** What is not there counts as an int 0. */
const zeroLike = (value: Num): Value => calculate('$mul', value, new Int32(0));

/** int stays int while it fits, then becomes long; a long that overflows is an error; double and decimal win. */
function calculate(operator: '$inc' | '$mul', a: Num, b: Num): Value {
  const add = operator === '$inc';
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    const [left, right] = [exactOf(a), exactOf(b)];
    if (typeof left === 'number' || typeof right === 'number')
      throw notImplemented('decimal arithmetic with NaN or Infinity');
    return add ? addExact(left, right) : multiplyExact(left, right);
  }
  if (typeof a === 'number' || typeof b === 'number') {
    const [left, right] = [toNumber(a) ?? NaN, toNumber(b) ?? NaN];
    return add ? left + right : left * right;
  }
  const [left, right] = [BigInt(a instanceof Int32 ? a.value : a), BigInt(b instanceof Int32 ? b.value : b)];
  const result = add ? left + right : left * right;
  if (BigInt.asIntN(64, result) !== result)
    throw new CommandError(
      'BadValue',
      `Failed to apply ${operator} operations to current value (${format(a)}) for document`,
    );
  const ints = a instanceof Int32 && b instanceof Int32;
  return ints && BigInt.asIntN(32, result) === result ? new Int32(Number(result)) : result;
}

function bit(current: Value, operand: Value, path: string): Value {
  if (!isDoc(operand) || operand.size === 0)
    throw new CommandError(
      'BadValue',
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  let value: Value = current ?? new Int32(0);
  for (const [name, mask] of operand) {
    if (!['and', 'or', 'xor'].includes(name))
      throw new CommandError(
        'BadValue',
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${format(mask)}}`,
      );
    if (!(mask instanceof Int32) && typeof mask !== 'bigint')
      throw new CommandError(
        'BadValue',
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(mask)}' is not supported here: {${name}: ${format(mask)}}`,
      );
    if (!(value instanceof Int32) && typeof value !== 'bigint')
      throw new CommandError(
        'BadValue',
        `Cannot apply $bit to a value of non-integral type. Field '${path}' has type ${typeName(value)}`,
      );
    const left: bigint = BigInt(value instanceof Int32 ? value.value : value);
    const right: bigint = BigInt(mask instanceof Int32 ? mask.value : mask);
    const result: bigint = name === 'and' ? left & right : name === 'or' ? left | right : left ^ right;
    value =
      value instanceof Int32 && mask instanceof Int32
        ? new Int32(Number(BigInt.asIntN(32, result)))
        : BigInt.asIntN(64, result);
  }
  return value;
}
