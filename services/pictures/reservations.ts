/**
 * Uploads under way, each from its head to its answer: how many one visitor and one address may have at once, and how
 * many bytes all of them together. Room is reserved before the first byte is read, so that uploads that never end hold
 * no more than was set aside for them.
 */
import { AppError } from '../site/errors.js';
import type { Limits } from '../site/limits.js';

/** Bytes that an upload counts with at least: small ones take up buffers, files and the decoder's time, too. */
const LEAST_BYTES = 1024 * 1024;
/** Part of all bytes that one address may reserve, so that it never fills the site alone. */
const SHARE_OF_ADDRESS = 0.5;

/** Who uploads. */
export interface Uploader {
  /** Id of a visitor or consultant. */
  visitor: string;
  /** As `addressKey` writes it. */
  address: string;
}

interface Deps {
  limits: Pick<Limits, 'atOnce'>;
  /** Bytes that all uploads under way may come to. */
  maxBytes: number;
}

interface Held {
  uploads: number;
  bytes: number;
}

export class Reservations {
  readonly #all = held();
  readonly #visitors = new Map<string, Held>();
  readonly #addresses = new Map<string, Held>();

  constructor(private readonly deps: Deps) {}

  /**
   * Reserve room for an upload.
   * @param size its bytes, or the most that it may have.
   * @returns what gives the room back; calling it again does nothing.
   * @throws AppError too_many_uploads by this visitor or address; uploads_full for the whole site.
   */
  take({ visitor, address }: Uploader, size: number): () => void {
    const { limits, maxBytes } = this.deps;
    const bytes = Math.max(size, LEAST_BYTES);
    const [own, shared] = [this.#visitors.get(visitor) ?? held(), this.#addresses.get(address) ?? held()];
    if (
      own.uploads >= limits.atOnce('uploads') ||
      shared.uploads >= limits.atOnce('uploads_ip') ||
      (shared.uploads > 0 && shared.bytes + bytes > maxBytes * SHARE_OF_ADDRESS)
    )
      throw new AppError('too_many_uploads', { retryAfter: 2 });
    if (this.#all.uploads > 0 && this.#all.bytes + bytes > maxBytes)
      throw new AppError('uploads_full', { retryAfter: 5 });
    this.#visitors.set(visitor, own);
    this.#addresses.set(address, shared);
    add([this.#all, own, shared], 1, bytes);
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      add([this.#all, own, shared], -1, -bytes);
      if (own.uploads === 0) this.#visitors.delete(visitor);
      if (shared.uploads === 0) this.#addresses.delete(address);
    };
  }
}

const held = (): Held => ({ uploads: 0, bytes: 0 });

function add(all: Held[], uploads: number, bytes: number): void {
  for (const each of all) {
    each.uploads += uploads;
    each.bytes += bytes;
  }
}
