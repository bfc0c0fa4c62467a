/**
 * Messages of rooms: a stream of the message log, inserted together for all rooms of the node. What was inserted is
 * announced only if its room is open, its author's seat held and its rules obeyed after that: else it is taken back and
 * refused. Where a room had rules a moment ago, they are asked for before the insert, too.
 */
import { trusted } from 'mongoose';
import type { ChangesView } from '../../schemas/messages/contract.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { withMine } from '../../schemas/messages/actions.js';
import type { Person } from '../../schemas/people/contract.js';
import { mentionsIn } from '../messages/mentions.js';
import type { Models } from '../../schemas/models.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { Poll } from '../../schemas/rooms/poll.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { type Changed, Changes, type Decide } from '../messages/changes.js';
import type { Update } from '../messages/mass-change.js';
import { MessageLog } from '../messages/message-log.js';
import type { Page, PageQuery } from '../messages/page.js';
import { quoteOf } from '../messages/quotes.js';
import type { Confirmation } from '../messages/stream.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';
import { AppError } from '../site/errors.js';
import type { Timers } from '../work/timers.js';
import type { Bans } from './bans.js';
import type { OpenRooms } from './open-rooms.js';
import type { Pace, Paces } from './paces.js';
import { isExempt, type PostRules, refusalOf } from './post-rules.js';
import type { Seats } from './seats.js';

/** Missed messages, and characters of them, that a join brings along; the rest is read page by page. */
const MISSED = { messages: 1_000, characters: 500_000, charactersOf: ({ chat }: Chat) => chat?.length ?? 0 };
/** Milliseconds after which it is written down again that a room is in use, and rooms of which that is remembered. */
const ACTIVE_MS = 15_000;
const ACTIVE_MAX = 20_000;

/** What a door hands over: checked text or a stored image, and from which seat it is said. */
interface ChatDraft {
  seat: Seat;
  chat?: string;
  gif?: NonNullable<Chat['gif']>;
  poll?: Poll;
  clientId?: string | undefined;
  /** The id of the message that it answers. */
  replyTo?: string | undefined;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  openRooms: OpenRooms;
  seats: Pick<Seats, 'held' | 'members'>;
  bans: Pick<Bans, 'names'>;
  paces: Pick<Paces, 'take' | 'giveBack'>;
}

/** By what a message may be stored: its author's seat, and in slow mode the turn that it has taken. */
interface Right {
  seat: Seat;
  pace?: Pace | undefined;
}

/** What was changed in a room, as each reader gets it. */
type ChangedSince = Omit<ChangesView<MessageView>, 'changed'> & { forReader: (me: string) => MessageView[] };

/** Views that many readers share, each with their own reactions. */
function viewsFor(messages: Chat[]): (me: string) => MessageView[] {
  const views = messages.map((message) => messageView(message));
  return (me) => withMine(views, messages, me);
}

export class Chats {
  readonly #log: MessageLog<Chat, 'seq', Right>;
  readonly #changes: Changes<Chat>;
  /** When it was last written down that a room is in use: milliseconds. */
  readonly #activeAt = new Map<string, number>();

