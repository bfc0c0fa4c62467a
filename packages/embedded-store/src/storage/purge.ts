// Dropped collections and indexes are forgotten at once and erased here, a little at a time.
import { docRange, indexRange } from './layout.js';
import type { Storage } from './storage.js';

/** Records erased in one transaction. */
const CHUNK = 2000;

/** Erase all that is marked. */
export async function purge(storage: Storage): Promise<void> {
  const { catalog } = storage.snapshot;
  // what an end in the middle of its building would leave is marked from the beginning
  const building = new Set(catalog.list().flatMap((collection) => collection.building.map(({ id }) => id)));
  for (const id of catalog.toPurge.filter((one) => !building.has(one))) {
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
