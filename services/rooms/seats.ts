/**
 * Seats: who is in which room. A visitor has one seat in a room, whose slot a unique index gives to one visitor only,
 * so that a room of ten never holds eleven, on however many nodes. Sockets keep a seat (five tabs keep the same one); a
 * request without a socket keeps it for a while by a lease. The last seat freed starts the room's grace time.
 */
import { trusted } from 'mongoose';
import type { Person } from '../../schemas/people/contract.js';
import type { RemovalReason } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Room } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import { SocketHolders } from '../people/socket-holders.js';
import type { Visitor } from '../people/visitors.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';
import type { Limits } from '../site/limits.js';
import type { Nodes } from '../database/nodes.js';
import type { Timers } from '../work/timers.js';
import { SeatMemory } from './seat-memory.js';
import { Seating } from './seating.js';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  admissions: Pick<Admissions, 'expect' | 'awaitedUntil' | 'revoke' | 'removed'>;
  bans: Pick<Bans, 'among'>;
  /** Milliseconds that a room waits for somebody who did not leave on purpose. */
  graceMs: number;
  /** Milliseconds in which visitors of a node that died may come back to their seats. */
  returnMs: number;
  /** No other process uses this database. */
  exclusive: boolean;
  nodes: Pick<Nodes, 'id'>;
  limits: Pick<Limits, 'take' | 'atOnce'>;
}

export class Seats {
  readonly #holders: SocketHolders<Seat>;
  readonly #seating: Seating;
  readonly #memory = new SeatMemory();

