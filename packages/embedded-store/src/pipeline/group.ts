// $group with $sum, and $count.
import { encodeValue } from '../bson/keys.js';
import { Int32, integer, isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileExpression, type Expression } from './fields.js';
import { collect, type Stage } from './stage.js';
import { Sum } from './sum.js';

/** Accumulators that only MongoDB has. */
const ONLY_MONGODB = new Set(
  (
    '$accumulator $addToSet $avg $bottom $bottomN $count $first $firstN $last $lastN $max $maxN $median $mergeObjects $min $minN ' +
    '$percentile $push $stdDevPop $stdDevSamp $top $topN'
  ).split(' '),
);

interface Field {
  readonly name: string;
  readonly summed: Expression;
}

function parseField(name: string, spec: Value): Field {
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  if (!isDoc(spec)) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  const [[operator, operand] = ['', undefined]] = spec;
  if (spec.size !== 1) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  if (ONLY_MONGODB.has(operator)) throw notImplemented(`the accumulator ${operator}`);
  if (operator !== '$sum') throw new CommandError(15952, `unknown group operator '${operator}'`);
  return { name, summed: compileExpression(operand) };
}

export function group(operand: Value): Stage {
  if (!isDoc(operand)) throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!operand.has('_id')) throw new CommandError(15955, 'a group specification must include an _id');
  const id = compileExpression(operand.get('_id'));
  const fields = [...operand].filter(([name]) => name !== '_id').map(([name, spec]) => parseField(name, spec));
  return collect(() => {
    const groups = new Map<string, { id: Value; sums: Sum[] }>();
    const take = (doc: Doc) => {
      const key = id(doc) ?? null;
      const text = encodeValue(key).toString('latin1');
      let found = groups.get(text);
      if (!found) groups.set(text, (found = { id: key, sums: fields.map(() => new Sum()) }));
      for (const [i, { summed }] of fields.entries()) found.sums[i]?.add(summed(doc));
    };
    const answer = ({ id: key, sums }: { id: Value; sums: Sum[] }): Doc =>
      new Map<string, Value>([['_id', key], ...fields.map(({ name }, i): [string, Value] => [name, sums[i]?.total])]);
    return { take, end: () => [...groups.values()].map(answer) };
  });
}

export function counting(operand: Value): Stage {
  const name = countField(operand);
  return collect(() => {
    let n = 0;
    return { take: () => void n++, end: () => (n > 0 ? [new Map([[name, integer(n)]])] : []) };
  });
}

function countField(operand: Value): string {
  if (typeof operand !== 'string') throw new CommandError(40156, 'the count field must be a non-empty string');
  if (operand === '') throw new CommandError(40157, 'the count field must be a non-empty string');
  if (operand.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
  if (operand.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
  if (operand === '_id') throw new CommandError(15948, "a group's fields must not include '_id'");
  return operand;
}

/** `{ $group: { _id: 1, n: { $sum: 1 } } }` and `{ $count: "n" }`: what countDocuments sends, answered from a mere count. */
export function countOnly(name: string, operand: Value): ((n: number) => Doc) | undefined {
  if (name === '$count') {
    const field = countField(operand);
    return (n) => new Map([[field, integer(n)]]);
  }
  if (name !== '$group' || !isDoc(operand) || operand.size !== 2) return undefined;
  const id = operand.get('_id');
  const field = [...operand.keys()].find((key) => key !== '_id');
  const spec = operand.get(field ?? '');
  if (field === undefined || /[.$]/.test(field) || !isDoc(spec) || spec.size !== 1) return undefined;
  const one = spec.get('$sum');
  if (!(one instanceof Int32) || one.value !== 1 || !(id === null || id instanceof Int32)) return undefined;
  return (n) =>
    new Map<string, Value>([
      ['_id', id],
      [field, integer(n)],
    ]);
}
