/** Who may speak in a room: who has a seat there, for every door that takes a message. */
import type { Seat } from '../../schemas/rooms/seat.js';
import type { Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import type { Rooms } from './rooms.js';
import type { Seats } from './seats.js';

interface Deps {
  rooms: Pick<Rooms, 'find'>;
  seats: Pick<Seats, 'here' | 'find' | 'lease' | 'leave' | 'renew'>;
  admissions: Pick<Admissions, 'has'>;
  bans: Pick<Bans, 'refuse'>;
  /** Milliseconds for which a seat is kept for somebody whose connection is just coming back. */
  returnMs: number;
}

export class Speakers {
  constructor(private readonly deps: Deps) {}

  /**
   * From which seat somebody speaks: the one that a socket of this node keeps, without a question; else the store is
   * asked, and the admitted whose socket is just coming back, or who have no script, get a short lease.
   * @param address from where, as limits count it.
   * @throws AppError banned, not_admitted, room_full, room_closed, room_not_found, too_many_seats, rate_limited.
   */
  async seatOf(id: string, visitor: Visitor, address: string): Promise<Seat> {
    const { rooms, seats, admissions, bans, returnMs } = this.deps;
    const here = seats.here(id, visitor.id);
    if (here) return here;
    const [seat, room] = await Promise.all([seats.find(id, visitor.id), rooms.find(id)]);
    // A seat that is being taken just now may be one that a ban will end.
    await bans.refuse(room, visitor.id, address);
    if (seat) {
      await seats.renew(seat, returnMs);
      return seat;
    }
    if (!(await admissions.has(room, visitor.id))) throw new AppError('not_admitted');
    const leased = await seats.lease(room, visitor, returnMs, address);
    if (await admissions.has(room, visitor.id)) return leased;
    // They left while the seat was being taken.
    await seats.leave(id, visitor.id);
    throw new AppError('not_admitted');
  }
}

/**
 * Speak from a seat; where that has ended meanwhile (a lease ran out, a connection came back to another seat), once more from the one
 * of now.
 * @param seatNow asks for it. @throws what `seatNow` and `speak` throw: not_admitted for whoever has left, or had to.
 */
export async function speakFrom<T>(
  seat: Seat,
  seatNow: () => Promise<Seat>,
  speak: (seat: Seat) => Promise<T>,
): Promise<T> {
  try {
    return await speak(seat);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_admitted') throw error;
    return speak(await seatNow());
  }
}
