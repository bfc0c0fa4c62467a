/**
 * The message log: append-only, numbered messages of one kind of place (a `Stream` describes it). A message takes its
 * numbers by being inserted; what comes while an insert is under way is inserted together, for many rooms at once if the
 * place says so. Number n is never visible before n-1 of its sequence, announced before it, or answered before the store
 * confirmed. A retry with the same `clientId` stores nothing and is answered with the first message, which it announces
 * if nobody was told of it.
 */
import { type Answer, Lanes } from '../work/lanes.js';
import type { Appended } from './announcements.js';
import { type Missed, type MissedMost, newest, type Page, type PageQuery, readMissed, readPage } from './page.js';
import { quote } from './quotes.js';
import { type Draft, keyOf, type StoredMessage, type Stream } from './stream.js';
import { type LookUp, type Write, Writer } from './writer.js';

/** Messages that may wait to be written in one lane: some seconds of work, after which nobody waits for their answers. */
const WAITING_MAX = 5_000;

export class MessageLog<D extends StoredMessage, N extends keyof D & string, Right = undefined> {
  readonly #writer: Writer<D, N, Right>;
  readonly #lanes: Lanes<Write<D, N, Right> | LookUp<D>>;
  /** The number that pages go by. */
  readonly #first: N;

  constructor(private readonly stream: Stream<D, N, Right>) {
    this.#writer = new Writer(stream);
    this.#lanes = new Lanes((batch, turn) => this.#writer.work(batch, turn), WAITING_MAX);
    this.#first = Object.keys(stream.numbers)[0] as N;
  }

  /**
   * Store and announce a message. Resolves when the store has confirmed and everybody was told.
   * @param right by which the stream makes sure that the message may stay.
   * @returns the stored message; for a `clientId` used before, the first one.
   * @throws AppError when it was refused and is not stored (`busy`, or what `confirm` said); any other error when it
   * may be stored all the same: sending it again with the same `clientId` tells.
   */
  append(draft: Draft<D, N>, right?: Right): Promise<Appended<D>> {
    return this.#push<Appended<D>>(draft, (answer) => ({ draft, right, ...answer }));
  }

  /**
   * What a retry would repeat, announced now if nobody was told of it; null: nothing is stored. For what is costly to
   * prepare, or may be done once only: a picture need not be decoded again.
   * @param fields those by which the stream knows a retry.
   * @throws as `append`.
   */
  async byClientId(fields: object, clientId: string | undefined): Promise<D | null> {
    if (clientId === undefined) return null;
    const retry = { ...fields, clientId };
    const found = await this.#push<Appended<D> | null>(fields, (answer) => ({ retry, ...answer }));
    return found?.message ?? null;
  }

  /** A page by the first of the stream's numbers, or by another one. */
  async page(filter: object, query: PageQuery = {}, number: N = this.#first): Promise<Page<D>> {
    const page = await readPage<D>(this.stream.model, filter, number, query);
    await quote(this.stream.model, page.messages);
    return page;
  }

  /** The newest number given; 0 when there is none. */
  newest(filter: object, number: N = this.#first): Promise<number> {
    return newest(this.stream.model, filter, number);
  }

  /** What a reader has missed since a cursor, as much as one answer may carry, and the newest number. */
  async missed(filter: object, after: number | undefined, most: MissedMost<D>): Promise<Missed<D>> {
    const missed = await readMissed<D>(this.stream.model, filter, this.#first, after, most);
    await quote(this.stream.model, missed.messages);
    return missed;
  }

  /** Erase all messages that agree in some fields. @returns how many there were. */
  async erase(fields: Record<string, string>): Promise<number> {
    this.#writer.forget(fields);
    return (await this.stream.model.deleteMany(fields)).deletedCount;
  }

  /** Resolves once everything handed in before is answered: in the lane of these fields, or anywhere. */
  settled(fields?: object): Promise<void> {
    return this.#lanes.settled(fields && keyOf(fields, this.stream.lane));
  }

  #push<R>(fields: object, itemOf: (answer: Answer<R>) => Write<D, N, Right> | LookUp<D>): Promise<R> {
    const lane = keyOf(fields, this.stream.lane);
    return this.#lanes.push(lane, itemOf, () => this.#writer.mayShare(lane, fields));
  }
}
