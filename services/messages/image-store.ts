/**
 * The image store: files under random names in their owner's folder (a room, a consultation), counted there and against
 * the site's budget, erased with their owner. A file is either complete and has a message, or is a temporary file or an
 * orphan (orphans.ts).
 */
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Model, trusted } from 'mongoose';
import type { EncodedImage } from '../pictures/codec.js';
import type { Uploader } from '../pictures/reservations.js';
import type { ShelfGif } from '../pictures/shelf-gif.js';
import { isDiskFull } from '../site/disk-full.js';
import { AppError, type ErrorCode } from '../site/errors.js';
import { noneIfMissing } from '../site/missing.js';
import type { ImageBudget } from './image-budget.js';
import type { Quarantine } from './quarantine.js';
import type { Uploads } from './uploads.js';

/** Bytes of images of one owner. */
const OWNER_BYTES_MAX = 200 * 1024 * 1024;
/** Files that are deleted at the same time. */
const AT_ONCE = 20;

export interface StoredImage {
  name: string;
  type: string;
  width: number;
  height: number;
  bytes: number;
  flashes?: true;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model with the fields named beside it
type AnyModel = Pick<Model<any>, 'findOne' | 'updateOne' | 'distinct'> & {
  exists(filter: object): PromiseLike<unknown>;
};

/** What kind of documents own images: rooms, consultations, conversations, the lobby. */
interface ImageOwner {
  /** Folder below the uploads. */
  folder: string;
  /** What their ids look like: any other folder is nobody's. */
  id: RegExp;
  /** Its documents count `images` and `imageBytes`. */
  model: AnyModel;
  /** The condition under which an owner takes images, and what to say when it does not. */
  open: Record<string, unknown>;
  closed: ErrorCode;
  /**
   * Its messages, and their fields: the image (a subdocument with `name` and `type`), and the id of the owner; null where
   * there is one owner, whose id is its folder's name.
   */
  messages: { model: AnyModel; image: string; owner: string | null };
}

interface Deps {
  kind: ImageOwner;
  uploads: Uploads;
  imageBudget: ImageBudget;
  quarantine: Quarantine;
}

/** What no message names: one file, or everything in a folder that is nobody's. */
interface Orphan {
  /** Below the uploads. */
  path: string;
  files: number;
  /** Against whose quota it was counted, and with how many bytes; null: nobody's. */
  counted: { owner: string; bytes: number } | null;
}

/** The files of one kind of owners, and those of them that no message names. */
export interface Survey {
  files: number;
  orphans: Orphan[];
}

export class ImageStore {
  constructor(private readonly deps: Deps) {}

  /**
   * Judge an upload and keep it for an owner. The temporary file is gone afterwards, whatever happens.
   * @param from whose turn it is, and who pays for the decoding.
   * @param begin makes sure that there is an owner, once the picture was found good.
   * @throws AppError image_unsupported, image_broken, image_too_complex, busy, rate_limited, storage_full, or that the owner
   * is closed.
   */
  async keep(temporary: string, owner: string, from: Uploader, begin?: () => Promise<void>): Promise<StoredImage> {
    return this.deps.uploads.judge(temporary, from, async (encoded, image) => {
      await begin?.();
      return this.#store(encoded, owner, image);
    });
  }

  /**
   * Keep a copy of a GIF of the shelf for an owner: it was judged already, and ends with its owner like any other.
   * @throws AppError storage_full, or that the owner is closed.
   */
  async keepCopy({ moving, extension, width, height, flashes }: ShelfGif, owner: string): Promise<StoredImage> {
    const { uploads } = this.deps;
    const copy = path.join(uploads.incoming, randomUUID());
    try {
      await copyFile(moving.path, copy);
      const shape = { extension, type: moving.type, width, height, ...(flashes ? { flashes } : {}) };
      return await this.#store(copy, owner, shape);
    } catch (error) {
      throw isDiskFull(error) ? new AppError('storage_full', {}, { cause: error }) : error;
    } finally {
      await uploads.discard(copy);
    }
  }

