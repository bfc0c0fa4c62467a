// Arrays, sets and objects.
import { compare, equal } from '../bson/compare.js';
import { isDoc, Int32, isNum, toNumber, truthy, typeName, type Doc, type Value } from '../bson/values.js';
import { encodeValue } from '../bson/keys.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import { arrayOf, fixed, isNullish, named, variadic, type Expression, type OperatorCompiler } from './arguments.js';

/** A whole number, or the error `code`. */
function index(name: string, value: Value, code: number): number {
  const number = isNum(value) ? toNumber(value) : undefined;
  if (number === undefined || !Number.isInteger(number))
    throw new CommandError(code, `${name} needs an integer argument, found ${typeName(value)}`);
  return number;
}

const at = (array: readonly Value[], position: number): Value =>
  array[position < 0 ? array.length + position : position];

/** Distinct values by BSON equality, in the order first seen. */
export function unique(values: readonly Value[]): Value[] {
  return [
    ...new Map(values.map((value) => [encodeValue(value).toString('latin1'), value] as const).reverse()).values(),
  ].reverse();
}

const bind = (name: Value, fallback: string): string => {
  if (name === undefined) return fallback;
  if (typeof name !== 'string' || !/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name))
    throw new CommandError(
      'FailedToParse',
      `'${format(name)}' starts with an invalid character for a user variable name`,
    );
  return name;
};

const filter: OperatorCompiler = (operand, compile) => {
  const spec = named('$filter', operand, ['input', 'cond'], ['as', 'limit']);
  const [input, condition] = [compile(spec.get('input')), compile(spec.get('cond'))];
  const limit = spec.has('limit') ? compile(spec.get('limit')) : undefined;
  const name = bind(spec.get('as'), 'this');
  return (doc, vars) => {
    const array = arrayOf('$filter', input(doc, vars), 28651);
    const most = limit ? index('$filter limit', limit(doc, vars), 327391) : Infinity;
    return array && array.filter((element) => truthy(condition(doc, { ...vars, [name]: element }))).slice(0, most);
  };
};

const map: OperatorCompiler = (operand, compile) => {
  const spec = named('$map', operand, ['input', 'in'], ['as']);
  const [input, result] = [compile(spec.get('input')), compile(spec.get('in'))];
  const name = bind(spec.get('as'), 'this');
  return (doc, vars) =>
    arrayOf('$map', input(doc, vars), 16883)?.map((element) => result(doc, { ...vars, [name]: element }) ?? null) ??
    null;
};

const reduce: OperatorCompiler = (operand, compile) => {
  const spec = named('$reduce', operand, ['input', 'initialValue', 'in']);
  const [input, initial, next] = [spec.get('input'), spec.get('initialValue'), spec.get('in')].map(compile) as [
    Expression,
    Expression,
    Expression,
  ];
  return (doc, vars) => {
    const array = arrayOf('$reduce', input(doc, vars), 40080);
    if (!array) return null;
    return array.reduce<Value>((value, element) => next(doc, { ...vars, this: element, value }), initial(doc, vars));
  };
};

function slice(values: Value[]): Value {
  const [array, first, second] = values;
  const list = arrayOf('$slice', array, 28724);
  if (!list || values.slice(1).some(isNullish)) return null;
  if (values.length === 2) {
    const count = index('$slice', first, 28725);
    return count < 0 ? list.slice(count) : list.slice(0, count);
  }
  const [position, count] = [index('$slice', first, 28725), index('$slice', second, 28727)];
  if (count <= 0) throw new CommandError(28729, `Third argument to $slice must be positive: ${count}`);
  const start = position < 0 ? Math.max(0, list.length + position) : position;
  return list.slice(start, start + count);
}

function range(values: Value[]): Value {
  const [start, end, step] = [
    index('$range', values[0], 34444),
    index('$range', values[1], 34446),
    values.length > 2 ? index('$range', values[2], 34448) : 1,
  ];
  if (step === 0) throw new CommandError(34449, '$range requires a non-zero step value');
  const out: Value[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) {
    if (out.length >= 100_000) throw new CommandError(146, '$range would make more than 100000 elements');
    out.push(new Int32(i));
  }
  return out;
}

function indexOf(values: Value[]): Value {
  const [array, wanted] = values;
  const list = arrayOf('$indexOfArray', array, 40090);
  if (!list) return null;
  const start = values.length > 2 ? index('$indexOfArray', values[2], 40096) : 0;
  const end = values.length > 3 ? index('$indexOfArray', values[3], 40096) : list.length;
  if (start < 0 || end < 0) throw new CommandError(40097, '$indexOfArray requires a nonnegative index');
  return new Int32(list.findIndex((element, i) => i >= start && i < end && equal(element, wanted)));
}

/** A set operation over arrays; null if one is null. Results are sorted, as the server's are in practice. */
const sets = (
  name: string,
  run: (lists: Value[][]) => Value,
  min: number,
  max: number,
  code: number,
  nullable = true,
): OperatorCompiler =>
  variadic(
    name,
    (values) => {
      if (nullable && values.some(isNullish)) return null;
      const lists = values.map((value) => {
        if (!Array.isArray(value))
          throw new CommandError(
            code,
            `All operands of ${name} must be arrays. One argument is of type: ${typeName(value)}`,
          );
        return value;
      });
      return run(lists);
    },
    min,
    max,
  );

const has = (list: readonly Value[], value: Value): boolean => list.some((element) => equal(element, value));
const sorted = (values: readonly Value[]): Value[] => [...values].sort(compare);

