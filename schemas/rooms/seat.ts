/**
 * One visitor's seat in one room. The unique `slot` (0 … max-1) is what keeps a room from overfilling: the database
 * refuses a second holder, on however many nodes. A seat lives while a socket holds it, or until `until` when a request
 * without a socket took it.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { Person } from '../people/contract.js';
import { STRICT } from '../site/strict.js';

export const seatSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    slot: { type: Number, required: true },
    color: { type: String, required: true },
    name: { type: String, required: true },
    lang: { type: String, required: true },
    /** How far the face is shifted to be told apart from those who were there first. */
    shift: { type: Number, required: true },
    /** Sockets on which this visitor is here: five tabs are five holds of one seat. */
    sockets: {
      type: [new Schema({ node: { type: String }, socket: { type: String } }, { ...STRICT, _id: false })],
      required: true,
    },
    /** A lease without a socket ends then; null when only sockets keep the seat. */
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

/** Who sits there, as others may see it. */
export function seatPerson(seat: Pick<Seat, 'visitor' | 'color' | 'name'>): Person {
  return { id: seat.visitor, color: seat.color, name: seat.name };
}
