// A store in a process of its own, to be killed; and what must be left when that happens under writes.
import { strict as assert } from 'node:assert';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { MongoClient } from 'mongodb';
import { startStore, temporaryDir } from './store.js';

/** The program of such a process. */
export const CHILD = new URL('./child.js', import.meta.url);

/** Start a store in a process of its own; resolves to its URL, or to the code it failed with. */
export async function child(
  dir: string,
): Promise<{ process: ChildProcess; url?: string; code?: string; message?: string }> {
  const process = fork(CHILD, [dir], { stdio: 'inherit' });
  const [message] = (await once(process, 'message')) as [{ url?: string; code?: string; message?: string }];
  return { process, ...message };
}

export async function kill(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit');
  process.kill('SIGKILL');
  await exit;
}

/** Kill a store `rounds` times while eight clients write; then all that was answered is there, and the indexes are whole. */
export async function surviveKills(rounds: number): Promise<void> {
  const { dir, remove } = temporaryDir();
  const answered = new Set<number>();
  let counted = 0;
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    const { process, url = '' } = await child(dir);
    const client = await new MongoClient(url, { serverSelectionTimeoutMS: 2000 }).connect();
    const db = client.db();
    const docs = db.collection<{ _id: number; tags: string[] }>('k');
    await docs.createIndex({ tags: 1 }, {}, {});
    const stop = (round % 10) * 40 + 60;
    let done = 0;
    const writers = Array.from({ length: 8 }, async () => {
      for (;;) {
        const _id = next++;
        await docs.insertOne({ _id, tags: [`a${_id % 7}`, 'all'] });
        answered.add(_id);
        await db.collection('counter').updateOne({ k: 1 }, { $inc: { n: 1 } }, { upsert: true });
        counted++;
        if (++done === stop) process.kill('SIGKILL');
      }
    });
    await Promise.allSettled(writers);
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
    await client.close();
  }
  await checkSurvivors(dir, answered, counted, rounds);
  remove();
}

async function checkSurvivors(dir: string, answered: Set<number>, counted: number, rounds: number): Promise<void> {
  const store = await startStore(dir);
  const client = await new MongoClient(store.url).connect();
  const docs = client.db().collection<{ _id: number; tags: string[] }>('k');
  const stored = new Set((await docs.find().toArray()).map(({ _id }) => _id));
  assert.deepEqual(
    [...answered].filter((_id) => !stored.has(_id)),
    [],
  );
  assert.ok(stored.size <= answered.size + rounds * 8, 'nothing but what was asked for');
  assert.equal(await docs.estimatedDocumentCount(), stored.size, 'the count is right');
  assert.equal((await docs.find({ tags: 'all' }).toArray()).length, stored.size, 'the index is whole');
  const counter = await client.db().collection('counter').findOne({ k: 1 });
  assert.ok((counter?.n as number) >= counted, 'no increment was lost');
  await client.close();
  await store.close();
}
