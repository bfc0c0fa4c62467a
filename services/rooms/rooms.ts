/** Rooms: create, list, search, find, admit, close. Their messages are in chat.ts, their seats in seats.ts. */
import { Types, trusted } from 'mongoose';
import type { Person } from '../../schemas/people/contract.js';
import type { CloseReason, MemberRoomView, RoomView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import type { NewRoom } from '../../schemas/rooms/payloads.js';
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import { memberRoomView, type Room, roomView } from '../../schemas/rooms/room.js';
import { seatPerson } from '../../schemas/rooms/seat.js';
import type { Admissions } from './admissions.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import { listed, peopleIn } from './listing.js';
import type { OpenRooms } from './open-rooms.js';
import type { Roles } from './roles.js';
import type { EventBus } from '../site/events.js';
import type { Passwords } from '../people/passwords.js';
import type { Party } from '../work/fair-queue.js';
import { grams, fold } from '../site/search.js';

const ROOMS_PER_PAGE = 50;
/** Faces shown with a room of the list. */
const FACES = 8;
/** Matches of a search are counted up to this. */
const COUNT_MAX = 1_000;
/** How long a new room waits for its first visitor. */
const FIRST_VISIT_MS = 10 * 60_000;
/** Open rooms on one site. */
const ROOMS_MAX = 100_000;

/** A room of the list, as one visitor sees it. */
export interface ListedRoom extends RoomView {
  members: (Person & { shift: number })[];
  full: boolean;
  mine: boolean;
  admitted: boolean;
  activeAt: string;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  passwords: Passwords;
  admissions: Admissions;
  openRooms: OpenRooms;
  roles: Pick<Roles, 'require'>;
  graceMs: number;
  maxRooms?: number;
}

export class Rooms {
  constructor(private readonly deps: Deps) {}

  /**
   * Create a room. Its creator owns it and is admitted.
   * @param from who creates it, and from where. @throws AppError too_many_rooms, busy.
   */
  async create({ title, max, password }: NewRoom, from: Party): Promise<RoomView> {
    const { models, clock, events, passwords, admissions, graceMs } = this.deps;
    if ((await models.Room.estimatedDocumentCount()) >= (this.deps.maxRooms ?? ROOMS_MAX)) {
      throw new AppError('too_many_rooms', { retryAfter: 60 });
    }
    const passwordHash = password ? await passwords.hash(password, from) : undefined;
    const owner = from.member;
    const now = clock.date();
    const room = await models.Room.create({
      _id: new Types.ObjectId(),
      title,
      max,
      owner,
      locked: passwordHash !== undefined,
      passwordHash,
      state: 'open',
      images: 0,
      imageBytes: 0,
      seatVersion: 0,
      emptySince: clock.date(FIRST_VISIT_MS - graceMs),
      search: fold(title),
      grams: grams(title),
      createdAt: now,
      activeAt: now,
    });
    await admissions.grant(String(room._id), owner);
    const view = this.viewOf(room.toObject(), 0);
    events.announce('room.opened', view);
    return view;
  }

  /**
   * One page of the list or, with a query, of the rooms whose title contains it. Pages are cut by age, newest first, so that
   * nobody who comes or goes moves a room to another page; within a page, rooms with people come first.
   * @param page from 1; beyond the last page, the last one.
   */
  async list(page: number, query: string, visitor: string) {
    const { Room } = this.deps.models;
    const filter = listed(query);
    // One more than a page: where the first one is the only one, nothing has to be counted.
    const find = (number: number) =>
      Room.find(filter)
        .sort({ createdAt: -1, _id: -1 })
        .skip((number - 1) * ROOMS_PER_PAGE)
        .limit(ROOMS_PER_PAGE + 1)
        .lean<Room[]>();
    const count = () => (query ? Room.countDocuments(filter).limit(COUNT_MAX) : this.#listed());
    let [found, total] = await Promise.all([find(page), page === 1 ? null : count()]);
    total ??= found.length > ROOMS_PER_PAGE ? await count() : found.length;
    const pages = Math.max(1, Math.ceil(total / ROOMS_PER_PAGE));
    // Rooms end: a page that existed a moment ago may be beyond the last one now.
    if (page > pages) found = await find(pages);
    const rooms = await this.#cards(found.slice(0, ROOMS_PER_PAGE), visitor);
    // Sorting is stable: both parts stay newest first.
    rooms.sort((a, b) => Number(b.people > 0) - Number(a.people > 0));
    return { total, pages, page: Math.min(page, pages), rooms };
  }

  /** An open room. @throws AppError room_closed (it ended within a day), room_not_found. */
  async find(id: string): Promise<Room> {
    const room = await this.deps.models.Room.findOne({ _id: id, state: 'open' }).lean<Room>();
    if (room) return room;
    throw await this.missing(id);
  }

  /** The error that says why there is no open room of this id: room_closed or room_not_found. */
  async missing(id: string): Promise<AppError> {
    return new AppError((await this.wasClosed(id)) ? 'room_closed' : 'room_not_found');
  }

  /** Whether a room of this id ended within a day. */
  async wasClosed(id: string): Promise<boolean> {
    const { Room, Tombstone } = this.deps.models;
    return (await Tombstone.exists({ _id: id })) !== null || (await Room.exists({ _id: id, state: 'closed' })) !== null;
  }

  /** Of these rooms, those that are open, as the list shows them. Two questions, however many. */
  async views(ids: string[]): Promise<RoomView[]> {
    const { models } = this.deps;
    const [rooms, people] = await Promise.all([
      models.Room.find({ _id: trusted({ $in: ids }), state: 'open' }).lean<Room[]>(),
      peopleIn(models, ids),
    ]);
    return rooms.map((room) => this.viewOf(room, people.get(String(room._id)) ?? 0));
  }

  /** The room as its members see it. @throws AppError room_closed, room_not_found. */
  async memberView(id: string): Promise<MemberRoomView> {
    return this.memberViewOf(await this.find(id), await this.deps.models.Seat.countDocuments({ room: id }));
  }

  /** A room as anybody sees it. */
  viewOf(room: Room, people: number): RoomView {
    return roomView(room, people, this.deps.graceMs);
  }

  /** A room as its members see it. */
  async memberViewOf(room: Room, people: number): Promise<MemberRoomView> {
    const { models, graceMs } = this.deps;
    const pinned = room.pinned
      ? await models.Chat.findOne({ _id: room.pinned, room: String(room._id) }).lean<Chat>()
      : null;
    return memberRoomView(room, people, graceMs, pinned && !pinned.removed ? messageView(pinned) : null);
  }

  /**
   * Compare a password with a room's.
   * @param from whose turn it is.
   * @returns whether it was right, or the room has none.
   * @throws AppError busy, room_closed, room_not_found.
   */
  async isPassword(id: string, password: string, from: Party): Promise<boolean> {
    const { models, passwords } = this.deps;
    const room = await models.Room.findOne({ _id: id, state: 'open' }).select('+passwordHash').lean<Room>();
    if (!room) throw await this.missing(id);
    return !room.passwordHash || passwords.matches(room.passwordHash, password, from);
  }

  /**
   * Close a room, once: only the caller whose conditional write succeeds announces it.
   * @param onlyIfEmptySince close it only if it has been empty since then or longer.
   * @returns whether this call closed it.
   */
  async close(id: string, reason: CloseReason, onlyIfEmptySince?: Date): Promise<boolean> {
    const condition = onlyIfEmptySince ? { emptySince: trusted({ $lte: onlyIfEmptySince }) } : {};
    const { models, events, openRooms } = this.deps;
    const closed = await openRooms.changing(id, () =>
      models.Room.findOneAndUpdate(
        { _id: id, state: 'open', ...condition },
        { $set: { state: 'closed', reason } },
        { returnDocument: 'after' },
      ).lean<Room>(),
    );
    if (!closed) return false;
    await this.writeReceipt(closed);
    events.announce('room.closed', { room: id, reason });
    return true;
  }

  /** Close a room for its host. @throws AppError not_host, room_not_found, room_closed. */
  async closeByOwner(id: string, visitor: string): Promise<void> {
    const room = await this.find(id);
    await this.deps.roles.require(room, visitor, 'close');
    await this.close(id, 'owner');
  }

  /** Store in figures what a closed room contained: once, and before its end is announced. */
  async writeReceipt({ _id, reason, images }: Room): Promise<void> {
    const { models, clock } = this.deps;
    const room = String(_id);
    const messages = await models.Chat.countDocuments({ room });
    const receipt = { reason: reason ?? 'empty', messages, images, closedAt: clock.date() };
    await models.Tombstone.updateOne({ _id: room }, { $setOnInsert: receipt }, { upsert: true });
  }

  /** The receipt of a room that ended within a day, or null. */
  async receipt(id: string) {
    return this.deps.models.Tombstone.findOne({ _id: id }).lean();
  }

  /** How many rooms are open and how many seats are taken: a visitor with seats in two rooms counts twice. */
  async pulse(): Promise<{ rooms: number; people: number; at: string }> {
    const { models, clock } = this.deps;
    const [rooms, people] = await Promise.all([
      models.Room.estimatedDocumentCount(),
      models.Seat.estimatedDocumentCount(),
    ]);
    return { rooms, people, at: clock.date().toISOString() };
  }

  /** How many rooms the list shows. */
  async #listed(): Promise<number> {
    const { Room } = this.deps.models;
    const [all, unlisted] = await Promise.all([Room.estimatedDocumentCount(), Room.countDocuments({ unlisted: true })]);
    return all - unlisted;
  }

  async #cards(rooms: Room[], visitor: string): Promise<ListedRoom[]> {
    const { Seat } = this.deps.models;
    const ids = rooms.map((room) => String(room._id));
    const locked = rooms.filter((room) => room.locked && room.owner !== visitor).map((room) => String(room._id));
    const [people, seats, admitted] = await Promise.all([
      peopleIn(this.deps.models, ids),
      Seat.find({ room: trusted({ $in: ids }), slot: trusted({ $lt: FACES }) })
        .sort({ room: 1, slot: 1 })
        .lean(),
      locked.length > 0 ? this.deps.admissions.among(locked, visitor) : new Set<string>(),
    ]);
    const members = new Map<string, ListedRoom['members']>(ids.map((id) => [id, []]));
    for (const seat of seats) members.get(seat.room)?.push({ ...seatPerson(seat), shift: seat.shift });
    return rooms.map((room, index) => {
      const id = ids[index] ?? '';
      const view = this.viewOf(room, people.get(id) ?? 0);
      const mine = room.owner === visitor;
      return {
        ...view,
        members: members.get(id) ?? [],
        full: view.people >= view.max,
        mine,
        admitted: mine || !room.locked || admitted.has(id),
        activeAt: room.activeAt.toISOString(),
      };
    });
  }
}
