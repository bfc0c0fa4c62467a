/**
 * Changes of stored messages: edits, removals and whatever else people do to a message. Each takes a number, `rev`, that
 * rises through the room, the lobby or the conversation, so that a reader who was away asks for what has a greater one.
 *
 * There is no counter. A message keeps the number of its latest change only, so that numbers become free again and a
 * unique index alone would let a slow node take one that readers have passed. So a change is written with the number after
 * the newest one, then the newest one is read again: if it is greater, somebody was faster, readers may know of it, and
 * the message takes a new number before anybody is told. Numbers may be left out by that, and never go down.
 */
import { type Model, trusted, type Types, type UpdateQuery } from 'mongoose';
import { isConnected } from '../database/database.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import { Serial } from '../work/serial.js';
import { changeBatch, newestChange, type Update } from './mass-change.js';
import { type MessageModel, readPage } from './page.js';
import { quote } from './quotes.js';
import { keyOf, type StoredMessage } from './stream.js';

/** A change is lost to another node at most this often in a row before it is given up. */
const TRIES_MAX = 50;
/** Changed messages that one answer brings. */
const CHANGED_MAX = 500;
/** Messages that may have been changed without anybody being told, of which a retry is expected. */
const UNTOLD_MAX = 10_000;

const RETURN_NEW = { returnDocument: 'after' } as const;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model of messages
type ChangingModel = MessageModel & Pick<Model<any>, 'findOneAndUpdate'>;

/** What is to become of a message, as an update; null: it is so already. It may throw an AppError: nothing is changed. */
export type Decide<D> = (message: D) => Pick<UpdateQuery<D>, '$set' | '$unset'> | null;

/** A changed message, and what it was before; null: it was so already. */
export interface Changed<D> {
  message: D;
  before: D | null;
}

interface Deps<D extends StoredMessage> {
  model: ChangingModel;
  /** Fields that name a sequence of changes. */
  sequence: readonly (keyof D & string)[];
  /** Tell everybody concerned of a changed message, in the order of the numbers. */
  announce: (message: D) => void | Promise<void>;
}

export class Changes<D extends StoredMessage> {
  readonly #serial = new Serial();
  readonly #untold = new Set<string>();

  constructor(private readonly deps: Deps<D>) {}

  /**
   * Change a message and tell everybody, one change of a sequence at a time.
   * @param sequence the values of the fields that name it: the message is looked for only there.
   * @param decide may be called again, with what somebody else has made of the message meanwhile.
   * @throws AppError message_not_found, unavailable, busy, or what `decide` threw; anything else when the message may be
   * changed all the same: asking again tells.
   */
  change(sequence: object, id: string, decide: Decide<D>): Promise<Changed<D>> {
    return this.#serial.run(keyOf(sequence, this.deps.sequence), async () => {
      if (!isConnected(this.deps.model.db)) throw new AppError('unavailable', { retryAfter: 5 });
      try {
        const changed = await this.#write(sequence, id, decide);
        await quote(this.deps.model, [changed.message]);
        if (changed.before || this.#untold.has(id)) await this.deps.announce(changed.message);
        this.#untold.delete(id);
        return changed;
      } catch (error) {
        if (!(error instanceof AppError)) this.#expectRetry(id);
        throw error;
      }
    });
  }

  /**
   * Change many messages alike, numbered in this order, and tell nobody.
   * @returns the last change number.
   * @throws AppError busy.
   */
  changeAll(sequence: object, ids: Types.ObjectId[], update: Update): Promise<number> {
    const key = keyOf(sequence, this.deps.sequence);
    return this.#serial.run(key, () => changeBatch(this.deps.model, sequence, ids, update));
  }

  /** A message of a sequence. @throws AppError message_not_found. */
  async find(sequence: object, id: string): Promise<D> {
    const message = await this.deps.model.findOne({ ...sequence, _id: id }).lean<D>();
    if (!message) throw new AppError('message_not_found');
    return message;
  }

  /**
   * The messages that were changed after a change number, by the numbers, each once and as it is now; without a number,
   * none. @returns also the number to ask with next.
   */
  async since(sequence: object, rev: number | undefined): Promise<{ rev: number; changed: D[]; moreChanged: boolean }> {
    if (rev === undefined) return { rev: await this.#newest(sequence), changed: [], moreChanged: false };
    const { model } = this.deps;
    // The message of the cursor comes along, which says that the cursor is one of this sequence.
    const page = await readPage<D>(model, sequence, 'rev', { after: Math.max(0, rev - 1), limit: CHANGED_MAX + 1 });
    const found = page.messages.filter((message) => (message.rev ?? 0) > rev);
    const changed = found.slice(0, CHANGED_MAX);
    await quote(model, changed);
    const last = (changed.at(-1) ?? page.messages.at(-1))?.rev;
    const moreChanged = page.more || changed.length < found.length;
    return { rev: last ?? (rev === 0 ? 0 : await this.#newest(sequence)), changed, moreChanged };
  }

  async #write(sequence: object, id: string, decide: Decide<D>): Promise<Changed<D>> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const before = await this.find(sequence, id);
      const update = decide(before);
      if (!update) return { message: before, before: null };
      const message = await this.#stamp(sequence, before, update);
      if (message) return { message: await this.#raise(sequence, message), before };
    }
    throw new AppError('busy', { retryAfter: 1 });
  }

  /** Write a change with the next number, if the message is still what it was. */
  async #stamp(sequence: object, { _id, rev }: D, update: ReturnType<Decide<D>>): Promise<D | null> {
    const next = (await this.#newest(sequence)) + 1;
    const unchanged = { _id, rev: rev ?? trusted({ $exists: false }) };
    try {
      return await this.deps.model
        .findOneAndUpdate(unchanged, { ...update, $set: { ...update?.$set, rev: next } }, RETURN_NEW)
        .lean<D>();
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** Give a changed message a number that no reader can have passed. */
  async #raise(sequence: object, changed: D): Promise<D> {
    let message = changed;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if ((await this.#newest(sequence)) <= (message.rev ?? 0)) return message;
      const raised = await this.#stamp(sequence, message, {});
      const now = raised ?? (await this.deps.model.findOne({ _id: message._id }).lean<D>());
      // Who has changed it since makes sure of its number.
      if (!now || (!raised && now.rev !== message.rev)) return now ?? message;
      message = now;
    }
    throw new AppError('busy', { retryAfter: 1 });
  }

  #newest(sequence: object): Promise<number> {
    return newestChange(this.deps.model, sequence);
  }

  #expectRetry(id: string): void {
    this.#untold.add(id);
    for (const oldest of this.#untold) {
      if (this.#untold.size <= UNTOLD_MAX) break;
      this.#untold.delete(oldest);
    }
  }
}
