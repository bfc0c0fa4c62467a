/**
 * What follows an insert, in the order of the numbers: the stream confirms the messages, everybody is told, their
 * writers are answered. Where that fails, or the answer of the insert is lost, messages may be stored that nobody was
 * told of: a retry announces them. They are known by their ids, which are made anew for every try, so that nothing is
 * announced twice.
 */
import { AppError } from '../site/errors.js';
import type { Confirmation, StoredMessage, Stream } from './stream.js';

/** Messages that may be stored unannounced, of which a retry is expected. */
const UNANNOUNCED_MAX = 10_000;

export interface Appended<D> {
  message: D;
  /** False: it repeats what everybody was told before, or nobody is to hear of it. */
  announced: boolean;
}

/** Somebody who waits for a message to be stored. */
export interface Waiting<D> {
  resolve: (appended: Appended<D>) => void;
  reject: (error: unknown) => void;
}

export class Announcements<D extends StoredMessage> {
  readonly #unannounced = new Set<string>();

  /** @param stream.confirm what becomes of stored messages. */
  constructor(private readonly stream: { confirm: Stream<D, never>['confirm'] }) {}

  /** Announce and answer what was stored, unless it may not stay. Never rejects. */
  async announce(messages: D[], writers: Waiting<D>[]): Promise<void> {
    let done = 0;
    try {
      const confirmations = await this.stream.confirm(messages);
      for (const [index, message] of messages.entries()) {
        this.#answer(message, confirmations[index] ?? null, writers[index]);
        done = index + 1;
      }
    } catch (error) {
      this.expectRetries(messages.slice(done));
      for (const { reject } of writers.slice(done)) reject(error);
    }
  }

  /** Answer a retry with what its original stored, and announce that if nobody was told of it. Never rejects. */
  async repeat(message: D, waiting: Waiting<D>): Promise<void> {
    try {
      const [confirmation = null] = await this.stream.confirm([message]);
      const wasAnnounced = !this.#unannounced.has(String(message._id));
      this.#answer(message, wasAnnounced && !(confirmation instanceof AppError) ? null : confirmation, waiting);
    } catch (error) {
      waiting.reject(error);
    }
  }

  /** These may be stored although their writers heard of an error. */
  expectRetries(messages: D[]): void {
    for (const { _id, clientId } of messages) if (clientId !== undefined) this.#unannounced.add(String(_id));
    for (const oldest of this.#unannounced) {
      if (this.#unannounced.size <= UNANNOUNCED_MAX) break;
      this.#unannounced.delete(oldest);
    }
  }

  #answer(message: D, confirmation: Confirmation, waiting: Waiting<D> | undefined): void {
    if (confirmation instanceof AppError) return waiting?.reject(confirmation);
    confirmation?.();
    this.#unannounced.delete(String(message._id));
    waiting?.resolve({ message, announced: confirmation !== null });
  }
}
