/** A backup: a folder with the store, what else DATA_DIR holds, the pictures, and a file that says what it is. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { noneIfMissing } from '../site/missing.js';
import { Refusal } from '../site/refusal.js';

export const MANIFEST = 'backup.json';
/** Folders of a backup. */
export const DATA = 'data';
export const UPLOADS = 'uploads';
/** The folder that a backup, or a restored folder, is until it is whole. */
export const unfinished = (folder: string): string => `${folder}.unfinished`;
/** What of DATA_DIR a backup takes beside the store: who signed the sessions, and the operator's own GIFs. */
export const SHELF = 'shelf';
export const KEPT_OF_DATA = ['cookie-secret', SHELF] as const;
/** What is made anew of the operator's own GIFs. */
export const MADE = path.join(SHELF, '.made');

const manifest = z.object({
  format: z.literal(1),
  /** When it was begun. */
  at: z.iso.datetime(),
  /** The version of the site that made it. */
  version: z.string(),
  /** The identity of database and uploads. */
  identity: z.string(),
  documents: z.number(),
  pictures: z.number(),
});

export type Manifest = z.infer<typeof manifest>;

/** What a folder says it is. @throws Refusal where it is no backup, or one of a later version. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, MANIFEST), 'utf8').catch(noneIfMissing(''));
  if (text === '') throw new Refusal(`${folder} is no backup: it has no ${MANIFEST}`);
  const found = manifest.safeParse(JSON.parse(text));
  if (!found.success) throw new Refusal(`${folder} was made by another version: its ${MANIFEST} is not understood`);
  return found.data;
}
