/**
 * Messages of rooms. A post is stored under the room's next `seq`, which a unique index gives once. Then, while the next
 * ones are already being stored, the room is asked whether it was still open; only after that a post is announced, in
 * order, and answered. Posts that arrive together in one room share one insert and one question.
 */
import { Types, trusted } from 'mongoose';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import type { ChatsQuery } from '../../schemas/messages/payloads.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { Clock } from '../site/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { isDuplicateKey } from '../site/duplicate-key.js';

/** Posts that share one write, at the most. */
const BATCH_MAX = 100;
/** Missed messages, and characters of them, that a join brings along; the rest is read page by page. */
const MISSED_MAX = 1_000;
const MISSED_CHARACTERS = 500_000;
export const LATEST = 50;
/** A number is lost to another node at most this often in a row before the writer gives up. */
const TRIES_MAX = 50;
/** Rooms whose newest number is remembered. */
const HINTS_MAX = 20_000;
/** Posts that may be stored unannounced, of which a retry is expected. */
const UNHEARD_MAX = 10_000;
/** Milliseconds after which it is written down again that a room is in use. */
const ACTIVE_MS = 15_000;

/** What a door hands over: checked text or a stored image, and who says it. */
export interface Draft {
  room: string;
  author: Chat['author'];
  chat?: string;
  gif?: NonNullable<Chat['gif']>;
  clientId?: string | undefined;
}

interface Pending {
  draft: Draft;
  resolve: (message: MessageView) => void;
  reject: (error: unknown) => void;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  /** Why there is no open room of this id. */
  missing: (room: string) => Promise<AppError>;
}

/** What a node remembers of a room it writes to. It may be forgotten, or wrong, at any time. */
interface Hint {
  /** The newest `seq`; null: to be asked for. */
  newest: number | null;
  /** When it was last written down that the room is in use. */
  activeAt: number;
}

export class Chats {
  /** Rooms being written, each with what waits for its next turn. */
  readonly #waiting = new Map<string, Pending[]>();
  /** The end of writing to a room. Never rejects. */
  readonly #writing = new Map<string, Promise<void>>();
  /** The end of telling what is stored in a room. Never rejects. */
  readonly #telling = new Map<string, Promise<void>>();
  readonly #hints = new Map<string, Hint>();
  /** Posts that may be stored although their answer was an error: a retry announces them. */
  readonly #unheard = new Set<string>();

  constructor(private readonly deps: Deps) {}

  /**
   * Store and announce a message.
   * @returns the stored message; for a `clientId` used before by this author in this room, the first one.
   * @throws AppError room_closed, room_not_found.
   */
  post(draft: Draft): Promise<MessageView> {
    return new Promise((resolve, reject) => {
      const pending = { draft, resolve, reject };
      const queue = this.#waiting.get(draft.room);
      if (queue) queue.push(pending);
      else {
        this.#waiting.set(draft.room, [pending]);
        this.#writing.set(draft.room, this.#drain(draft.room));
      }
    });
  }

  /** Resolves once nothing posted to this room before is still being written. */
  async settled(room: string): Promise<void> {
    while (this.#waiting.has(room)) await this.#writing.get(room);
  }

  /** Resolves once no room is being written: for a calm end. */
  async allSettled(): Promise<void> {
    for (const room of this.#waiting.keys()) await this.settled(room);
  }

  /** Messages with `seq` after or before a cursor, or the latest, ascending. */
  async page(room: string, { after, before, limit }: ChatsQuery): Promise<{ chats: Chat[]; more: boolean }> {
    const range =
      after !== undefined
        ? { seq: trusted({ $gt: after }) }
        : before !== undefined
          ? { seq: trusted({ $lt: before }) }
          : {};
    const forward = after !== undefined;
    const found = await this.deps.models.Chat.find({ room, ...range })
      .sort({ seq: forward ? 1 : -1 })
      .limit(limit + 1)
      .lean<Chat[]>();
    const chats = found.slice(0, limit);
    return { chats: forward ? chats : chats.reverse(), more: found.length > limit };
  }

  /** What came after a cursor, for a join. @returns also the newest stored `seq`. */
  async missed(
    room: string,
    after: number | undefined,
  ): Promise<{ seq: number; missed: MessageView[]; more: boolean }> {
    if (after === undefined) return { seq: await this.#newest(room), missed: [], more: false };
    const { chats, more } = await this.page(room, { after, before: undefined, limit: MISSED_MAX });
    let characters = 0;
    const heavy = chats.findIndex(({ chat }) => (characters += chat?.length ?? 0) > MISSED_CHARACTERS);
    const missed = (heavy > 0 ? chats.slice(0, heavy) : chats).map(messageView);
    const isAll = !more && missed.length === chats.length && missed.length > 0;
    return { seq: isAll ? (missed.at(-1)?.seq ?? 0) : await this.#newest(room), missed, more: more || heavy > 0 };
  }

  async #newest(room: string): Promise<number> {
    const newest = await this.deps.models.Chat.findOne({ room }).sort({ seq: -1 }).select('seq').lean<Chat>();
    return newest?.seq ?? 0;
  }

  /** What this author stored under a client id in this room, so that a retry need not be decoded again. */
  async ofClientId(room: string, author: string, clientId: string | undefined): Promise<Chat | null> {
    if (clientId === undefined) return null;
    return this.deps.models.Chat.findOne({ room, 'author.id': author, clientId }).lean<Chat>();
  }

  /** @returns how many messages were erased. */
  async erase(room: string): Promise<number> {
    this.#hints.delete(room);
    return (await this.deps.models.Chat.deleteMany({ room })).deletedCount;
  }

  async #drain(room: string): Promise<void> {
    for (let batch = this.#next(room); batch.length > 0; batch = this.#next(room)) {
      await this.#store(room, batch);
      if (this.#waiting.get(room)?.length === 0) await this.#telling.get(room);
    }
    this.#waiting.delete(room);
    this.#writing.delete(room);
    this.#telling.delete(room);
  }

  #next(room: string): Pending[] {
    return this.#waiting.get(room)?.splice(0, BATCH_MAX) ?? [];
  }

  /** Insert in order up to the first refusal, settle that one, go on with the rest under fresh numbers. Never rejects. */
  async #store(room: string, batch: Pending[]): Promise<void> {
    let rest = batch;
    try {
      for (let tries = 0; rest.length > 0;) {
        const hint = await this.#hint(room);
        const chats = this.#numbered(rest, hint);
        const count = await this.#insert(chats);
        hint.newest = chats[count - 1]?.seq ?? hint.newest;
        const [stored, told] = [chats.slice(0, count), rest.slice(0, count)];
        if (count > 0) this.#then(room, () => this.#tell(room, stored, told));
        rest = rest.slice(count);
        const [refused] = rest;
        if (!refused) return;
        hint.newest = null;
        if (await this.#isStored(refused.draft)) {
          this.#then(room, () => this.#answerRepeat(room, refused));
          rest = rest.slice(1);
        } else if (++tries > TRIES_MAX) throw new AppError('busy', { retryAfter: 1 });
      }
    } catch (error) {
      this.#hints.delete(room);
      this.#fail(rest, error);
    }
  }

  /** @returns how many were stored before a unique index refused one: its number is taken, or it is a repeat. */
  async #insert(chats: Chat[]): Promise<number> {
    try {
      await this.deps.models.Chat.collection.insertMany(chats, { ordered: true });
      return chats.length;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
      return [writeErrors ?? []].flat()[0]?.index ?? 0;
    }
  }