  constructor(private readonly deps: Deps) {
    this.#log = new MessageLog<Chat, 'seq', Right>({
      model: deps.models.Chat,
      numbers: { seq: ['room'] },
      retry: ['room', 'author.id'],
      lane: ['room'],
      together: true,
      confirm: (chats, rights) => this.#confirm(chats, rights),
    });
    this.#changes = new Changes<Chat>({
      model: deps.models.Chat,
      sequence: ['room'],
      announce: (chat) => {
        // Many vote at once: the room is told of polls now and then, each time as they are then.
        if (chat.poll) deps.events.announce('poll.changed', { room: chat.room, chat: String(chat._id) });
        else deps.events.announce('message.changed', messageView(chat));
      },
    });
  }

  /**
   * Store and announce a message.
   * @returns the stored message; for a `clientId` used before by this author in this room, the first one.
   * @throws AppError message_not_found or message_removed (what it answers), room_closed, not_admitted (the seat was
   * freed meanwhile), not_host, pictures_paused, slow_mode, busy; anything else when it may be stored all the same.
   */
  async post({ seat, ...said }: ChatDraft): Promise<MessageView> {
    const { room, visitor: id, name, color, shift } = seat;
    return this.#append(room, { id, name, color, shift }, said, seat);
  }

  /** The same for a bot, which needs no seat, and whom the rules of a room's posts do not concern: its host has put it there. */
  async postByBot(room: string, bot: Person, said: Pick<ChatDraft, 'chat' | 'clientId'>): Promise<MessageView> {
    const { id, name, color } = bot;
    return this.#append(room, { id, name, color, shift: 0 }, said);
  }

  async #append(
    room: string,
    author: Chat['author'],
    { chat, gif, poll, clientId, replyTo }: Omit<ChatDraft, 'seat'>,
    seat?: Seat,
  ): Promise<MessageView> {
    const mentions = chat === undefined ? [] : await this.mentions(room, chat);
    const draft = {
      room,
      author,
      ...(gif ? { gif } : { chat: chat ?? '' }),
      ...(poll && { poll }),
      ...(mentions.length > 0 && { mentions }),
      ...(replyTo !== undefined && { replyTo: await this.#quoteOf(room, replyTo) }),
      ...(clientId === undefined ? {} : { clientId }),
      createdAt: this.deps.clock.date(),
    };
    const right: Right | undefined = seat && { seat };
    try {
      if (right) await this.#obey(right, gif !== undefined);
      const { message, announced } = await this.#log.append(draft, right);
      // A retry takes no turn.
      if (!announced && right?.pace) await this.deps.paces.giveBack(right.pace);
      return messageView(message);
    } catch (error) {
      const first = right && (await this.#afterRefusal(error, right, clientId));
      if (first) return first;
      throw error;
    }
  }

  /** Whether a visitor may post a picture now, as far as is known before it is read. @throws AppError not_host, pictures_paused. */
  async mayPostPicture({ room, visitor }: Seat): Promise<void> {
    const rules = await this.deps.openRooms.rulesBefore(room);
    const refusal = rules && refusalOf(rules, visitor, true);
    if (refusal) throw refusal;
  }

  /** Whom of those in a room a text mentions. */
  async mentions(room: string, chat: string): Promise<Person[]> {
    if (!chat.includes('@')) return [];
    const named = mentionsIn(chat, await this.deps.seats.members(room));
    return [...new Set(named)].map(({ id, name, color }) => ({ id, name, color }));
  }

  #quoteOf(room: string, id: string) {
    return quoteOf<Chat>(this.deps.models.Chat, { room }, id, ({ author }) => author.name);
  }

  /** A message of a room. @throws AppError message_not_found. */
  find(room: string, id: string): Promise<Chat> {
    return this.#changes.find({ room }, id);
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
  ): Promise<{ seq: number; more: boolean; forReader: (me: string) => MessageView[] }> {
    const { seq, messages, more } = await this.#log.missed({ room }, after, MISSED);
    return { seq, more, forReader: viewsFor(messages) };
  }

  /**
   * Change a message and tell the room: for whatever is done to a message after it was posted.
   * @param decide what is to become of it; null: it is so already. It may be called more than once.
   * @throws AppError message_not_found, busy, unavailable, or what `decide` threw.
   */
  change(room: string, id: string, decide: Decide<Chat>): Promise<Changed<Chat>> {
    return this.#changes.change({ room }, id, decide);
  }

  /** Change many messages alike, and tell nobody. @returns the last change number. @throws AppError busy. */
  changeAll(room: string, ids: Chat['_id'][], update: Update): Promise<number> {
    return this.#changes.changeAll({ room }, ids, update);
  }

  /** What was changed after a change number, by the numbers; without one, only the newest number. */
  async changedSince(room: string, rev: number | undefined): Promise<ChangedSince> {
    const { changed, ...since } = await this.#changes.since({ room }, rev);
    return { ...since, forReader: viewsFor(changed) };
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

  /**
   * Asked after the insert, once a batch: whoever ends a room closes it before erasing it, so one of the two sees the
   * other; whoever ends a seat and hears that it is over knows that nothing more is said from it.
   */
  async #confirm(chats: Chat[], rights: (Right | undefined)[]): Promise<Confirmation[]> {
    const { openRooms } = this.deps;
    const seats = rights.map((right) => right?.seat);
    const rooms = [...new Set(chats.map(({ room }) => room))];
    const [open, held] = await Promise.all([
      openRooms.among(rooms),
      this.deps.seats.held(seats.filter((seat) => seat !== undefined)),
    ]);
    this.#noteActive(rooms.filter((room) => open.has(room)));
    const confirmations: Confirmation[] = [];
    for (const [index, chat] of chats.entries()) {
      const right = rights[index];
      const rules = open.get(chat.room);
      if (!rules) confirmations.push(new AppError('room_closed'));
      else if (right && !held.has(String(right.seat._id))) confirmations.push(await this.#notHeld(right.seat));
      else confirmations.push((right && (await this.#disobeys(chat, rules, right))) ?? this.#telling(chat));
    }
    return confirmations;
  }

  /** Why somebody whose seat is over speaks no more. */
  async #notHeld({ room, visitor }: Seat): Promise<AppError> {
    return new AppError((await this.deps.bans.names(room, visitor)) ? 'banned' : 'not_admitted');
  }

  #telling = (chat: Chat) => () => this.deps.events.announce('message.posted', messageView(chat));

  /** Before the insert: refuse what a room's rules, as far as they are known, forbid. @throws AppError. */
  async #obey(right: Right, isPicture: boolean): Promise<void> {
    const { room, visitor } = right.seat;
    const rules = await this.deps.openRooms.rulesBefore(room);
    const refusal = rules && refusalOf(rules, visitor, isPicture);
    if (refusal) throw refusal;
    if (rules) await this.#takePace(rules, right);
  }

  /** After the insert: why a message may not stay, or null. */
  async #disobeys({ gif }: Chat, rules: PostRules, right: Right): Promise<AppError | null> {
    try {
      await this.#takePace(rules, right);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    return refusalOf(rules, right.seat.visitor, gif !== undefined && gif !== null);
  }

  /** In slow mode, take the turn of a post, once. @throws AppError slow_mode. */
  async #takePace(rules: PostRules, right: Right): Promise<void> {
    const { room, visitor } = right.seat;
    if (!rules.slow || right.pace || isExempt(rules, visitor)) return;
    right.pace = await this.deps.paces.take(room, visitor, rules.slow);
  }

  /** Nothing was posted: give back the turn. @returns the first message, where slow mode has refused a retry of it. */
  async #afterRefusal(error: unknown, { seat, pace }: Right, clientId?: string): Promise<MessageView | null> {
    if (!(error instanceof AppError)) return null;
    if (pace) await this.deps.paces.giveBack(pace);
    return error.code === 'slow_mode' ? this.byClientId(seat.room, seat.visitor, clientId) : null;
  }

  /** Every so often it is noted that a room is in use. Nobody waits for that. */
  #noteActive(rooms: string[]): void {
    const { models, clock, timers } = this.deps;
    const now = clock.now();
    const due = rooms.filter((room) => now - (this.#activeAt.get(room) ?? 0) >= ACTIVE_MS);
    if (due.length === 0) return;
    if (this.#activeAt.size >= ACTIVE_MAX) this.#activeAt.clear();
    for (const room of due) this.#activeAt.set(room, now);
    const update = { $max: { activeAt: clock.date() } };
    timers.later(0, () => models.Room.updateMany({ _id: trusted({ $in: due }), state: 'open' }, update));
  }
}
