/** Slots of a room: seats are numbered, and a unique index gives each number to one visitor, on however many nodes. */
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Room } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import { tellApart } from '../people/faces.js';
import type { Visitor } from '../people/visitors.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { AppError } from '../site/errors.js';

/** How a new seat is kept: by a socket, or by a lease. */
export interface NewSeat {
  sockets: SocketRef[];
  until: Date | null;
  createdAt: Date;
}

/**
 * Insert a visitor's seat at the lowest free slot.
 * @returns the seat; null when the visitor has one already, perhaps because another tab was faster.
 * @throws AppError room_full.
 */
export async function insertSeat(
  model: Models['Seat'],
  room: Room,
  visitor: Visitor,
  fresh: NewSeat,
): Promise<Seat | null> {
  const id = String(room._id);
  for (let tries = 0; tries <= room.max; tries++) {
    const seats = await model.find({ room: id }).sort({ slot: 1 }).lean<Seat[]>();
    if (seats.some((seat) => seat.visitor === visitor.id)) return null;
    const taken = new Set(seats.map((seat) => seat.slot));
    const slot = Array.from({ length: room.max }, (_, index) => index).find((index) => !taken.has(index));
    if (slot === undefined) break;
    const faces = seats.map((seat) => ({ ...seatPerson(seat), shift: seat.shift }));
    const { color, name, lang } = visitor;
    const seat = { room: id, visitor: visitor.id, slot, color, name, lang, shift: tellApart(visitor, faces), ...fresh };
    try {
      return (await model.create(seat)).toObject();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
  throw new AppError('room_full');
}
