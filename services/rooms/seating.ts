/**
 * Sitting down. Seats of a room are numbered by slots, and a unique index gives each slot, and each visitor's seat, once,
 * on however many nodes. Visitors who come into one room while others are being seated are seated together: with one look
 * at the room, one insert, one count and one announcement for all.
 */
import { trusted, Types } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Room } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import { tellApart } from '../people/faces.js';
import type { Visitor } from '../people/visitors.js';
import type { Clock } from '../database/clock.js';
import { addressIn } from '../site/addresses.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError, type ErrorCode } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { type Answer, Lanes } from '../work/lanes.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import type { Limits } from '../site/limits.js';

/** What is to keep a seat: a socket, or a lease until then. `address`: from where, as limits count it. */
export type Keeper = ({ socket: SocketRef } | { until: Date }) & { address: string };

interface Newcomer extends Answer<Seat> {
  room: Room;
  visitor: Visitor;
  keeper: Keeper;
}

interface Deps {
  bans: Pick<Bans, 'among'>;
  admissions: Pick<Admissions, 'removed'>;
  models: Models;
  clock: Clock;
  events: EventBus;
  limits: Pick<Limits, 'take' | 'atOnce'>;
}

export class Seating {
  readonly #rooms = new Lanes<Newcomer>((batch) => this.#seat(batch));

  constructor(private readonly deps: Deps) {}

  /**
   * Keep the visitor's seat, or a new one at the lowest free slot of an open room.
   * @throws AppError room_full, room_closed; too_many_seats, rate_limited where the address takes too many.
   */
  sit(room: Room, visitor: Visitor, keeper: Keeper): Promise<Seat> {
    return this.#rooms.push<Seat>(String(room._id), (answer) => ({ room, visitor, keeper, ...answer }));
  }

  /** Look who sits where, and seat all; those who lost to another node go round again. Never rejects. */
  async #seat(batch: Newcomer[]): Promise<void> {
    let room = batch.at(-1)?.room;
    let waiting = batch;
    try {
      for (let round = 0; room && waiting.length > 0; round++) {
        if (round > room.max) throw new AppError('room_full');
        if (round > 0) room = { ...room, ...(await this.#seatsOf(room)) };
        const seats = await this.deps.models.Seat.find({ room: String(room._id) })
          .sort({ slot: 1 })
          .lean<Seat[]>();
        const seatOf = new Map(seats.map((seat) => [seat.visitor, seat]));
        const isKnown = ({ visitor }: Newcomer) => seatOf.has(visitor.id);
        const left = await Promise.all([
          this.#keep(waiting.filter(isKnown), seatOf),
          this.#insert(
            room,
            waiting.filter((newcomer) => !isKnown(newcomer)),
            seats,
          ),
        ]);
        waiting = left.flat();
      }
    } catch (error) {
      refuse(batch, error);
    }
  }

