// Dropped collections and indexes are forgotten at once and erased here, a little at a time.
import { docRange, indexRange } from './layout.js';
import type { Storage } from './storage.js';

/** Records erased in one transaction. */
const CHUNK = 2000;

/** Erase all that is marked. */
export async function purge(storage: Storage): Promise<void> {
  for (const id of storage.snapshot.catalog.toPurge) {
    let left = true;
    while (left)
      left = await storage.write((view) => {
        const keys: Buffer[] = [];
        for (const range of [docRange(id), indexRange(id)])
          for (const key of view.keys(range)) {
            keys.push(key);
            if (keys.length > CHUNK) break;
          }
        for (const key of keys) view.remove(key);
        if (keys.length > CHUNK) return true;
        view.catalog.purged(view, id);
        return false;
      });
  }
}
