/**
 * What follows an insert, in the order of the numbers: the stream confirms the messages, everybody is told, their
 * writers are answered. Where that fails, or the answer of the insert is lost, messages may be stored that nobody was
 * told of: a retry announces them. They are known by their ids, which are made anew for every try, so that nothing is
 * announced twice.
 */
import { AppError } from '../site/errors.js';
import type { Answer } from '../work/lanes.js';
import { quote } from './quotes.js';
import type { Confirmation, StoredMessage, Stream } from './stream.js';

/** Messages that may be stored unannounced, of which a retry is expected. */
const UNANNOUNCED_MAX = 10_000;

export interface Appended<D> {
  message: D;
  /** False: it repeats what everybody was told before, or nobody is to hear of it. */
  announced: boolean;
}

/** Somebody who waits for a message to be stored. */
export interface Waiting<D, Right> extends Answer<Appended<D>> {
  right: Right | undefined;
}

/** A stored message, and who waits for it. */
export interface Stored<D, Right> {
  message: D;
  writer: Waiting<D, Right>;
}

/** A stored message that may not stay, and why. */
interface Refused<D, Right> extends Stored<D, Right> {
  error: AppError;
}

export class Announcements<D extends StoredMessage, Right> {
  readonly #unannounced = new Set<string>();

  /** @param stream its `confirm` says what becomes of stored messages. */
  constructor(private readonly stream: Pick<Stream<D, never, Right>, 'confirm' | 'model'>) {}

  /** Announce and answer what was stored, unless it may not stay. Never rejects. */
  async announce(stored: Stored<D, Right>[]): Promise<void> {
    try {
      const confirmations = await this.#confirm(stored);
      const refused: Refused<D, Right>[] = [];
      for (const [index, { message, writer }] of stored.entries()) {
        const confirmation = confirmations[index] ?? null;
        if (confirmation instanceof AppError) refused.push({ message, writer, error: confirmation });
        else this.#answer(message, confirmation, writer);
      }
      // Nobody else waits until what is refused has been deleted.
      void this.#takeBack(refused);
    } catch (error) {
      this.#fail(stored, error);
    }
  }

  /** Answer a retry with what its original stored, and announce that if nobody was told of it. Never rejects. */
  async repeat(message: D, writer: Waiting<D, Right>): Promise<void> {
    try {
      const [confirmation = null] = await this.#confirm([{ message, writer }]);
      const wasAnnounced = !this.#unannounced.has(String(message._id));
      if (!(confirmation instanceof AppError)) this.#answer(message, wasAnnounced ? null : confirmation, writer);
      else if (wasAnnounced) writer.reject(confirmation);
      else void this.#takeBack([{ message, writer, error: confirmation }]);
    } catch (error) {
      writer.reject(error);
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

  async #confirm(stored: Stored<D, Right>[]) {
    const messages = stored.map(({ message }) => message);
    if (messages.some(({ replyTo }) => replyTo)) await quote(this.stream.model, messages);
    return this.stream.confirm(
      messages,
      stored.map(({ writer }) => writer.right),
    );
  }

  /** Delete what may not stay, and say why. Never rejects. */
  async #takeBack(refused: Refused<D, Right>[]): Promise<void> {
    if (refused.length === 0) return;
    try {
      await this.stream.model.collection.deleteMany({ _id: { $in: refused.map(({ message }) => message._id) } });
      for (const { writer, error } of refused) writer.reject(error);
    } catch (error) {
      this.#fail(refused, error);
    }
  }

  /** These stay stored, as far as anybody knows, and nobody was told. */
  #fail(stored: Stored<D, Right>[], error: unknown): void {
    this.expectRetries(stored.map(({ message }) => message));
    for (const { writer } of stored) writer.reject(error);
  }

  #answer(message: D, confirmation: Exclude<Confirmation, AppError>, writer: Waiting<D, Right>): void {
    confirmation?.();
    this.#unannounced.delete(String(message._id));
    writer.resolve({ message, announced: confirmation !== null });
  }
}
