/**
 * `npm run backup`: the embedded store as it is at one moment, with the picture of every message, while the site goes on. The
 * store is copied first and the pictures that its messages name after it, for a picture is on the disk before its message. One
 * that was erased in between makes the next round, with a newer copy of the store, which no longer names it.
 */
import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { backupStore, isStoreOpen } from 'mongoose-embedded-store';
import type { Config } from '../site/config.js';
import { noneIfMissing } from '../site/missing.js';
import { Refusal } from '../site/refusal.js';
import { version } from '../site/version.js';
import { DATA, KEPT_OF_DATA, MADE, MANIFEST, SHELF, unfinished, UPLOADS, type Manifest } from './layout.js';
import { contentOf, storedPictures, type StoreContent } from './pictures.js';

/** Copies of the store until all its pictures are there: each is a moment in which somebody may erase one. */
const ROUNDS_MAX = 6;
const STORE = 'store.mdb';

export interface Backup extends Manifest {
  /** Pictures that messages name and that are nowhere: they were lost before. */
  missing: number;
}

interface Watch {
  /** Is told after each copy of the store, before its pictures are copied. */
  onStore?: () => unknown;
}

/**
 * Make a backup of the embedded store in DATA_DIR and of UPLOADS_DIR, whether the site runs or not.
 * @param target the folder to make; it is there only when the backup is whole.
 * @throws Refusal if it is there already or lies in what is copied, if database and uploads do not belong together, or if the
 * store is damaged. EmbeddedStoreError if there is no store.
 */
export async function makeBackup(
  { dataDir, uploadsDir }: Pick<Config, 'dataDir' | 'uploadsDir'>,
  target: string,
  watch: Watch = {},
): Promise<Backup> {
  const at = new Date().toISOString();
  if (existsSync(target)) throw new Refusal(`${target} is there already: a backup overwrites nothing`);
  for (const folder of [uploadsDir, path.join(dataDir, SHELF)])
    if (isInside(target, folder)) throw new Refusal(`${target} lies in ${folder}, which is copied`);
  // LMDB tells its readers apart by process ids, and in a container of its own this one would have that of the site.
  if (process.pid === 1 && (await isStoreOpen({ dir: dataDir })))
    throw new Refusal('the site runs in another container: make the backup in that one (docker compose exec)');
  const work = unfinished(target);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  try {
    const { documents, content, pictures } = await copyAll(dataDir, uploadsDir, work, watch);
    const identity = await identityOf(uploadsDir, content);
    await writeFile(path.join(work, UPLOADS, '.identity'), `${identity}\n`, { mode: 0o600 });
    await copyData(dataDir, path.join(work, DATA));
    const manifest = { format: 1, at, version: version().version, identity, documents, pictures } as const;
    await writeFile(path.join(work, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    await rename(work, target);
    return { ...manifest, missing: content.pictures.size - pictures };
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

/** Copy store and pictures until they agree. */
async function copyAll(dataDir: string, uploadsDir: string, work: string, { onStore }: Watch) {
  const uploads = path.join(work, UPLOADS);
  await mkdir(uploads, { mode: 0o700 });
  const copied = new Map<string, string>();
  let lacking = '';
  for (let round = 1; ; round++) {
    const documents = await copyStore(dataDir, path.join(work, DATA));
    const content = await contentOf(path.join(work, DATA));
    await onStore?.();
    const missing = await copyPictures({ from: uploadsDir, to: uploads }, content.pictures, copied);
    const isSettled = missing.length === 0 || missing.join() === lacking || round === ROUNDS_MAX;
    lacking = missing.join();
    if (!isSettled) continue;
    for (const [name, file] of copied)
      if (!content.pictures.has(name)) {
        await rm(path.join(uploads, file));
        copied.delete(name);
      }
    await onlyStore(path.join(work, DATA));
    return { documents, content, pictures: copied.size };
  }
}

/** A new copy of the store. @returns its documents. */
async function copyStore(dir: string, to: string): Promise<number> {
  await rm(to, { recursive: true, force: true });
  const { whole, problems, collections } = await backupStore({ dir, to });
  if (!whole) throw new Refusal(`the store in ${dir} is damaged (npm run check says how): ${problems.join('; ')}`);
  return collections.reduce((sum, { documents }) => sum + documents, 0);
}

/** What reading the copy left beside it goes: who used it, and its locks. */
async function onlyStore(data: string): Promise<void> {
  for (const name of [`${STORE}-lock`, 'owner.mdb', 'owner.mdb-lock', 'reserve'])
    await rm(path.join(data, name), { force: true });
  await chmod(path.join(data, STORE), 0o600);
}

/** Copy the pictures that are named and not copied yet. @returns the names of those that are not there, sorted. */
async function copyPictures(
  { from, to }: { from: string; to: string },
  named: Set<string>,
  copied: Map<string, string>,
): Promise<string[]> {
  const stored = await storedPictures(from);
  const missing: string[] = [];
  for (const name of named) {
    if (copied.has(name)) continue;
    const file = stored.get(name);
    if (file !== undefined && (await copyOne(path.join(from, file), path.join(to, file)))) copied.set(name, file);
    else missing.push(name);
  }
  return missing.sort();
}

/** @returns whether it was still there. */
async function copyOne(from: string, to: string): Promise<boolean> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
  return copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true, noneIfMissing(false));
}

async function copyData(from: string, to: string): Promise<void> {
  const made = path.join(from, MADE);
  for (const name of KEPT_OF_DATA)
    if (existsSync(path.join(from, name)))
      await cp(path.join(from, name), path.join(to, name), { recursive: true, filter: (file) => file !== made });
}

/** The identity that database and uploads share. @throws Refusal where they have two. */
async function identityOf(uploadsDir: string, { identity }: StoreContent): Promise<string> {
  if (identity === null) throw new Refusal('the store has no identity yet: start the site once');
  const text = await readFile(path.join(uploadsDir, '.identity'), 'utf8').catch(noneIfMissing(''));
  const ofFolder = text.trim();
  if (ofFolder !== '' && ofFolder !== identity)
    throw new Refusal(
      `${uploadsDir} belongs to another database (${ofFolder}) than the store (${identity}): correct DATA_DIR or UPLOADS_DIR`,
    );
  return identity;
}

function isInside(file: string, folder: string): boolean {
  const between = path.relative(folder, file);
  return between === '' || (!between.startsWith('..') && !path.isAbsolute(between));
}
