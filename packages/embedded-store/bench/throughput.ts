// Figures of the embedded store through the official driver: `node packages/embedded-store/dist/bench/throughput.js`. Prints a table, then JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { startEmbeddedStore } from '../src/index.js';

interface Figure {
  readonly name: string;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of CPU each, user and system, of all threads: the driver's, the store's, and those that write. */
  readonly cpu: number;
}

const figures: Figure[] = [];

/** Run `job` `count` times, spread over `workers`. */
async function measure(
  name: string,
  workers: number,
  count: number,
  job: (i: number) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  let next = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let i = next++; i < count; i = next++) {
        const begun = performance.now();
        await job(i);
        times.push(performance.now() - begun);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(3));
  const each = Number(((user + system) / 1000 / count).toFixed(3));
  figures.push({ name, perSecond: Math.round(count / seconds), p50: at(0.5), p99: at(0.99), cpu: each });
}

const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'embedded-store-bench-'));
const cold = performance.now();
const store = await startEmbeddedStore({ dir, database: 'bench' });
const coldMs = Math.round(performance.now() - cold);
const client = await new MongoClient(store.url, {
  writeConcern: { w: 'majority', journal: true },
  maxPoolSize: 50,
}).connect();
const db = client.db();
const [rooms, chats]: Collection[] = [db.collection('rooms'), db.collection('chats')];
await rooms!.createIndex({ state: 1, createdAt: -1, _id: -1 }, {}, {});
await chats!.createIndex({ room: 1, seq: 1 }, { unique: true }, {});
const ids = Array.from({ length: 10_000 }, () => new ObjectId());
for (let i = 0; i < ids.length; i += 1000)
  await rooms!.insertMany(
    ids
      .slice(i, i + 1000)
      .map((_id, k) => ({ _id, state: 'open', createdAt: new Date(1e12 + i + k), title: `room ${i + k}`, lastSeq: 0 })),
  );

const [room] = ids;
const message = (seq: number) => ({
  room,
  seq,
  text: 'a message of ordinary length, as people write them',
  at: new Date(),
  author: { id: 'v', name: 'n' },
});
await measure('warm up', 10, 2000, (i) => db.collection('warm').insertOne({ i }));
figures.length = 0;
await measure('ping', 1, 1000, () => db.command({ ping: 1 }));
await measure('insert, 1 writer', 1, 1000, (i) => chats!.insertOne(message(i)));
await measure('insert, 50 writers', 50, 10_000, (i) => chats!.insertOne(message(10_000 + i)));
await measure('insertMany of 8, 8 writers', 8, 2000, (i) =>
  chats!.insertMany(Array.from({ length: 8 }, (_, n) => message(200_000 + i * 8 + n))),
);
await measure('findOneAndUpdate $inc, 1', 1, 1000, () =>
  rooms!.findOneAndUpdate(
    { _id: room, state: 'open' },
    { $inc: { lastSeq: 1 } },
    { returnDocument: 'after', projection: { lastSeq: 1 } },
  ),
);
await measure('findOneAndUpdate $inc, 50', 50, 5000, (i) =>
  rooms!.findOneAndUpdate(
    { _id: ids[i % 20], state: 'open' },
    { $inc: { lastSeq: 1 } },
    { returnDocument: 'after', projection: { lastSeq: 1 } },
  ),
);
await measure('post: $inc then insert, 50', 50, 3000, async (i) => {
  await rooms!.findOneAndUpdate({ _id: ids[i % 20], state: 'open' }, { $inc: { lastSeq: 1 } });
  await chats!.insertOne(message(100_000 + i));
});
await measure('findOne by _id', 1, 2000, (i) => rooms!.findOne({ _id: ids[i] }));
await measure('findOne by index, 16 at once', 16, 20_000, (i) => chats!.findOne({ room, seq: 10_000 + (i % 10_000) }));
await measure('find 50 by index, sorted', 1, 500, (i) =>
  chats!
    .find({ room, seq: { $gt: 10_000 + i * 10 } })
    .sort({ seq: 1 })
    .limit(50)
    .toArray(),
);
await measure('first page of 10,000 rooms', 1, 500, () =>
  rooms!.find({ state: 'open' }).sort({ createdAt: -1, _id: -1 }).limit(50).toArray(),
);
await measure('page 20 of 10,000 rooms', 1, 200, () =>
  rooms!.find({ state: 'open' }).sort({ createdAt: -1, _id: -1 }).skip(950).limit(50).toArray(),
);
await measure('countDocuments of 10,000', 1, 50, () => rooms!.countDocuments({ state: 'open' }));
await measure('estimatedDocumentCount', 1, 500, () => rooms!.estimatedDocumentCount());

const status = await db.admin().command({ serverStatus: 1 });
await client.close();
await store.close();
const warm = performance.now();
await (await startEmbeddedStore({ dir, database: 'bench' })).close();
const reopenMs = Math.round(performance.now() - warm);
rmSync(dir, { recursive: true, force: true });

console.table(Object.fromEntries(figures.map(({ name, ...rest }) => [name, rest])));
console.log(
  JSON.stringify({
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    coldMs,
    reopenMs,
    groupCommit: status.embedded as unknown,
    figures,
  }),
);
