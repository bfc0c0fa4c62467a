// Exact arithmetic on numbers of different types: a finite number is coefficient x 10^exponent, kept in BigInt.
import { Decimal128 } from './values.js';

export interface Exact {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const PARSE = /^([+-]?)(\d*)(?:\.(\d*))?(?:E([+-]?\d+))?$/i;

/** The exact value of a decimal, or NaN / ±Infinity as a double. */
export function fromDecimal(value: Decimal128): Exact | number {
  const text = value.toString();
  const match = PARSE.exec(text);
  if (!match) return Number(text);
  const [, sign, whole = '', fraction = '', exponent] = match;
  const digits = BigInt(`${whole}${fraction}` || '0');
  return { coefficient: sign === '-' ? -digits : digits, exponent: Number(exponent ?? 0) - fraction.length };
}

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double. */
export function fromDouble(value: number): Exact {
  if (Number.isSafeInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  let coefficient = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const power = Math.max(biased, 1) - 1075;
  if (value < 0) coefficient = -coefficient;
  if (power >= 0) return { coefficient: coefficient << BigInt(power), exponent: 0 };
  // c / 2^n = c * 5^n / 10^n
  return { coefficient: coefficient * 5n ** BigInt(-power), exponent: power };
}

const TEN = 10n;

const align = (a: Exact, exponent: number) => a.coefficient * TEN ** BigInt(a.exponent - exponent);

/** -1, 0 or 1. */
export function compareExact(a: Exact, b: Exact): number {
  const signA = a.coefficient === 0n ? 0 : a.coefficient < 0n ? -1 : 1;
  const signB = b.coefficient === 0n ? 0 : b.coefficient < 0n ? -1 : 1;
  if (signA !== signB) return signA < signB ? -1 : 1;
  if (signA === 0) return 0;
  const sizeA = digits(a) + a.exponent;
  const sizeB = digits(b) + b.exponent;
  if (sizeA !== sizeB) return sizeA < sizeB === signA > 0 ? -1 : 1;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = align(a, exponent);
  const right = align(b, exponent);
  return left === right ? 0 : left < right ? -1 : 1;
}

const digits = (a: Exact) => (a.coefficient < 0n ? -a.coefficient : a.coefficient).toString().length;

/** Sum or product as a Decimal128, rounded half even to 34 digits. */
export function addExact(a: Exact, b: Exact): Decimal128 {
  if (Math.abs(a.exponent - b.exponent) > 400)
    return toDecimal(digits(a) + a.exponent > digits(b) + b.exponent ? a : b);
  const exponent = Math.min(a.exponent, b.exponent);
  return toDecimal({ coefficient: align(a, exponent) + align(b, exponent), exponent });
}

export const multiplyExact = (a: Exact, b: Exact): Decimal128 =>
  toDecimal({ coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent });

/** The nearest decimal of 34 digits. */
export function toDecimal(value: Exact): Decimal128 {
  let { coefficient, exponent } = value;
  const excess = digits(value) - 34;
  if (excess > 0) {
    const unit = TEN ** BigInt(excess);
    const negative = coefficient < 0n;
    const size = negative ? -coefficient : coefficient;
    let rounded = size / unit;
    const rest = (size % unit) * 2n;
    if (rest > unit || (rest === unit && rounded % 2n === 1n)) rounded += 1n;
    coefficient = negative ? -rounded : rounded;
    exponent += excess;
  }
  return Decimal128.fromString(`${coefficient}E${exponent}`);
}
