// Strings, as the server treats them: case folding knows ASCII only, lengths are in bytes or code points.
import { compareStrings } from '../bson/compare.js';
import { BSONRegExp, Decimal128, Int32, isNum, toNumber, typeName, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { regexTest } from '../regex.js';
import { fixed, isNullish, named, variadic, type OperatorCompiler } from './arguments.js';

/** What $toLower and kin read a value as. */
function textOf(name: string, value: Value): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (isNum(value)) return numberText(value);
  throw new CommandError(16007, `can't convert from BSON type ${typeName(value)} to String (${name})`);
}

/** A number as $toString writes it. */
export function numberText(value: Value): string {
  if (value instanceof Int32) return String(value.value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Decimal128) return value.toString();
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e15) return value.toFixed(0);
  throw notImplemented('the text of a double with a fraction or an exponent');
}

function stringOrThrow(name: string, value: Value, code: number): string {
  if (typeof value !== 'string')
    throw new CommandError(
      code,
      `${name} requires a string argument, found: ${value === undefined ? 'missing' : typeName(value)}`,
    );
  return value;
}

const asciiUpper = (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase());
const asciiLower = (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase());

function whole(name: string, value: Value): number {
  const number = isNum(value) ? toNumber(value) : undefined;
  if (number === undefined || !Number.isInteger(number))
    throw new CommandError(34450, `${name}: starting index and length must be integers, found ${typeName(value)}`);
  return number;
}

function substringCodePoints([text, start, count]: Value[]): Value {
  const points = Array.from(textOf('$substrCP', text));
  const [from, length] = [whole('$substrCP', start), whole('$substrCP', count)];
  if (from < 0 || length < 0)
    throw new CommandError(34455, '$substrCP: the starting index and length must be non-negative integers.');
  return points.slice(from, from + length).join('');
}

function substringBytes([text, start, count]: Value[]): Value {
  const bytes = Buffer.from(textOf('$substrBytes', text));
  const [from, length] = [whole('$substrBytes', start), whole('$substrBytes', count)];
  if (from < 0) throw new CommandError(50752, `$substrBytes: starting index must be non-negative (got: ${from})`);
  const end = length < 0 ? bytes.length : Math.min(bytes.length, from + length);
  const splits = (position: number) => position < bytes.length && ((bytes[position] as number) & 0xc0) === 0x80;
  if (splits(from))
    throw new CommandError(28656, '$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.');
  if (splits(end))
    throw new CommandError(28657, '$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.');
  return bytes.toString('utf8', from, end);
}

/** The characters $trim removes by default: whitespace and the null byte. */
const BLANKS = '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

const trimming =
  (name: string, left: boolean, right: boolean): OperatorCompiler =>
  (operand, compile) => {
    const spec = named(name, operand, ['input'], ['chars']);
    const input = compile(spec.get('input'));
    const given = spec.has('chars') ? compile(spec.get('chars')) : undefined;
    return (doc, vars) => {
      const value = input(doc, vars);
      const chars = given ? given(doc, vars) : BLANKS;
      if (isNullish(value) || isNullish(chars)) return null;
      const points = Array.from(stringOrThrow(name, value, 50699));
      const drop = new Set(stringOrThrow(name, chars, 50700));
      let [start, end] = [0, points.length];
      while (left && start < end && drop.has(points[start] as string)) start++;
      while (right && end > start && drop.has(points[end - 1] as string)) end--;
      return points.slice(start, end).join('');
    };
  };

const replacing =
  (name: string, all: boolean): OperatorCompiler =>
  (operand, compile) => {
    const spec = named(name, operand, ['input', 'find', 'replacement']);
    const parts = ['input', 'find', 'replacement'].map((field) => compile(spec.get(field)));
    return (doc, vars) => {
      const values = parts.map((part) => part(doc, vars));
      if (values.some(isNullish)) return null;
      const [input, find, replacement] = values.map((value) => stringOrThrow(name, value, 51746)) as [
        string,
        string,
        string,
      ];
      if (!all) return input.replace(find, () => replacement);
      if (find === '') throw notImplemented('$replaceAll of the empty string');
      return input.split(find).join(replacement);
    };
  };

