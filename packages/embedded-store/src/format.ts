// Values as text, for error messages.
import { Binary, BSONRegExp, Int32, isDoc, ObjectId, typeName, type Value } from './bson/values.js';

/** As the server's BSON toString writes values in messages. */
export function format(value: Value): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'undefined';
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Int32) return String(value.value);
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof Binary)
    return value.sub_type === 4
      ? `UUID("${uuidText(value)}")`
      : `BinData(${value.sub_type}, ${Buffer.from(value.buffer).toString('hex').toUpperCase()})`;
  if (Array.isArray(value)) return value.length ? `[ ${value.map(format).join(', ')} ]` : '[]';
  if (isDoc(value))
    return value.size ? `{ ${[...value].map(([name, field]) => `${name}: ${format(field)}`).join(', ')} }` : '{}';
  return typeName(value);
}

const uuidText = (value: Binary) =>
  Buffer.from(value.buffer)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
