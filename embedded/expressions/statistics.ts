// $sum, $avg, $min, $max: as accumulators of $group, and as expressions over their operands or one array.
import { compare } from '../bson/compare.js';
import { Decimal128, Int32, isNum, toNumber, type Num, type Value } from '../bson/values.js';
import { notImplemented } from '../errors.js';
import { isNullish, type OperatorCompiler } from './arguments.js';
import { add } from './arithmetic.js';

/** Numbers only; 0 if there are none. */
export const sum = (values: readonly Value[]): Value => values.filter(isNum).reduce<Num>(add, new Int32(0));

/** A double; null if there are no numbers. */
export function average(values: readonly Value[]): Value {
  const numbers = values.filter(isNum);
  if (numbers.length === 0) return null;
  if (numbers.some((value) => value instanceof Decimal128)) throw notImplemented('$avg of decimals');
  return (toNumber(sum(numbers)) as number) / numbers.length;
}

const best = (values: readonly Value[], sign: 1 | -1): Value => {
  let found: Value = null;
  for (const value of values)
    if (!isNullish(value) && (found === null || compare(value, found) === sign)) found = value;
  return found;
};

export const minimum = (values: readonly Value[]): Value => best(values, -1);
export const maximum = (values: readonly Value[]): Value => best(values, 1);

/** One operand that is an array stands for its elements; among several, an array is just a value. */
const over =
  (run: (values: readonly Value[]) => Value): OperatorCompiler =>
  (operand, compile) => {
    const parts = (Array.isArray(operand) ? operand : [operand]).map(compile);
    return (doc, vars) => {
      const values = parts.map((part) => part(doc, vars));
      const [only] = values;
      return run(values.length === 1 && Array.isArray(only) ? only : values);
    };
  };

export const STATISTICS: Record<string, OperatorCompiler> = {
  $sum: over(sum),
  $avg: over(average),
  $min: over(minimum),
  $max: over(maximum),
};
