/** Messages of the lobby: a stream of the message log, kept short. System messages take numbers like any other. */
import { trusted } from 'mongoose';
import type { ChangesView } from '../../schemas/messages/contract.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { withMine } from '../../schemas/messages/actions.js';
import { type LobbyChat, lobbyMessageView } from '../../schemas/lobby/lobby.js';
import type { Models } from '../../schemas/models.js';
import type { Image } from '../../schemas/messages/image.js';
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import type { Person } from '../../schemas/people/contract.js';
import { type Changed, Changes, type Decide } from '../messages/changes.js';
import type { ImageStore } from '../messages/image-store.js';
import { MessageLog } from '../messages/message-log.js';
import { quoteOf } from '../messages/quotes.js';
import type { PageQuery } from '../messages/page.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Timers } from '../work/timers.js';

/** Messages kept, and milliseconds for which older ones may stay: they are deleted together, not with each post. */
const LOBBY_KEPT = 500;
const FORGET_MS = 1_000;
/** A join brings along all that is kept. */
const MISSED = { messages: LOBBY_KEPT, characters: Infinity, charactersOf: () => 0 };

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  images: Pick<ImageStore, 'remove'>;
}

/** Views as one of their readers gets them. */
const viewsFor = (messages: LobbyChat[]) => (me: string) => withMine(messages.map(lobbyMessageView), messages, me);

/** What a text leads to: the message that it answers, by its id, and those whom it mentions. */
interface Links {
  replyTo?: string | undefined;
  mentions?: Person[];
}

export class LobbyMessages {
  readonly #log: MessageLog<LobbyChat, 'seq'>;
  readonly #changes: Changes<LobbyChat>;
  /** The newest number confirmed since messages were deleted last; 0: none. */
  #newest = 0;

  constructor(private readonly deps: Deps) {
    this.#log = new MessageLog<LobbyChat, 'seq'>({
      model: deps.models.LobbyChat,
      numbers: { seq: [] },
      retry: ['author.id'],
      lane: [],
      confirm: (chats) => {
        this.#forgetBefore(chats.at(-1)?.seq ?? 0);
        return Promise.resolve(chats.map((chat) => () => deps.events.announce('lobby.posted', lobbyMessageView(chat))));
      },
    });
    this.#changes = new Changes<LobbyChat>({
      model: deps.models.LobbyChat,
      sequence: [],
      announce: (chat) => deps.events.announce('lobby.messageChanged', lobbyMessageView(chat)),
    });
  }

  /**
   * Store and announce what somebody says who may speak.
   * @returns the stored message; for a `clientId` used before by this author, the first one.
   * @throws AppError message_not_found or message_removed (what it answers), busy; anything else when it may be stored
   * all the same.
   */
  async post(
    author: Person,
    said: string | { gif: Image },
    clientId: string | undefined,
    { replyTo, mentions = [] }: Links = {},
  ): Promise<LobbyMessageView> {
    const content = typeof said === 'string' ? { chat: said } : { gif: said.gif };
    const { message } = await this.#log.append({
      author,
      ...content,
      ...(clientId === undefined ? {} : { clientId }),
      ...(mentions.length > 0 && { mentions }),
      ...(replyTo !== undefined && { replyTo: await this.#quoteOf(replyTo) }),
      createdAt: this.deps.clock.date(),
    });
    return lobbyMessageView(message);
  }

  /** What an author posted under a client id: a retry of a picture need not be decoded again. */
  async byClientId(author: string, clientId: string | undefined): Promise<LobbyMessageView | null> {
    const found = await this.#log.byClientId({ author: { id: author } }, clientId);
    return found && lobbyMessageView(found);
  }

  #quoteOf(id: string) {
    return quoteOf<LobbyChat>(this.deps.models.LobbyChat, {}, id, ({ author }) => author.name);
  }

  /** A message of a person. @throws AppError message_not_found. */
  find(id: string): Promise<LobbyChat> {
    return this.#changes.find({}, id);
  }

  /** Store and announce that somebody came, went or took another name. @param chat the ready sentence. */
  async note(about: Person, event: NonNullable<LobbyChat['event']>, chat: string): Promise<void> {
    await this.#log.append({ author: about, chat, event, createdAt: this.deps.clock.date() });
  }

  /** Messages after or before a cursor, or the latest, ascending. */
  async page(me: string, query?: PageQuery): Promise<{ chats: LobbyMessageView[]; more: boolean }> {
    const { messages, more } = await this.#log.page({}, query);
    return { chats: viewsFor(messages)(me), more };
  }

  /** What came after a cursor, for a join. @returns also the newest number given. */
  async missed(
    me: string,
    after: number | undefined,
  ): Promise<{ seq: number; missed: LobbyMessageView[]; more: boolean }> {
    const { seq, messages, more } = await this.#log.missed({}, after, MISSED);
    return { seq, missed: viewsFor(messages)(me), more };
  }

  /**
   * Change a message of a person and tell everybody.
   * @throws AppError message_not_found, busy, unavailable, or what `decide` threw.
   */
  change(id: string, decide: Decide<LobbyChat>): Promise<Changed<LobbyChat>> {
    return this.#changes.change({}, id, (message) => {
      if (message.event) throw new AppError('message_not_found');
      return decide(message);
    });
  }

  /** What was changed after a change number, by the numbers; without one, only the newest number. */
  async changedSince(me: string, rev: number | undefined): Promise<ChangesView<LobbyMessageView>> {
    const since = await this.#changes.since({}, rev);
    return { ...since, changed: viewsFor(since.changed)(me) };
  }

  /** Resolves once nothing is being written: for a calm end. */
  settled(): Promise<void> {
    return this.#log.settled();
  }

  /** Delete what is too old to be kept, soon. */
  #forgetBefore(newest: number): void {
    if (newest > LOBBY_KEPT && this.#newest === 0) this.deps.timers.later(FORGET_MS, () => this.#forget());
    if (newest > LOBBY_KEPT) this.#newest = Math.max(this.#newest, newest);
  }

  async #forget(): Promise<void> {
    const upTo = this.#newest - LOBBY_KEPT;
    this.#newest = 0;
    const { rev } = await this.#changes.since({}, undefined);
    // The newest change stays until there is a newer one: change numbers never go down.
    const isOlder = { $not: { $gte: Math.max(rev, 1) } };
    const old = { seq: trusted({ $lte: upTo }), rev: trusted(isOlder) };
    const { models, images } = this.deps;
    const withPictures = await models.LobbyChat.find({ ...old, 'gif.name': trusted({ $exists: true }) })
      .select('gif')
      .lean<LobbyChat[]>();
    await models.LobbyChat.deleteMany(old);
    for (const { gif } of withPictures) if (gif) await images.remove(LOBBY_OWNER, gif);
  }
}
