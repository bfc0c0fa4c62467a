/** Which pictures the messages of a store name, and where these lie among the uploads. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { mongo } from 'mongoose';
import { startEmbeddedStore } from 'mongoose-embedded-store';
import { noneIfMissing } from '../site/missing.js';

/** The database of the site in its store. */
export const DATABASE = 'gifchat';
/** Milliseconds between two passes of expiry: longer than a copy is ever looked at, for it stays as it was. */
export const NEVER_MS = 2_000_000_000;
/** How the image store names a file. */
const FILE_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]+$/;

export interface StoreContent {
  /** The identity that it shares with its uploads; null where it has none yet. */
  identity: string | null;
  /** File names of the pictures that its messages name. */
  pictures: Set<string>;
}

/** Read a store that no other process has open. */
export async function contentOf(dir: string): Promise<StoreContent> {
  const store = await startEmbeddedStore({ dir, database: DATABASE, ttlIntervalMs: NEVER_MS });
  const client = new mongo.MongoClient(store.url);
  try {
    const db = client.db();
    const identity = await db.collection('site').findOne<{ identity: string }>({});
    const pictures = new Set<string>();
    for (const { name } of await db.listCollections().toArray())
      for await (const document of db.collection(name).find()) addPictures(document, pictures);
    return { identity: identity?.identity ?? null, pictures };
  } finally {
    await client.close();
    await store.close();
  }
}

/** Every picture in a document, in whatever field: an object with the name of a file and its bytes. */
function addPictures(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null || value instanceof Date || '_bsontype' in value) return;
  const { name, bytes } = value as { name?: unknown; bytes?: unknown };
  if (typeof name === 'string' && typeof bytes === 'number' && FILE_NAME.test(name)) found.add(name);
  for (const part of Object.values(value)) addPictures(part, found);
}

/** Name -> path below the uploads, of every stored picture; not of those on their way, nor of the quarantine. */
export async function storedPictures(uploads: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const kind of await entriesOf(uploads)) {
    if (kind.startsWith('.')) continue;
    for (const owner of await entriesOf(path.join(uploads, kind)))
      for (const name of await entriesOf(path.join(uploads, kind, owner)))
        found.set(name, path.join(kind, owner, name));
  }
  return found;
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    return noneIfMissing<string[]>([])(error);
  });
}
