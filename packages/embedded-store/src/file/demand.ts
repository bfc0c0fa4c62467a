// What a start demands of its files before LMDB maps them, and the sentence that says which of them it refused.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EmbeddedStoreError } from '../errors.js';
import { Damage } from './damage.js';
import { checkFreePages } from './free-pages.js';
import { checkStructure } from './inspect.js';
import { PageFile } from './page-file.js';
import { byBytes, entriesOf, PageSet } from './walk.js';

export const storeFile = (dir: string): string => join(dir, 'store.mdb');
export const ownerFile = (dir: string): string => join(dir, 'owner.mdb');

/** Another process may be writing owner.mdb at this moment: it is looked at so often, with so many milliseconds between. */
const LOOKS = 4;
const LOOK_MS = 25;

/** Throws EmbeddedStoreError data_file_damaged if store.mdb must not be opened. Nobody else may be writing it. */
export function demandStore(dir: string): void {
  demand(storeFile(dir), 'Put back a backup of the directory, or move this file away to begin empty.', checkStructure);
}

/** The same for owner.mdb, which another process may be writing. */
export async function demandOwner(dir: string): Promise<void> {
  const remedy =
    'It holds no documents, only who uses the directory: make sure that no other process does, then remove this file.';
  for (let look = 1; ; look++) {
    try {
      demand(ownerFile(dir), remedy, (path) => void keyValues(path));
      return;
    } catch (error) {
      if (look === LOOKS) throw error;
      await wait(LOOK_MS);
    }
  }
}

/** All that a small file holds, read without LMDB. Throws Damage. */
export function keyValues(path: string): Map<string, Buffer> {
  const out = new Map<string, Buffer>();
  const file = PageFile.open(path);
  if (!file) return out;
  try {
    const used = new PageSet(file.meta.lastPage);
    for (const { key, value } of entriesOf(file, file.meta.main, used, byBytes))
      out.set(key.toString('latin1'), Buffer.from(value()));
    checkFreePages(file, used);
    return out;
  } finally {
    file.close();
  }
}

function demand(path: string, remedy: string, check: (path: string) => void): void {
  try {
    check(path);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new EmbeddedStoreError(
      'data_file_damaged',
      `${path} is damaged: ${error.message}. Nothing was changed. ${remedy}`,
    );
  }
}
