/**
 * Conversations between two visitors: who may reach whom, what a list shows of each, what was read, muted and blocked,
 * and when they end. Everything is addressed by the other person, never by a conversation, so there is no address under
 * which a third could find one. Who may not see a conversation (blocked, or the person is not there) gets what a missing
 * person gets.
 */
import { trusted } from 'mongoose';
import {
  blockedBy,
  type Conversation,
  type Direct,
  hiddenFrom,
  mutedBy,
  pairKey,
} from '../../schemas/direct/direct.js';
import type { ContactView, ConversationView } from '../../schemas/direct/contract.js';
import type { Models } from '../../schemas/models.js';
import type { UsersQuery } from '../../schemas/direct/payloads.js';
import { personOf, type PersonDoc } from '../../schemas/people/person.js';
import type { Clock } from '../site/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Limits } from '../site/limits.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import type { Visitor } from '../people/visitors.js';

const SWEEP_BATCH = 100;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  people: People;
  presence: Presence;
  limits: Limits;
}

export class Conversations {
  constructor(private readonly deps: Deps) {}

  /** The person to write to, and the conversation if there is one. @throws AppError person_not_found. */
  async reach(me: string, to: string): Promise<{ other: PersonDoc; conversation: Conversation | null }> {
    if (me === to) throw new AppError('person_not_found');
    const [other, conversation] = await Promise.all([this.deps.people.find(to), this.#conversation(me, to)]);
    if (!other) throw new AppError('person_not_found');
    return { other, conversation };
  }

  /**
   * The conversation with one person, also before the first message.
   * @throws AppError person_not_found.
   */
  async open(me: string, other: string): Promise<ConversationView> {
    const conversation = await this.#conversation(me, other);
    const person = await this.deps.people.find(other);
    if (!conversation && (!person || me === other)) throw new AppError('person_not_found');
    const [view] = conversation ? await this.#views(me, [conversation]) : [];
    if (view) return view;
    if (!person) throw new AppError('person_not_found');
    const online = await this.deps.presence.isOnline(other);
    return blank({ ...personOf(person), online, lastSeen: person.lastSeen.toISOString() });
  }

  /** One page of somebody's conversations, the latest first. `next` is where the following page begins. */
  async list(me: string, { before, limit }: { before?: { at: number; id: string } | undefined; limit: number }) {
    const older = before && [
      { lastAt: trusted({ $lt: new Date(before.at) }) },
      { lastAt: new Date(before.at), _id: trusted({ $lt: before.id }) },
    ];
    const found = await this.deps.models.Conversation.find({
      people: me,
      flags: trusted({ $ne: hiddenFrom(me) }),
      ...(before ? { lastAt: trusted({ $lte: new Date(before.at) }) } : {}),
      ...(older ? { $or: older } : {}),
    })
      .sort({ lastAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<Conversation[]>();
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      conversations: await this.#views(me, page),
      next: last ? `${last.lastAt.getTime()}_${last._id}` : null,
    };
  }

  /** Unread messages of somebody, muted conversations left out: counted in an index. */
  async unread(me: string): Promise<number> {
    const { models } = this.deps;
    const quiet = await models.Conversation.find({
      flags: trusted({ $in: [mutedBy(me), blockedBy(me), hiddenFrom(me)] }),
    })
      .select('people')
      .limit(1_000)
      .lean<Conversation[]>();
    const left = quiet.map((conversation) => otherOf(conversation, me));
    return models.Direct.countDocuments({
      to: me,
      unread: true,
      ...(left.length > 0 ? { from: trusted({ $nin: left }) } : {}),
    });
  }

  /** Somebody has read what `other` wrote, up to `upTo`. @throws AppError person_not_found. */
  async read(me: string, other: string, upTo: number): Promise<void> {
    const { models, events } = this.deps;
    const conversation = await this.#conversation(me, other);
    if (!conversation) throw new AppError('person_not_found');
    const mark = Math.min(upTo, conversation.lastSeq);
    const at = conversation.people.indexOf(me);
    const { modifiedCount } = await models.Conversation.updateOne(
      { _id: conversation._id },
      { $max: { [`members.${at}.readUpTo`]: mark } },
    );
    const read = await models.Direct.updateMany(
      { to: me, unread: true, from: other, seq: trusted({ $lte: mark }) },
      { $unset: { unread: 1 } },
    );
    if (modifiedCount === 0 && read.modifiedCount === 0) return;
    const quiet = conversation.flags.includes(hiddenFrom(other));
    events.announce('direct.read', { by: me, with: other, upTo: mark, quiet });
  }

  /** Whether `from` may tell `to` that they are typing: there is a conversation, and neither has blocked. */
  async mayType(from: string, to: string): Promise<boolean> {
    const conversation = await this.#stored(from, to);
    return conversation?.flags.every((flag) => flag === mutedBy(from) || flag === mutedBy(to)) ?? false;
  }

  /**
   * Block or unblock. The blocked person finds nobody there any more, and may block back all the same.
   * @throws AppError person_not_found.
   */
  async block(me: Visitor, other: string, on: boolean): Promise<ConversationView> {
    await this.#flag(me, other, [blockedBy(me.id), hiddenFrom(other)], on);
    this.deps.events.announce('direct.changed', { by: me.id, with: other, blocked: on });
    const conversation = await this.#stored(me.id, other);
    if (conversation?.flags.includes(hiddenFrom(me.id)))
      return { ...blank(gone(conversation, other)), blocked: on, ended: true };
    const [view] = conversation ? await this.#views(me.id, [conversation]) : [];
    if (!view) throw new AppError('person_not_found');
    return view;
  }

  /** No sound, no count for this conversation. @throws AppError person_not_found. */
  async mute(me: Visitor, other: string, on: boolean): Promise<void> {
    await this.#conversation(me.id, other);
    await this.#flag(me, other, [mutedBy(me.id)], on);
    this.deps.events.announce('direct.changed', { by: me.id, with: other });
  }

  /** Those who have blocked somebody: they are not there for them. */
  async hiddenFrom(me: string): Promise<Set<string>> {
    return this.#flagged(me, [hiddenFrom(me)]);
  }

  /** Those, and whom somebody has blocked. */
  async silentFor(me: string): Promise<Set<string>> {
    return this.#flagged(me, [hiddenFrom(me), blockedBy(me)]);
  }

  async #flagged(me: string, flags: string[]): Promise<Set<string>> {
    const found = await this.deps.models.Conversation.find({ flags: trusted({ $in: flags }) })
      .select('people')
      .limit(10_000)
      .lean<Conversation[]>();
    return new Set(found.map((conversation) => otherOf(conversation, me)));
  }

  /** A page of people online whom somebody may write to, by name. `next` is where the following page begins. */
  async users(me: string, { after, q, limit }: UsersQuery): Promise<{ users: ContactView[]; next: string | null }> {
    const { presence, people } = this.deps;
    const [found, hidden] = await Promise.all([presence.page({ after, q, limit: limit + 1 }), this.hiddenFrom(me)]);
    const page = found.slice(0, limit);
    const ids = page.map(({ id }) => id).filter((id) => id !== me && !hidden.has(id));
    const known = await people.among(ids);
    const users = ids.flatMap((id) => {
      const person = known.get(id);
      return person ? [contact(person, true)] : [];
    });
    const last = found.length > limit ? page.at(-1) : undefined;
    return { users, next: last ? `${last.id}_${last.key}` : null };
  }

  /** What the list shows of each conversation: one write for all messages of a batch. */
  async noteLast(messages: Direct[]): Promise<void> {
    const newest = new Map(messages.map((message) => [message.pair, message]));
    await this.deps.models.Conversation.collection.bulkWrite(
      [...newest.values()].map(({ pair, seq, from, message, createdAt }) => ({
        updateOne: {
          filter: { _id: pair as never, lastSeq: { $lt: seq } },
          update: {
            $set: { lastSeq: seq, lastAt: createdAt, last: { from, message: line(message) } },
          },
        },
      })),
      { ordered: false },
    );
  }

  /** End conversations whose two visits are over. @returns how many ended. */
  async sweep(): Promise<number> {
    const { models, clock } = this.deps;
    const due = await models.Conversation.find({ until: trusted({ $lte: clock.date() }) })
      .sort({ until: 1 })
      .limit(SWEEP_BATCH)
      .lean<Conversation[]>();
    const alive = await this.deps.people.among(due.flatMap(({ people }) => people));
    let ended = 0;
    for (const { _id, people, until } of due) {
      const latest = Math.max(0, ...people.map((id) => alive.get(id)?.until.getTime() ?? 0));
      if (latest > 0) await models.Conversation.updateOne({ _id }, { $max: { until: new Date(latest) } });
      else if (await this.#end(_id, until)) ended++;
    }
    return ended;
  }

  /** Begin a conversation, once: its id is the pair key. */
  async begin(me: Visitor, other: PersonDoc): Promise<void> {
    const pair = pairKey(me.id, other._id);
    await this.deps.limits.take('direct_new', me.id);
    const now = this.deps.clock.date();
    const members = [
      { id: me.id, name: me.name, color: me.color, readUpTo: 0 },
      { id: other._id, name: other.name, color: other.color, readUpTo: 0 },
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    const people = members.map(({ id }) => id);
    const fresh = { people, members, lastSeq: 0, lastAt: now, flags: [], until: other.until, ended: false };
    try {
      await this.deps.models.Conversation.updateOne({ _id: pair }, { $setOnInsert: fresh }, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /** One conditional write decides; then messages, then the conversation. Each step can be repeated. */
  async #end(pair: string, until: Date): Promise<boolean> {
    const { models } = this.deps;
    const { matchedCount } = await models.Conversation.updateOne({ _id: pair, until }, { $set: { ended: true } });
    if (matchedCount === 0) return false;
    await models.Direct.deleteMany({ pair });
    await models.Conversation.deleteOne({ _id: pair, until });
    return true;
  }

  /** The conversation as `me` may see it: not if the other has blocked them. */
  async #conversation(me: string, other: string): Promise<Conversation | null> {
    const found = await this.#stored(me, other);
    if (found?.flags.includes(hiddenFrom(me))) throw new AppError('person_not_found');
    return found;
  }

  /** The conversation, whoever may see it. */
  async #stored(me: string, other: string): Promise<Conversation | null> {
    return this.deps.models.Conversation.findOne({ _id: pairKey(me, other) }).lean<Conversation>();
  }

  /** Set or clear somebody's own flags. */
  async #flag(me: Visitor, other: string, flags: string[], on: boolean): Promise<void> {
    if (!(await this.#stored(me.id, other))) await this.begin(me, (await this.reach(me.id, other)).other);
    await this.deps.models.Conversation.updateOne(
      { _id: pairKey(me.id, other) },
      on ? { $addToSet: { flags: { $each: flags } } } : { $pullAll: { flags } },
    );
  }

  async #views(me: string, conversations: Conversation[]): Promise<ConversationView[]> {
    const { people, presence, models } = this.deps;
    const others = conversations.map((conversation) => otherOf(conversation, me));
    const [known, online, counts] = await Promise.all([
      people.among(others),
      presence.among(others),
      models.Direct.aggregate<{ _id: string; unread: number }>([
        { $match: { to: me, unread: true, from: { $in: others } } },
        { $group: { _id: '$from', unread: { $sum: 1 } } },
      ]),
    ]);
    const unread = new Map(counts.map((count) => [count._id, count.unread]));
    return conversations.map((conversation) => {
      const id = otherOf(conversation, me);
      const person = known.get(id);
      const mine = conversation.members.find((member) => member.id === me);
      const theirs = conversation.members.find((member) => member.id === id);
      const { last, lastSeq, lastAt, flags } = conversation;
      return {
        with: person ? contact(person, online.has(id)) : gone(conversation, id),
        last: last
          ? { senderId: last.from, message: last.message, seq: lastSeq, createdAt: lastAt.toISOString() }
          : null,
        unread: unread.get(id) ?? 0,
        readUpTo: mine?.readUpTo ?? 0,
        theirReadUpTo: theirs?.readUpTo ?? 0,
        muted: flags.includes(mutedBy(me)),
        blocked: flags.includes(blockedBy(me)),
        ended: !person,
      };
    });
  }
}

/** Characters of a message that a list shows. */
const LINE_MAX = 120;
const line = (message: string) => Array.from(message.replace(/\s+/gu, ' ')).slice(0, LINE_MAX).join('');

const otherOf = ({ people }: Pick<Conversation, 'people'>, me: string): string => people.find((id) => id !== me) ?? '';

const contact = (person: PersonDoc, online: boolean): ContactView => ({
  ...personOf(person),
  online,
  lastSeen: person.lastSeen.toISOString(),
});

/** The other as they were when it began. */
function gone({ members, lastAt }: Conversation, id: string): ContactView {
  const { name = '', color = '' } = members.find((member) => member.id === id) ?? {};
  return { id, name, color, online: false, lastSeen: lastAt.toISOString() };
}

const blank = (other: ContactView): ConversationView => ({
  with: other,
  last: null,
  unread: 0,
  readUpTo: 0,
  theirReadUpTo: 0,
  muted: false,
  blocked: false,
  ended: false,
});
