// $group, $count, $sortByCount.
import { compare } from '../bson/compare.js';
import { encodeValue } from '../bson/keys.js';
import { Int32, integer, isDoc, toNumber, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileExpression, type Expression, type Variables } from '../expression.js';
import { isNullish } from '../expressions/arguments.js';
import { unique } from '../expressions/arrays.js';
import { maximum, minimum, Sum } from '../expressions/statistics.js';
import type { Stage } from './index.js';

/** Collects the values of one field of one group. */
interface Accumulator {
  add(value: Value): void;
  result(): Value;
}

/** Keeps what a fold needs instead of all values. */
function folding(start: Value, fold: (held: Value, value: Value) => Value): Accumulator {
  let held = start;
  return { add: (value) => (held = fold(held, value)), result: () => held };
}

function listing(finish: (values: Value[]) => Value, skipMissing = false): Accumulator {
  const values: Value[] = [];
  return {
    add: (value) => {
      if (!skipMissing || value !== undefined) values.push(value);
    },
    result: () => finish(values),
  };
}

function summing(finish: (sum: Sum) => Value): Accumulator {
  const sum = new Sum();
  return { add: (value) => sum.add(value), result: () => finish(sum) };
}

function firstOnly(): Accumulator {
  let held: { value: Value } | undefined;
  return { add: (value) => (held ??= { value }), result: () => held?.value };
}

const ACCUMULATORS: Record<string, () => Accumulator> = {
  $sum: () => summing((sum) => sum.total),
  $avg: () => summing((sum) => sum.average),
  $min: () => folding(null, (held, value) => minimum([held, value])),
  $max: () => folding(null, (held, value) => maximum([held, value])),
  $first: firstOnly,
  $last: () => folding(null, (_held, value) => value),
  $push: () => listing((values) => values, true),
  $addToSet: () => listing(unique, true),
  $count: () => {
    let n = 0;
    return { add: () => n++, result: () => integer(n) };
  },
  $mergeObjects: () =>
    folding(new Map(), (held, value) => {
      if (isNullish(value)) return held;
      if (!isDoc(value)) throw new CommandError(40400, '$mergeObjects requires object inputs');
      return new Map([...(held as Doc), ...value]);
    }),
};

export const ACCUMULATOR_NAMES: readonly string[] = Object.keys(ACCUMULATORS);

const KNOWN = new Set(
  '$accumulator $bottom $bottomN $firstN $lastN $maxN $minN $stdDevPop $stdDevSamp $top $topN $median $percentile'.split(
    ' ',
  ),
);

interface Field {
  readonly name: string;
  readonly make: () => Accumulator;
  readonly expression: Expression;
}

function parseField(name: string, spec: Value): Field {
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  if (!isDoc(spec)) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  const [[operator, operand] = ['', undefined]] = spec;
  if (spec.size !== 1) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  const make = ACCUMULATORS[operator];
  if (!make)
    throw KNOWN.has(operator)
      ? notImplemented(`the accumulator ${operator}`)
      : new CommandError(15952, `unknown group operator '${operator}'`);
  if (operator === '$count' && !(isDoc(operand) && operand.size === 0))
    throw new CommandError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
  return { name, make, expression: compileExpression(operator === '$count' ? null : operand) };
}

export function group(operand: Value, variables: Variables): Stage {
  if (!isDoc(operand)) throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!operand.has('_id')) throw new CommandError(15955, 'a group specification must include an _id');
  const id = compileExpression(operand.get('_id'));
  const fields = [...operand].filter(([name]) => name !== '_id').map(([name, spec]) => parseField(name, spec));
  return function* (docs) {
    const groups = new Map<string, { id: Value; accumulators: Accumulator[] }>();
    for (const doc of docs) {
      const vars = { ...variables, ROOT: doc };
      const key = id(doc, vars) ?? null;
      const text = encodeValue(key).toString('latin1');
      let found = groups.get(text);
      if (!found) groups.set(text, (found = { id: key, accumulators: fields.map(({ make }) => make()) }));
      for (const [i, field] of fields.entries()) found.accumulators[i]?.add(field.expression(doc, vars));
    }
    for (const { id: key, accumulators } of groups.values())
      yield new Map<string, Value>([
        ['_id', key],
        ...fields.map(({ name }, i): [string, Value] => [name, accumulators[i]?.result() ?? null]),
      ]);
  };
}

export function counting(operand: Value): Stage {
  if (typeof operand !== 'string' || operand === '')
    throw new CommandError(40156, 'the count field must be a non-empty string');
  if (operand.startsWith('$') || operand.includes('.'))
    throw new CommandError(40158, "the count field cannot be a $-prefixed path or contain '.'");
  return function* (docs) {
    let n = 0;
    for (const doc of docs) n += doc.size >= 0 ? 1 : 0;
    if (n > 0) yield new Map([[operand, integer(n)]]);
  };
}

export function sortByCount(operand: Value, variables: Variables): Stage {
  if (!(typeof operand === 'string' && operand.startsWith('$')) && !isDoc(operand))
    throw new CommandError(
      40148,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  const grouped = group(
    new Map<string, Value>([
      ['_id', operand],
      ['count', new Map([['$sum', new Int32(1)]])],
    ]),
    variables,
  );
  return function* (docs) {
    yield* [...grouped(docs)].sort((a, b) => compare(b.get('count'), a.get('count')));
  };
}

/** `{ $group: { _id: 1, n: { $sum: 1 } } }` and `{ $count: "n" }`: what countDocuments sends, answered from a mere count. */
export function countOnly(name: string, operand: Value): ((n: number) => Doc) | undefined {
  if (name === '$count' && typeof operand === 'string' && operand !== '' && !/[.$]/.test(operand))
    return (n) => new Map([[operand, integer(n)]]);
  if (name !== '$group' || !isDoc(operand) || operand.size !== 2) return undefined;
  const id = operand.get('_id');
  const field = [...operand.keys()].find((key) => key !== '_id');
  const spec = operand.get(field ?? '');
  if (field === undefined || !isDoc(spec) || spec.size !== 1) return undefined;
  const one = spec.get('$sum');
  if (!(one instanceof Int32) || toNumber(one) !== 1 || !(id === null || id instanceof Int32)) return undefined;
  return (n) =>
    new Map<string, Value>([
      ['_id', id],
      [field, integer(n)],
    ]);
}