  constructor(private readonly deps: Deps) {
    this.#holders = new SocketHolders({
      ...deps,
      graceMs: deps.returnMs,
      model: deps.models.Seat,
      end: (seat) => this.#free(seat),
    });
    this.#seating = new Seating(deps);
  }

  /**
   * Take a seat with a socket, or keep the one that the visitor has.
   * @param address from where, as limits count it.
   * @throws AppError room_full, room_closed, too_many_seats, rate_limited.
   */
  async take(room: Room, visitor: Visitor, ref: SocketRef, address: string): Promise<void> {
    const sit = () => this.#seating.sit(room, visitor, { socket: ref, address });
    await this.#memory.taking(String(room._id), visitor.id, ref.socket, sit);
  }

  /**
   * Take or keep a seat for `ms` milliseconds without a socket: for a visitor without JavaScript, or one whose
   * connection is just coming back.
   * @param address from where, as limits count it.
   * @throws AppError room_full, room_closed, too_many_seats, rate_limited.
   */
  async lease(room: Room, visitor: Visitor, ms: number, address: string): Promise<Seat> {
    const seat = await this.#seating.sit(room, visitor, { until: this.deps.clock.date(ms), address });
    this.#holders.sweepAfter(ms);
    return seat;
  }

  /** Keep a seat, if there is one, for `ms` milliseconds: for a page that is about to be loaded again. */
  async keep(room: string, visitor: string, ms: number): Promise<void> {
    const until = this.deps.clock.date(ms);
    const { matchedCount } = await this.deps.models.Seat.updateOne({ room, visitor }, { $max: { until } });
    if (matchedCount > 0) this.#holders.sweepAfter(ms);
  }

  /** Begin the lease of `ms` milliseconds of a seat without a socket anew, once half of it is over: its visitor was active. */
  async renew({ room, visitor, sockets, until }: Seat, ms: number): Promise<void> {
    const left = (until?.getTime() ?? 0) - this.deps.clock.now();
    if (sockets.length === 0 && left < ms / 2) await this.keep(room, visitor, ms);
  }

  /**
   * A socket is gone. With the last one the seat is freed, unless a lease keeps it.
   * @param onPurpose the visitor left: the lease ends, too.
   */
  async release(room: string, visitor: string, ref: SocketRef, onPurpose: boolean): Promise<void> {
    this.#memory.release(room, visitor, ref.socket);
    const now = this.deps.clock.date();
    const update = { [onPurpose ? '$set' : '$max']: { until: now } };
    const seat = await this.#holders.release({ room, visitor }, ref, update);
    if (seat) await this.#free(seat, { onPurpose, now });
  }

  /** Leave with every tab, and be admitted no more: a post that finds no seat any more finds no admission either. */
  async leave(room: string, visitor: string): Promise<void> {
    const now = this.deps.clock.date();
    const { wasAwaited } = await this.deps.admissions.revoke(room, visitor);
    await this.#memory.ending(room, visitor, async () => {
      const seat = await this.deps.models.Seat.findOneAndUpdate(
        { room, visitor },
        { $set: { sockets: [], until: now } },
        { returnDocument: 'after' },
      ).lean<Seat>();
      if (seat) await this.#free(seat, { onPurpose: true, now });
      else if (wasAwaited) await this.noteIfEmpty(room, visitor);
    });
    this.deps.events.announce('seat.left', { room, visitor });
  }

  /** Make a visitor leave, with every socket on every node. Resolves once all of them are out. */
  async remove(room: string, visitor: string, reason: RemovalReason): Promise<void> {
    const { models, events } = this.deps;
    const seat = await this.#memory.ending(room, visitor, () =>
      models.Seat.findOneAndDelete({ room, visitor }).lean<Seat>(),
    );
    const works: Promise<unknown>[] = [];
    events.announce('seat.removed', { room, visitor, reason, waitUntil: (work) => works.push(work) });
    if (seat) {
      const people = await this.count(room);
      events.announce('seat.freed', { room, who: seatPerson(seat), people, lang: seat.lang, onPurpose: true, reason });
      events.announce('room.changed', room);
      if (people === 0) await this.noteIfEmpty(room, visitor);
    }
    await Promise.all(works);
  }

  /** The seat that a socket of this node keeps, as far as this node remembers. Asks nobody. */
  here(room: string, visitor: string): Seat | null {
    return this.#memory.get(room, visitor);
  }

  /**
   * Of these seats, the ids of those that are held now. One question at the most; none where this node remembers all of
   * them and no other process could end one.
   */
  async held(seats: Seat[]): Promise<Set<string>> {
    const known = this.deps.exclusive ? seats.filter((seat) => this.#memory.has(seat)) : [];
    const held = new Set(known.map(({ _id }) => String(_id)));
    const asked = seats.filter(({ _id }) => !held.has(String(_id))).map(({ _id }) => _id);
    if (asked.length === 0) return held;
    const found = await this.deps.models.Seat.find({ _id: trusted({ $in: asked }) })
      .select('_id')
      .lean<Pick<Seat, '_id'>[]>();
    for (const { _id } of found) held.add(String(_id));
    for (const seat of seats) if (!held.has(String(seat._id))) this.#memory.forgetSeat(seat);
    return held;
  }

  /** A visitor's seat in a room, by the store: one query that an index answers. */
  async find(room: string, visitor: string): Promise<Seat | null> {
    return this.deps.models.Seat.findOne({ room, visitor }).lean<Seat>();
  }

  /** How many seats of a room are taken. */
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

  /** A node is gone, with its sockets: its visitors have the grace time to come back on another. */
  releaseNode(node: string): Promise<void> {
    if (node === this.deps.nodes.id) this.#memory.clear();
    return this.#holders.releaseNode(node);
  }

  /** Free every seat that no socket and no lease keeps. */
  sweep(): Promise<void> {
    return this.#holders.sweep();
  }

  /** Sweep once the grace time that the process before this one gave to its visitors is over. */
  start(): void {
    this.#holders.sweepAfterGrace();
  }

  /** Delete the seats of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.#memory.ending(room, null, () => this.deps.models.Seat.deleteMany({ room }));
  }

  /**
   * Note until when an empty room waits for those who did not leave on purpose, and announce it, unless somebody sat down
   * meanwhile.
   * @param leaver the visitor who left on purpose just now, if it was that: for them it does not wait.
   */
  async noteIfEmpty(room: string, leaver?: string): Promise<void> {
    const { models, clock, admissions, graceMs, events } = this.deps;
    const before = await models.Room.findOne({ _id: room, state: 'open' }).select('seatVersion').lean<Room>();
    if (!before || (await this.count(room)) > 0) return;
    const until =
      leaver === undefined ? clock.date(graceMs) : ((await admissions.awaitedUntil(room, leaver)) ?? clock.date());
    const { matchedCount } = await models.Room.updateOne(
      { _id: room, state: 'open', seatVersion: before.seatVersion },
      { $set: { emptySince: new Date(until.getTime() - graceMs) } },
    );
    if (matchedCount === 0) return;
    events.announce('room.empty', { room, until });
    events.announce('room.changed', room);
  }

  /** Free a seat that nothing keeps any more: one conditional write, so that one caller announces it. */
  async #free(seat: Seat, { onPurpose, now }: { onPurpose?: boolean; now?: Date } = {}): Promise<void> {
    const { models, events, admissions, clock, graceMs } = this.deps;
    this.#memory.forgetSeat(seat);
    // Before the seat is freed: whoever finds the room empty knows whom it waits for.
    if (!onPurpose) await admissions.expect(seat.room, seat.visitor, clock.date(graceMs), seat.address);
    const { deletedCount } = await models.Seat.deleteOne({ _id: seat._id, ...this.#holders.isOver(now) });
    if (deletedCount === 0) return;
    const people = await this.count(seat.room);
    events.announce('seat.freed', {
      room: seat.room,
      who: seatPerson(seat),
      people,
      lang: seat.lang,
      onPurpose: onPurpose ?? false,
    });
    events.announce('room.changed', seat.room);
    if (people === 0) await this.noteIfEmpty(seat.room, onPurpose ? seat.visitor : undefined);
  }
}
