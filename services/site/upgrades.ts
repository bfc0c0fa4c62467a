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
 * consultants are away.
 * @param graceMs milliseconds.
 */
export async function upgradeDocuments(connection: Connection, clock: Clock, graceMs: number): Promise<void> {
  for (const [name, field] of Object.entries(SOCKETS_BEFORE)) {
    const collection = connection.collection(name);
    const since = name === 'consultants' ? { $set: { sockets: [], awaySince: clock.date() } } : null;
    await collection.updateMany(
      { [field]: { $exists: true } },
      { $unset: { [field]: '' }, ...(since ?? { $set: { sockets: [] }, $max: { until: clock.date(graceMs) } }) },
    );
    const stale = `${field}.node_1`;
    const indexes = await collection.indexes();
    if (indexes.some((index) => index.name === stale)) await collection.dropIndex(stale);
  }
}
