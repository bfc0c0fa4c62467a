/**
 * Polls: messages that a host posts, and what was chosen in them. A vote is one conditional write to the message, by the
 * condition that the poll is open: whoever hears that a poll has ended knows that no vote comes after that, on any node.
 */
import { Types } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type Ballot, VOTES_MAX } from '../../schemas/rooms/poll.js';
import type { NewPoll } from '../../schemas/rooms/poll-payloads.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Chats } from './chat.js';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  chats: Pick<Chats, 'post'>;
}

export class Polls {
  constructor(private readonly deps: Deps) {}

  /** Post a poll. @throws as Chats.post. */
  post(seat: Seat, { question, options, multiple, named, clientId }: NewPoll): Promise<MessageView> {
    const poll = { question, options, multiple, named, voters: 0, votes: {}, endedAt: null };
    return this.deps.chats.post({ seat, chat: question, poll, clientId });
  }

  /**
   * Vote, or vote otherwise.
   * @param options numbers, from 0.
   * @returns the message with the vote.
   * @throws AppError not_found (there is no such poll), bad_input (no such option, or several where one is asked for),
   * poll_ended, busy (too many have voted).
   */
  async vote({ room, visitor, name, color }: Seat, chat: string, options: number[]): Promise<MessageView> {
    const poll = await this.#find(room, chat);
    if (options.some((number) => number >= poll.options.length) || (options.length > 1 && !poll.multiple))
      throw new AppError('bad_input', { fields: { options: 'bad_input' } });
    const own = `poll.votes.${visitor}`;
    const ballot: Ballot = { options, name, color };
    const first = { [own]: { $exists: false }, 'poll.voters': { $lt: VOTES_MAX } };
    const changed =
      (await this.#change(room, chat, first, { $set: { [own]: ballot }, $inc: { 'poll.voters': 1 } })) ??
      (await this.#change(room, chat, { [own]: { $exists: true } }, { $set: { [own]: ballot } }));
    if (changed) return changed;
    const { endedAt } = await this.#find(room, chat);
    throw endedAt ? new AppError('poll_ended') : new AppError('busy', { retryAfter: 60 });
  }

  /** End a poll: nobody votes in it any more. @throws AppError not_found, poll_ended. */
  async end(room: string, chat: string): Promise<MessageView> {
    const ended = await this.#change(room, chat, {}, { $set: { 'poll.endedAt': this.deps.clock.date() } });
    if (ended) return ended;
    await this.#find(room, chat);
    throw new AppError('poll_ended');
  }

  /** The message as it is now, or null. */
  async view(room: string, chat: string): Promise<MessageView | null> {
    const found = await this.deps.models.Chat.findOne({ _id: chat, room }).lean<Chat>();
    return found && messageView(found);
  }

  /** Change an open poll. @returns null where there is none to which the condition applies. */
  async #change(room: string, chat: string, condition: object, update: object): Promise<MessageView | null> {
    const { models, events } = this.deps;
    // By the collection: the paths of votes end in visitors' ids, which no schema knows.
    const found = await models.Chat.collection.findOneAndUpdate(
      { _id: new Types.ObjectId(chat), room, 'poll.endedAt': null, 'poll.voters': { $gte: 0 }, ...condition },
      update,
      { returnDocument: 'after' },
    );
    if (!found) return null;
    events.announce('poll.changed', { room, chat });
    return messageView(found as unknown as Chat);
  }

  async #find(room: string, chat: string) {
    const found = await this.deps.models.Chat.findOne({ _id: chat, room }).lean<Chat>();
    if (!found?.poll) throw new AppError('not_found');
    return found.poll;
  }
}
