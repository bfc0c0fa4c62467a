/**
 * Conversations between two visitors: who may reach whom, how they begin, what was read, and when they end. Everything
 * is addressed by the other person, never by a conversation, so there is no address under which a third could find one.
 * Who may not see a conversation (blocked, or the person is not there) gets what a missing person gets.
 */
import { trusted } from 'mongoose';
import { blockedBy, type Conversation, type Direct, hiddenFrom, pairKey } from '../../schemas/direct/direct.js';
import type { Models } from '../../schemas/models.js';
import type { PersonDoc } from '../../schemas/people/person.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Limits } from '../site/limits.js';
import type { ImageStore } from '../messages/image-store.js';
import type { People } from '../people/people.js';
import { GatheredReads } from '../work/gathered-reads.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { Visitor } from '../people/visitors.js';

const SWEEP_BATCH = 100;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  people: People;
  limits: Limits;
  images: Pick<ImageStore, 'erase'>;
}

export class Conversations {
  readonly #people: GatheredReads<PersonDoc>;
  readonly #conversations: GatheredReads<Conversation>;

  constructor(private readonly deps: Deps) {
    this.#people = new GatheredReads((ids) => deps.people.among(ids));
    this.#conversations = new GatheredReads(async (pairs) => {
      const found = await deps.models.Conversation.find({ _id: trusted({ $in: pairs }) }).lean<Conversation[]>();
      return new Map(found.map((conversation) => [conversation._id, conversation]));
    });
  }

  /** The person to write to, and the conversation if there is one. @throws AppError person_not_found. */
  async reach(me: string, to: string): Promise<{ other: PersonDoc; conversation: Conversation | null }> {
    if (me === to) throw new AppError('person_not_found');
    const [other, conversation] = await Promise.all([this.#people.read(to), this.find(me, to)]);
    if (!other) throw new AppError('person_not_found');
    return { other, conversation };
  }

  /** Somebody has read what `other` wrote, up to `upTo`. @throws AppError person_not_found. */
  async read(me: string, other: string, upTo: number): Promise<void> {
    const { models, events } = this.deps;
    const conversation = await this.find(me, other);
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

  /** What the list shows of each conversation: one write for all messages of a batch. */
  async noteLast(messages: Direct[]): Promise<void> {
    const newest = new Map(messages.map((message) => [message.pair, message]));
    await this.deps.models.Conversation.collection.bulkWrite(
      [...newest.values()].map((message) => ({
        updateOne: {
          filter: { _id: message.pair as never, lastSeq: { $lt: message.seq } },
          update: {
            $set: { lastSeq: message.seq, lastAt: message.createdAt, last: lastOf(message) },
          },
        },
      })),
      { ordered: false },
    );
  }

  /** The last message of a conversation is not any more what the list shows. */
  async noteChanged(message: Direct): Promise<void> {
    const { pair, seq } = message;
    await this.deps.models.Conversation.updateOne({ _id: pair, lastSeq: seq }, { $set: { last: lastOf(message) } });
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
    await this.deps.images.erase(pair);
    await models.Conversation.deleteOne({ _id: pair, until });
    return true;
  }

  /** The conversation as `me` may see it. @throws AppError person_not_found: the other has blocked them. */
  async find(me: string, other: string): Promise<Conversation | null> {
    const found = await this.stored(me, other);
    if (found?.flags.includes(hiddenFrom(me))) throw new AppError('person_not_found');
    return found;
  }

  /** The conversation, whoever may see it. */
  stored(me: string, other: string): Promise<Conversation | null> {
    return this.#conversations.read(pairKey(me, other));
  }
}

/** Characters of a message that a list shows. */
const LINE_MAX = 120;
const lastOf = ({ from, message, gif }: Direct) => ({
  from,
  message: line(message ?? gif?.alt ?? ''),
  ...(gif ? { gif: true } : {}),
});
const line = (message: string) => Array.from(message.replace(/\s+/gu, ' ')).slice(0, LINE_MAX).join('');

/** The other one of two. */
export const otherOf = ({ people }: Pick<Conversation, 'people'>, me: string): string =>
  people.find((id) => id !== me) ?? '';
