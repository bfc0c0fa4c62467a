/**
 * Direct messages: sending, history, and the mail of raw lines. Whom somebody may write to, and what a list shows, is
 * the business of conversations.ts.
 */
import { trusted } from 'mongoose';
import {
  blockedBy,
  type Conversation,
  type Direct,
  directView,
  hiddenFrom,
  pairKey,
} from '../../schemas/direct/direct.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { Models } from '../../schemas/models.js';
import type { ChatsQuery } from '../../schemas/messages/payloads.js';
import type { Clock } from '../site/clock.js';
import type { Conversations } from './conversations.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { type Entry, Journal } from '../messages/journal.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import type { Visitor } from '../people/visitors.js';

export const LATEST = 50;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  conversations: Conversations;
}

export class DirectMessages {
  readonly #journal: Journal<Direct, 'seq' | 'mail'>;
  /** Messages that a block overtook: stored, and told to nobody. */
  readonly #late = new WeakSet<Direct>();

  constructor(private readonly deps: Deps) {
    const { models, events, conversations } = deps;
    this.#journal = new Journal<Direct, 'seq' | 'mail'>({
      model: models.Direct as never,
      streams: { seq: ['pair'], mail: ['to'] },
      repeatOf: async ({ from, to, clientId }) =>
        clientId ? models.Direct.findOne({ from, to, clientId }).lean<Direct>() : null,
      stored: async (messages) => {
        await Promise.all([conversations.noteLast(messages), this.#findLate(messages)]);
      },
      announce: (message) => {
        if (!this.#late.has(message)) events.announce('direct.sent', directView(message), message.mail);
      },
    });
  }

  /**
   * Send, store, tell both. Answered only after the store has confirmed.
   * @returns what was stored; for a client id used before to this person, the first one.
   * @throws AppError person_not_found (also: oneself, or one who blocked), blocked_by_you.
   */
  async send(from: Visitor, to: string, message: string, clientId: string | undefined): Promise<Entry<DirectView>> {
    const { other, conversation } = await this.deps.conversations.reach(from.id, to);
    if (conversation?.flags.includes(blockedBy(from.id))) throw new AppError('blocked_by_you');
    const pair = pairKey(from.id, to);
    if (!conversation || conversation.ended) await this.deps.conversations.begin(from, other);
    const { doc, fresh } = await this.#journal.write({
      pair,
      from: from.id,
      to,
      message,
      ...(clientId === undefined ? {} : { clientId }),
      unread: true,
      createdAt: this.deps.clock.date(),
    });
    return { doc: directView(doc), fresh };
  }

  /** Messages with one person, after or before a cursor, or the latest, ascending. @throws AppError person_not_found. */
  async page(me: string, other: string, { after, before, limit }: ChatsQuery) {
    await this.deps.conversations.open(me, other);
    const forward = after !== undefined;
    const range = forward
      ? { seq: trusted({ $gt: after }) }
      : before !== undefined
        ? { seq: trusted({ $lt: before }) }
        : {};
    const found = await this.deps.models.Direct.find({ pair: pairKey(me, other), ...range })
      .sort({ seq: forward ? 1 : -1 })
      .limit(limit + 1)
      .lean<Direct[]>();
    const messages = found.slice(0, limit).map(directView);
    return { messages: forward ? messages : messages.reverse(), more: found.length > limit };
  }

  /**
   * What came for somebody after a mail number, in order, without what those wrote who hide from them or whom they
   * blocked; `onlyUnread` for a line that knows no number.
   */
  async mail(me: string, after: number, limit: number, onlyUnread = false) {
    const silent = await this.deps.conversations.silentFor(me);
    const found = await this.deps.models.Direct.find({
      to: me,
      mail: trusted({ $gt: after }),
      ...(onlyUnread ? { unread: true } : {}),
      ...(silent.size > 0 ? { from: trusted({ $nin: [...silent] }) } : {}),
    })
      .sort({ mail: 1 })
      .limit(limit)
      .lean<Direct[]>();
    return found.map((message) => ({ mail: message.mail, message: directView(message) }));
  }

  /** The newest mail number of somebody. */
  async newestMail(me: string): Promise<number> {
    const newest = await this.deps.models.Direct.findOne({ to: me }).sort({ mail: -1 }).select('mail').lean<Direct>();
    return newest?.mail ?? 0;
  }

  /** How far somebody's raw lines have been sent their mail. */
  async delivered(me: string): Promise<number> {
    return (await this.deps.models.Mailbox.findOne({ _id: me }).lean())?.delivered ?? 0;
  }

  async noteDelivered(me: string, upTo: number): Promise<void> {
    const update = { $max: { delivered: upTo }, $set: { at: this.deps.clock.date() } };
    try {
      await this.deps.models.Mailbox.updateOne({ _id: me }, update, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.deps.models.Mailbox.updateOne({ _id: me }, update);
    }
  }

  /** Between the look at who hides and here somebody may have blocked, and been told that nothing more comes. */
  async #findLate(messages: Direct[]): Promise<void> {
    const { models } = this.deps;
    const found = await models.Conversation.find({
      _id: trusted({ $in: [...new Set(messages.map(({ pair }) => pair))] }),
    })
      .select('flags')
      .lean<Conversation[]>();
    const flags = new Map(found.map((conversation) => [conversation._id, conversation.flags]));
    const late = messages.filter(({ pair, from }) => flags.get(pair)?.includes(hiddenFrom(from)));
    if (late.length === 0) return;
    await models.Direct.updateMany({ _id: trusted({ $in: late.map(({ _id }) => _id) }) }, { $unset: { unread: 1 } });
    for (const message of late) this.#late.add(message);
  }

  async settled(): Promise<void> {
    await this.#journal.settled();
  }
}
