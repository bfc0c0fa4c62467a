/** Uploads on their way to be images of somebody: where they land, how few are judged at once, and what is left of them. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { AppError } from '../site/errors.js';
import { type EncodedImage, encodeAnew, isDiskFull } from './image-codec.js';

/** Bytes that must stay free on the disk. */
const DISK_RESERVE = 500 * 1024 * 1024;
/** Milliseconds after which a temporary file, or one that no message names, belongs to nobody. */
export const ORPHAN_MS = 10 * 60_000;
/** Uploads judged at once, and waiting for it. */
const AT_ONCE = 2;
const QUEUE = 20;

interface Deps {
  /** The folder that holds these and all images. */
  dir: string;
}

export class Uploads {
  readonly #run = pLimit(AT_ONCE);

  constructor(private readonly deps: Deps) {}

  /** The folder that holds these and all images. */
  get dir(): string {
    return this.deps.dir;
  }

  /** Where uploads land before they are judged. */
  get incoming(): string {
    return path.join(this.dir, '.tmp');
  }

  /** Make the folder. */
  async start(): Promise<void> {
    await mkdir(this.incoming, { recursive: true, mode: 0o700 });
  }

  /**
   * Judge a file and make it anew. Both files are gone afterwards, but for what `keep` has moved away.
   * @throws AppError image_unsupported, image_broken, image_too_complex, busy, storage_full; what `keep` throws.
   */
  async judge<T>(temporary: string, keep: (encoded: string, image: EncodedImage) => Promise<T>): Promise<T> {
    const encoded = path.join(this.incoming, randomUUID());
    try {
      if (this.#run.pendingCount >= QUEUE) throw new AppError('busy', { retryAfter: 2 });
      return await this.#run(async () => keep(encoded, await encodeAnew(temporary, encoded)));
    } catch (error) {
      throw isDiskFull(error) ? new AppError('storage_full', {}, { cause: error }) : error;
    } finally {
      await Promise.all([temporary, encoded].map((file) => this.discard(file).catch(() => undefined)));
    }
  }

  /** @throws AppError storage_full when the disk would have less than the reserve left. */
  async assertFree(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (bavail * bsize < DISK_RESERVE + bytes) throw new AppError('storage_full');
  }

  /** Delete an upload that will not be kept, if it is still there. */
  async discard(temporary: string): Promise<void> {
    await rm(temporary, { force: true });
  }

  /** Delete temporary files that were forgotten. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.incoming)) {
      const file = path.join(this.incoming, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > ORPHAN_MS) await this.discard(file);
    }
  }
}
