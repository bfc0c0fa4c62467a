/**
 * What a reply shows of the message that it answers. Only who and which is stored with the reply: the words are looked up
 * whenever messages are read, so that they are gone, and edited, with the quoted message itself. Messages without a reply
 * among them cost no question.
 */
import { trusted } from 'mongoose';
import type { Acted, Quote } from '../../schemas/messages/actions.js';
import { excerptOf, type Quotable } from '../../shared/excerpt.js';
import { AppError } from '../site/errors.js';
import { plainOf } from './markdown.js';
import type { MessageModel } from './page.js';

/** Note in each reply what it quotes, empty where that was removed. @returns the same messages. */
export async function quote<D extends Acted & { _id: unknown }>(model: MessageModel, messages: D[]): Promise<D[]> {
  const quotes = messages.flatMap(({ replyTo }) => replyTo ?? []);
  if (quotes.length === 0) return messages;
  const quoted = new Map<string, Quotable>(messages.map((message) => [String(message._id), message as Quotable]));
  const asked = new Set(quotes.map(({ message }) => message).filter((id) => !quoted.has(id)));
  if (asked.size > 0) {
    const found = await model
      .find({ _id: trusted({ $in: [...asked] }) })
      .select('chat message gif.alt removed')
      .lean<(Quotable & { _id: unknown })[]>();
    for (const each of found) quoted.set(String(each._id), each);
  }
  for (const each of quotes) each.excerpt = excerptOf(quoted.get(each.message), plainOf);
  return messages;
}

/**
 * What is stored with a reply.
 * @param place the fields that name the room, lobby or conversation: only there is the quoted message looked for.
 * @param nameOf the name of who wrote it.
 * @throws AppError message_not_found, message_removed.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a place names its own messages by it
export async function quoteOf<D extends Quotable & { seq: number }>(
  model: MessageModel,
  place: object,
  id: string,
  nameOf: (message: D) => string,
): Promise<Quote> {
  const message = await model.findOne({ ...place, _id: id }).lean<D>();
  if (!message || 'event' in message) throw new AppError('message_not_found');
  if (message.removed) throw new AppError('message_removed');
  return { message: id, seq: message.seq, name: nameOf(message) };
}
