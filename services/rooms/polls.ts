/**
 * Polls: messages that a host posts, and what was chosen in them. A vote is a change of the message (../messages/changes.ts),
 * written only if the poll is still what it was: whoever hears that a poll has ended knows that no vote comes after that, on
 * any node, and whoever was away catches up on votes and ends as on any other change.
 */
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type Ballot, type Poll, VOTES_MAX } from '../../schemas/rooms/poll.js';
import type { NewPoll } from '../../schemas/rooms/poll-payloads.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import type { Clock } from '../database/clock.js';
import type { Decide } from '../messages/changes.js';
import { AppError } from '../site/errors.js';
import type { Chats } from './chat.js';

interface Deps {
  models: Models;
  clock: Clock;
  chats: Pick<Chats, 'post' | 'change'>;
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
  vote({ room, visitor, name, color }: Seat, chat: string, options: number[]): Promise<MessageView> {
    const ballot: Ballot = { options, name, color };
    return this.#change(room, chat, (poll) => {
      if (options.some((number) => number >= poll.options.length) || (options.length > 1 && !poll.multiple))
        throw new AppError('bad_input', { fields: { options: 'bad_input' } });
      if (poll.endedAt) throw new AppError('poll_ended');
      const before = poll.votes[visitor];
      if (before?.options.join() === options.join()) return null;
      if (!before && poll.voters >= VOTES_MAX) throw new AppError('busy', { retryAfter: 60 });
      return { $set: { [`poll.votes.${visitor}`]: ballot, 'poll.voters': poll.voters + (before ? 0 : 1) } };
    });
  }

  /** End a poll: nobody votes in it any more. @throws AppError not_found, poll_ended. */
  end(room: string, chat: string): Promise<MessageView> {
    return this.#change(room, chat, ({ endedAt }) => {
      if (endedAt) throw new AppError('poll_ended');
      return { $set: { 'poll.endedAt': this.deps.clock.date() } };
    });
  }

  /** The message as it is now, or null. */
  async view(room: string, chat: string): Promise<MessageView | null> {
    const found = await this.deps.models.Chat.findOne({ _id: chat, room }).lean<Chat>();
    return found && messageView(found);
  }

  async #change(room: string, chat: string, decide: (poll: Poll) => ReturnType<Decide<Chat>>): Promise<MessageView> {
    try {
      const { message } = await this.deps.chats.change(room, chat, ({ poll }) => {
        if (!poll) throw new AppError('not_found');
        return decide(poll);
      });
      return messageView(message);
    } catch (error) {
      throw error instanceof AppError && error.code === 'message_not_found' ? new AppError('not_found') : error;
    }
  }
}
