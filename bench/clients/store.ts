/** What the embedded store of a target was asked so far, in its own count. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';

/** Reads and writes, without what only manages connections. NaN where the store listens at no socket in the data directory. */
export async function storeOperations(dataDir: string): Promise<number> {
  const socket = (await readdir(dataDir)).find((name) => name.endsWith('.sock'));
  if (socket === undefined) return NaN;
  const client = await MongoClient.connect(`mongodb://${encodeURIComponent(path.join(dataDir, socket))}`);
  try {
    const { opcounters } = await client.db('admin').command({ serverStatus: 1 });
    const counts = Object.entries(opcounters as Record<string, number>);
    return counts.reduce((sum, [name, count]) => sum + (name === 'command' ? 0 : count), 0);
  } finally {
    await client.close();
  }
}
