/**
 * Seats: who is in which room. A seat is one document a visitor and room, with a slot number that a unique index gives
 * to one holder only, so a room of ten never holds eleven, on however many nodes. Sockets hold a seat (five tabs, five
 * holds, one seat); a request without a socket holds it for a while. The last seat freed starts the room's grace time.
 */
import { trusted } from 'mongoose';
import type { Person } from '../../schemas/people/contract.js';
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Room } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import type { Clock } from '../site/clock.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { AppError } from '../site/errors.js';
import { tellApart } from '../people/faces.js';
import type { EventBus } from '../site/events.js';
import type { Visitor } from '../people/visitors.js';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  graceMs: number;
  /** Called when a room has just become empty: `now` when its last visitor left on purpose. */
  onEmpty: (room: string, now: boolean) => void;
  /** Called when a lease was given, with the moment at which it may have ended. */
  onLease: (until: Date) => void;
}

export class Seats {
  constructor(private readonly deps: Deps) {}

  /** Sit down on a socket. Sitting already is fine. @throws AppError room_full, room_closed. */
  async take(room: Room, visitor: Visitor, ref: SocketRef): Promise<void> {
    await this.#sit(
      room,
      visitor,
      { $addToSet: { sockets: ref }, $set: { until: null } },
      { sockets: [ref], until: null },
    );
  }

  /**
   * Sit down, or stay, for `ms` without a socket: a visitor without JavaScript, or one whose line is just coming back.
   * @throws AppError room_full, room_closed.
   */
  async lease(room: Room, visitor: Visitor, ms: number): Promise<void> {
    const until = this.deps.clock.date(ms);
    await this.#sit(room, visitor, { $max: { until } }, { sockets: [], until });
    this.deps.onLease(until);
  }

  /** Keep an existing seat for `ms`, for a page that is about to be loaded again. Takes none. */
  async keep(room: string, visitor: string, ms: number): Promise<void> {
    const until = this.deps.clock.date(ms);
    const { matchedCount } = await this.deps.models.Seat.updateOne({ room, visitor }, { $max: { until } });
    if (matchedCount > 0) this.deps.onLease(until);
  }

  /** A socket is gone. The seat goes with its last hold, unless a lease keeps it. */
  async release(room: string, visitor: string, ref: SocketRef, onPurpose: boolean): Promise<void> {
    const { Seat } = this.deps.models;
    const lease = onPurpose ? { $set: { until: null } } : {};
    const seat = await Seat.findOneAndUpdate(
      { room, visitor },
      { $pull: { sockets: { node: ref.node, socket: ref.socket } }, ...lease },
      { returnDocument: 'after' },
    ).lean<Seat>();
    if (seat) await this.#free(seat, onPurpose);
  }

  /** Leave with every tab. */
  async leave(room: string, visitor: string): Promise<void> {
    const seat = await this.deps.models.Seat.findOneAndUpdate(
      { room, visitor },
      { $set: { sockets: [], until: null } },
      { returnDocument: 'after' },
    ).lean<Seat>();
    if (seat) await this.#free(seat, true);
    this.deps.events.announce('seat.left', { room, visitor });
  }

  /** The seat check of a post: one look-up that an index answers. */
  async find(room: string, visitor: string): Promise<Seat | null> {
    return this.deps.models.Seat.findOne({ room, visitor }).lean<Seat>();
  }

  async count(room: string): Promise<number> {
    return this.deps.models.Seat.countDocuments({ room });
  }

  /** Who is here, in the order in which they sat down. */
  async members(room: string): Promise<(Person & { shift: number })[]> {
    const seats = await this.deps.models.Seat.find({ room }).sort({ slot: 1 }).limit(100).lean<Seat[]>();
    return seats
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .map((seat) => ({ ...seatPerson(seat), shift: seat.shift }));
  }

  /** Free every seat whose lease ran out. @returns how many. */
  async sweep(): Promise<number> {
    const expired = await this.deps.models.Seat.find({
      until: trusted({ $gt: new Date(0), $lte: this.deps.clock.date() }),
    })
      .limit(1_000)
      .lean<Seat[]>();
    for (const seat of expired) await this.#free(seat, false);
    return expired.length;
  }

  /** A node is gone, with its sockets: its visitors have the grace time to come back on another line. */
  async releaseNode(node: string): Promise<void> {
    const until = this.deps.clock.date(this.deps.graceMs);
    await this.deps.models.Seat.updateMany({ 'sockets.node': node }, { $pull: { sockets: { node } }, $max: { until } });
    this.deps.onLease(until);
  }

  async erase(room: string): Promise<void> {
    await this.deps.models.Seat.deleteMany({ room });
  }

  /** Note that nobody is here, unless somebody sat down meanwhile. */
  async noteIfEmpty(room: string, onPurpose = false): Promise<void> {
    const { models, clock, graceMs, onEmpty } = this.deps;
    const before = await models.Room.findOne({ _id: room, state: 'open' }).select('seatVersion').lean<Room>();
    if (!before || (await this.count(room)) > 0) return;
    const { matchedCount } = await models.Room.updateOne(
      { _id: room, state: 'open', seatVersion: before.seatVersion },
      { $set: { emptySince: onPurpose ? clock.date(-graceMs) : clock.date() } },
    );
    if (matchedCount > 0) onEmpty(room, onPurpose);
  }

  async #sit(
    room: Room,
    visitor: Visitor,
    update: object,
    fresh: Pick<Seat, 'until'> & { sockets: SocketRef[] },
  ): Promise<void> {
    const { models } = this.deps;
    const id = String(room._id);
    const { matchedCount } = await models.Seat.updateOne({ room: id, visitor: visitor.id }, update);
    if (matchedCount > 0) return;
    const seat = await this.#insert(room, visitor, fresh);
    if (seat === 'mine') return this.#sit(room, visitor, update, fresh);
    const open = await models.Room.updateOne(
      { _id: id, state: 'open' },
      { $inc: { seatVersion: 1 }, $set: { emptySince: null } },
    );
    if (open.matchedCount === 0) {
      await models.Seat.deleteOne({ room: id, visitor: visitor.id });
      throw new AppError('room_closed');
    }
    const people = await this.count(id);
    this.deps.events.announce('seat.taken', { room: id, who: seatPerson(seat), people, lang: seat.lang });
    this.deps.events.announce('room.changed', id);
  }

  /** Insert at the lowest free slot; the unique index decides. `'mine'`: another tab of this visitor was faster. */
  async #insert(
    room: Room,
    visitor: Visitor,
    fresh: Pick<Seat, 'until'> & { sockets: SocketRef[] },
  ): Promise<Seat | 'mine'> {
    const { Seat: SeatModel } = this.deps.models;
    for (let tries = 0; tries <= room.max; tries++) {
      const seats = await SeatModel.find({ room: String(room._id) })
        .sort({ slot: 1 })
        .lean<Seat[]>();
      if (seats.some((seat) => seat.visitor === visitor.id)) return 'mine';
      const taken = new Set(seats.map((seat) => seat.slot));
      const slot = Array.from({ length: room.max }, (_, index) => index).find((index) => !taken.has(index));
      if (slot === undefined) break;
      try {
        const created = await SeatModel.create({
          room: String(room._id),
          visitor: visitor.id,
          slot,
          color: visitor.color,
          name: visitor.name,
          lang: visitor.lang,
          shift: tellApart(
            visitor,
            seats.map((seat) => ({ ...seatPerson(seat), shift: seat.shift })),
          ),
          ...fresh,
          createdAt: this.deps.clock.date(),
        });
        return created.toObject();
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
    throw new AppError('room_full');
  }

  /** Take the seat away if nothing holds it any more: one conditional write, so that one caller wins. */
  async #free(seat: Seat, onPurpose: boolean): Promise<void> {
    const { models, clock, events } = this.deps;
    const { deletedCount } = await models.Seat.deleteOne({
      _id: seat._id,
      sockets: trusted({ $size: 0 }),
      $or: [{ until: null }, { until: trusted({ $lte: clock.date() }) }],
    });
    if (deletedCount === 0) return;
    const people = await this.count(seat.room);
    events.announce('seat.freed', { room: seat.room, who: seatPerson(seat), people, lang: seat.lang });
    events.announce('room.changed', seat.room);
    if (people === 0) await this.noteIfEmpty(seat.room, onPurpose);
  }
}
