// Values -> bytes. The one growing buffer is reused; what is returned is a copy of its own.
import { Binary, BSONRegExp, Int32, ObjectId, Timestamp, typeOf, type Doc, type Value } from './values.js';
import { CommandError } from '../errors.js';
import { MAX_DEPTH, RawDoc } from './decode.js';

/**
 * What a reply may hold: values, stored documents sent as they lie on disk ({@link RawDoc}), and arrays and maps of these.
 * Not spelt as a recursive type, on which typescript-eslint's no-unsafe-class-instance-assignment never ends.
 */
export type Encodable = unknown;
export type EncodableDoc = ReadonlyMap<string, Encodable>;

let buffer = Buffer.allocUnsafe(64 * 1024);
let at = 0;

/** Bytes that a reply may keep between calls; a larger one is given back. */
const KEEP = 4 * 1024 * 1024;

function room(size: number): void {
  if (at + size <= buffer.length) return;
  const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + size));
  buffer.copy(grown, 0, 0, at);
  buffer = grown;
}

/** Documents and arrays around what is being written, and how many there may be. */
let depth = 0;
let maxDepth = Infinity;

/** Encode a document that is to be stored. Throws Overflow if it is nested too deeply to be read again. */
export const encodeStored = (value: EncodableDoc): Buffer => encode(value, MAX_DEPTH);

/** Encode a document. Not re-entrant (one thread, no await inside). */
export const encode = (value: EncodableDoc, limit = Infinity): Buffer => encodeAfter(0, value, limit);

/** The same behind `head` bytes, which are left for the caller to fill. */
export function encodeAfter(head: number, value: EncodableDoc, limit = Infinity): Buffer {
  at = head;
  depth = -1;
  maxDepth = limit;
  writeDoc(value);
  const out = Buffer.from(buffer.subarray(0, at));
  if (buffer.length > KEEP) buffer = Buffer.allocUnsafe(64 * 1024);
  return out;
}

function writeDoc(value: EncodableDoc): void {
  const start = open();
  for (const [name, field] of value) writeElement(name, field);
  close(start);
}

function writeArray(value: readonly Encodable[]): void {
  const start = open();
  for (let i = 0; i < value.length; i++) writeElement(String(i), value[i]);
  close(start);
}

/** Leave room for the length of a document or array; returns where it begins. */
function open(): number {
  if (++depth > maxDepth) throw new CommandError('Overflow', `BSON nested deeper than ${maxDepth} levels`);
  const start = at;
  room(4);
  at += 4;
  return start;
}

function close(start: number): void {
  depth--;
  room(1);
  buffer[at++] = 0;
  buffer.writeInt32LE(at - start, start);
}

function writeCString(text: string): void {
  room(text.length * 3 + 1);
  at += buffer.write(text, at, 'utf8');
  buffer[at++] = 0;
}

function writeBytes(bytes: Uint8Array): void {
  room(bytes.length);
  buffer.set(bytes, at);
  at += bytes.length;
}

function writeElement(name: string, value: Encodable): void {
  const type = value instanceof RawDoc ? 3 : typeOf(value as Value);
  room(1);
  buffer[at++] = type;
  writeCString(name);
  writeValue(value);
}

function writeValue(value: Encodable): void {
  room(16);
  switch (typeof value) {
    case 'number':
      at = buffer.writeDoubleLE(value, at);
      return;
    case 'string': {
      const start = at;
      at += 4;
      writeCString(value);
      buffer.writeInt32LE(at - start - 4, start);
      return;
    }
    case 'boolean':
      buffer[at++] = value ? 1 : 0;
      return;
    case 'bigint':
      at = buffer.writeBigInt64LE(value, at);
      return;
    case 'undefined':
      return;
    default:
      if (value !== null) writeObject(value as object);
  }
}

function writeObject(value: object): void {
  if (value instanceof Map) writeDoc(value as Doc);
  else if (Array.isArray(value)) writeArray(value as Encodable[]);
  else if (value instanceof RawDoc) writeBytes(value.bytes);
  else if (value instanceof Int32) at = buffer.writeInt32LE(value.value, at);
  else if (value instanceof ObjectId) writeBytes(value.id);
  else if (value instanceof Date) {
    const time = value.getTime();
    const high = Math.floor(time / 0x1_0000_0000);
    at = buffer.writeUInt32LE(time - high * 0x1_0000_0000, at);
    at = buffer.writeInt32LE(high, at);
  } else if (value instanceof Binary) {
    at = buffer.writeInt32LE(value.position, at);
    buffer[at++] = value.sub_type;
    writeBytes(value.buffer.subarray(0, value.position));
  } else if (value instanceof BSONRegExp) {
    writeCString(value.pattern);
    writeCString(value.options);
  } else if (value instanceof Timestamp) {
    at = buffer.writeUInt32LE(value.i, at);
    at = buffer.writeUInt32LE(value.t, at);
  }
}
