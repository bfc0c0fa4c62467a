/**
 * Upgrades of documents that earlier versions stored: run at every start, before anything reads them. Each step is one
 * conditional write for each collection and can be repeated. All processes of the earlier version have ended
 * (docs/operations.md), so that every socket named in those documents is gone, as after a crash.
 */
import type { Connection } from 'mongoose';
import type { Clock } from './clock.js';

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
export async function upgradeDocuments(connection: Connection, clock: Clock, graceMs: number): Promise<void> {
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
