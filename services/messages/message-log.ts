/**
 * The message log: append-only, numbered messages of one kind of place (a `Stream` describes it). A message takes its
 * numbers by being inserted; what comes while an insert is under way is inserted together. Number n is never visible
 * before n-1 of its sequence, announced before it, or answered before the store confirmed. A retry with the same
 * `clientId` stores nothing and is answered with the first message, which it announces if nobody was told of it.
 */
import { isDuplicateKey } from '../site/duplicate-key.js';
import { AppError } from '../site/errors.js';
import { Announcements, type Appended, type Waiting } from './announcements.js';
import { type Behind, Lanes } from '../site/lanes.js';
import { Numbering } from './numbering.js';
import { type Missed, type MissedMost, newest, type Page, type PageQuery, readMissed, readPage } from './page.js';
import { type Draft, keyOf, sameIn, type StoredMessage, type Stream } from './stream.js';

/** A number is lost to another node at most this often in a row before the writer gives up. */
const TRIES_MAX = 50;

/** A message to store. */
interface Write<D extends StoredMessage, N extends keyof D> extends Waiting<D> {
  draft: Draft<D, N>;
}

/** What makes a message the retry of another one. */
type Retry = object & Pick<StoredMessage, 'clientId'>;

/** A question for what a retry would repeat, put behind the writes that came before it. */
interface LookUp<D> {
  retry: Retry;
  resolve: (appended: Appended<D> | null) => void;
  reject: (error: unknown) => void;
}

export class MessageLog<D extends StoredMessage, N extends keyof D & string> {
  readonly #lanes = new Lanes<Write<D, N> | LookUp<D>>((batch, behind) => this.#work(batch, behind));
  readonly #numbering: Numbering<D, N>;
  readonly #announcements: Announcements<D>;
  /** The number that pages go by. */
  readonly #first: N;

  constructor(private readonly stream: Stream<D, N>) {
    this.#numbering = new Numbering(stream);
    this.#announcements = new Announcements(stream);
    this.#first = Object.keys(stream.numbers)[0] as N;
  }

  /**
   * Store and announce a message. Resolves when the store has confirmed and everybody was told.
   * @returns the stored message; for a `clientId` used before, the first one.
   * @throws AppError when it was refused and is not stored (`busy`, or what `confirm` said); any other error when it
   * may be stored all the same: sending it again with the same `clientId` tells.
   */
  append(draft: Draft<D, N>): Promise<Appended<D>> {
    return new Promise((resolve, reject) => {
      this.#lanes.push(keyOf(draft, this.stream.lane), { draft, resolve, reject });
    });
  }

  /**
   * What a retry would repeat, announced now if nobody was told of it; null: nothing is stored. For what is costly to
   * prepare, or may be done once only: a picture need not be decoded again.
   * @param fields those by which the stream knows a retry.
   * @throws as `append`.
   */
  async byClientId(fields: object, clientId: string | undefined): Promise<D | null> {
    if (clientId === undefined) return null;
    const found = await new Promise<Appended<D> | null>((resolve, reject) => {
      this.#lanes.push(keyOf(fields, this.stream.lane), { retry: { ...fields, clientId }, resolve, reject });
    });
    return found?.message ?? null;
  }

  /** A page by the first of the stream's numbers, or by another one. */
  page(filter: object, query: PageQuery = {}, number: N = this.#first): Promise<Page<D>> {
    return readPage(this.stream.model, filter, number, query);
  }

  /** The newest number given; 0 when there is none. */
  newest(filter: object, number: N = this.#first): Promise<number> {
    return newest(this.stream.model, filter, number);
  }

  /** What a reader has missed since a cursor, as much as one answer may carry, and the newest number. */
  missed(filter: object, after: number | undefined, most: MissedMost<D>): Promise<Missed<D>> {
    return readMissed(this.stream.model, filter, this.#first, after, most);
  }

  /** Erase all messages that agree in some fields. @returns how many there were. */
  async erase(fields: Record<string, string>): Promise<number> {
    this.#numbering.forget([fields]);
    return (await this.stream.model.deleteMany(fields)).deletedCount;
  }

  /** Resolves once nothing handed in before is still being written: in the lane of these fields, or anywhere. */
  settled(fields?: object): Promise<void> {
    return this.#lanes.settled(fields && keyOf(fields, this.stream.lane));
  }

  /** Never rejects. */
  async #work(batch: (Write<D, N> | LookUp<D>)[], behind: Behind): Promise<void> {
    const lookUps = batch.filter((each) => 'retry' in each);
    await Promise.all(lookUps.map((each) => this.#lookUp(each, behind)));
    await this.#write(
      batch.filter((each) => 'draft' in each),
      behind,
    );
  }

  /** Insert in order up to the first refusal, settle that one, go on with the rest under fresh numbers. Never rejects. */
  async #write(writes: Write<D, N>[], behind: Behind): Promise<void> {
    let rest = writes;
    try {
      for (let lost = 0; rest.length > 0;) {
        const messages = await this.#numbering.number(rest.map(({ draft }) => draft));
        const count = await this.#insert(messages);
        const [stored, writers] = [messages.slice(0, count), rest.slice(0, count)];
        if (count > 0) behind(() => this.#announcements.announce(stored, writers));
        rest = rest.slice(count);
        const [refused] = rest;
        if (!refused) return;
        this.#numbering.forget(rest.map(({ draft }) => draft));
        const first = await this.#find(refused.draft);
        if (first) {
          behind(() => this.#announcements.repeat(first, refused));
          rest = rest.slice(1);
        } else if ((lost = count > 0 ? 1 : lost + 1) > TRIES_MAX) throw new AppError('busy', { retryAfter: 1 });
      }
    } catch (error) {
      this.#numbering.forget(rest.map(({ draft }) => draft));
      for (const { reject } of rest) reject(error);
    }
  }

  /**
   * @returns how many were stored before a unique index refused one: its number is taken, or it is a retry.
   * @throws what else went wrong; then any of them may be stored.
   */
  async #insert(messages: D[]): Promise<number> {
    try {
      await this.stream.model.collection.insertMany(messages, { ordered: true });
      return messages.length;
    } catch (error) {
      if (!isDuplicateKey(error)) {
        this.#announcements.expectRetries(messages);
        throw error;
      }
      const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
      return [writeErrors ?? []].flat()[0]?.index ?? 0;
    }
  }

  /** Never rejects. */
  async #lookUp({ retry, resolve, reject }: LookUp<D>, behind: Behind): Promise<void> {
    try {
      const first = await this.#find(retry);
      if (first) behind(() => this.#announcements.repeat(first, { resolve, reject }));
      else resolve(null);
    } catch (error) {
      reject(error);
    }
  }

  async #find(retry: Retry): Promise<D | null> {
    const { clientId } = retry;
    if (clientId === undefined) return null;
    return this.stream.model.findOne({ ...sameIn(retry, this.stream.retry), clientId }).lean<D>();
  }
}
