/** Reading messages by their numbers: one page, the newest number, and what a reader missed. */
import { type Model, trusted } from 'mongoose';
import { LATEST } from '../../schemas/messages/payloads.js';

/** Messages with a number after or before a cursor; without one, the latest. */
export interface PageQuery {
  after?: number | undefined;
  before?: number | undefined;
  /** Messages at most. */
  limit?: number;
}

export interface Page<D> {
  /** Ascending. */
  messages: D[];
  /** There are more in the direction that was asked for: newer ones after a cursor, else older ones. */
  more: boolean;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model of messages
export type MessageModel = Pick<Model<any>, 'collection' | 'db' | 'find' | 'findOne' | 'deleteMany'>;

/** @param number the field that holds the numbers. */
export async function readPage<D>(
  model: MessageModel,
  filter: object,
  number: string,
  { after, before, limit = LATEST }: PageQuery,
): Promise<Page<D>> {
  const forward = after !== undefined;
  const cursor = forward ? { $gt: after } : before === undefined ? null : { $lt: before };
  const found = await model
    .find({ ...filter, ...(cursor && { [number]: trusted(cursor) }) })
    .sort({ [number]: forward ? 1 : -1 })
    .limit(limit + 1)
    .lean<D[]>();
  const messages = found.slice(0, limit);
  return { messages: forward ? messages : messages.reverse(), more: found.length > limit };
}

/** The newest number given; 0 when there is none. */
export async function newest(model: MessageModel, filter: object, number: string): Promise<number> {
  const found = await model
    .findOne(filter)
    .sort({ [number]: -1 })
    .select(number)
    .lean<Record<string, number>>();
  return found?.[number] ?? 0;
}

/** How much of what was missed one answer may carry. */
export interface MissedMost<D> {
  messages: number;
  characters: number;
  charactersOf: (message: D) => number;
}

export interface Missed<D> {
  /** The newest number stored, however much of it is in `messages`. */
  seq: number;
  messages: D[];
  /** More was missed than `messages` holds. */
  more: boolean;
}

/** What a reader has missed since a cursor; without one, nothing. A cursor beyond the newest number counts as the end. */
export async function readMissed<D>(
  model: MessageModel,
  filter: object,
  number: keyof D & string,
  after: number | undefined,
  most: MissedMost<D>,
): Promise<Missed<D>> {
  if (after === undefined) return { seq: await newest(model, filter, number), messages: [], more: false };
  const numberOf = (message: D) => Number(message[number]);
  // The message of the cursor comes along: where it is the last one there is no need to ask for the newest number.
  const page = await readPage<D>(model, filter, number, { after: after - 1, limit: most.messages + 1 });
  const missed = page.messages.filter((message) => numberOf(message) > after);
  let characters = 0;
  const heavy = missed.findIndex((message) => (characters += most.charactersOf(message)) > most.characters);
  const messages = missed.slice(0, heavy > 0 ? Math.min(heavy, most.messages) : most.messages);
  const more = page.more || messages.length < missed.length;
  const last = page.messages.at(-1);
  return { seq: last && !more ? numberOf(last) : await newest(model, filter, number), messages, more };
}
