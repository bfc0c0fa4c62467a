/**
 * Tokens that this node has just read, so that a program that asks ten times a second costs one question to the
 * database and not ten. Only those that are sessions: the others end with one.
 */
import type { Token } from '../../schemas/people/token.js';
import type { Clock } from '../database/clock.js';

/** Milliseconds for which a token may be answered from memory. */
const KEPT_MS = 30_000;
/** Tokens kept; half a kilobyte each. */
const KEPT_MAX = 10_000;

export class TokenMemory {
  readonly #kept = new Map<string, { token: Token; readAt: number }>();

  constructor(private readonly clock: Clock) {}

  /** A token by its hash, if it was read a moment ago and is still valid. */
  get(hash: string): Token | null {
    const kept = this.#kept.get(hash);
    const now = this.clock.now();
    const isGood = kept && now - kept.readAt < KEPT_MS && now < kept.token.until.getTime();
    return isGood ? kept.token : null;
  }

  /** Remember a token that was read; one that is remembered already is read again all the same when its time is up. */
  keep(token: Token): void {
    if (this.get(token._id) === token) return;
    this.#kept.delete(token._id);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(token._id, { token, readAt: this.clock.now() });
  }
}