  async #hint(room: string): Promise<Hint> {
    const hint = this.#hints.get(room) ?? { newest: null, activeAt: 0 };
    if (this.#hints.size >= HINTS_MAX && !this.#hints.has(room)) this.#hints.clear();
    this.#hints.set(room, hint);
    hint.newest ??= await this.#newest(room);
    return hint;
  }

  #numbered(batch: Pending[], { newest }: Hint): Chat[] {
    const now = this.deps.clock.date();
    return batch.map(({ draft }, index) => toDocument(draft, (newest ?? 0) + 1 + index, now));
  }

  #then(room: string, tell: () => Promise<void>): void {
    this.#telling.set(room, (this.#telling.get(room) ?? Promise.resolve()).then(tell));
  }

  /** Announce and answer what was stored in an open room; take back what came after its end. Never rejects. */
  async #tell(room: string, chats: Chat[], batch: Pending[]): Promise<void> {
    try {
      if (!(await this.#isOpen(room))) {
        await this.deps.models.Chat.collection.deleteMany({ _id: { $in: chats.map(({ _id }) => _id) } });
        throw await this.deps.missing(room);
      }
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    for (const [index, { draft, resolve }] of batch.entries()) {
      const chat = chats[index];
      if (chat) resolve(this.#announce(chat, draft));
    }
  }

  /** Answer a retry with what its original stored, and announce that if nobody heard of it. Never rejects. */
  async #answerRepeat(room: string, pending: Pending): Promise<void> {
    const { draft, resolve } = pending;
    try {
      const chat = await this.ofClientId(room, draft.author.id, draft.clientId);
      if (!chat || !(await this.#isOpen(room))) throw await this.deps.missing(room);
      resolve(this.#unheard.has(retryKey(draft)) ? this.#announce(chat, draft) : messageView(chat));
    } catch (error) {
      this.#fail([pending], error);
    }
  }

  #announce(chat: Chat, draft: Draft): MessageView {
    const message = messageView(chat);
    this.#unheard.delete(retryKey(draft));
    this.deps.events.announce('message.posted', message);
    return message;
  }

  /** Answer with an error. Unless it is a refusal of ours, the posts may be stored all the same. */
  #fail(batch: Pending[], error: unknown): void {
    for (const { draft, reject } of batch) {
      if (!(error instanceof AppError) && draft.clientId !== undefined) this.#unheard.add(retryKey(draft));
      reject(error);
    }
    for (const oldest of this.#unheard) {
      if (this.#unheard.size <= UNHEARD_MAX) break;
      this.#unheard.delete(oldest);
    }
  }

  /** Whether a room is open now; every so often this also notes that it is in use. */
  async #isOpen(room: string): Promise<boolean> {
    const { models, clock } = this.deps;
    const hint = this.#hints.get(room);
    const open = { _id: room, state: 'open' } as const;
    if (hint && clock.now() - hint.activeAt < ACTIVE_MS) return (await models.Room.exists(open)) !== null;
    const { matchedCount } = await models.Room.updateOne(open, { $max: { activeAt: clock.date() } });
    if (hint && matchedCount > 0) hint.activeAt = clock.now();
    return matchedCount > 0;
  }

  async #isStored({ room, author, clientId }: Draft): Promise<boolean> {
    return (await this.ofClientId(room, author.id, clientId)) !== null;
  }
}

const retryKey = ({ room, author, clientId }: Draft) => `${room} ${author.id} ${clientId ?? ''}`;

function toDocument({ room, author, chat, gif, clientId }: Draft, seq: number, createdAt: Date): Chat {
  return {
    _id: new Types.ObjectId(),
    room,
    seq,
    author,
    ...(gif ? { gif } : { chat: chat ?? '' }),
    ...(clientId === undefined ? {} : { clientId }),
    createdAt,
  };
}