  /** Keep seats that there are. @returns for whom that has to be done again, because one was freed meanwhile. */
  async #keep(known: Newcomer[], seatOf: Map<string, Seat>): Promise<Newcomer[]> {
    if (known.length === 0) return [];
    const updates = known.map(({ visitor, keeper }) => ({
      updateOne: {
        filter: { _id: seatOf.get(visitor.id)?._id },
        update:
          'socket' in keeper
            ? { $addToSet: { sockets: keeper.socket }, $set: { until: null } }
            : { $max: { until: keeper.until } },
      },
    }));
    const { matchedCount } = await this.deps.models.Seat.collection.bulkWrite(updates, { ordered: false });
    if (matchedCount < known.length) return known;
    for (const { visitor, resolve } of known) resolve(seatOf.get(visitor.id) as Seat);
    return [];
  }

  /** Insert seats for those who have none. @returns who lost a slot, or has a seat by now: through another node. */
  async #insert(room: Room, newcomers: Newcomer[], seats: Seat[]): Promise<Newcomer[]> {
    if (newcomers.length === 0) return [];
    const byVisitor = new Map<string, Newcomer[]>();
    for (const newcomer of newcomers)
      byVisitor.set(newcomer.visitor.id, [...(byVisitor.get(newcomer.visitor.id) ?? []), newcomer]);
    const taken = new Set(seats.map(({ slot }) => slot));
    const free = Array.from({ length: room.max }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    const faces = seats.map((seat) => ({ ...seatPerson(seat), shift: seat.shift }));
    const fresh: Seat[] = [];
    for (const together of byVisitor.values()) {
      const error = await this.#refusal(room, together, [...seats, ...fresh]);
      const slot = error ? undefined : free.shift();
      if (slot === undefined) {
        refuse(together, error ?? new AppError('room_full'));
        continue;
      }
      const seat = this.#newSeat(room, slot, together, faces);
      faces.push({ ...seatPerson(seat), shift: seat.shift });
      fresh.push(seat);
    }
    const inserted = await this.#insertSeats(fresh);
    const settled = await this.#settle(room, inserted, byVisitor);
    const lost = new Set(fresh.filter((seat) => !settled.has(seat)).map(({ visitor }) => visitor));
    return newcomers.filter(({ visitor }) => lost.has(visitor.id));
  }

  /**
   * Why an address gets no further seat, or null. Two nodes may look at the same time and both give the last one: this
   * limit keeps seats for others and need not be exact.
   */
  async #refusal(room: Room, [first]: Newcomer[], seats: Seat[]): Promise<unknown> {
    const { limits } = this.deps;
    const { address = '' } = first?.keeper ?? {};
    if (seats.length >= room.max) return new AppError('room_full');
    const key = addressIn(String(room._id), address);
    if (seats.filter((seat) => seat.address === key).length >= limits.atOnce('seats_ip'))
      return new AppError('too_many_seats');
    return limits.take('seat_ip', address).then(
      () => null,
      (error: unknown) => error,
    );
  }

  #newSeat(room: Room, slot: number, together: Newcomer[], faces: Parameters<typeof tellApart>[1]): Seat {
    const [{ visitor, keeper }] = together as [Newcomer];
    const { color, name, lang } = visitor;
    const untils = together.flatMap(({ keeper }) => ('until' in keeper ? [keeper.until] : []));
    const sockets = together.flatMap(({ keeper }) => ('socket' in keeper ? [keeper.socket] : []));
    return {
      _id: new Types.ObjectId(),
      room: String(room._id),
      visitor: visitor.id,
      slot,
      ...{ color, name, lang },
      shift: tellApart(visitor, faces),
      address: addressIn(String(room._id), keeper.address),
      sockets: sockets as Seat['sockets'],
      until: sockets.length > 0 ? null : (untils.toSorted((a, b) => a.getTime() - b.getTime()).at(-1) ?? null),
      createdAt: this.deps.clock.date(),
    };
  }

  /** @returns those that no unique index refused. */
  async #insertSeats(seats: Seat[]): Promise<Seat[]> {
    if (seats.length === 0) return [];
    try {
      await this.deps.models.Seat.collection.insertMany(seats, { ordered: false });
      return seats;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
      const refused = new Set([writeErrors ?? []].flat().map(({ index }) => index));
      return seats.filter((_, index) => !refused.has(index));
    }
  }

  /** How many seats it has now; no more than that once it has ended. */
  async #seatsOf({ _id, max }: Room): Promise<Pick<Room, 'max'>> {
    const room = await this.deps.models.Room.findOne({ _id, state: 'open' }).select('max').lean<Pick<Room, 'max'>>();
    return { max: room?.max ?? max };
  }

  /**
   * The room notes that somebody sat down, if it is open still, and everybody is told; else the seats are taken back. So
   * are those beyond a number of seats, or behind a door, that its host has set meanwhile.
   * @returns the seats that have an answer; the others are to be taken anew.
   */
  async #settle(room: Room, inserted: Seat[], byVisitor: Map<string, Newcomer[]>): Promise<Set<Seat>> {
    if (inserted.length === 0) return new Set();
    const { models, events } = this.deps;
    const id = String(room._id);
    const [open, counted] = await Promise.all([
      models.Room.findOneAndUpdate(
        { _id: id, state: 'open' },
        { $inc: { seatVersion: 1 }, $set: { emptySince: null } },
      ).lean<Room>(),
      models.Seat.countDocuments({ room: id }),
    ]);
    const seated = (seat: Seat) => byVisitor.get(seat.visitor) ?? [];
    const takeBack = (seats: Seat[]) =>
      models.Seat.collection.deleteMany({ _id: { $in: seats.map(({ _id }) => _id) } });
    if (!open) {
      await takeBack(inserted);
      for (const seat of inserted) refuse(seated(seat), new AppError('room_closed'));
      return new Set(inserted);
    }
    const refused = await this.#refused(room, open, inserted);
    const beyond = inserted.filter((seat) => seat.slot >= open.max && !refused.has(seat));
    const seats = inserted.filter((seat) => !refused.has(seat) && !beyond.includes(seat));
    if (seats.length < inserted.length) await takeBack([...refused.keys(), ...beyond]);
    for (const [seat, code] of refused) refuse(seated(seat), new AppError(code));
    const answered = new Set([...seats, ...refused.keys()]);
    if (seats.length === 0) return answered;
    const people = counted - (inserted.length - seats.length);
    events.announce('seat.taken', {
      room: id,
      came: seats.map((seat) => ({ who: seatPerson(seat), lang: seat.lang })),
      people,
      hostGone: open.hostGone ? open.owner : null,
    });
    events.announce('room.changed', id);
    for (const seat of seats) for (const { resolve } of seated(seat)) resolve(seat);
    return answered;
  }

  /** Whom the room does not let sit down any more, and why: it was asked before their seats were inserted. */
  async #refused(before: Room, now: Room, seats: Seat[]): Promise<Map<Seat, ErrorCode>> {
    const refused = new Map<Seat, ErrorCode>();
    for (const seat of await this.#shutOut(before, now, seats))
      refused.set(seat, now.closedDoor ? 'door_closed' : 'knocking');
    if (!now.guarded) return refused;
    const visitors = seats.map(({ visitor }) => visitor);
    const [banned, removed] = await Promise.all([
      this.deps.bans.among(now, seats),
      this.deps.admissions.removed(String(now._id), visitors),
    ]);
    for (const seat of seats) {
      if (banned.has(seat.visitor)) refused.set(seat, 'banned');
      else if (removed.has(seat.visitor)) refused.set(seat, 'not_admitted');
    }
    return refused;
  }

  /** Those who had not been let in when the door was closed, or when asking became necessary, while they sat down. */
  async #shutOut(before: Room, now: Pick<Room, 'closedDoor' | 'approval'>, seats: Seat[]): Promise<Seat[]> {
    const isShut = (now.closedDoor && !before.closedDoor) || (now.approval && !before.approval);
    if (!isShut) return [];
    const room = String(before._id);
    const visitor = trusted({ $in: seats.map((seat) => seat.visitor) });
    const admitted = await this.deps.models.Admission.find({ room, visitor }).lean();
    const isIn = new Set([before.owner, ...(before.helpers ?? []), ...admitted.map((row) => row.visitor)]);
    return seats.filter((seat) => !isIn.has(seat.visitor));
  }
}

function refuse(newcomers: Newcomer[], error: unknown): void {
  for (const { reject } of newcomers) reject(error);
}
