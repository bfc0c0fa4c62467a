/**
 * Sessions that this node has just read, so that a visitor who posts ten times a second costs one question to the
 * database and not ten. Forgotten at every change made on this node and after 30 seconds at the latest: for so long a session
 * that another node ended may still be known here. Rights that must end at once (the desk's, seats) are never in it.
 */
import { type SessionData, Store } from 'express-session';
import type { Clock } from '../database/clock.js';

/** Milliseconds for which a session may be answered from memory. */
const KEPT_MS = 30_000;
/** Sessions kept; about a kilobyte each. */
const KEPT_MAX = 10_000;

type Callback<T = unknown> = (error?: unknown, value?: T) => void;

interface Kept {
  session: SessionData;
  readAt: number;
}

export class SessionMemory extends Store {
  readonly #kept = new Map<string, Kept>();
  /** Reads under way; one that is no longer here when it ends was overtaken by a change. */
  readonly #reading = new Map<string, object>();

  /** @param store what really keeps the sessions; tells of a written touch by the event `touch`. */
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {
    super();
    store.on('touch', (sid: string) => this.#forget(sid));
  }

  override get(sid: string, callback: Callback<SessionData | null>): void {
    const kept = this.#kept.get(sid);
    if (kept && this.clock.now() - kept.readAt < KEPT_MS) {
      const session = structuredClone(kept.session);
      return void process.nextTick(callback, null, session);
    }
    const reading = {};
    this.#reading.set(sid, reading);
    this.store.get(sid, (error: unknown, session) => {
      const isCurrent = this.#reading.get(sid) === reading;
      if (isCurrent) this.#reading.delete(sid);
      if (isCurrent && session) this.#keep(sid, session);
      callback(error, session);
    });
  }

  override set(sid: string, session: SessionData, callback?: Callback): void {
    this.#forget(sid);
    this.store.set(sid, session, this.#thenForget(sid, callback));
  }

  override destroy(sid: string, callback?: Callback): void {
    this.#forget(sid);
    this.store.destroy(sid, this.#thenForget(sid, callback));
  }

  override touch(sid: string, session: SessionData, callback?: () => void): void {
    this.store.touch?.(sid, session, callback);
  }

  /** What was read while a change was being written may be older than the change. */
  #thenForget(sid: string, callback?: Callback): Callback {
    return (error) => {
      this.#forget(sid);
      callback?.(error);
    };
  }

  #keep(sid: string, session: SessionData): void {
    this.#kept.delete(sid);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(sid, { session: structuredClone(session), readAt: this.clock.now() });
  }

  #forget(sid: string): void {
    this.#kept.delete(sid);
    this.#reading.delete(sid);
  }
}
