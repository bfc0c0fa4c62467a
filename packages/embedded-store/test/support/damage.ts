// A store file with documents and indexes in it, and ways to break it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startStore } from './store.js';

const PAGE = 4096;

/** Fill a directory with a closed store of `count` documents, some too big for a page, with an index of each kind. */
export async function filledStore(dir: string, count: number): Promise<void> {
  const store = await startStore(dir);
  const client = await new MongoClient(store.url).connect();
  const notes = client.db().collection('notes');
  await notes.createIndexes([{ key: { n: 1 }, unique: true }, { key: { tags: 1 } }]);
  const all = Array.from({ length: count }, (_, n) => ({
    n,
    tags: [`t${n % 7}`, 'all'],
    text: `note ${n} `.repeat(n % 500 === 0 ? 1000 : 5),
  }));
  for (let at = 0; at < count; at += 500) await notes.insertMany(all.slice(at, at + 500));
  await notes.updateMany({ n: { $lt: count / 10 } }, { $set: { text: 'changed' } });
  await notes.deleteMany({ n: { $lt: count / 20 } });
  await client.close();
  await store.close();
}

/** A copy of a closed store, whose file `name` goes through `breaking`. */
export function brokenCopy(from: string, to: string, name: string, breaking: (bytes: Buffer) => Buffer): string {
  mkdirSync(to, { recursive: true });
  for (const file of ['store.mdb', 'owner.mdb']) copyFileSync(join(from, file), join(to, file));
  writeFileSync(join(to, name), breaking(readFileSync(join(to, name))));
  return to;
}

/** Overwrite pages with what `fill` makes of each. */
export function overwrite(bytes: Buffer, pages: readonly number[], fill: (page: Buffer) => void): Buffer {
  for (const page of pages) fill(bytes.subarray(page * PAGE, (page + 1) * PAGE));
  return bytes;
}

/** Bytes from a seed: the same each time. */
export function noise(length: number, seed: number): Buffer {
  const out = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

export const pagesOf = (bytes: Buffer): number => bytes.length / PAGE;
