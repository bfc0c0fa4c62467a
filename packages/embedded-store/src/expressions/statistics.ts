// $sum, $avg, $min, $max: as accumulators of $group, and as expressions over their operands or one array.
import { compare, exactOf } from '../bson/compare.js';
import { addExact, type Exact } from '../bson/decimal.js';
import type { Decimal128 } from '../bson/values.js';
import { Int32, isNum, type Num, type Value } from '../bson/values.js';
import { notImplemented } from '../errors.js';
import { isNullish, type OperatorCompiler } from './arguments.js';

/**
 * A running sum that ends as the server's does: whole numbers are added exactly, doubles together with what rounding takes
 * from them (Knuth's two-sum, as in the server's DoubleDoubleSummation), decimals apart.
 */
export class Sum {
  count = 0;
  private whole = 0n;
  private high = 0;
  private low = 0;
  /** The plain sum, for infinities, which the other cannot take. */
  private plain = 0;
  private decimal: Decimal128 | undefined;
  private long = false;
  private double = false;

  /** Anything but a number is passed over. */
  add(value: Value): void {
    if (!isNum(value)) return;
    this.count++;
    if (value instanceof Int32) this.whole += BigInt(value.value);
    else if (typeof value === 'bigint') {
      this.whole += value;
      this.long = true;
    } else if (typeof value === 'number') {
      this.double = true;
      this.addDouble(value);
    } else this.decimal = this.decimal ? plus(this.decimal, value) : value;
  }

  private addDouble(value: number): void {
    this.plain += value;
    const sum = this.high + value;
    const part = sum - this.high;
    this.low += this.high - (sum - part) + (value - part);
    this.high = sum;
  }

  /** The sum of all but the decimals, as a double. */
  private get number(): number {
    const above = Number(this.whole);
    const all = new Sum();
    Object.assign(all, { high: this.high, low: this.low, plain: this.plain });
    all.addDouble(above);
    if (BigInt(above) !== this.whole) all.addDouble(Number(this.whole - BigInt(above)));
    const sum = all.high + all.low;
    return Number.isNaN(sum) ? all.plain : sum;
  }

  /** Of the widest type among the numbers; 0 if there were none. */
  get total(): Value {
    if (this.decimal) {
      const whole = this.whole === 0n ? this.decimal : plus(this.decimal, this.whole);
      return this.double ? plus(plus(whole, this.high), this.low) : whole;
    }
    if (this.double || BigInt.asIntN(64, this.whole) !== this.whole) return this.number;
    return this.long || BigInt.asIntN(32, this.whole) !== this.whole ? this.whole : new Int32(Number(this.whole));
  }

  /** A double; null if there were no numbers. */
  get average(): Value {
    if (this.decimal) throw notImplemented('$avg of decimals');
    return this.count ? this.number / this.count : null;
  }
}

function plus(a: Num, b: Num): Decimal128 {
  const [left, right] = [exactOf(a), exactOf(b)];
  if (typeof left === 'number' || typeof right === 'number')
    throw notImplemented('$sum of a decimal with NaN or Infinity');
  return addExact(left, right satisfies Exact);
}

function summed(values: readonly Value[]): Sum {
  const sum = new Sum();
  for (const value of values) sum.add(value);
  return sum;
}

/** Numbers only; 0 if there are none. */
const sum = (values: readonly Value[]): Value => summed(values).total;

const average = (values: readonly Value[]): Value => summed(values).average;

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
