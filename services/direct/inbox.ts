/** What somebody's list of conversations shows, and whom they may write to. */
import { trusted } from 'mongoose';
import type { ContactView, ConversationView } from '../../schemas/direct/contract.js';
import { blockedBy, type Conversation, hiddenFrom, mutedBy } from '../../schemas/direct/direct.js';
import type { UsersQuery } from '../../schemas/direct/payloads.js';
import type { Models } from '../../schemas/models.js';
import { personOf, type PersonDoc } from '../../schemas/people/person.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import { AppError } from '../site/errors.js';
import { type Conversations, otherOf } from './conversations.js';

interface Deps {
  models: Models;
  people: People;
  presence: Presence;
  conversations: Conversations;
}

export class Inbox {
  constructor(private readonly deps: Deps) {}

  /**
   * The conversation with one person, also before the first message.
   * @throws AppError person_not_found.
   */
  async open(me: string, other: string): Promise<ConversationView> {
    const conversation = await this.deps.conversations.find(me, other);
    const person = await this.deps.people.find(other);
    if (!conversation && (!person || me === other)) throw new AppError('person_not_found');
    const [view] = conversation ? await this.views(me, [conversation]) : [];
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
      conversations: await this.views(me, page),
      next: last ? `${last.lastAt.getTime()}_${last._id}` : null,
    };
  }

  /** Unread messages of somebody, muted conversations left out: counted in an index. Mostly there are none, and one question says so. */
  async unread(me: string): Promise<number> {
    const { models } = this.deps;
    const count = (condition: object = {}) => models.Direct.countDocuments({ to: me, unread: true, ...condition });
    const all = await count();
    if (all === 0) return 0;
    const quiet = await models.Conversation.find({
      flags: trusted({ $in: [mutedBy(me), blockedBy(me), hiddenFrom(me)] }),
    })
      .select('people')
      .limit(1_000)
      .lean<Conversation[]>();
    const left = quiet.map((conversation) => otherOf(conversation, me));
    return left.length > 0 ? count({ from: trusted({ $nin: left }) }) : all;
  }

  /** A page of people online whom somebody may write to, by name. `next` is where the following page begins. */
  async users(me: string, { after, q, limit }: UsersQuery): Promise<{ users: ContactView[]; next: string | null }> {
    const { presence, people } = this.deps;
    const [found, hidden] = await Promise.all([
      presence.page({ after, q, limit: limit + 1 }),
      this.deps.conversations.hiddenFrom(me),
    ]);
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

  /** Conversations as their list shows them to one of the two. */
  async views(me: string, conversations: Conversation[]): Promise<ConversationView[]> {
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
          ? {
              senderId: last.from,
              message: last.message,
              ...(last.gif ? { gif: true } : {}),
              seq: lastSeq,
              createdAt: lastAt.toISOString(),
            }
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

const contact = (person: PersonDoc, online: boolean): ContactView => ({
  ...personOf(person),
  online,
  lastSeen: person.lastSeen.toISOString(),
});

/** The other as they were when the conversation began. */
export function gone({ members, lastAt }: Conversation, id: string): ContactView {
  const { name = '', color = '' } = members.find((member) => member.id === id) ?? {};
  return { id, name, color, online: false, lastSeen: lastAt.toISOString() };
}

/** A conversation before its first message. */
export const blank = (other: ContactView): ConversationView => ({
  with: other,
  last: null,
  unread: 0,
  readUpTo: 0,
  theirReadUpTo: 0,
  muted: false,
  blocked: false,
  ended: false,
});
