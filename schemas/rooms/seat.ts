/**
 * One visitor's seat in one room. The unique `slot` (0 … max-1) limits the visitors of a room: the database refuses a
 * second seat with the same one, on however many nodes. A seat lasts while a socket keeps it, and until `until`.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { Person } from '../people/contract.js';
import { socketRefSchema } from '../people/socket-ref.js';
import { STRICT } from '../site/strict.js';

export const seatSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    slot: { type: Number, required: true },
    color: { type: String, required: true },
    name: { type: String, required: true },
    lang: { type: String, required: true },
    /** How many steps the face is shifted, so that it differs from those that were there first. */
    shift: { type: Number, required: true },
    /** A hash of the address from which the seat was taken, of use in this room only; seats of earlier versions have none. */
    address: { type: String },
    /** The visitor's sockets: five tabs keep one seat. */
    sockets: { type: [socketRefSchema], required: true },
    /** When the seat may be freed once no socket is left; null since a socket took it. */
    until: { type: Date, default: null },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'seats' },
);

seatSchema.index({ room: 1, slot: 1 }, { unique: true });
seatSchema.index({ room: 1, visitor: 1 }, { unique: true });
seatSchema.index({ until: 1 });
seatSchema.index({ 'sockets.node': 1 });

export type Seat = InferSchemaType<typeof seatSchema> & { _id: Types.ObjectId };

/** What others may see of the visitor whose seat it is. */
export function seatPerson(seat: Pick<Seat, 'visitor' | 'color' | 'name'>): Person {
  return { id: seat.visitor, color: seat.color, name: seat.name };
}
