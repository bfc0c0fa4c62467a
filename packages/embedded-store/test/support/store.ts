// A store for a suite: the one at STORE_TEST_URL, or an embedded one in a fresh directory. Each suite has its own database.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EJSON } from 'bson';
import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { startEmbeddedStore, type EmbeddedStore, type StoreOptions } from '../../src/index.js';

export const external = process.env.STORE_TEST_URL;

/** A suite about what only the embedded store promises. Not there for another server: Mocha forbids what is merely skipped. */
export function describeEmbedded(title: string, suite: (this: Mocha.Suite) => void): void {
  if (!external) describe(title, suite);
}

/** A directory of its own, removed by the returned function. */
export function temporaryDir(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'embedded-store-test-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** An embedded store in this directory. */
export const startStore = (dir: string, options: Partial<StoreOptions> = {}): Promise<EmbeddedStore> =>
  startEmbeddedStore({ dir, database: 'app', ...options });

export interface Suite {
  readonly url: string;
  readonly client: MongoClient;
  readonly db: Db;
  readonly close: () => Promise<void>;
}

/** For reading: values come back with their BSON types. (Not for writing: the driver would read its own answers so.) */
export const TYPED = { promoteValues: false, promoteLongs: false } as const;

/** Connect to the store under test. */
export async function openSuite(options: { store?: Partial<StoreOptions> } = {}): Promise<Suite> {
  const place = temporaryDir();
  const own: EmbeddedStore | undefined = external ? undefined : await startStore(place.dir, options.store);
  const url = external ?? own?.url ?? '';
  const settings: MongoClientOptions = {
    writeConcern: { w: 'majority', journal: true },
  };
  const client = await new MongoClient(url, settings).connect();
  const db = client.db(`t_${randomBytes(6).toString('hex')}`);
  const close = async () => {
    await db.dropDatabase();
    await client.close();
    await own?.close();
    place.remove();
  };
  return { url, client, db, close };
}

/** Canonical Extended JSON: equal texts are equal types, values and field orders. */
export const typed = (value: unknown): string => EJSON.stringify(value, { relaxed: false });

/** Ask again until `check` gives something. The time limit, in milliseconds, is for a store that hangs, not for a slow one. */
export async function eventually<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 60_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`nothing after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The error of a promise that should have failed. */
export async function failure(
  promise: Promise<unknown>,
): Promise<Error & { code?: number; keyPattern?: unknown; keyValue?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: number };
  }
  throw new Error('expected a refusal, got a result');
}
