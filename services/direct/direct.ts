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
import { withMine } from '../../schemas/messages/actions.js';
import type { ChangesView } from '../../schemas/messages/contract.js';
import type { Image } from '../../schemas/messages/image.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { PersonDoc } from '../../schemas/people/person.js';
import type { Models } from '../../schemas/models.js';
import { quoteOf } from '../messages/quotes.js';
import { type Changed, Changes, type Decide } from '../messages/changes.js';
import { MessageLog } from '../messages/message-log.js';
import type { PageQuery } from '../messages/page.js';
import type { Confirmation } from '../messages/stream.js';
import type { Visitor } from '../people/visitors.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Conversations } from './conversations.js';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  conversations: Conversations;
}

/** Views as one of the two gets them. */
const viewsFor = (messages: Direct[], me: string) => withMine(messages.map(directView), messages, me);

export class DirectMessages {
  readonly #log: MessageLog<Direct, 'seq' | 'mail'>;
  readonly #changes: Changes<Direct>;

  constructor(private readonly deps: Deps) {
    this.#log = new MessageLog<Direct, 'seq' | 'mail'>({
      model: deps.models.Direct,
      numbers: { seq: ['pair'], mail: ['to'] },
      retry: ['from', 'to'],
      // Mail of one receiver comes out of many conversations: all are one line of batches.
      lane: [],
      confirm: (messages) => this.#confirm(messages),
    });
    this.#changes = new Changes<Direct>({
      model: deps.models.Direct,
      sequence: ['pair'],
      announce: (message) => this.#announceChanged(message),
    });
  }

  /**
   * Send, store, tell both. Answered only after the store has confirmed.
   * @param replyTo the id of the message that it answers.
   * @returns what was stored; for a client id used before to this person, the first one. `announced`: both were told now.
   * @throws AppError person_not_found (also: oneself, or one who blocked), blocked_by_you, message_not_found or
   * message_removed (what it answers), busy; anything else when it may be stored all the same.
   */
  async send(
    from: Visitor,
    to: string,
    said: string | { gif: Image },
    clientId: string | undefined,
    replyTo?: string,
  ): Promise<{ message: DirectView; announced: boolean }> {
    const other = await this.begin(from, to);
    const nameOf = (quoted: Direct) => (quoted.from === from.id ? from.name : other.name);
    const pair = pairKey(from.id, to);
    const { message, announced } = await this.#log.append({
      pair,
      from: from.id,
      to,
      ...(typeof said === 'string' ? { message: said } : { gif: said.gif }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(replyTo !== undefined && { replyTo: await quoteOf(this.deps.models.Direct, { pair }, replyTo, nameOf) }),
      unread: true,
      createdAt: this.deps.clock.date(),
    });
    return { message: directView(message), announced };
  }

  /**
   * Make sure that somebody may write to a person, and that there is a conversation. @returns the person.
   * @throws AppError person_not_found, blocked_by_you, rate_limited.
   */
  async begin(from: Visitor, to: string): Promise<PersonDoc> {
    const { other, conversation } = await this.mayWrite(from, to);
    if (!conversation || conversation.ended) await this.deps.conversations.begin(from, other);
    return other;
  }

  /** The person to write to, and the conversation if there is one. @throws AppError person_not_found, blocked_by_you. */
  async mayWrite(from: Visitor, to: string) {
    const found = await this.deps.conversations.reach(from.id, to);
    if (found.conversation?.flags.includes(blockedBy(from.id))) throw new AppError('blocked_by_you');
    return found;
  }

  /** What somebody sent a person under a client id: a retry of a picture need not be decoded again. */
  async byClientId(from: string, to: string, clientId: string | undefined): Promise<DirectView | null> {
    const found = await this.#log.byClientId({ from, to }, clientId);
    return found && directView(found);
  }

  /** Messages with one person, after or before a cursor, or the latest, ascending. @throws AppError person_not_found. */
  async page(me: string, other: string, query?: PageQuery): Promise<{ messages: DirectView[]; more: boolean }> {
    const { conversations } = this.deps;
    if (!(await conversations.find(me, other))) await conversations.reach(me, other);
    const { messages, more } = await this.#log.page({ pair: pairKey(me, other) }, query);
    return { messages: viewsFor(messages, me), more };
  }

  /**
   * Change a message and tell both.
   * @throws AppError person_not_found, message_not_found, busy, unavailable, or what `decide` threw.
   */
  async change(me: string, other: string, id: string, decide: Decide<Direct>): Promise<Changed<Direct>> {
    const { conversations } = this.deps;
    if (!(await conversations.find(me, other))) await conversations.reach(me, other);
    return this.#changes.change({ pair: pairKey(me, other) }, id, decide);
  }

  /** A message of two people, for one of them. @throws AppError person_not_found, message_not_found. */
  async find(me: string, other: string, id: string): Promise<Direct> {
    await this.deps.conversations.find(me, other);
    return this.#changes.find({ pair: pairKey(me, other) }, id);
  }

  /** What was changed after a change number, by the numbers, for somebody who may see the conversation; without one, only the newest number. */
  async changedSince(me: string, other: string, rev: number | undefined): Promise<ChangesView<DirectView>> {
    const since = await this.#changes.since({ pair: pairKey(me, other) }, rev);
    return { ...since, changed: viewsFor(since.changed, me) };
  }

  /**
   * What came for somebody after a mail number, in order, without what those wrote who hide from them or whom they
   * blocked.
   * @param onlyUnread for a reader that knows no number to begin after.
   */
  async mail(me: string, after: number, limit: number, onlyUnread = false) {
    const silent = await this.deps.conversations.silentFor(me);
    const wanted = {
      to: me,
      ...(onlyUnread ? { unread: true } : {}),
      ...(silent.size > 0 ? { from: trusted({ $nin: [...silent] }) } : {}),
    };
    const { messages } = await this.#log.page(wanted, { after, limit }, 'mail');
    return messages.map((message) => ({ mail: message.mail, message: directView(message) }));
  }

  /** The newest mail number of somebody. */
  newestMail(me: string): Promise<number> {
    return this.#log.newest({ to: me }, 'mail');
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

  /** Resolves once nothing is being written: for a calm end. */
  settled(): Promise<void> {
    return this.#log.settled();
  }

  /** The list of conversations shows a changed message, too; whoever was blocked meanwhile is told nothing. */
  async #announceChanged(message: Direct): Promise<void> {
    const { conversations, events } = this.deps;
    await conversations.noteChanged(message);
    const flags = (await conversations.stored(message.from, message.to))?.flags ?? [];
    const hears = [message.from, message.to].filter((id) => !flags.includes(hiddenFrom(id)));
    events.announce('direct.messageChanged', directView(message), hears);
  }

  /** What the list of conversations shows is noted before anybody is told; what a block overtook is told to nobody. */
  async #confirm(messages: Direct[]): Promise<Confirmation[]> {
    const { conversations, events } = this.deps;
    const [late] = await Promise.all([this.#late(messages), conversations.noteLast(messages)]);
    return messages.map((message) =>
      late.has(message) ? null : () => events.announce('direct.sent', directView(message), message.mail),
    );
  }

  /**
   * Messages whose receiver blocked the sender between the check and here, and was told that nothing more comes. They
   * count as unread nowhere.
   */
  async #late(messages: Direct[]): Promise<Set<Direct>> {
    const { models } = this.deps;
    const found = await models.Conversation.find({
      _id: trusted({ $in: [...new Set(messages.map(({ pair }) => pair))] }),
    })
      .select('flags')
      .lean<Conversation[]>();
    const flags = new Map(found.map((conversation) => [conversation._id, conversation.flags]));
    const late = messages.filter(({ pair, from }) => flags.get(pair)?.includes(hiddenFrom(from)));
    if (late.length > 0) {
      const ids = late.map(({ _id }) => _id);
      await models.Direct.updateMany({ _id: trusted({ $in: ids }) }, { $unset: { unread: 1 } });
    }
    return new Set(late);
  }
}
