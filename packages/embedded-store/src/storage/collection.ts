// A collection as the catalog knows it, and as it lies on disk.
import { randomUUID } from 'node:crypto';
import { Binary, Int32, toNumber, truthy, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { parseIndex, type Index } from './index-definition.js';

/** Frozen once committed: a write transaction changes its own draft (see Catalog.draft). */
export interface Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly uuid: Binary;
  readonly indexes: readonly Index[];
  /** Indexes that are being built: every write keeps them up, no query uses them, and the catalog's record does not have them. */
  readonly building: readonly Index[];
  /** Documents in it. */
  readonly count: number;
  /** Sum of their sizes in bytes. */
  readonly bytes: number;
  /** The next record number. */
  readonly nextRecord: number;
}

/** A collection that a write transaction may change. */
export type Draft = { -readonly [K in keyof Collection]: Collection[K] };

export const namespaceOf = (collection: Collection): string => `${collection.db}.${collection.name}`;

export const indexByName = (collection: Collection, name: string): Index | undefined =>
  collection.indexes.find((index) => index.name === name);

/** A new, empty collection with its index on `_id`. */
export function newCollection(db: string, name: string, id: number, indexId: number): Draft {
  checkNamespace(db, name);
  const spec = new Map<string, Value>([
    ['key', new Map([['_id', new Int32(1)]])],
    ['name', '_id_'],
  ]);
  const uuid = new Binary(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), 4);
  return { id, db, name, uuid, indexes: [parseIndex(spec, indexId)], building: [], count: 0, bytes: 0, nextRecord: 1 };
}

/** MongoDB's rules for names, plus: no system collections, as the store has none. Throws InvalidNamespace. */
export function checkNamespace(db: string, name: string): void {
  const ns = `${db}.${name}`;
  const bad = (why: string) => new CommandError('InvalidNamespace', `Invalid namespace specified '${ns}'${why}`);
  if (!db || /[\s/\\."$\0]/.test(db) || Buffer.byteLength(db) > 63) throw bad('');
  if (!name || name.startsWith('.') || name.endsWith('.') || name.includes('$') || name.includes('\0')) throw bad('');
  if (name.startsWith('system.')) throw bad(': the store has no system collections');
  if (Buffer.byteLength(ns) > 255) throw bad(': too long');
}

/** Bytes of the record that {@link toStats} makes. */
export const STATS_BYTES = 24;

/** From the record that {@link toRecord} made, and the statistics of {@link toStats}. */
export function fromRecord(record: Doc, stats: Buffer | undefined): Collection {
  const indexes = record.get('indexes') as Doc[];
  return {
    id: toNumber(record.get('id')) ?? 0,
    db: record.get('db') as string,
    name: record.get('name') as string,
    uuid: record.get('uuid') as Binary,
    indexes: indexes.map((entry) => ({
      ...parseIndex(entry.get('spec') as Doc, toNumber(entry.get('id')) ?? 0),
      multikey: (entry.get('multikey') as Value[]).map(truthy),
    })),
    building: [],
    count: stats ? stats.readDoubleBE(0) : 0,
    nextRecord: stats ? stats.readDoubleBE(8) : 1,
    bytes: stats ? stats.readDoubleBE(16) : 0,
  };
}

export function toRecord(collection: Collection): Doc {
  return new Map<string, Value>([
    ['id', collection.id],
    ['db', collection.db],
    ['name', collection.name],
    ['uuid', collection.uuid],
    [
      'indexes',
      collection.indexes.map(
        (index) =>
          new Map<string, Value>([
            ['id', index.id],
            ['spec', index.spec],
            ['multikey', [...index.multikey]],
          ]),
      ),
    ],
  ]);
}

/** What changes with every write lies apart from the record. */
export function toStats(collection: Collection): Buffer {
  const out = Buffer.alloc(STATS_BYTES);
  out.writeDoubleBE(collection.count, 0);
  out.writeDoubleBE(collection.nextRecord, 8);
  out.writeDoubleBE(collection.bytes, 16);
  return out;
}
