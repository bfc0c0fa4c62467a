/** `npm run restore`: puts a backup into DATA_DIR and UPLOADS_DIR, which are empty, and into nothing else. */
import { constants, existsSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkStore, isStoreOpen } from 'mongoose-embedded-store';
import type { Config } from '../site/config.js';
import { noneIfMissing } from '../site/missing.js';
import { Refusal } from '../site/refusal.js';
import { DATA, KEPT_OF_DATA, type Manifest, readManifest, unfinished, UPLOADS } from './layout.js';
import { storedPictures } from './pictures.js';

const STORE = 'store.mdb';
/** What an empty folder of uploads may have: git's, and what a first start leaves. */
const EMPTY_UPLOADS = ['.gitkeep', '.tmp', '.identity', '.quarantine'];

/**
 * Restore a backup. The store gets its name last and only where that is free, so that no site begins on half of it.
 * @returns what was restored.
 * @throws Refusal if the folder is no whole backup, if a site runs on DATA_DIR, or if DATA_DIR or UPLOADS_DIR hold anything.
 */
export async function restoreBackup(
  { dataDir, uploadsDir }: Pick<Config, 'dataDir' | 'uploadsDir'>,
  source: string,
): Promise<Manifest> {
  const manifest = await demandWhole(source);
  await demandRoom(dataDir, uploadsDir);
  const put: string[] = [];
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await mkdir(uploadsDir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(path.join(source, UPLOADS)))
      await putAt(path.join(uploadsDir, name), path.join(source, UPLOADS, name));
    for (const name of KEPT_OF_DATA)
      if (existsSync(path.join(source, DATA, name)))
        await putAt(path.join(dataDir, name), path.join(source, DATA, name));
    const store = path.join(dataDir, STORE);
    const half = unfinished(store);
    put.push(half);
    await copyFile(path.join(source, DATA, STORE), half, constants.COPYFILE_FICLONE);
    await link(half, store);
    await rm(half);
    return manifest;
  } catch (error) {
    for (const file of put) await rm(file, { recursive: true, force: true });
    throw error;
  }

  async function putAt(to: string, from: string): Promise<void> {
    put.push(to);
    await cp(from, to, { recursive: true });
  }
}

/** @throws Refusal if something of the backup is missing or broken. */
async function demandWhole(source: string): Promise<Manifest> {
  const manifest = await readManifest(source);
  const { whole, problems, collections } = await checkStore({ dir: path.join(source, DATA) });
  const documents = collections.reduce((sum, one) => sum + one.documents, 0);
  const pictures = (await storedPictures(path.join(source, UPLOADS))).size;
  if (!whole) throw new Refusal(`the store of the backup ${source} is damaged: ${problems.join('; ')}`);
  if (documents !== manifest.documents || pictures !== manifest.pictures)
    throw new Refusal(
      `the backup ${source} is not whole: it has ${documents} documents and ${pictures} pictures of ${manifest.documents} and ${manifest.pictures}`,
    );
  return manifest;
}

/** @throws Refusal if anything would be overwritten. */
async function demandRoom(dataDir: string, uploadsDir: string): Promise<void> {
  if (await isStoreOpen({ dir: dataDir })) throw new Refusal(`a site runs on ${dataDir}: stop it first`);
  const entries = (folder: string) => readdir(folder).catch(noneIfMissing<string[]>([]));
  // In a container the pictures are a folder of DATA_DIR.
  const inData = (await entries(dataDir)).filter((name) => path.join(dataDir, name) !== uploadsDir);
  const inUploads = (await entries(uploadsDir)).filter((name) => !EMPTY_UPLOADS.includes(name));
  for (const [folder, names] of [
    [dataDir, inData],
    [uploadsDir, inUploads],
  ] as const)
    if (names.length > 0) throw new Refusal(`${folder} is not empty: move it away first; a restore overwrites nothing`);
}
