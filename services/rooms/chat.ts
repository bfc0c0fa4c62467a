/**
 * Messages of rooms: a stream of the message log. What was inserted is announced only after the room was found to be
 * open still: a post into a room that has ended meanwhile is taken back and refused.
 */
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import { MessageLog } from '../messages/message-log.js';
import type { Page, PageQuery } from '../messages/page.js';
import type { Confirmation } from '../messages/stream.js';
import type { Clock } from '../site/clock.js';
import type { EventBus } from '../site/events.js';
import type { Rooms } from './rooms.js';

/** Missed messages, and characters of them, that a join brings along; the rest is read page by page. */
const MISSED = { messages: 1_000, characters: 500_000, charactersOf: ({ chat }: Chat) => chat?.length ?? 0 };
/** Milliseconds after which it is written down again that a room is in use, and rooms of which that is remembered. */
const ACTIVE_MS = 15_000;
const ACTIVE_MAX = 20_000;

/** What a door hands over: checked text or a stored image, and who says it. */
interface ChatDraft {
  room: string;
  author: Chat['author'];
  chat?: string;
  gif?: NonNullable<Chat['gif']>;
  clientId?: string | undefined;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  rooms: Pick<Rooms, 'missing'>;
}

export class Chats {
  readonly #log: MessageLog<Chat, 'seq'>;
  /** When it was last written down that a room is in use: milliseconds. */
  readonly #activeAt = new Map<string, number>();

  constructor(private readonly deps: Deps) {
    this.#log = new MessageLog<Chat, 'seq'>({
      model: deps.models.Chat,
      numbers: { seq: ['room'] },
      retry: ['room', 'author.id'],
      lane: ['room'],
      confirm: (chats) => this.#confirm(chats),
    });
  }

  /**
   * Store and announce a message.
   * @returns the stored message; for a `clientId` used before by this author in this room, the first one.
   * @throws AppError room_closed, room_not_found, busy; anything else when it may be stored all the same.
   */
  async post({ room, author, chat, gif, clientId }: ChatDraft): Promise<MessageView> {
    const { message } = await this.#log.append({
      room,
      author,
      ...(gif ? { gif } : { chat: chat ?? '' }),
      ...(clientId === undefined ? {} : { clientId }),
      createdAt: this.deps.clock.date(),
    });
    return messageView(message);
  }

  /** What this author posted under a client id in this room: a retry of a picture need not be decoded again. */
  async byClientId(room: string, author: string, clientId: string | undefined): Promise<MessageView | null> {
    const found = await this.#log.byClientId({ room, author: { id: author } }, clientId);
    return found && messageView(found);
  }

  /** Messages with `seq` after or before a cursor, or the latest, ascending. */
  page(room: string, query?: PageQuery): Promise<Page<Chat>> {
    return this.#log.page({ room }, query);
  }

  /** What came after a cursor, for a join. @returns also the newest stored `seq`. */
  async missed(
    room: string,
    after: number | undefined,
  ): Promise<{ seq: number; missed: MessageView[]; more: boolean }> {
    const { seq, messages, more } = await this.#log.missed({ room }, after, MISSED);
    return { seq, missed: messages.map(messageView), more };
  }

  /** Resolves once nothing posted before is still being written, in this room or in any. */
  settled(room?: string): Promise<void> {
    return this.#log.settled(room === undefined ? undefined : { room });
  }

  /** @returns how many messages were erased. */
  erase(room: string): Promise<number> {
    this.#activeAt.delete(room);
    return this.#log.erase({ room });
  }

  /** Asked after the insert: whoever ends a room closes it before erasing, so one of the two sees the other. */
  async #confirm(chats: Chat[]): Promise<Confirmation[]> {
    const { models, events } = this.deps;
    const rooms = [...new Set(chats.map(({ room }) => room))];
    const open = await Promise.all(rooms.map((room) => this.#isOpen(room)));
    const ended = rooms.filter((_, index) => !open[index]);
    const announce = (chat: Chat) => () => events.announce('message.posted', messageView(chat));
    if (ended.length === 0) return chats.map(announce);
    const late = chats.filter(({ room }) => ended.includes(room));
    await models.Chat.collection.deleteMany({ _id: { $in: late.map(({ _id }) => _id) } });
    const reasons = new Map(
      await Promise.all(ended.map(async (room) => [room, await this.deps.rooms.missing(room)] as const)),
    );
    return chats.map((chat) => reasons.get(chat.room) ?? announce(chat));
  }

  /** Whether a room is open now; every so often this also notes that it is in use. */
  async #isOpen(room: string): Promise<boolean> {
    const { models, clock } = this.deps;
    const open = { _id: room, state: 'open' } as const;
    if (clock.now() - (this.#activeAt.get(room) ?? 0) < ACTIVE_MS) return (await models.Room.exists(open)) !== null;
    const { matchedCount } = await models.Room.updateOne(open, { $max: { activeAt: clock.date() } });
    if (matchedCount === 0) return false;
    if (this.#activeAt.size >= ACTIVE_MAX) this.#activeAt.clear();
    this.#activeAt.set(room, clock.now());
    return true;
  }
}
