/**
 * How a place describes its messages to the message log: where they are kept, which fields number them, what makes a
 * retry the message that it repeats, and what happens between the insert and the announcement.
 */
import type { Types } from 'mongoose';
import type { AppError } from '../site/errors.js';
import type { Acted } from '../../schemas/messages/actions.js';
import type { MessageModel } from './page.js';

/** What every stored message has. */
export interface StoredMessage extends Acted {
  _id: Types.ObjectId;
  clientId?: string | null | undefined;
}

/** A whole message but for its id and its numbers. */
export type Draft<D extends StoredMessage, N extends keyof D> = Omit<D, N | '_id'>;

/** Names of fields; `author.id` is one inside a subdocument. */
type Fields = readonly string[];

/** Tells everybody concerned about one message. */
type Announce = () => void;

/** What becomes of a stored message: it is announced; nobody is told (null); or it is refused, and the log deletes it. */
export type Confirmation = Announce | null | AppError;

/** @template Right what a writer hands over with a message, by which `confirm` makes sure of the right to it. */
export interface Stream<D extends StoredMessage, N extends keyof D & string, Right = undefined> {
  /** Messages are inserted by its collection, so nothing is validated or defaulted on the way. */
  model: MessageModel;
  /**
   * Field that holds a number -> fields that name the sequence it counts in. A unique index over them all gives each
   * number once. The first is the one that pages go by.
   */
  numbers: Readonly<Record<N, Fields>>;
  /** Fields that make, with `clientId`, a retry the message it repeats; a unique index is over them, too. */
  retry: Fields;
  /**
   * Messages in which these fields agree are written in their order. It has to keep together what shares a sequence;
   * none: all messages are in one lane.
   */
  lane: Fields;
  /** Messages of many lanes are inserted, and confirmed, together. Else each lane does so by itself. */
  together?: true;
  /**
   * After the insert, before anybody is told: make sure of the rights, note what depends on the message. Called with
   * messages of one lane (of many, if these are inserted together), and again with one whose first answer failed or
   * that is repeated.
   * @param rights what each writer handed over.
   * @returns for each message what becomes of it.
   * @throws anything: the messages stay stored and unannounced until they are repeated.
   */
  confirm(messages: D[], rights: (Right | undefined)[]): Promise<Confirmation[]>;
}

/** The value of a field, which may be one inside a subdocument. */
function valueOf(message: object, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], message);
}

/** The values of some fields as one string: equal for messages that agree in them. */
export const keyOf = (message: object, fields: Fields): string =>
  fields.map((field) => String(valueOf(message, field))).join(' ');

/** The condition under which a stored message agrees with this one in some fields. */
export const sameIn = (message: object, fields: Fields): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, valueOf(message, field)]));
