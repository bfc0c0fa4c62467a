// Which collections and indexes exist, how many documents they hold. A write transaction works on a fork, which becomes
// the catalog of the next snapshot once it is on disk.
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Binary } from '../bson/values.js';
import { toNumber, truthy, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { newUuid, parseIndex, type Index } from './indexes.js';
import { CATALOG, catalogKey, NEXT_ID_KEY, purgeKey, PURGE, statsKey, ranges } from './layout.js';
import type { View, WriteView } from './storage.js';

/** A collection's standing. Frozen once committed: change it only through {@link Catalog.draft}. */
export interface Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly uuid: Binary;
  readonly indexes: readonly Index[];
  /** Documents in it. */
  readonly count: number;
  /** Sum of their sizes in bytes. */
  readonly bytes: number;
  /** The next record number. */
  readonly nextRecord: number;
}

type Draft = { -readonly [K in keyof Collection]: Collection[K] };

export const namespaceOf = (collection: Collection): string => `${collection.db}.${collection.name}`;

export class Catalog {
  private readonly touched = new Map<string, Draft | undefined>();
  private readonly reshaped = new Set<string>();
  private readonly dropped: Collection[] = [];
  private readonly purging: number[];

  constructor(
    private readonly collections: ReadonlyMap<string, Collection> = new Map(),
    private nextId = 1,
    purging: readonly number[] = [],
  ) {
    this.purging = [...purging];
  }

  static load(view: View): Catalog {
    const collections = new Map<string, Collection>();
    for (const { key, value } of view.entries(ranges(CATALOG))) {
      const collection = readCollection(decode(Buffer.from(value)), view.get(statsKey(key.readUInt32BE(1))));
      collections.set(namespaceOf(collection), collection);
    }
    const next = view.get(NEXT_ID_KEY);
    const purging = [...view.keys(ranges(PURGE))].map((key) => key.readUInt32BE(1));
    return new Catalog(collections, next ? next.readUInt32BE(0) : 1, purging);
  }

  get(db: string, name: string): Collection | undefined {
    const ns = `${db}.${name}`;
    return this.touched.has(ns) ? this.touched.get(ns) : this.collections.get(ns);
  }

  list(): Collection[] {
    const all = new Map<string, Collection | undefined>([...this.collections, ...this.touched]);
    return [...all.values()].filter((collection) => collection !== undefined);
  }

  fork(): Catalog {
    const merged = new Map(this.collections);
    for (const [ns, draft] of this.touched) {
      if (draft) merged.set(ns, draft);
      else merged.delete(ns);
    }
    return new Catalog(this.touched.size ? merged : this.collections, this.nextId, this.purging);
  }

  /** This transaction's own copy of a collection, created if need be. */
  draft(db: string, name: string): Draft {
    const ns = `${db}.${name}`;
    const known = this.touched.get(ns);
    if (known) return known;
    const existing = this.touched.has(ns) ? undefined : this.collections.get(ns);
    const draft: Draft = existing ? { ...existing } : this.create(db, name);
    this.touched.set(ns, draft);
    return draft;
  }

  private create(db: string, name: string): Draft {
    checkNamespace(db, name);
    this.reshaped.add(`${db}.${name}`);
    const spec: Doc = new Map<string, Value>([
      ['key', new Map([['_id', 1]])],
      ['name', '_id_'],
    ]);
    const id = this.takeId();
    const idIndex = parseIndex(spec, this.takeId());
    idIndex.spec.set('key', decode(encode(new Map([['_id', int1]]))));
    return { id, db, name, uuid: newUuid(), indexes: [idIndex], count: 0, bytes: 0, nextRecord: 1 };
  }

  takeId(): number {
    return this.nextId++;
  }

  /** The set of indexes of a draft, or their multikey flags, have changed. */
  reshape(draft: Collection): void {
    this.reshaped.add(namespaceOf(draft));
  }

  /** Forget a collection; its records are erased later, in small steps. */
  drop(collection: Collection): void {
    this.touched.set(namespaceOf(collection), undefined);
    this.dropped.push(collection);
  }

  /** Erase an index's or collection's records later. */
  purge(id: number): void {
    this.purging.push(id);
  }

  /** Ids whose records are still to be erased. */
  get toPurge(): readonly number[] {
    return this.purging;
  }

  purged(view: WriteView, id: number): void {
    this.purging.splice(this.purging.indexOf(id), 1);
    view.remove(purgeKey(id));
  }

  /** Write what this transaction changed. */
  save(view: WriteView): void {
    const next = Buffer.alloc(4);
    next.writeUInt32BE(this.nextId);
    if (this.reshaped.size || this.dropped.length) view.put(NEXT_ID_KEY, next);
    for (const collection of this.dropped) {
      view.remove(catalogKey(collection.id));
      view.remove(statsKey(collection.id));
      for (const id of [collection.id, ...collection.indexes.map((index) => index.id)]) this.purge(id);
    }
    if (this.reshaped.size || this.dropped.length)
      for (const id of this.purging) view.put(purgeKey(id), Buffer.from([1]));
    for (const [ns, draft] of this.touched) {
      if (!draft) continue;
      if (this.reshaped.has(ns)) view.put(catalogKey(draft.id), encode(writeCollection(draft)));
      view.put(statsKey(draft.id), writeStats(draft));
    }
  }
}

const int1 = toInt1();

function toInt1(): Value {
  return decode(Buffer.from([12, 0, 0, 0, 0x10, 0x61, 0, 1, 0, 0, 0, 0])).get('a');
}

function readCollection(record: Doc, stats: Buffer | undefined): Collection {
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
    count: stats ? stats.readDoubleBE(0) : 0,
    nextRecord: stats ? stats.readDoubleBE(8) : 1,
    bytes: stats ? stats.readDoubleBE(16) : 0,
  };
}

function writeCollection(collection: Collection): Doc {
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

function writeStats(collection: Collection): Buffer {
  const out = Buffer.alloc(24);
  out.writeDoubleBE(collection.count, 0);
  out.writeDoubleBE(collection.nextRecord, 8);
  out.writeDoubleBE(collection.bytes, 16);
  return out;
}

/** MongoDB's rules for names, plus: no system collections, as we have none. */
export function checkNamespace(db: string, name: string): void {
  const ns = `${db}.${name}`;
  const bad = (why: string) => new CommandError('InvalidNamespace', `Invalid namespace specified '${ns}'${why}`);
  if (!db || /[\s/\\."$\0]/.test(db) || Buffer.byteLength(db) > 63) throw bad('');
  if (!name || name.startsWith('.') || name.endsWith('.') || name.includes('$') || name.includes('\0')) throw bad('');
  if (name.startsWith('system.')) throw bad(': the store has no system collections');
  if (Buffer.byteLength(ns) > 255) throw bad(': too long');
}

export const indexByName = (collection: Collection, name: string): Index | undefined =>
  collection.indexes.find((index) => index.name === name);