function objectToArray(value: Value): Value {
  if (isNullish(value)) return null;
  if (!isDoc(value))
    throw new CommandError(40390, `$objectToArray requires a document input, found: ${typeName(value)}`);
  return [...value].map(
    ([k, v]): Doc =>
      new Map<string, Value>([
        ['k', k],
        ['v', v],
      ]),
  );
}

function arrayToObject(value: Value): Value {
  const list = arrayOf('$arrayToObject', value, 40386);
  if (!list) return null;
  return new Map(
    list.map((pair): [string, Value] => {
      const [k, v] = Array.isArray(pair) ? pair : isDoc(pair) ? [pair.get('k'), pair.get('v')] : [];
      const size = Array.isArray(pair) ? pair.length : isDoc(pair) ? pair.size : 0;
      if (typeof k !== 'string' || size !== 2)
        throw new CommandError(
          40392,
          '$arrayToObject requires an array of key-value pairs, where each is [k, v] or {k, v} with a string key',
        );
      return [k, v];
    }),
  );
}

function mergeObjects(values: Value[]): Value {
  const out: Doc = new Map();
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDoc(value))
      throw new CommandError(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`);
    for (const [name, field] of value) out.set(name, field);
  }
  return out;
}

const getField: OperatorCompiler = (operand, compile) => {
  const spec = isDoc(operand) && operand.has('field') ? named('$getField', operand, ['field', 'input']) : undefined;
  const field = spec ? spec.get('field') : operand;
  if (typeof field !== 'string') throw new CommandError(5654602, '$getField requires a constant string as its field');
  const input = compile(spec ? spec.get('input') : '$$CURRENT');
  return (doc, vars) => {
    const value = input(doc, vars);
    return isDoc(value) ? value.get(field) : isNullish(value) ? value : undefined;
  };
};

export const ARRAYS: Record<string, OperatorCompiler> = {
  $size: fixed('$size', 1, ([value]) => {
    if (!Array.isArray(value))
      throw new CommandError(
        17124,
        `The argument to $size must be an array, but was of type: ${value === undefined ? 'missing' : typeName(value)}`,
      );
    return new Int32(value.length);
  }),
  $isArray: fixed('$isArray', 1, ([value]) => Array.isArray(value)),
  $arrayElemAt: fixed('$arrayElemAt', 2, ([array, position]) => {
    const list = arrayOf('$arrayElemAt', array, 28689);
    return !list || isNullish(position)
      ? null
      : at(list, index('$arrayElemAt', position, isNum(position) ? 28691 : 28690));
  }),
  $first: fixed('$first', 1, ([array]) => {
    const list = arrayOf('$first', array, 28689);
    return list ? list[0] : null;
  }),
  $last: fixed('$last', 1, ([array]) => {
    const list = arrayOf('$last', array, 28689);
    return list ? list.at(-1) : null;
  }),
  $slice: variadic('$slice', slice, 2, 3),
  $concatArrays: variadic('$concatArrays', (values) => {
    if (values.some(isNullish)) return null;
    return values.flatMap((value) => {
      if (!Array.isArray(value))
        throw new CommandError(28664, `$concatArrays only supports arrays, not ${typeName(value)}`);
      return value;
    });
  }),
  $in: fixed('$in', 2, ([needle, array]) => {
    if (!Array.isArray(array))
      throw new CommandError(
        40081,
        `$in requires an array as a second argument, found: ${array === undefined ? 'missing' : typeName(array)}`,
      );
    return has(array, needle);
  }),
  $indexOfArray: variadic('$indexOfArray', indexOf, 2, 4),
  $reverseArray: fixed('$reverseArray', 1, ([array]) => arrayOf('$reverseArray', array, 34435)?.toReversed() ?? null),
  $range: variadic('$range', range, 2, 3),
  $filter: filter,
  $map: map,
  $reduce: reduce,
  $setUnion: sets('$setUnion', (lists) => sorted(unique(lists.flat())), 0, Infinity, 17043),
  $setIntersection: sets(
    '$setIntersection',
    ([first = [], ...rest]) => sorted(unique(first).filter((value) => rest.every((list) => has(list, value)))),
    0,
    Infinity,
    17047,
  ),
  $setDifference: sets(
    '$setDifference',
    ([a = [], b = []]) => unique(a).filter((value) => !has(b, value)),
    2,
    2,
    17048,
  ),
  $setEquals: sets(
    '$setEquals',
    ([first = [], ...rest]) =>
      rest.every((list) => list.every((value) => has(first, value)) && first.every((value) => has(list, value))),
    2,
    Infinity,
    17044,
    false,
  ),
  $setIsSubset: sets('$setIsSubset', ([a = [], b = []]) => a.every((value) => has(b, value)), 2, 2, 17046, false),
  $anyElementTrue: fixed('$anyElementTrue', 1, ([array]) => {
    if (!Array.isArray(array))
      throw new CommandError(17041, `$anyElementTrue's argument must be an array, but is ${typeName(array)}`);
    return array.some(truthy);
  }),
  $allElementsTrue: fixed('$allElementsTrue', 1, ([array]) => {
    if (!Array.isArray(array))
      throw new CommandError(17040, `$allElementsTrue's argument must be an array, but is ${typeName(array)}`);
    return array.every(truthy);
  }),
  $objectToArray: fixed('$objectToArray', 1, ([value]) => objectToArray(value)),
  $arrayToObject: fixed('$arrayToObject', 1, ([value]) => arrayToObject(value)),
  $mergeObjects: variadic('$mergeObjects', mergeObjects),
  $getField: getField,
};
