// Values -> bytes whose memcmp order is BSON's comparison order, so that LMDB keeps indexes sorted.
// Every encoding is prefix-free: a compound key is the concatenation, a descending field has all its bits turned.
import { bracket } from './compare.js';
import type { Binary, BSONRegExp, ObjectId, Timestamp } from './values.js';
import { Int32, isDoc, type Num, type Value } from './values.js';

/** The longest key of one index entry, in bytes: LMDB's limit less what the layout puts around it. */
export const MAX_KEY_BYTES = 1900;

let buffer = Buffer.allocUnsafe(4096);
let at = 0;

function room(size: number): void {
  if (at + size <= buffer.length) return;
  const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + size));
  buffer.copy(grown, 0, 0, at);
  buffer = grown;
}

/** Encode the values of one compound key; `descending[i]` turns field i around. */
export function encodeKey(values: readonly Value[], descending: readonly boolean[]): Buffer {
  at = 0;
  for (let i = 0; i < values.length; i++) {
    const start = at;
    write(values[i]);
    if (descending[i]) for (let j = start; j < at; j++) buffer[j] = 255 - (buffer[j] as number);
  }
  return Buffer.from(buffer.subarray(0, at));
}

/** The encoding of one ascending value. */
export const encodeValue = (value: Value): Buffer => encodeKey([value], [false]);

/** Turn all bits, so that ascending bytes become descending ones. */
export function invert(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = 255 - (bytes[i] as number);
  return out;
}

/** The smallest bytes greater than all that begin with `prefix`. */
export function successor(prefix: Buffer): Buffer {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] as number;
    if (byte < 255) {
      const out = Buffer.from(prefix.subarray(0, i + 1));
      out[i] = byte + 1;
      return out;
    }
  }
  return Buffer.from([255, 255, 255, 255, 255, 255]);
}

function write(value: Value): void {
  const type = bracket(value);
  room(16);
  buffer[at++] = type;
  switch (type) {
    case 16:
      writeNumber(value as Num);
      return;
    case 32:
      writeText(value as string);
      return;
    case 80:
      buffer[at++] = value === true ? 1 : 0;
      return;
    case 72:
      room(12);
      buffer.set((value as ObjectId).id, at);
      at += 12;
      return;
    case 88: {
      const time = (value as Date).getTime();
      const high = Math.floor(time / 0x1_0000_0000);
      at = buffer.writeUInt32BE(high + 0x8000_0000, at);
      at = buffer.writeUInt32BE(time - high * 0x1_0000_0000, at);
      return;
    }
    case 90:
      at = buffer.writeUInt32BE((value as Timestamp).t, at);
      at = buffer.writeUInt32BE((value as Timestamp).i, at);
      return;
    case 64: {
      const binary = value as Binary;
      at = buffer.writeUInt32BE(binary.position, at);
      buffer[at++] = binary.sub_type;
      writeBytes(binary.buffer.subarray(0, binary.position));
      return;
    }
    case 96:
      writeText((value as BSONRegExp).pattern);
      writeText((value as BSONRegExp).options);
      return;
    default:
      writeRest(value);
  }
}

function writeRest(value: Value): void {
  if (isDoc(value)) {
    for (const [name, field] of value) {
      room(1);
      buffer[at++] = bracket(field);
      writeText(name);
      write(field);
    }
    buffer[at++] = 0;
    return;
  }
  if (Array.isArray(value)) {
    for (const element of value) write(element);
    room(1);
    buffer[at++] = 0;
  }
}

function writeBytes(bytes: Uint8Array): void {
  room(bytes.length + 1);
  buffer.set(bytes, at);
  at += bytes.length;
}

/** UTF-8 with 0 and 1 escaped, ended by 0. */
function writeText(text: string): void {
  room(text.length * 6 + 2);
  const start = at;
  at += buffer.write(text, at, 'utf8');
  for (let i = start; i < at; i++) {
    if ((buffer[i] as number) <= 1) {
      escapeFrom(start, i);
      break;
    }
  }
  buffer[at++] = 0;
}

function escapeFrom(start: number, first: number): void {
  const plain = Buffer.from(buffer.subarray(start, at));
  at = first;
  for (const byte of plain.subarray(first - start)) {
    if (byte <= 1) buffer[at++] = 1;
    buffer[at++] = byte <= 1 ? byte + 1 : byte;
  }
}

/**
 * A number is the greatest double that is not above it, then 0 if that is exact, else 1 and the decimal digits of the long.
 * So 1, 1.0 and NumberLong(1) have one key, and nothing is rounded.
 */
function writeNumber(value: Num): void {
  if (typeof value !== 'bigint') {
    writeDouble(value instanceof Int32 ? value.value : value);
    buffer[at++] = 0;
    return;
  }
  const near = Number(value);
  const order = BigInt(near) - value;
  writeDouble(order > 0n ? previous(near) : near);
  buffer[at++] = order === 0n ? 0 : 1;
  if (order !== 0n) writeDigits(value);
}

/** Sortable bits: the sign turned, and all bits of negatives; NaN below everything. */
function writeDouble(value: number): void {
  if (Number.isNaN(value)) {
    buffer.fill(0, at, at + 8);
    at += 8;
    return;
  }
  buffer.writeDoubleBE(value === 0 ? 0 : value, at);
  if ((buffer[at] as number) & 0x80) for (let i = at; i < at + 8; i++) buffer[i] = 255 - (buffer[i] as number);
  else buffer[at] = (buffer[at] as number) | 0x80;
  at += 8;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The next double below. Not for zero. */
function previous(value: number): number {
  scratch.setFloat64(0, value);
  scratch.setBigInt64(0, scratch.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return scratch.getFloat64(0);
}

/** How many digits, then the digits, inverted for negatives: enough to order longs between two neighbouring doubles. */
function writeDigits(value: bigint): void {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString();
  const start = at;
  room(2 + digits.length + 1);
  at = buffer.writeUInt16BE(digits.length + 0x8000, at);
  const trimmed = digits.replace(/0+$/, '');
  at += buffer.write(trimmed, at, 'latin1');
  buffer[at++] = 0;
  if (negative) for (let i = start; i < at; i++) buffer[i] = 255 - (buffer[i] as number);
}
