// checkStore(): reads a data directory that no process has open and says what of it is whole.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EmbeddedStoreError } from './errors.js';
import { demandOwner, ownerFile, storeFile, keyValues } from './file/demand.js';
import { readAll } from './file/inspect.js';
import { namespaceOf } from './storage/collection.js';
import { answers, OWNER, readAddress } from './storage/owner.js';

export interface CheckReport {
  /** Nothing is wrong: the store may be opened, and every document and index is as it was stored. */
  readonly whole: boolean;
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  /** What there is, as the catalog says it. */
  readonly collections: readonly {
    /** With its database: `app.notes`. */
    readonly name: string;
    readonly documents: number;
    /** Bytes of its documents. */
    readonly bytes: number;
    readonly indexes: number;
  }[];
}

/**
 * Read all documents and indexes of a data directory, without LMDB, and compare them with their checksums and with each other.
 * Changes nothing. It blocks its thread: about a second for 100 MB.
 * Rejects with EmbeddedStoreError: `data_dir_in_use` if a store has it open, `data_dir_unusable` if there is none in it,
 * `data_file_damaged` if owner.mdb is broken.
 */
export async function checkStore(options: { readonly dir: string }): Promise<CheckReport> {
  const dir = resolve(options.dir);
  if (!existsSync(storeFile(dir)))
    throw new EmbeddedStoreError('data_dir_unusable', `there is no store in ${dir}: it has no store.mdb`);
  if (await isStoreOpen({ dir }))
    throw new EmbeddedStoreError(
      'data_dir_in_use',
      `the data directory ${dir} is in use by another process: stop it first, or check a copy`,
    );
  const { problems, collections } = readAll(storeFile(dir));
  return {
    whole: problems.length === 0,
    problems,
    collections: collections.map((one) => ({
      name: namespaceOf(one),
      documents: one.count,
      bytes: one.bytes,
      indexes: one.indexes.length,
    })),
  };
}

/** Whether the process that is recorded as the owner of a data directory lives. Rejects as checkStore does. */
export async function isStoreOpen(options: { readonly dir: string }): Promise<boolean> {
  const dir = resolve(options.dir);
  await demandOwner(dir);
  const owner = keyValues(ownerFile(dir)).get(OWNER.toString('latin1'));
  return owner !== undefined && answers(readAddress(owner));
}
