/**
 * The seats that sockets of this node keep, so that a post of somebody who sits here asks nobody before it is stored.
 * It may lose any of them at any time, and is no proof where several nodes write: then every seat is asked about after
 * the insert (Seats.held).
 */
import type { Seat } from '../../schemas/rooms/seat.js';

interface Kept {
  /** Undefined while the first socket is taking it. */
  seat?: Seat;
  sockets: Set<string>;
  /** Sockets that are taking it just now. */
  coming: number;
}

export class SeatMemory {
  /** Room -> visitor -> seat. */
  readonly #rooms = new Map<string, Map<string, Kept>>();

  get(room: string, visitor: string): Seat | null {
    return this.#rooms.get(room)?.get(visitor)?.seat ?? null;
  }

  /** Whether this very seat is kept: not one that the visitor took later. */
  has({ _id, room, visitor }: Pick<Seat, '_id' | 'room' | 'visitor'>): boolean {
    return this.get(room, visitor)?._id.equals(_id) ?? false;
  }

  /** Remember the seat that a socket takes by `take`, unless it is forgotten meanwhile. */
  async taking(room: string, visitor: string, socket: string, take: () => Promise<Seat>): Promise<Seat> {
    const kept = this.#enter(room, visitor);
    kept.coming += 1;
    try {
      kept.seat = await take();
      kept.sockets.add(socket);
      return kept.seat;
    } finally {
      kept.coming -= 1;
      this.#dropUnkept(room, visitor, kept);
    }
  }

  /** A socket is leaving. */
  release(room: string, visitor: string, socket: string): void {
    const kept = this.#rooms.get(room)?.get(visitor);
    kept?.sockets.delete(socket);
    this.#dropUnkept(room, visitor, kept);
  }

  /** End a seat, or all of a room, by `write`: none of them is known from before the write until after it. */
  async ending<T>(room: string, visitor: string | null, write: () => Promise<T>): Promise<T> {
    this.#forget(room, visitor);
    try {
      return await write();
    } finally {
      this.#forget(room, visitor);
    }
  }

  /** This very seat is over. */
  forgetSeat(seat: Pick<Seat, '_id' | 'room' | 'visitor'>): void {
    if (this.has(seat)) this.#forget(seat.room, seat.visitor);
  }

  clear(): void {
    this.#rooms.clear();
  }

  #forget(room: string, visitor: string | null): void {
    const seats = this.#rooms.get(room);
    if (visitor !== null) seats?.delete(visitor);
    if (visitor === null || seats?.size === 0) this.#rooms.delete(room);
  }

  #enter(room: string, visitor: string): Kept {
    const seats = this.#rooms.get(room) ?? new Map<string, Kept>();
    this.#rooms.set(room, seats);
    const kept = seats.get(visitor) ?? { sockets: new Set(), coming: 0 };
    seats.set(visitor, kept);
    return kept;
  }

  #dropUnkept(room: string, visitor: string, kept: Kept | undefined): void {
    if (!kept || kept.sockets.size + kept.coming > 0) return;
    if (this.#rooms.get(room)?.get(visitor) === kept) this.#forget(room, visitor);
  }
}
