/**
 * What a host sets: title, seats, password, door and rules, each change one conditional write. Fewer seats than before are
 * settled against those who come in meanwhile: whoever sits moves to a slot below the new number first, and the write
 * holds only if nobody has sat down since; whoever sits down after it finds the new number (seating.ts).
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { MemberRoomView } from '../../schemas/rooms/contract.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import type { RoomSettings } from '../../schemas/rooms/settings-payloads.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { Passwords } from '../people/passwords.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { fold, grams } from '../site/search.js';
import type { Party } from '../work/fair-queue.js';
import type { KnockAnswers } from './knock-answers.js';
import type { Notices } from './notices.js';
import type { OpenRooms } from './open-rooms.js';
import type { Rooms } from './rooms.js';

/** How often fewer seats are tried while visitors come in, before that is called busy. */
const TRIES_MAX = 20;

interface Deps {
  models: Models;
  events: EventBus;
  passwords: Passwords;
  openRooms: OpenRooms;
  rooms: Pick<Rooms, 'missing' | 'memberView' | 'find'>;
  knockAnswers: Pick<KnockAnswers, 'open'>;
  notices: Pick<Notices, 'tell' | 'tellSettings'>;
}

export class Settings {
  constructor(private readonly deps: Deps) {}

  /**
   * Change an open room. All of it is changed, or nothing.
   * @param settings what is to be as they say; the rest stays.
   * @param from who changes it, and from where.
   * @returns the room as its members see it now.
   * @throws AppError seats_taken (more are inside than `max`), busy, room_closed, room_not_found.
   */
  async change(id: string, settings: RoomSettings, from: Party): Promise<MemberRoomView> {
    const { openRooms, events, rooms, knockAnswers, notices } = this.deps;
    const update = await this.#updateOf(settings, from);
    const before = await openRooms.changing(id, () => this.#write(id, update, settings.max));
    const wasListed = !before.unlisted;
    const { listed = wasListed } = settings;
    events.announce('room.set', { room: id, ...(listed !== wasListed && { listed }) });
    events.announce('room.changed', id);
    if (before.approval && settings.approval === false) await knockAnswers.open(await rooms.find(id));
    await notices.tellSettings(before, settings);
    return rooms.memberView(id);
  }

  /**
   * Pin a message, or none (null).
   * @throws AppError not_found (there is no such message in the room), room_closed, room_not_found.
   */
  async pin(id: string, chat: string | null): Promise<MemberRoomView> {
    const { models, events, rooms, notices } = this.deps;
    if (chat !== null && !(await models.Chat.exists({ _id: chat, room: id }))) throw new AppError('not_found');
    const update = chat === null ? { $unset: { pinned: '' as const } } : { $set: { pinned: chat } };
    const { matchedCount } = await models.Room.updateOne({ _id: id, state: 'open' }, update);
    if (matchedCount === 0) throw await rooms.missing(id);
    events.announce('room.set', { room: id });
    if (chat !== null) await notices.tell(id, 'pinned');
    return rooms.memberView(id);
  }

  /** A message was edited: those inside are told of the room anew, if it is pinned. */
  async noteEdit(id: string, chat: string): Promise<void> {
    const { models, events } = this.deps;
    if (await models.Room.exists({ _id: id, pinned: chat })) events.announce('room.set', { room: id });
  }

  /** A message was removed: it is pinned no more, if it was. */
  async unpin(id: string, chat: string): Promise<void> {
    const { models, events } = this.deps;
    const { matchedCount } = await models.Room.updateOne({ _id: id, pinned: chat }, { $unset: { pinned: 1 } });
    if (matchedCount > 0) events.announce('room.set', { room: id });
  }

  async #updateOf({ title, max, password, listed, ...rules }: RoomSettings, from: Party): Promise<object> {
    const hash = password ? await this.deps.passwords.hash(password, from) : undefined;
    const given = Object.entries({ max, ...rules }).filter(([, value]) => value !== undefined);
    return {
      $set: {
        ...Object.fromEntries(given),
        ...(title !== undefined && { title, search: fold(title), grams: grams(title) }),
        ...(listed !== undefined && { unlisted: !listed }),
        ...(password !== undefined && { locked: hash !== undefined }),
        ...(hash !== undefined && { passwordHash: hash }),
      },
      ...(password === '' && { $unset: { passwordHash: '' } }),
    };
  }

  /** @returns the room before it was changed. */
  async #write(id: string, update: object, max?: number): Promise<Room> {
    const { Room } = this.deps.models;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const room = await Room.findOne({ _id: id, state: 'open' }).lean<Room>();
      if (!room) throw await this.deps.rooms.missing(id);
      const isLess = max !== undefined && max < room.max;
      if (isLess) await this.#makeRoom(id, max);
      const { seatVersion } = room;
      const condition = { _id: id, state: 'open' as const, max: room.max, ...(isLess && { seatVersion }) };
      const { matchedCount } = await Room.updateOne(condition, update);
      if (matchedCount > 0) return room;
    }
    throw new AppError('busy', { retryAfter: 1 });
  }

  /** Move everybody to slots below `max`. @throws AppError seats_taken. */
  async #makeRoom(room: string, max: number): Promise<void> {
    const { Seat } = this.deps.models;
    const seats = await Seat.find({ room }).sort({ slot: 1 }).lean<Seat[]>();
    if (seats.length > max) throw new AppError('seats_taken');
    const taken = new Set(seats.map(({ slot }) => slot));
    const free = Array.from({ length: max }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    for (const { _id, slot } of seats.filter((seat) => seat.slot >= max)) {
      // Each free slot may be taken meanwhile by somebody who comes in.
      for (let isMoved = false; !isMoved;) {
        const next = free.shift();
        if (next === undefined) throw new AppError('seats_taken');
        isMoved = await Seat.updateOne({ _id, slot }, { $set: { slot: next } }).then(
          () => true,
          (error: unknown) => {
            if (isDuplicateKey(error)) return false;
            throw error;
          },
        );
      }
    }
    if (await Seat.exists({ room, slot: trusted({ $gte: max }) })) throw new AppError('seats_taken');
  }
}
