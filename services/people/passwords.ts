/**
 * Password hashes: argon2id with the parameters that OWASP's password storage cheat sheet recommends first (19 MiB, 2
 * passes, 1 lane). Hashing is expensive, so at most two hashes run at once, a few wait, and the rest fail with `busy`.
 */
import pLimit from 'p-limit';
import { AppError } from '../site/errors.js';

const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
const QUEUE = 20;

/** Loaded with the first password: native code. */
const argon2 = () => import('@node-rs/argon2');

export class Passwords {
  readonly #run = pLimit(AT_ONCE);

  /** Hash a password. @returns the encoded hash. @throws AppError busy. */
  hash(password: string): Promise<string> {
    return this.#queued(async () => (await argon2()).hash(password, ARGON2ID));
  }

  /** Whether a password is the one that was hashed. @throws AppError busy. */
  matches(encoded: string, password: string): Promise<boolean> {
    return this.#queued(async () => (await argon2()).verify(encoded, password));
  }

  async #queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.#run.pendingCount >= QUEUE) throw new AppError('busy', { retryAfter: 1 });
    return this.#run(work);
  }
}
