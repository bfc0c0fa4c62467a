// The keys of the one LMDB key space. Ids are never reused, so what was dropped can be erased later, a little at a time.
//   01 collection   -> catalog record (BSON), checksum      04 id -> to be erased
//   02 collection   -> count, next record, bytes, checksum  05    -> next id, 06 -> format
//                                                           07    -> bytes that try whether there is room on the disk
//   10 collection record(8)        -> the document's BSON, checksum
//   20 index key                   -> record(8)     (unique indexes)
//   20 index key record(8)         -> nothing       (others)
import { successor } from '../bson/keys.js';
import type { Range } from './key-value.js';

// What a key begins with.
export const CATALOG = 0x01;
export const STATS = 0x02;
export const PURGE = 0x04;
export const DOCS = 0x10;
export const INDEX = 0x20;

/** The collection or index that a key belongs to. */
export const idAt = (key: Buffer): number => key.readUInt32BE(1);

export const FORMAT_KEY = Buffer.from([0x06]);
export const PROBE_KEY = Buffer.from([0x07]);
export const NEXT_ID_KEY = Buffer.from([0x05]);
export const NOTHING = Buffer.alloc(0);

function prefixed(kind: number, id: number, extra = 0): Buffer {
  const out = Buffer.allocUnsafe(5 + extra);
  out[0] = kind;
  out.writeUInt32BE(id, 1);
  return out;
}

export const catalogKey = (collection: number): Buffer => prefixed(CATALOG, collection);
export const statsKey = (collection: number): Buffer => prefixed(STATS, collection);
export const purgeKey = (id: number): Buffer => prefixed(PURGE, id);

export function docKey(collection: number, record: number): Buffer {
  const out = prefixed(DOCS, collection, 8);
  out.writeUInt16BE(0, 5);
  out.writeUIntBE(record, 7, 6);
  return out;
}

/** The record number at the end of a document key or a non-unique index key, or in a unique entry's value. */
export const recordAt = (bytes: Buffer, end = bytes.length): number => bytes.readUIntBE(end - 6, 6);

export function recordBytes(record: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUIntBE(record, 2, 6);
  return out;
}

export function indexKey(index: number, key: Buffer, record?: number): Buffer {
  const out = prefixed(INDEX, index, key.length + (record === undefined ? 0 : 8));
  key.copy(out, 5);
  if (record !== undefined) {
    out.writeUInt16BE(0, 5 + key.length);
    out.writeUIntBE(record, 7 + key.length, 6);
  }
  return out;
}

/** Bytes before the encoded values in an index key. */
export const INDEX_PREFIX = 5;

const prefixRange = (prefix: Buffer): Range => ({ start: prefix, end: successor(prefix) });

export const CATALOG_RANGE = prefixRange(Buffer.from([CATALOG]));
export const PURGE_RANGE = prefixRange(Buffer.from([PURGE]));
export const docRange = (collection: number): Range => prefixRange(prefixed(DOCS, collection));
export const indexRange = (index: number): Range => prefixRange(prefixed(INDEX, index));
