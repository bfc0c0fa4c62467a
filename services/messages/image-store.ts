/**
 * Images: judged by content, decoded, encoded anew (so that metadata, trailing bytes and scripts are gone while the
 * animation stays), kept under a random name in their room's folder, erased with it. A file is either complete and has
 * a message, or is a temporary file that the sweeper removes.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type Model, trusted } from 'mongoose';
import pLimit, { type LimitFunction } from 'p-limit';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError, type ErrorCode } from '../site/errors.js';
import type { ImageBudget } from './image-budget.js';

/** What an image may be. Figures: ../docs/configuration.md. */
export const IMAGE = { side: 4_096, frames: 300, pixels: 64_000_000, framePixels: 16_000_000, seconds: 10 } as const;
/** Bytes of images in one room, and bytes that must stay free on the disk. */
export const ROOM_BYTES_MAX = 200 * 1024 * 1024;
const DISK_RESERVE = 500 * 1024 * 1024;
/** A temporary file this old belongs to nobody. */
const TEMP_MAX_MS = 10 * 60_000;
const AT_ONCE = 2;
const QUEUE = 20;

const ENCODERS = {
  gif: { extension: 'gif', type: 'image/gif', encode: (image: Sharp) => image.gif() },
  png: { extension: 'png', type: 'image/png', encode: (image: Sharp) => image.png() },
  jpeg: { extension: 'jpg', type: 'image/jpeg', encode: (image: Sharp) => image.jpeg({ quality: 86 }) },
  webp: { extension: 'webp', type: 'image/webp', encode: (image: Sharp) => image.webp({ quality: 86 }) },
} as const;
type Format = keyof typeof ENCODERS;
const isFormat = (format: unknown): format is Format => typeof format === 'string' && Object.hasOwn(ENCODERS, format);

export interface StoredImage {
  name: string;
  type: string;
  width: number;
  height: number;
  bytes: number;
}

/** What holds images: rooms, consultations. Each place counts its own, in its own document. */
export interface Places {
  /** Folder below the uploads. */
  folder: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model whose documents count `images` and `imageBytes`
  model: Model<any, object, object, any>;
  /** The condition under which a place takes images. */
  open: Record<string, unknown>;
  /** What to say when it does not. */
  closed: ErrorCode;
}

export class Images {
  constructor(
    private readonly places: Places,
    private readonly dir: string,
    private readonly budget: ImageBudget,
    private readonly run: LimitFunction = pLimit(AT_ONCE),
  ) {}

  /** Images of other places, below the same folder and with the same share of the machine. */
  beside(places: Places): Images {
    return new Images(places, this.dir, this.budget, this.run);
  }

  /** Where uploads land before they are judged. */
  get incoming(): string {
    return path.join(this.dir, '.tmp');
  }

