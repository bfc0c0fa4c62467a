/**
 * Upgrades of documents that earlier versions stored: run at every start, before anything reads them. Each step is a
 * conditional write and can be repeated. All processes of the earlier version have ended
 * (docs/operations.md), so that every socket named in those documents is gone, as after a crash.
 */
import type { Connection } from 'mongoose';
import { nameKey } from '../../schemas/site/names.js';
import type { Clock } from './clock.js';
import { isDuplicateKey } from './duplicate-key.js';

/** Collection -> the field in which version 0.1 stored sockets. */
const SOCKETS_BEFORE = {
  seats: 'holds',
  presences: 'holds',
  lobbyusers: 'holds',
  consultants: 'lines',
} as const;

/**
 * Replace the fields in which version 0.1 stored sockets by empty ones: visitors have the grace time to come back,
 * consultants are away. The index of the old field says that there is something to do, and goes last.
 * @param graceMs milliseconds.
 */
async function emptySockets(connection: Connection, clock: Clock, graceMs: number): Promise<void> {
  const upgrade = async ([name, field]: [string, string]) => {
    const collection = connection.collection(name);
    const stale = `${field}.node_1`;
    if (!(await collection.indexExists(stale))) return;
    const $unset = { [field]: '' as const };
    await collection.updateMany(
      { [field]: { $exists: true } },
      name === 'consultants'
        ? { $unset, $set: { sockets: [], awaySince: clock.date() } }
        : { $unset, $set: { sockets: [] }, $max: { until: clock.date(graceMs) } },
    );
    await collection.dropIndex(stale);
  };
  await Promise.all(Object.entries(SOCKETS_BEFORE).map(upgrade));
}

/**
 * Keys of names that were made before names that look alike were the same. Of two that look alike now, one has the key;
 * the other keeps its old one until it is released.
 */
async function renewKeys(connection: Connection): Promise<void> {
  for (const collection of ['lobbyusers', 'consultants'].map((name) => connection.collection(name))) {
    for await (const { _id, name, key } of collection.find().project<Named>({ name: 1, key: 1 })) {
      const $set = { key: nameKey(name) };
      if (key === $set.key) continue;
      await collection.updateOne({ _id, key }, { $set }).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
    }
  }
}

interface Named {
  _id: never;
  name: string;
  key: string;
}

/**
 * Bring documents of earlier versions up to date.
 * @param graceMs milliseconds that visitors have to come back.
 */
export async function upgradeDocuments(connection: Connection, clock: Clock, graceMs: number): Promise<void> {
  await emptySockets(connection, clock, graceMs);
  await renewKeys(connection);
}