  /** Count a file against the owner and move it there, under a random name. */
  async #store(file: string, owner: string, { extension, ...shape }: EncodedImage): Promise<StoredImage> {
    const name = `${randomUUID()}.${extension}`;
    const { size: bytes } = await stat(file);
    await this.#reserve(owner, bytes);
    try {
      await mkdir(this.#folder(owner), { recursive: true, mode: 0o700 });
      await chmod(file, 0o600);
      await rename(file, this.#path(owner, name));
    } catch (error) {
      await this.discount(owner, bytes);
      throw error;
    }
    return { name, ...shape, bytes };
  }

  /** Delete images that `keep` kept: no message names them any more. */
  async remove(owner: string, ...images: Pick<StoredImage, 'name' | 'bytes'>[]): Promise<void> {
    for (let at = 0; at < images.length; at += AT_ONCE)
      await Promise.all(images.slice(at, at + AT_ONCE).map(({ name }) => rm(this.#path(owner, name), { force: true })));
    const bytes = images.reduce((sum, image) => sum + image.bytes, 0);
    if (images.length > 0) await this.discount(owner, bytes, images.length);
  }

  /** Images of so many bytes in all are the owner's no more. */
  async discount(owner: string, bytes: number, count = 1): Promise<void> {
    await this.deps.kind.model.updateOne({ _id: owner }, { $inc: { imageBytes: -bytes, images: -count } });
    await this.deps.imageBudget.give(bytes);
  }

  /** Whose image this is, by the message that names it; null when none does. */
  async find(name: string): Promise<{ owner: string; path: string; type: string } | null> {
    const { model, image, owner: field } = this.deps.kind.messages;
    const message = await model
      .findOne({ [`${image}.name`]: name })
      .select([`${image}.type`, ...(field === null ? [] : [field])])
      .lean<Record<string, unknown>>();
    if (!message) return null;
    const owner = field === null ? this.deps.kind.folder : String(message[field]);
    return { owner, path: this.#path(owner, name), type: (message[image] as StoredImage).type };
  }

  /** Delete all files of an owner, those in the quarantine too. */
  async erase(owner: string): Promise<void> {
    await rm(this.#folder(owner), { recursive: true, force: true });
    await this.deps.quarantine.forget(path.join(this.deps.kind.folder, folderOf(owner)));
  }

  /**
   * Find files that no message names: those of owners that are gone, and those that were changed before a moment.
   * @param before milliseconds since the epoch.
   */
  async survey(before: number): Promise<Survey> {
    const { folder, id, model } = this.deps.kind;
    const survey: Survey = { files: 0, orphans: [] };
    for (const entry of await entriesOf(path.join(this.deps.uploads.dir, folder))) {
      const owner = ownerOf(entry);
      if (id.test(owner) && (await model.exists({ _id: owner }))) {
        await this.#surveyOwner(owner, before, survey);
        continue;
      }
      const files = await countFiles(this.#folder(owner));
      survey.files += files;
      survey.orphans.push({ path: path.join(folder, entry), files, counted: null });
    }
    return survey;
  }

  async #surveyOwner(owner: string, before: number, survey: Survey): Promise<void> {
    const { folder, messages } = this.deps.kind;
    const names = await entriesOf(this.#folder(owner));
    if (names.length === 0) return;
    const ofOwner = messages.owner === null ? {} : { [messages.owner]: owner };
    const named = new Set(await messages.model.distinct(`${messages.image}.name`, ofOwner));
    survey.files += names.length;
    for (const name of names) {
      if (named.has(name)) continue;
      const { mtimeMs, size } = await stat(this.#path(owner, name)).catch(() => ({ mtimeMs: Infinity, size: 0 }));
      if (mtimeMs >= before) continue;
      survey.orphans.push({
        path: path.join(folder, folderOf(owner), name),
        files: 1,
        counted: { owner, bytes: size },
      });
    }
  }

  /** Count an image against the site's budget and its owner's quota. */
  async #reserve(owner: string, bytes: number): Promise<void> {
    await this.deps.uploads.assertFree(bytes);
    await this.deps.imageBudget.take(bytes);
    const { model, open, closed } = this.deps.kind;
    const { matchedCount } = await model.updateOne(
      { _id: owner, ...open, imageBytes: trusted({ $not: { $gt: OWNER_BYTES_MAX - bytes } }) },
      { $inc: { imageBytes: bytes, images: 1 } },
    );
    if (matchedCount > 0) return;
    await this.deps.imageBudget.give(bytes);
    throw new AppError((await model.exists({ _id: owner, ...open })) ? 'storage_full' : closed);
  }

  /** Where an image is. Both parts are our own names. */
  #path(owner: string, name: string): string {
    return path.join(this.#folder(owner), path.basename(name));
  }

  #folder(owner: string): string {
    return path.join(this.deps.uploads.dir, this.deps.kind.folder, folderOf(owner));
  }
}

/** The folder of an owner: an id may have a colon, which not every file system takes in a name. */
const folderOf = (owner: string): string => path.basename(owner).replaceAll(':', '_');
const ownerOf = (folder: string): string => folder.replaceAll('_', ':');

/** What is in a folder; nothing where there is none. */
const entriesOf = (folder: string): Promise<string[]> => readdir(folder).catch(noneIfMissing<string[]>([]));

/** How many files a folder holds, at any depth; 1 for a file. */
async function countFiles(folder: string): Promise<number> {
  const isFolder = await stat(folder).then((found) => found.isDirectory(), noneIfMissing(true));
  if (!isFolder) return 1;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noneIfMissing([]));
  return entries.filter((entry) => !entry.isDirectory()).length;
}
