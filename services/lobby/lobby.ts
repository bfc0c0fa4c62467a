/**
 * The lobby: who is there, under names that belong to one visitor at a time. A unique index on the folded name decides who
 * gets it. A visitor is announced when the first tab joins, and when the last one has been gone for the grace time. The
 * name stays reserved for a while longer; then anybody may take it.
 */
import { trusted } from 'mongoose';
import type { Image } from '../../schemas/messages/image.js';
import type { Person } from '../../schemas/people/contract.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { type LobbyUser, lobbyUserView } from '../../schemas/lobby/lobby.js';
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { translator } from '../site/locales.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import { SocketHolders } from '../people/socket-holders.js';
import { GatheredReads } from '../work/gathered-reads.js';
import { MARGIN_MS, type Timers } from '../work/timers.js';
import type { Visitor } from '../people/visitors.js';
import { mentionsIn } from '../messages/mentions.js';
import type { LobbyMessages } from './messages.js';
import { claimName } from './names.js';

/** Users in one list at the most. */
const USERS_MAX = 200;
/** Milliseconds for which a name stays reserved for a visitor who left. */
export const RELEASE_MS = 10 * 60_000;
/** Milliseconds for which a visitor without a socket counts as here after a page view or a post. */
const LEASE_MS = 60_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  people: People;
  presence: Pick<Presence, 'renamed'>;
  messages: LobbyMessages;
  /** Milliseconds in which a visitor whose last socket is gone may come back unnoticed. */
  graceMs: number;
}

export class Lobby {
  readonly #holders: SocketHolders<LobbyUser>;
  readonly #users: GatheredReads<LobbyUser>;

