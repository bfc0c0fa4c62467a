/**
 * The image store: files under random names in their owner's folder (a room, a consultation), counted there and against
 * the site's budget, erased with their owner. A file is either complete and has a message, or is a temporary file or an
 * orphan that a sweep removes.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Model, trusted } from 'mongoose';
import { AppError, type ErrorCode } from '../site/errors.js';
import type { ImageBudget } from './image-budget.js';
import { ORPHAN_MS, type Uploads } from './uploads.js';

/** Bytes of images of one owner. */
const OWNER_BYTES_MAX = 200 * 1024 * 1024;

export interface StoredImage {
  name: string;
  type: string;
  width: number;
  height: number;
  bytes: number;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model with the fields named beside it
type AnyModel = Pick<Model<any>, 'findOne' | 'updateOne' | 'exists' | 'distinct'>;

/** What kind of documents own images: rooms, consultations. */
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
  /** Its messages, and their fields: the image (a subdocument with `name` and `type`), and the id of the owner. */
  messages: { model: AnyModel; image: string; owner: string };
}

interface Deps {
  kind: ImageOwner;
  uploads: Uploads;
  imageBudget: ImageBudget;
}

export class ImageStore {
  constructor(private readonly deps: Deps) {}

  /**
   * Judge an upload and keep it for an owner. The temporary file is gone afterwards, whatever happens.
   * @throws AppError image_unsupported, image_broken, image_too_complex, busy, storage_full, or that the owner is closed.
   */
  async keep(temporary: string, owner: string): Promise<StoredImage> {
    return this.deps.uploads.judge(temporary, async (encoded, { extension, ...shape }) => {
      const name = `${randomUUID()}.${extension}`;
      const { size: bytes } = await stat(encoded);
      await this.#reserve(owner, bytes);
      await mkdir(this.#folder(owner), { recursive: true, mode: 0o700 });
      await chmod(encoded, 0o600);
      await rename(encoded, this.#path(owner, name));
      return { name, ...shape, bytes };
    });
  }

  /** Take back an image that `keep` kept: no message names it. */
  async remove(owner: string, { name, bytes }: Pick<StoredImage, 'name' | 'bytes'>): Promise<void> {
    await rm(this.#path(owner, name), { force: true });
    await this.deps.kind.model.updateOne({ _id: owner }, { $inc: { imageBytes: -bytes, images: -1 } });
    await this.deps.imageBudget.give(bytes);
  }

  /** Whose image this is, by the message that names it; null when none does. */
  async find(name: string): Promise<{ owner: string; path: string; type: string } | null> {
    const { model, image, owner: field } = this.deps.kind.messages;
    const message = await model
      .findOne({ [`${image}.name`]: name })
      .select([`${image}.type`, field])
      .lean<Record<string, unknown>>();
    if (!message) return null;
    const owner = String(message[field]);
    return { owner, path: this.#path(owner, name), type: (message[image] as StoredImage).type };
  }

  /** Delete all files of an owner. */
  async erase(owner: string): Promise<void> {
    await rm(this.#folder(owner), { recursive: true, force: true });
  }

  /**
   * Delete what a crash, or another node, left behind: folders of owners that are gone, files that no message names.
   * @param before milliseconds since the epoch: a file changed later is left alone, for a message may be on its way to
   * name it.
   */
  async sweepOrphans(before = Date.now() - ORPHAN_MS): Promise<void> {
    const { folder, id, model, messages } = this.deps.kind;
    for (const owner of await filesIn(path.join(this.deps.uploads.dir, folder))) {
      if (!id.test(owner) || !(await model.exists({ _id: owner }))) {
        await this.erase(owner);
        continue;
      }
      const named = new Set(await messages.model.distinct(`${messages.image}.name`, { [messages.owner]: owner }));
      for (const name of await filesIn(this.#folder(owner))) {
        if (named.has(name)) continue;
        const { mtimeMs, size } = await stat(this.#path(owner, name)).catch(() => ({ mtimeMs: Infinity, size: 0 }));
        if (mtimeMs < before) await this.remove(owner, { name, bytes: size });
      }
    }
  }

  /** Count an image against the site's budget and its owner's quota. */
  async #reserve(owner: string, bytes: number): Promise<void> {
    await this.deps.uploads.assertFree(bytes);
    await this.deps.imageBudget.take(bytes);
    const { model, open, closed } = this.deps.kind;
    const { matchedCount } = await model.updateOne(
      { _id: owner, ...open, imageBytes: trusted({ $lte: OWNER_BYTES_MAX - bytes }) },
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
    return path.join(this.deps.uploads.dir, this.deps.kind.folder, path.basename(owner));
  }
}

/** What is in a folder; nothing where there is none. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
