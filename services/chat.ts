/**
 * Messages of rooms. A post takes the room's next `seq` together with the proof that the room is open, is stored, is
 * announced in order, and only then answered. Posts that arrive together in one room share one `seq` write and one
 * insert; alone, a post is one of each.
 */
import { Types, trusted } from 'mongoose';
import type { MessageView } from '../schemas/events.js';
import type { Models } from '../schemas/models.js';
import type { ChatsQuery } from '../schemas/payloads.js';
import { type Chat, messageView } from '../schemas/chat.js';
import type { Room } from '../schemas/room.js';
import type { Clock } from './clock.js';
import { AppError } from './errors.js';
import type { FactBus } from './facts.js';
import { isDuplicateKey } from './seats.js';

/** Posts that share one write, at the most. */
const BATCH_MAX = 100;
/** Missed messages that a join brings along; the rest is read page by page. */
export const MISSED_MAX = 1_000;
export const LATEST = 50;

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
  facts: FactBus;
  /** Why there is no open room of this id. */
  missing: (room: string) => Promise<AppError>;
}

export class Chats {
  /** Rooms being written, each with what waits for its next turn. */
  readonly #waiting = new Map<string, Pending[]>();

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
        void this.#drain(draft.room);
      }
    });
  }

  /** Resolves once nothing posted to this room before is still being written. */
  async settled(room: string): Promise<void> {
    while (this.#waiting.has(room)) await new Promise((resolve) => setImmediate(resolve));
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
    if (after === undefined) {
      const newest = await this.deps.models.Chat.findOne({ room }).sort({ seq: -1 }).select('seq').lean<Chat>();
      return { seq: newest?.seq ?? 0, missed: [], more: false };
    }
    const { chats, more } = await this.page(room, { after, before: undefined, limit: MISSED_MAX });
    return { seq: chats.at(-1)?.seq ?? after, missed: chats.map(messageView), more };
  }

  /** What this author stored under a client id in this room, so that a retry need not be decoded again. */
  async ofClientId(room: string, author: string, clientId: string | undefined): Promise<Chat | null> {
    if (clientId === undefined) return null;
    return this.deps.models.Chat.findOne({ room, 'author.id': author, clientId }).lean<Chat>();
  }

  /** The message that an image belongs to, if any. */
  async ofImage(name: string): Promise<Chat | null> {
    return this.deps.models.Chat.findOne({ 'gif.name': name }).lean<Chat>();
  }

  /** @returns how many messages were erased. */
  async erase(room: string): Promise<number> {
    return (await this.deps.models.Chat.deleteMany({ room })).deletedCount;
  }

  async #drain(room: string): Promise<void> {
    for (;;) {
      const queue = this.#waiting.get(room) ?? [];
      const batch = queue.splice(0, BATCH_MAX);
      if (batch.length === 0) break;
      try {
        await this.#write(room, batch);
      } catch (error) {
        for (const pending of batch) pending.reject(error);
      }
    }
    this.#waiting.delete(room);
  }

  /** One `seq` write and one insert for a batch; then each in its order: announced, answered. */
  async #write(room: string, batch: Pending[]): Promise<void> {
    const { models, clock, facts } = this.deps;
    const { firsts, repeats } = splitRepeats(batch);
    const known = await this.#alreadyStored(room, firsts);
    const fresh = firsts.filter((pending) => !known.has(pending));
    if (fresh.length > 0) {
      const now = clock.date();
      const open = await models.Room.findOneAndUpdate(
        { _id: room, state: 'open' },
        { $inc: { lastSeq: fresh.length }, $set: { activeAt: now } },
        { returnDocument: 'after', projection: { lastSeq: 1 } },
      ).lean<Room>();
      if (!open) throw await this.deps.missing(room);
      const first = open.lastSeq - fresh.length + 1;
      const chats = fresh.map(({ draft }, index) => toDocument(draft, first + index, now));
      const refused = await this.#insert(chats);
      for (const [index, pending] of fresh.entries()) {
        const chat = chats[index];
        if (!chat) continue;
        if (refused.has(index)) {
          repeats.push(pending);
          continue;
        }
        const message = messageView(chat);
        facts.announce('message.posted', message);
        pending.resolve(message);
      }
    }
    for (const [pending, chat] of known) pending.resolve(messageView(chat));
    await this.#answerRepeats(room, repeats);
  }

  /** @returns the places in `chats` that a unique index refused: repeats of what is stored. */
  async #insert(chats: Chat[]): Promise<Set<number>> {
    try {
      await this.deps.models.Chat.collection.insertMany(chats, { ordered: false });
      return new Set();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
      return new Set([writeErrors ?? []].flat().map((writeError) => writeError.index));
    }
  }

  /** A repeat of what was stored lately is found here, before it takes a `seq`; by the unique index in any case. */
  async #alreadyStored(room: string, batch: Pending[]): Promise<Map<Pending, Chat>> {
    const known = new Map<Pending, Chat>();
    const repeats = batch.filter(({ draft }) => draft.clientId !== undefined && this.#recent.has(recentKey(draft)));
    for (const pending of repeats) {
      const chat = await this.ofClientId(room, pending.draft.author.id, pending.draft.clientId);
      if (chat) known.set(pending, chat);
    }
    for (const { draft } of batch) this.#remember(draft);
    return known;
  }

  async #answerRepeats(room: string, repeats: Pending[]): Promise<void> {
    for (const pending of repeats) {
      const chat = await this.ofClientId(room, pending.draft.author.id, pending.draft.clientId);
      if (chat) pending.resolve(messageView(chat));
      else pending.reject(new AppError('unavailable'));
    }
  }

  /** Client ids of late: a hint that saves a `seq`, never the proof. */
  readonly #recent = new Set<string>();

  #remember(draft: Draft): void {
    if (draft.clientId === undefined) return;
    this.#recent.add(recentKey(draft));
    if (this.#recent.size <= RECENT_MAX) return;
    for (const oldest of this.#recent) {
      this.#recent.delete(oldest);
      break;
    }
  }
}

/** A batch may hold one message twice, a retry beside its original: only the first may take a `seq`. */
function splitRepeats(batch: Pending[]): { firsts: Pending[]; repeats: Pending[] } {
  const seen = new Set<string>();
  const firsts: Pending[] = [];
  const repeats: Pending[] = [];
  for (const pending of batch) {
    const key = pending.draft.clientId === undefined ? null : recentKey(pending.draft);
    (key !== null && seen.has(key) ? repeats : firsts).push(pending);
    if (key !== null) seen.add(key);
  }
  return { firsts, repeats };
}

const RECENT_MAX = 10_000;
const recentKey = ({ room, author, clientId }: Draft) => `${room} ${author.id} ${clientId ?? ''}`;

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
