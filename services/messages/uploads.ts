/**
 * Uploads on their way to be images of somebody: where they land, how few are judged at once, in whose turn, for how much
 * CPU, and what is left of them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { DiskState } from 'mongoose-embedded-store';
import type { EncodedImage } from '../pictures/codec.js';
import type { Decoder } from '../pictures/decoder.js';
import type { Reservations, Uploader } from '../pictures/reservations.js';
import { isDiskFull } from '../site/disk-full.js';
import { AppError } from '../site/errors.js';
import type { Limits } from '../site/limits.js';
import type { Log } from '../site/log.js';
import { FairQueue } from '../work/fair-queue.js';

/** Milliseconds after which a temporary file, or one that no message names, belongs to nobody. */
export const ORPHAN_MS = 10 * 60_000;
/** Pictures decoded at once: of all addresses, and of one, which so cannot keep the others waiting. */
const AT_ONCE = 2;
const OF_ONE_ADDRESS = 1;
/** Milliseconds between two lines of the log about a full disk. */
const SAY_MS = 60_000;
/** Milliseconds that an upload waits for its turn. */
const WAIT_MS = 30_000;

interface Deps {
  /** The folder that holds these and all images. */
  dir: string;
  /** Bytes that must stay free on its disk. */
  diskReserve: number;
  /** Room on the disk of the database. */
  storeDisk: () => DiskState;
  log: Log;
  decoder: Decoder;
  reservations: Reservations;
  limits: Limits;
}

export class Uploads {
  readonly #queue = new FairQueue({ atOnce: AT_ONCE, ofOneGroup: OF_ONE_ADDRESS, waitMs: WAIT_MS });
  #saidAt = -Infinity;

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

  /** End the decoder; pictures that are still there are refused. */
  stop(): void {
    this.deps.decoder.stop();
  }

  /**
   * Whether an upload may be read: room on the disk, CPU for its decoding, room among those under way. Nothing of it is read
   * yet.
   * @param size its bytes, or the most that it may have.
   * @returns what gives the reserved room back; calling it again does nothing.
   * @throws AppError storage_full, rate_limited, too_many_uploads, uploads_full.
   */
  async begin(from: Uploader, size: number): Promise<() => void> {
    await this.assertFree(size);
    await this.#assertCpu(from);
    return this.deps.reservations.take(from, size);
  }

  /**
   * Judge a file and make it anew. Both files are gone afterwards, but for what `keep` has moved away.
   * @throws AppError image_unsupported, image_broken, image_too_complex, busy, rate_limited, storage_full; what `keep` throws.
   */
  async judge<T>(
    temporary: string,
    from: Uploader,
    keep: (encoded: string, image: EncodedImage) => Promise<T>,
  ): Promise<T> {
    const encoded = path.join(this.incoming, randomUUID());
    try {
      const image = await this.#queue.run({ group: from.address, member: from.visitor }, () =>
        this.#decode(temporary, encoded, from),
      );
      return await keep(encoded, image);
    } catch (error) {
      throw isDiskFull(error) ? new AppError('storage_full', {}, { cause: error }) : error;
    } finally {
      await Promise.all([temporary, encoded].map((file) => this.discard(file).catch(() => undefined)));
    }
  }

  /** @throws AppError storage_full when so many bytes would go to the reserve of the disk, or texts live on theirs. */
  async assertFree(bytes: number): Promise<void> {
    if (await this.hasRoom(bytes)) return;
    if (performance.now() - this.#saidAt > SAY_MS) {
      this.#saidAt = performance.now();
      this.deps.log.error(`pictures are refused: the disk of ${this.dir} or of the database is full. Make room`);
    }
    throw new AppError('storage_full');
  }

  /** Whether the disk has room for so many bytes of pictures. */
  async hasRoom(bytes = 0): Promise<boolean> {
    if (this.deps.storeDisk() !== 'roomy') return false;
    const disk = await statfs(this.dir).catch((error: unknown) => {
      // Not made yet while the site starts, or taken away under it: there is room for nothing.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    return disk !== null && disk.bavail * disk.bsize >= this.deps.diskReserve + bytes;
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

  async #decode(source: string, target: string, from: Uploader): Promise<EncodedImage> {
    await this.#assertCpu(from);
    let cpuMs = 0;
    try {
      return await this.deps.decoder.encode({ source, target }, (ms) => (cpuMs = ms));
    } finally {
      const { limits } = this.deps;
      await limits.count('image_cpu', from.visitor, cpuMs);
      await limits.count('image_cpu_ip', from.address, cpuMs);
    }
  }

  /** @throws AppError rate_limited when this visitor's, or address's, pictures have taken enough CPU for now. */
  async #assertCpu({ visitor, address }: Uploader): Promise<void> {
    const { limits } = this.deps;
    const refusal = (await limits.refusal('image_cpu', visitor)) ?? (await limits.refusal('image_cpu_ip', address));
    if (refusal) throw refusal;
  }
}
