/** Somebody is kept out of a room for as long as it lives. Erased with the room. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { BanView } from './contract.js';
import { STRICT } from '../site/strict.js';

export const banSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
    /** A hash of the address, salted by the room: everybody behind it is kept out, but for those in charge. */
    address: { type: String },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'bans' },
);

banSchema.index({ room: 1, visitor: 1 }, { unique: true });

export type Ban = InferSchemaType<typeof banSchema> & { _id: Types.ObjectId };

/** The public view of a ban. */
export const banView = (ban: Ban): BanView => ({
  _id: String(ban._id),
  person: { id: ban.visitor, name: ban.name, color: ban.color },
  byAddress: ban.address !== undefined,
  createdAt: ban.createdAt.toISOString(),
});
