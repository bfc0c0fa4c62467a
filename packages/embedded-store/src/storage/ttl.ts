// Expiry: every pass walks the TTL indexes by range and removes what is due. No document is read that is not expired.
import { encodeValue } from '../bson/keys.js';
import { invert, successor } from '../bson/keys.js';
import { CommandError } from '../errors.js';
import type { Collection } from './collection.js';
import { read, remove, type Stored } from './documents.js';
import type { Index } from './index-definition.js';
import { indexKey, recordAt } from './layout.js';
import type { Storage } from './storage.js';
import type { View } from './view.js';

/** Documents removed in one transaction, so that a big expiry does not hold up everybody else. */
const CHUNK = 500;

/** Remove all expired documents. Resolves to their number. */
export async function expire(storage: Storage, now: () => number = Date.now): Promise<number> {
  let total = 0;
  for (const collection of storage.snapshot.catalog.list())
    for (const index of collection.indexes)
      if (index.expireAfterSeconds !== undefined) total += await expireBy(storage, collection, index, now());
  return total;
}

async function expireBy(storage: Storage, { db, name }: Collection, index: Index, now: number): Promise<number> {
  let total = 0;
  for (;;) {
    const snapshot = storage.snapshot;
    if (!anyDue(snapshot, index, now)) return total;
    const removed = await storage.write((view) => {
      const collection = view.catalog.get(db, name);
      const current = collection?.indexes.find(({ id }) => id === index.id);
      if (!collection || !current) return 0;
      const found = new Set<number>();
      for (const record of due(view, current, now)) {
        found.add(record);
        if (found.size >= CHUNK) break;
      }
      let gone = 0;
      for (const record of found) {
        const stored = readable(view, collection, record);
        if (!stored) continue;
        remove(view, db, name, stored);
        gone++;
      }
      return gone;
    });
    total += removed;
    if (removed === 0) return total;
  }
}

function anyDue(view: View, index: Index, now: number): boolean {
  for (const record of due(view, index, now)) return record > 0;
  return false;
}

/** A document; undefined if it is damaged, which whoever reads it is told: it must not keep the others from expiring. */
function readable(view: View, collection: Collection, record: number): Stored | undefined {
  try {
    return read(view, collection, record);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Records whose date, plus the index's seconds, is past. An array expires with its earliest date. */
function* due(view: View, index: Index, now: number): Generator<number> {
  const limit = encodeValue(new Date(now - (index.expireAfterSeconds ?? 0) * 1000));
  const floor = limit.subarray(0, 1);
  const [start, end] = index.descending[0] ? [invert(limit), successor(invert(floor))] : [floor, successor(limit)];
  const range = { start: indexKey(index.id, start), end: indexKey(index.id, end) };
  if (index.unique) for (const { value } of view.entries(range)) yield recordAt(value);
  else for (const key of view.keys(range)) yield recordAt(key);
}
