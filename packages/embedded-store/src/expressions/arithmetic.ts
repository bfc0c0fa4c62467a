// Numbers and dates. Types follow the server: int stays int while it fits, then long, then double; decimal wins over all.
import { exactOf } from '../bson/compare.js';
import { addExact, multiplyExact } from '../bson/decimal.js';
import { Decimal128, Int32, isNum, toNumber, typeName, type Num, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { fixed, isNullish, variadic, type OperatorCompiler } from './arguments.js';

const bigOf = (value: Int32 | bigint): bigint => BigInt(value instanceof Int32 ? value.value : value);

/** Whole numbers as int if both were and it fits, else long, else double. */
function whole(result: bigint, ints: boolean): Value {
  if (ints && BigInt.asIntN(32, result) === result) return new Int32(Number(result));
  return BigInt.asIntN(64, result) === result ? result : Number(result);
}

function decimals(name: string, a: Num, b: Num, run: typeof addExact): Value {
  const [left, right] = [exactOf(a), exactOf(b)];
  if (typeof left === 'number' || typeof right === 'number')
    throw notImplemented(`${name} of a decimal with NaN or Infinity`);
  return run(left, right);
}

export function add(a: Num, b: Num): Num {
  if (a instanceof Decimal128 || b instanceof Decimal128) return decimals('$add', a, b, addExact) as Num;
  if (typeof a === 'number' || typeof b === 'number') return (toNumber(a) as number) + (toNumber(b) as number);
  return whole(bigOf(a) + bigOf(b), a instanceof Int32 && b instanceof Int32) as Num;
}

function multiply(a: Num, b: Num): Num {
  if (a instanceof Decimal128 || b instanceof Decimal128) return decimals('$multiply', a, b, multiplyExact) as Num;
  if (typeof a === 'number' || typeof b === 'number') return (toNumber(a) as number) * (toNumber(b) as number);
  return whole(bigOf(a) * bigOf(b), a instanceof Int32 && b instanceof Int32) as Num;
}

const negate = (value: Num): Num => multiply(value, new Int32(-1));

/** Refuse what is no number; the decimal cases we lack are refused too. */
function numberOrThrow(name: string, value: Value, code: number | 'TypeMismatch'): Num {
  if (!isNum(value)) throw new CommandError(code, `${name} only supports numeric types, not ${typeName(value)}`);
  return value;
}

function noDecimal(name: string, value: Num): Exclude<Num, Decimal128> {
  if (value instanceof Decimal128) throw notImplemented(`${name} of a decimal`);
  return value;
}

function plus(value: Value): Num {
  if (isNum(value)) return value;
  throw new CommandError('TypeMismatch', `$add only supports numeric or date types, not ${typeName(value)}`);
}

function addAll(values: Value[]): Value {
  let sum: Num = new Int32(0);
  let date: Date | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date) throw new CommandError(16612, 'only one date allowed in an $add expression');
      date = value;
    } else sum = add(sum, plus(value));
  }
  return date ? shift(date, sum) : sum;
}

/** A date so many milliseconds later. */
export function shift(date: Date, by: Num): Date {
  const time = date.getTime() + Math.round(toNumber(by) ?? 0);
  if (!(Math.abs(time) <= 8.64e15)) throw new CommandError('Overflow', 'date overflow');
  return new Date(time);
}

function subtract([a, b]: Value[]): Value {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date && b instanceof Date) return BigInt(a.getTime() - b.getTime());
  if (a instanceof Date && isNum(b)) return shift(a, negate(b));
  if (isNum(a) && isNum(b)) return add(a, negate(b));
  throw new CommandError('TypeMismatch', `can't $subtract ${typeName(b)} from ${typeName(a)}`);
}

function divide([a, b]: Value[]): Value {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNum(a) || !isNum(b))
    throw new CommandError(
      'TypeMismatch',
      `$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`,
    );
  const [top, bottom] = [toNumber(noDecimal('$divide', a)) as number, toNumber(noDecimal('$divide', b)) as number];
  if (bottom === 0) throw new CommandError('BadValue', "can't $divide by zero");
  return top / bottom;
}

function mod([a, b]: Value[]): Value {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNum(a) || !isNum(b))
    throw new CommandError(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  const [left, right] = [noDecimal('$mod', a), noDecimal('$mod', b)];
  if (toNumber(right) === 0) throw new CommandError(16610, "can't $mod by zero");
  if (typeof left === 'number' || typeof right === 'number')
    return (toNumber(left) as number) % (toNumber(right) as number);
  return whole(bigOf(left) % bigOf(right), left instanceof Int32 && right instanceof Int32);
}

/** abs, ceil, floor: whole numbers keep their type. */
const unary = (
  name: string,
  onDouble: (value: number) => number,
  onWhole?: (value: bigint) => bigint,
): OperatorCompiler =>
  fixed(name, 1, ([value]) => {
    if (isNullish(value)) return null;
    const number = noDecimal(name, numberOrThrow(name, value, 28765));
    if (typeof number === 'number') return onDouble(number);
    return onWhole ? whole(onWhole(bigOf(number)), number instanceof Int32) : number;
  });

const rounding = (name: string, round: (value: number) => number): OperatorCompiler =>
  variadic(
    name,
    ([value, places]) => {
      if (isNullish(value)) return null;
      const number = noDecimal(name, numberOrThrow(name, value, 51081));
      const digits = places === undefined ? 0 : toNumber(places);
      if (digits !== 0) throw notImplemented(`${name} to decimal places`);
      return typeof number === 'number' ? round(number) : number;
    },
    1,
    2,
  );

/** Half to even, as the server rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export const ARITHMETIC: Record<string, OperatorCompiler> = {
  $add: variadic('$add', addAll),
  $subtract: fixed('$subtract', 2, subtract),
  $multiply: variadic('$multiply', (values) => {
    let product: Num = new Int32(1);
    for (const value of values) {
      if (isNullish(value)) return null;
      product = multiply(product, numberOrThrow('$multiply', value, 'TypeMismatch'));
    }
    return product;
  }),
  $divide: fixed('$divide', 2, divide),
  $mod: fixed('$mod', 2, mod),
  $abs: unary('$abs', Math.abs, (value) => (value < 0n ? -value : value)),
  $ceil: unary('$ceil', Math.ceil),
  $floor: unary('$floor', Math.floor),
  $trunc: rounding('$trunc', Math.trunc),
  $round: rounding('$round', roundHalfEven),
};
