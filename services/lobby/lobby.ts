/**
 * The lobby: one stream, and names that belong to one visitor at a time. The unique index on the folded name decides who
 * gets it. Somebody is announced when the first tab comes and when the last has been gone for the grace time; the name
 * is kept for them a while longer, and then it is anybody's.
 */
import { trusted } from 'mongoose';
import type { Person } from '../../schemas/people/contract.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import { type LobbyChat, lobbyMessageView, type LobbyUser, lobbyUserView } from '../../schemas/lobby/lobby.js';
import type { Models } from '../../schemas/models.js';
import { nameKey } from '../../schemas/lobby/payloads.js';
import type { ChatsQuery } from '../../schemas/messages/payloads.js';
import type { Clock } from '../site/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { Journal } from '../messages/journal.js';
import { translator } from '../site/locales.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { Timers } from '../site/timers.js';
import type { Visitor } from '../people/visitors.js';

/** Messages kept. */
export const LOBBY_KEPT = 500;
/** People in one `users` list. */
export const USERS_MAX = 200;
/** How long a name is kept for somebody who left. */
export const RELEASE_MS = 10 * 60_000;
/** How long a visitor without a socket counts as here after a page or a post. */
export const LEASE_MS = 60_000;
const TRIES = 5;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  people: People;
  presence: Pick<Presence, 'renamed'>;
  graceMs: number;
  releaseMs?: number;
  onError: (error: unknown) => void;
}

export class Lobby {
  readonly #timers: Timers;
  readonly #stream: Journal<LobbyChat, 'seq'>;
  readonly #releaseMs: number;

