// A checksum of our own, for LMDB has none: four bytes after a value, over its key and itself, so that bytes which changed or stand
// in another's place are noticed when they are read. Values of stores that are older than this have none; they get it when
// they are written next.
import { crc32 } from 'node:zlib';
import { Damage } from '../file/damage.js';

const CHECKSUM = 4;

/** The value as it is stored. */
export function sealed(key: Buffer, bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length + CHECKSUM);
  bytes.copy(out);
  out.writeUInt32LE(crc32(bytes, seedOf(key)), bytes.length);
  return out;
}

/** What stands for the key in a checksum: the id that it begins with, and the end of a record number if it has one. */
function seedOf(key: Buffer): number {
  const id = Math.imul(key.readUInt32BE(1), 0x9e3779b1);
  return (key.length > 8 ? id ^ key.readUInt32BE(key.length - 4) : id) >>> 0;
}

/** The value without its checksum, of which `length` bytes mean something. Throws Damage if it is not what was stored. */
export function unsealed(key: Buffer, stored: Buffer, length: number): Buffer {
  if (stored.length === length) return stored;
  const bytes = stored.subarray(0, length);
  if (stored.length !== length + CHECKSUM || stored.readUInt32LE(length) !== crc32(bytes, seedOf(key)))
    throw new Damage('what is stored does not agree with its checksum');
  return bytes;
}

/** Whether a value has no checksum, because an older version stored it. */
export const isUnsealed = (stored: Buffer, length: number): boolean => stored.length === length;

/** How many bytes of a stored BSON document are the document. Throws Damage if it cannot be one. */
export function documentLength(stored: Buffer): number {
  const length = stored.length < 5 ? 0 : stored.readInt32LE(0);
  if (length < 5 || length > stored.length || stored[length - 1] !== 0)
    throw new Damage('what is stored is no document');
  return length;
}

/** A stored BSON document, checked. Throws Damage. */
export const unsealedDocument = (key: Buffer, stored: Buffer): Buffer => unsealed(key, stored, documentLength(stored));