  /** Make the folders, and shut every decoder that is not needed. */
  async start(): Promise<void> {
    await mkdir(this.incoming, { recursive: true, mode: 0o700 });
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['VipsForeignLoadPng', 'VipsForeignLoadNsgif', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'],
    });
  }

  /** Count an image against the site's budget and its room's quota. @throws AppError storage_full, room_closed. */
  async #reserve(room: string, bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (bavail * bsize < DISK_RESERVE + bytes) throw new AppError('storage_full');
    await this.budget.take(bytes);
    const { model, open, closed } = this.places;
    const { matchedCount } = await model.updateOne(
      { _id: room, ...open, imageBytes: trusted({ $lte: ROOM_BYTES_MAX - bytes }) },
      { $inc: { imageBytes: bytes, images: 1 } },
    );
    if (matchedCount > 0) return;
    await this.budget.give(bytes);
    throw new AppError((await model.exists({ _id: room, ...open })) ? 'storage_full' : closed);
  }

  /**
   * Judge a file from `incoming` and keep it for a room. The temporary file is gone afterwards, whatever happens.
   * @throws AppError image_unsupported, image_broken, image_too_complex, busy, storage_full.
   */
  async keep(temporary: string, room: string): Promise<StoredImage> {
    const encoded = path.join(this.incoming, randomUUID());
    try {
      if (this.run.pendingCount >= QUEUE) throw new AppError('busy', { retryAfter: 2 });
      return await this.run(async () => {
        const { format, width, height } = await encodeAnew(temporary, encoded);
        const { extension, type } = ENCODERS[format];
        const name = `${randomUUID()}.${extension}`;
        const { size } = await stat(encoded);
        await this.#reserve(room, size);
        await mkdir(this.#folder(room), { recursive: true, mode: 0o700 });
        await chmod(encoded, 0o600);
        await rename(encoded, this.path(room, name));
        return { name, type, width, height, bytes: size };
      });
    } catch (error) {
      throw isDiskFull(error) ? new AppError('storage_full', {}, { cause: error }) : error;
    } finally {
      await Promise.all([temporary, encoded].map((file) => unlink(file).catch(() => undefined)));
    }
  }

  /** Where an image of a room is. Both parts are our own names. */
  path(room: string, name: string): string {
    return path.join(this.#folder(room), path.basename(name));
  }

  /** Take back an image that `keep` kept: no message names it. */
  async remove(room: string, { name, bytes }: Pick<StoredImage, 'name' | 'bytes'>): Promise<void> {
    await rm(this.path(room, name), { force: true });
    await this.places.model.updateOne({ _id: room }, { $inc: { imageBytes: -bytes, images: -1 } });
    await this.budget.give(bytes);
  }

  /** Delete an upload that will not be kept. */
  async discard(temporary: string): Promise<void> {
    await rm(temporary, { force: true });
  }

  async erase(room: string): Promise<void> {
    await rm(this.#folder(room), { recursive: true, force: true });
  }

  /** Remove forgotten temporary files. */
  async sweepTemporary(): Promise<void> {
    for (const name of await readdir(this.incoming)) {
      const file = path.join(this.incoming, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > TEMP_MAX_MS) await rm(file, { force: true });
    }
  }

  /**
   * Remove a room's files that no message names.
   * @param ms younger ones are left: a message may be on its way to name them.
   */
  async sweepUnnamed(room: string, named: string[], ms: number = TEMP_MAX_MS): Promise<void> {
    const known = new Set(named);
    const files = await readdir(this.#folder(room)).catch(() => []);
    for (const name of files) {
      if (known.has(name)) continue;
      const { mtimeMs, size } = await stat(this.path(room, name)).catch(() => ({ mtimeMs: Infinity, size: 0 }));
      if (mtimeMs <= Date.now() - ms) await this.remove(room, { name, bytes: size });
    }
  }

  /** Rooms that have a folder. */
  async rooms(): Promise<string[]> {
    return readdir(path.join(this.dir, this.places.folder)).catch(() => []);
  }

  #folder(room: string): string {
    return path.join(this.dir, this.places.folder, path.basename(room));
  }
}

/** Decode and encode. Limits are checked on the header, before a pixel is decoded. */
async function encodeAnew(source: string, target: string): Promise<{ format: Format; width: number; height: number }> {
  const options = { limitInputPixels: IMAGE.pixels, failOn: 'error', animated: true } as const;
  let metadata: Metadata;
  try {
    metadata = await sharp(source, { ...options, limitInputPixels: false }).metadata();
  } catch (error) {
    throw new AppError('image_unsupported', {}, { cause: error });
  }
  const { format, width, height: sheet, pages = 1, pageHeight } = metadata;
  if (!isFormat(format)) throw new AppError('image_unsupported');
  const height = pageHeight ?? sheet;
  if (
    Math.max(width, height) > IMAGE.side ||
    width * height > IMAGE.framePixels ||
    pages > IMAGE.frames ||
    width * height * pages > IMAGE.pixels
  ) {
    throw new AppError('image_too_complex');
  }
  try {
    const image = sharp(source, options).timeout({ seconds: IMAGE.seconds });
    const upright = format === 'jpeg' || (format === 'webp' && pages === 1) ? image.autoOrient() : image;
    const info = await ENCODERS[format].encode(upright).toFile(target);
    return { format, width: info.width, height: info.pageHeight ?? info.height };
  } catch (error) {
    if (isDiskFull(error)) throw error;
    const slow = error instanceof Error && error.message.includes('timeout');
    throw new AppError(slow ? 'image_too_complex' : 'image_broken', {}, { cause: error });
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === 'ENOSPC' || error.message.includes('No space left'));