  constructor(private readonly deps: Deps) {
    const { models, events } = deps;
    this.#timers = new Timers(deps.onError);
    this.#releaseMs = deps.releaseMs ?? RELEASE_MS;
    this.#stream = new Journal<LobbyChat, 'seq'>({
      model: models.LobbyChat as never,
      streams: { seq: [] },
      repeatOf: async ({ author, clientId }) =>
        clientId ? models.LobbyChat.findOne({ 'author.id': author.id, clientId }).lean<LobbyChat>() : null,
      stored: (chats) => this.#forget(chats),
      announce: (chat) => events.announce('lobby.posted', lobbyMessageView(chat)),
    });
  }

  /**
   * Be here under a name: with a socket, or for a minute without one. The same name again is fine, another one renames.
   * @throws AppError name_taken.
   */
  async join(visitor: Visitor, name: string, ref: SocketRef | null): Promise<LobbyUser> {
    const { events } = this.deps;
    const before = await this.#claim(visitor, name, ref);
    if (before?.online !== true) await this.#announce('joined', visitor, name);
    else if (before.name !== name) await this.#say('renamed', { ...visitor, name }, visitor.lang, before.name);
    if (before?.name !== name) await this.#call(visitor.id, name);
    events.announce('lobby.changed');
    const user = await this.user(visitor.id);
    if (!user) throw new AppError('lobby_name_required');
    return user;
  }

  /** Who this visitor is in the lobby, here or away; null without a name. */
  async user(visitor: string): Promise<LobbyUser | null> {
    return this.deps.models.LobbyUser.findOne({ _id: visitor }).lean<LobbyUser>();
  }

  /**
   * Say something, as somebody who is here.
   * @throws AppError lobby_name_required.
   */
  async post(visitor: Visitor, chat: string, clientId: string | undefined) {
    const user = await this.user(visitor.id);
    if (!user?.online) throw new AppError('lobby_name_required');
    const { doc } = await this.#stream.write({
      author: { id: visitor.id, name: user.name, color: visitor.color },
      chat,
      ...(clientId === undefined ? {} : { clientId }),
      createdAt: this.deps.clock.date(),
    });
    return lobbyMessageView(doc);
  }

  /** Messages after or before a cursor, or the latest, ascending. */
  async page({ after, before, limit }: ChatsQuery) {
    const forward = after !== undefined;
    const range = forward
      ? { seq: trusted({ $gt: after }) }
      : before !== undefined
        ? { seq: trusted({ $lt: before }) }
        : {};
    const found = await this.deps.models.LobbyChat.find(range)
      .sort({ seq: forward ? 1 : -1 })
      .limit(limit + 1)
      .lean<LobbyChat[]>();
    const chats = found.slice(0, limit).map(lobbyMessageView);
    return { chats: forward ? chats : chats.reverse(), more: found.length > limit };
  }

  /** The newest number given. */
  async newest(): Promise<number> {
    const chat = await this.deps.models.LobbyChat.findOne().sort({ seq: -1 }).select('seq').lean<LobbyChat>();
    return chat?.seq ?? 0;
  }

  /** The newest state: who is here first, then who is away, the latest first. */
  async users() {
    const { LobbyUser: Users } = this.deps.models;
    const [list, here, all] = await Promise.all([
      Users.find().sort({ online: -1, lastSeen: -1 }).limit(USERS_MAX).lean<LobbyUser[]>(),
      Users.countDocuments({ online: true }),
      Users.estimatedDocumentCount(),
    ]);
    return { list: list.map(lobbyUserView), counts: { here, away: Math.max(0, all - here) } };
  }

  /** A visitor without a socket looked at the lobby, or posted: here for another minute. */
  async stay(visitor: string): Promise<void> {
    const until = this.deps.clock.date(LEASE_MS);
    await this.deps.models.LobbyUser.updateOne({ _id: visitor, online: true }, { $max: { until } });
  }

  /** A socket is gone. */
  async release(visitor: string, { node, socket }: SocketRef): Promise<void> {
    const { models, clock, graceMs } = this.deps;
    const user = await models.LobbyUser.findOneAndUpdate(
      { _id: visitor, 'sockets.socket': socket },
      { $pull: { sockets: { node, socket } }, $set: { until: clock.date(graceMs), lastSeen: clock.date() } },
      { returnDocument: 'after' },
    ).lean<LobbyUser>();
    if (user?.sockets.length === 0) this.#timers.later(graceMs + 5, () => this.#leave(visitor));
  }

  /** Leave with every tab, now. The name stays theirs for a while. */
  async leave(visitor: string): Promise<void> {
    await this.#goodbye({ _id: visitor, online: true });
  }

  /** A node is gone, with its sockets. */
  async releaseNode(node: string): Promise<void> {
    const { models, clock, graceMs } = this.deps;
    await models.LobbyUser.updateMany(
      { 'sockets.node': node },
      { $pull: { sockets: { node } }, $set: { until: clock.date(graceMs) } },
    );
    this.#timers.later(graceMs + 5, () => this.sweep());
  }

  /** Say goodbye for those whose grace time is over, and release names. */
  async sweep(): Promise<void> {
    const over = await this.deps.models.LobbyUser.find({
      until: trusted({ $lte: this.deps.clock.date() }),
      sockets: trusted({ $size: 0 }),
    })
      .limit(1_000)
      .lean<LobbyUser[]>();
    for (const user of over) {
      if (user.online) await this.#leave(user._id);
      else await this.#free({ _id: user._id });
    }
  }

  async settled(): Promise<void> {
    await this.#stream.settled();
  }

  /** What a process that ended left behind is over when its grace time is, not at the next sweep. */
  start(): void {
    this.#timers.later(this.deps.graceMs + 5, () => this.sweep());
  }

  stop(): void {
    this.#timers.stop();
  }

  /** Take the name: one upsert, and the unique index says whether it is free. @returns who they were before. */
  async #claim(visitor: Visitor, name: string, ref: SocketRef | null): Promise<LobbyUser | null> {
    const { models, clock } = this.deps;
    const key = nameKey(name);
    const update = {
      $set: {
        name,
        key,
        color: visitor.color,
        lang: visitor.lang,
        lastSeen: clock.date(),
        until: ref ? null : clock.date(LEASE_MS),
      },
      ...(ref ? { $addToSet: { sockets: ref } } : {}),
      $setOnInsert: { online: false, ...(ref ? {} : { sockets: [] }) },
    };
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        return await models.LobbyUser.findOneAndUpdate({ _id: visitor.id }, update, {
          upsert: true,
          returnDocument: 'before',
        }).lean<LobbyUser>();
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const holder = await models.LobbyUser.findOne({ key }).lean<LobbyUser>();
        if (holder && holder._id !== visitor.id && !(await this.#free({ key }))) throw new AppError('name_taken');
      }
    }
    throw new AppError('name_taken');
  }

  /** Release a name that nobody came back for. @returns whether it was. */
  async #free(of: { key: string } | { _id: string }): Promise<boolean> {
    const { models, clock, events } = this.deps;
    const gone = await models.LobbyUser.findOneAndDelete({
      ...of,
      online: false,
      sockets: trusted({ $size: 0 }),
      until: trusted({ $lte: clock.date() }),
    }).lean<LobbyUser>();
    if (!gone) return false;
    await this.#call(gone._id, null);
    events.announce('lobby.changed');
    return true;
  }

  /** Whoever turns `online` says so: one message a person, however many tabs and nodes. */
  async #announce(event: 'joined', visitor: Visitor, name: string): Promise<void> {
    const { modifiedCount } = await this.deps.models.LobbyUser.updateOne(
      { _id: visitor.id, online: false },
      { $set: { online: true } },
    );
    if (modifiedCount > 0) await this.#say(event, { ...visitor, name }, visitor.lang);
  }

  /** Nobody came back within the grace time. */
  async #leave(visitor: string): Promise<void> {
    const until = trusted({ $lte: this.deps.clock.date() });
    await this.#goodbye({ _id: visitor, online: true, sockets: trusted({ $size: 0 }), until });
  }

  /** Whoever turns `online` off says so. The name is kept from that moment on, and no second leaving changes that. */
  async #goodbye(who: { _id: string; online: true; sockets?: object; until?: object }): Promise<void> {
    const { models, clock, events } = this.deps;
    const left = await models.LobbyUser.findOneAndUpdate(
      who,
      { $set: { online: false, sockets: [], until: clock.date(this.#releaseMs), lastSeen: clock.date() } },
      { returnDocument: 'after' },
    ).lean<LobbyUser>();
    if (!left) return;
    await this.#say('left', { id: left._id, name: left.name, color: left.color }, left.lang);
    events.announce('lobby.changed');
    this.#timers.later(this.#releaseMs + 5, async () => void (await this.#free({ _id: left._id })));
  }

  async #call(visitor: string, name: string | null): Promise<void> {
    await this.deps.people.call(visitor, name);
    await this.deps.presence.renamed(visitor);
  }

  async #say(event: 'joined' | 'left' | 'renamed', { id, name, color }: Person, lang: string, before?: string) {
    const chat = translator(lang === 'ko' ? 'ko' : 'en')(`lobby.${event}`, { name, before: before ?? '' });
    await this.#stream.write({
      author: { id, name, color },
      chat,
      event,
      createdAt: this.deps.clock.date(),
    });
  }

  async #forget(chats: LobbyChat[]): Promise<void> {
    const newest = chats.at(-1)?.seq ?? 0;
    if (newest > LOBBY_KEPT) {
      await this.deps.models.LobbyChat.deleteMany({ seq: trusted({ $lte: newest - LOBBY_KEPT }) });
    }
  }
}
