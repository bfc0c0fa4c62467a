// Which collections and indexes exist, how many documents they hold. A write transaction works on a fork, which becomes
// the catalog of the next snapshot once it is on disk.
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import {
  fromRecord,
  namespaceOf,
  newCollection,
  STATS_BYTES,
  toRecord,
  toStats,
  type Collection,
  type Draft,
} from './collection.js';
import type { Reader, Writer } from './key-value.js';
import { sealed, unsealed, unsealedDocument } from './checksum.js';
import { CATALOG_RANGE, catalogKey, idAt, NEXT_ID_KEY, purgeKey, PURGE_RANGE, statsKey } from './layout.js';

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

  static load(view: Reader): Catalog {
    const collections = new Map<string, Collection>();
    for (const { key, value } of view.entries(CATALOG_RANGE)) {
      const at = statsKey(idAt(key));
      const collection = collectionOf(key, Buffer.from(value), at, view.get(at));
      collections.set(namespaceOf(collection), collection);
    }
    const next = view.get(NEXT_ID_KEY);
    const purging = [...view.keys(PURGE_RANGE)].map(idAt);
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
    const draft = newCollection(db, name, this.nextId, this.nextId + 1);
    this.nextId += 2;
    this.reshaped.add(namespaceOf(draft));
    return draft;
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

  purged(view: Writer, id: number): void {
    this.purging.splice(this.purging.indexOf(id), 1);
    view.remove(purgeKey(id));
  }

  /** Write what this transaction changed. */
  save(view: Writer): void {
    if (this.reshaped.size || this.dropped.length) this.saveShape(view);
    for (const [ns, draft] of this.touched) {
      if (!draft) continue;
      if (this.reshaped.has(ns)) putSealed(view, catalogKey(draft.id), encode(toRecord(draft)));
      putSealed(view, statsKey(draft.id), toStats(draft));
    }
  }

  private saveShape(view: Writer): void {
    const next = Buffer.alloc(4);
    next.writeUInt32BE(this.nextId);
    view.put(NEXT_ID_KEY, next);
    for (const collection of this.dropped) {
      view.remove(catalogKey(collection.id));
      view.remove(statsKey(collection.id));
      for (const id of [collection.id, ...collection.indexes.map((index) => index.id)]) this.purge(id);
    }
    for (const id of this.purging) view.put(purgeKey(id), Buffer.from([1]));
  }
}

const putSealed = (view: Writer, key: Buffer, bytes: Buffer) => view.put(key, sealed(key, bytes));

/** A collection from its two stored records. Throws Damage if one of them is not what was stored. */
export function collectionOf(key: Buffer, record: Buffer, statsAt: Buffer, stats: Buffer | undefined): Collection {
  return fromRecord(decode(unsealedDocument(key, record)), stats && unsealed(statsAt, stats, STATS_BYTES));
}
