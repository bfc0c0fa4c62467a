// backupStore(): a copy of a store as it is at one moment, while its process goes on writing.
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { open } from './storage/lmdb.js';
import { checkStore, type CheckReport } from './check.js';
import { EmbeddedStoreError } from './errors.js';
import { storeFile } from './file/demand.js';

/**
 * Copy the store of a data directory into another directory, as one of its commits left it: all that was answered before
 * the call is in it. A process may have the store open and write to it; it is another one, or none, never this one. Free pages are
 * left out, so that what was deleted before is not in the copy. The copy is checked as a whole; resolves to what was found.
 * @param options.to made if it is not there; it must hold no store.
 * Rejects with EmbeddedStoreError: `data_dir_unusable` if there is no store, or one in `to`; else with what LMDB says.
 */
export async function backupStore(options: { readonly dir: string; readonly to: string }): Promise<CheckReport> {
  const [dir, to] = [resolve(options.dir), resolve(options.to)];
  if (!existsSync(storeFile(dir)))
    throw new EmbeddedStoreError('data_dir_unusable', `there is no store in ${dir}: it has no store.mdb`);
  if (existsSync(storeFile(to))) throw new EmbeddedStoreError('data_dir_unusable', `there is a store in ${to} already`);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const db = open<Buffer, Buffer>({
    path: storeFile(dir),
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
    readOnly: true,
    ...({ permissionsMode: 0o600 } as object), // known to lmdb-js, not to its types
  });
  try {
    await db.backup(storeFile(to), true);
  } finally {
    await db.close();
  }
  return checkStore({ dir: to });
}