  constructor(private readonly deps: Deps) {
    this.#holders = new SocketHolders({ ...deps, model: deps.models.LobbyUser, end: (user) => this.#end(user) });
    this.#users = new GatheredReads(async (ids) => {
      const found = await deps.models.LobbyUser.find({ _id: trusted({ $in: ids }) }).lean<LobbyUser[]>();
      return new Map(found.map((user) => [user._id, user]));
    });
  }

  /**
   * Join under a name: with a socket, or for a minute without one. Joining again is fine; with another name it renames.
   * @throws AppError name_taken.
   */
  async join(visitor: Visitor, name: string, ref: SocketRef | null): Promise<LobbyUser> {
    const { models, clock, events } = this.deps;
    const stay = { ref, until: ref ? null : clock.date(LEASE_MS), lastSeen: clock.date() };
    const before = await claimName(models.LobbyUser, visitor, name, stay, (key) => this.#free({ key }));
    if (before?.online !== true) await this.#announceJoined(visitor, name);
    else if (before.name !== name) await this.#say('renamed', { ...visitor, name }, visitor.lang, before.name);
    if (before?.name !== name) await this.#call(visitor.id, name);
    events.announce('lobby.changed');
    const user = await this.user(visitor.id);
    if (!user) throw new AppError('lobby_name_required');
    return user;
  }

  /** The document that owns the lobby's pictures is there from the first start on. */
  async ownPictures(): Promise<void> {
    const empty = { images: 0, imageBytes: 0 };
    await this.deps.models.LobbyPictures.updateOne({ _id: LOBBY_OWNER }, { $setOnInsert: empty }, { upsert: true });
  }

  /** A visitor's user of the lobby, here or away; null without a name. */
  user(visitor: string): Promise<LobbyUser | null> {
    return this.#users.read(visitor);
  }

  /**
   * Somebody who is here and may speak; who has no socket is so for another minute.
   * @throws AppError lobby_name_required.
   */
  async speaker(visitor: string): Promise<LobbyUser> {
    const user = await this.user(visitor);
    if (!user?.online) throw new AppError('lobby_name_required');
    if (user.sockets.length === 0) await this.stay(visitor);
    return user;
  }

  /**
   * Say something, as somebody who is here.
   * @throws AppError lobby_name_required, or as LobbyMessages.post.
   */
  async post(
    visitor: Visitor,
    said: string | { gif: Image },
    clientId: string | undefined,
    replyTo?: string,
  ): Promise<LobbyMessageView> {
    const user = await this.speaker(visitor.id);
    const author = { id: visitor.id, name: user.name, color: visitor.color };
    const mentions = typeof said === 'string' ? await this.mentions(said) : [];
    return this.deps.messages.post(author, said, clientId, { replyTo, mentions });
  }

  /** Whom of those who are here a text mentions. */
  async mentions(chat: string): Promise<Person[]> {
    if (!chat.includes('@')) return [];
    const { list } = await this.users();
    const here = list.filter(({ online }) => online);
    return [...new Set(mentionsIn(chat, here))].map(({ id, name, color }) => ({
      id,
      name,
      color,
    }));
  }

  /** Users who are here, then users who are away, last seen first: at most 200, with the counts of all. */
  async users() {
    const { LobbyUser: Users } = this.deps.models;
    const [list, here, all] = await Promise.all([
      Users.find().sort({ online: -1, lastSeen: -1 }).limit(USERS_MAX).lean<LobbyUser[]>(),
      Users.countDocuments({ online: true }),
      Users.estimatedDocumentCount(),
    ]);
    return { list: list.map(lobbyUserView), counts: { here, away: Math.max(0, all - here) } };
  }

  /** Count a visitor without a socket, who viewed the lobby or posted, as here for another minute. */
  async stay(visitor: string): Promise<void> {
    const until = this.deps.clock.date(LEASE_MS);
    await this.deps.models.LobbyUser.updateOne({ _id: visitor, online: true }, { $max: { until } });
  }

  /** A socket is gone. */
  async release(visitor: string, ref: SocketRef): Promise<void> {
    const update = { $set: { until: this.#holders.graceEnd(), lastSeen: this.deps.clock.date() } };
    const user = await this.#holders.release({ _id: visitor, 'sockets.socket': ref.socket }, ref, update);
    if (user) this.#holders.endAfterGrace(user);
  }

  /** Leave at once, with every tab. The name stays reserved for a while. */
  async leave(visitor: string): Promise<void> {
    await this.#leave({ _id: visitor });
  }

  /** A node is gone, with its sockets. */
  releaseNode(node: string): Promise<void> {
    return this.#holders.releaseNode(node);
  }

  /** Announce those whose grace time is over as gone, and release names that are reserved no longer. */
  sweep(): Promise<void> {
    return this.#holders.sweep();
  }

  /** Sweep once the grace time that the process before this one gave to its visitors is over. */
  start(): void {
    this.#holders.sweepAfterGrace();
  }

  /** Release a name whose visitor did not come back. @returns whether it was released. */
  async #free(of: { key: string } | { _id: string }): Promise<boolean> {
    const { models, events } = this.deps;
    const over = { ...of, online: false, ...this.#holders.isOver() };
    const gone = await models.LobbyUser.findOneAndDelete(over).lean<LobbyUser>();
    if (!gone) return false;
    await this.#call(gone._id, null);
    events.announce('lobby.changed');
    return true;
  }

  /** Announce a visitor who joined. The write that sets `online` decides who does: once, on however many nodes. */
  async #announceJoined(visitor: Visitor, name: string): Promise<void> {
    const { modifiedCount } = await this.deps.models.LobbyUser.updateOne(
      { _id: visitor.id, online: false },
      { $set: { online: true } },
    );
    if (modifiedCount > 0) await this.#say('joined', { ...visitor, name }, visitor.lang);
  }

  /** The time of a user is over: here, the grace time or lease; away, the time for which the name is reserved. */
  async #end({ _id, online }: LobbyUser): Promise<void> {
    if (online) await this.#leave({ _id, ...this.#holders.isOver() });
    else await this.#free({ _id });
  }

  /**
   * Announce that a visitor left. The write that clears `online` decides who does, and reserves the name from then on:
   * a second leaving does not prolong that.
   */
  async #leave(who: { _id: string; sockets?: object; until?: object }): Promise<void> {
    const { models, clock, events, timers } = this.deps;
    const left = await models.LobbyUser.findOneAndUpdate(
      { ...who, online: true },
      { $set: { online: false, sockets: [], until: clock.date(RELEASE_MS), lastSeen: clock.date() } },
      { returnDocument: 'after' },
    ).lean<LobbyUser>();
    if (!left) return;
    await this.#say('left', { id: left._id, name: left.name, color: left.color }, left.lang);
    events.announce('lobby.changed');
    timers.later(RELEASE_MS + MARGIN_MS, () => this.#free({ _id: left._id }));
  }

  /** Let messages and lists know a visitor by a name of the lobby; null: the name was released. */
  async #call(visitor: string, name: string | null): Promise<void> {
    await this.deps.people.call(visitor, name);
    await this.deps.presence.renamed(visitor);
  }

  async #say(event: 'joined' | 'left' | 'renamed', { id, name, color }: Person, lang: string, before?: string) {
    const chat = translator(lang === 'ko' ? 'ko' : 'en')(`lobby.${event}`, { name, before: before ?? '' });
    await this.deps.messages.note({ id, name, color }, event, chat);
  }
}
