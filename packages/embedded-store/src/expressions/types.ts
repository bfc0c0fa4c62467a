// Types, conversions and dates. Dates are taken in UTC: time zones are refused.
import { Decimal128, Int32, isDoc, isNum, ObjectId, toNumber, truthy, typeName, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { format } from '../format.js';
import { fixed, isNullish, named, type OperatorCompiler } from './arguments.js';
import { numberText } from './strings.js';

const cannot = (value: Value, to: string) =>
  new CommandError(241, `Unsupported conversion from ${typeName(value)} to ${to} in $convert with no onError value`);

const failed = (value: Value, to: string) =>
  new CommandError(
    241,
    `Failed to parse ${typeof value === 'string' ? `'${value}'` : typeName(value)} as ${to} in $convert with no onError value`,
  );

const conversion = (name: string, convert: (value: NonNullable<Value>) => Value): OperatorCompiler =>
  fixed(name, 1, ([value]) => (isNullish(value) ? null : convert(value)));

function toLong(value: NonNullable<Value>): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Int32) return BigInt(value.value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof Date) return BigInt(value.getTime());
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63)
      throw new CommandError(241, 'Conversion would overflow target type in $convert with no onError value');
    return BigInt(Math.trunc(value));
  }
  if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value)) throw failed(value, 'long');
    const parsed = BigInt(value.replace('+', ''));
    if (BigInt.asIntN(64, parsed) !== parsed) throw failed(value, 'long');
    return parsed;
  }
  if (value instanceof Decimal128) throw notImplemented('the conversion of a decimal');
  throw cannot(value, 'long');
}

function toInt(value: NonNullable<Value>): Value {
  if (value instanceof Date) throw cannot(value, 'int');
  const long = toLong(value);
  if (BigInt.asIntN(32, long) !== long)
    throw new CommandError(241, 'Conversion would overflow target type in $convert with no onError value');
  return new Int32(Number(long));
}

function toDouble(value: NonNullable<Value>): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  if (value instanceof Decimal128) throw notImplemented('the conversion of a decimal');
  if (isNum(value)) return toNumber(value);
  if (typeof value === 'string') {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) throw failed(value, 'double');
    return Number(value);
  }
  throw cannot(value, 'double');
}

function toDate(value: NonNullable<Value>): Value {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (typeof value === 'bigint' || typeof value === 'number') return new Date(Number(toLong(value)));
  if (typeof value === 'string') {
    if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(value))
      throw notImplemented(`$toDate of '${value}': only ISO 8601 with a zone is read`);
    const time = new Date(value);
    if (Number.isNaN(time.getTime())) throw failed(value, 'date');
    return time;
  }
  throw cannot(value, 'date');
}

function toText(value: NonNullable<Value>): Value {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNum(value)) return numberText(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return value.toISOString();
  throw cannot(value, 'string');
}

function toObjectId(value: NonNullable<Value>): Value {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw cannot(value, 'objectId');
  if (!/^[0-9a-f]{24}$/i.test(value)) throw failed(value, 'objectId');
  return new ObjectId(value);
}

/** A part of a date in UTC. */
const part =
  (read: (date: Date) => number): OperatorCompiler =>
  (operand, compile) => {
    if (isDoc(operand) && (operand.has('timezone') || operand.has('date'))) {
      if (operand.has('timezone')) throw notImplemented('timezone');
      operand = operand.get('date');
    }
    const input = compile(Array.isArray(operand) && operand.length === 1 ? operand[0] : operand);
    return (doc, vars) => {
      const value = input(doc, vars);
      if (isNullish(value)) return null;
      const date = value instanceof ObjectId ? value.getTimestamp() : value;
      if (!(date instanceof Date))
        throw new CommandError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
      return new Int32(read(date));
    };
  };

/** Milliseconds of the units that are always equally long in UTC. */
const UNITS: Record<string, number> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const shifting =
  (name: string, sign: 1 | -1): OperatorCompiler =>
  (operand, compile) => {
    const spec = named(name, operand, ['startDate', 'unit', 'amount'], ['timezone']);
    if (spec.has('timezone')) throw notImplemented('timezone');
    const [start, unit, amount] = ['startDate', 'unit', 'amount'].map((field) => compile(spec.get(field)));
    return (doc, vars) => {
      const [date, length, count] = [start?.(doc, vars), unit?.(doc, vars), amount?.(doc, vars)];
      if (isNullish(date) || isNullish(length) || isNullish(count)) return null;
      if (!(date instanceof Date))
        throw new CommandError(5166403, `${name} requires startDate to be convertible to a date`);
      const number = toNumber(count);
      if (number === undefined || !Number.isInteger(number))
        throw new CommandError(5166405, `${name} expects integer amount of time units`);
      const ms = typeof length === 'string' ? UNITS[length] : undefined;
      if (!ms) throw notImplemented(`${name} by ${format(length)}`);
      return new Date(date.getTime() + sign * number * ms);
    };
  };

export const TYPES: Record<string, OperatorCompiler> = {
  $type: fixed('$type', 1, ([value]) => (value === undefined ? 'missing' : typeName(value))),
  $isNumber: fixed('$isNumber', 1, ([value]) => isNum(value)),
  $toInt: conversion('$toInt', toInt),
  $toLong: conversion('$toLong', toLong),
  $toDouble: conversion('$toDouble', toDouble),
  $toBool: conversion('$toBool', truthy),
  $toString: conversion('$toString', toText),
  $toDate: conversion('$toDate', toDate),
  $toObjectId: conversion('$toObjectId', toObjectId),
  $year: part((date) => date.getUTCFullYear()),
  $month: part((date) => date.getUTCMonth() + 1),
  $dayOfMonth: part((date) => date.getUTCDate()),
  $dayOfWeek: part((date) => date.getUTCDay() + 1),
  $hour: part((date) => date.getUTCHours()),
  $minute: part((date) => date.getUTCMinutes()),
  $second: part((date) => date.getUTCSeconds()),
  $millisecond: part((date) => date.getUTCMilliseconds()),
  $dateAdd: shifting('$dateAdd', 1),
  $dateSubtract: shifting('$dateSubtract', -1),
};