const regexMatch: OperatorCompiler = (operand, compile) => {
  const spec = named('$regexMatch', operand, ['input', 'regex'], ['options']);
  const [input, regex] = [compile(spec.get('input')), compile(spec.get('regex'))];
  const options = spec.get('options');
  if (options !== undefined && typeof options !== 'string')
    throw new CommandError(51106, "$regexMatch needs 'options' to be of type string");
  return (doc, vars) => {
    const [text, pattern] = [input(doc, vars), regex(doc, vars)];
    if (isNullish(text) || isNullish(pattern)) return false;
    const expression = typeof pattern === 'string' ? new BSONRegExp(pattern, options ?? '') : pattern;
    if (!(expression instanceof BSONRegExp))
      throw new CommandError(51105, "$regexMatch needs 'regex' to be of type string or regex");
    if (options && typeof pattern !== 'string' && expression.options)
      throw new CommandError(51107, "$regexMatch found regex option(s) specified in both 'regex' and 'option' fields");
    return regexTest(options ? new BSONRegExp(expression.pattern, options) : expression)(
      stringOrThrow('$regexMatch', text, 51104),
    );
  };
};

function split([text, separator]: Value[]): Value {
  if (isNullish(text) || isNullish(separator)) return null;
  const by = stringOrThrow('$split', separator, 40086);
  if (by === '') throw new CommandError(40087, '$split requires a non-empty separator');
  return stringOrThrow('$split', text, 40085).split(by);
}

function indexOf(values: Value[]): Value {
  const [text, wanted, from, to] = values;
  if (isNullish(text)) return null;
  const points = Array.from(stringOrThrow('$indexOfCP', text, 40093));
  const needle = Array.from(stringOrThrow('$indexOfCP', wanted, 40094));
  const start = values.length > 2 ? whole('$indexOfCP', from) : 0;
  const end = Math.min(points.length, values.length > 3 ? whole('$indexOfCP', to) : points.length);
  for (let i = start; i + needle.length <= end; i++)
    if (needle.every((point, k) => points[i + k] === point)) return new Int32(i);
  return new Int32(-1);
}

export const STRINGS: Record<string, OperatorCompiler> = {
  $concat: variadic('$concat', (values) =>
    values.some(isNullish) ? null : values.map((value) => stringOrThrow('$concat', value, 16702)).join(''),
  ),
  $toLower: fixed('$toLower', 1, ([value]) => asciiLower(textOf('$toLower', value))),
  $toUpper: fixed('$toUpper', 1, ([value]) => asciiUpper(textOf('$toUpper', value))),
  $strcasecmp: fixed(
    '$strcasecmp',
    2,
    ([a, b]) => new Int32(compareStrings(asciiUpper(textOf('$strcasecmp', a)), asciiUpper(textOf('$strcasecmp', b)))),
  ),
  $strLenCP: fixed('$strLenCP', 1, ([value]) => new Int32(Array.from(stringOrThrow('$strLenCP', value, 34471)).length)),
  $strLenBytes: fixed(
    '$strLenBytes',
    1,
    ([value]) => new Int32(Buffer.byteLength(stringOrThrow('$strLenBytes', value, 34473))),
  ),
  $substrCP: fixed('$substrCP', 3, substringCodePoints),
  $substrBytes: fixed('$substrBytes', 3, substringBytes),
  $substr: fixed('$substr', 3, substringBytes),
  $split: fixed('$split', 2, split),
  $trim: trimming('$trim', true, true),
  $ltrim: trimming('$ltrim', true, false),
  $rtrim: trimming('$rtrim', false, true),
  $replaceOne: replacing('$replaceOne', false),
  $replaceAll: replacing('$replaceAll', true),
  $indexOfCP: variadic('$indexOfCP', indexOf, 2, 4),
  $regexMatch: regexMatch,
};
