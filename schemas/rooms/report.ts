/** Somebody in a room reports a message, or a person, to those in charge. Erased with the room. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import { personSnapshot } from '../people/snapshot.js';
import { STRICT } from '../site/strict.js';

export const reportSchema = new Schema(
  {
    room: { type: String, required: true },
    /** The id of a message, or of a visitor. */
    target: { type: String, required: true },
    isMessage: { type: Boolean, required: true },
    /** Who is reported: the message's author. Name and colour as they were then. */
    person: { type: personSnapshot, required: true },
    /** The visitor who reports; those in charge are not told. */
    by: { type: String, required: true },
    why: { type: String, default: '' },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'reports' },
);

reportSchema.index({ room: 1, target: 1, by: 1 }, { unique: true });

export type Report = InferSchemaType<typeof reportSchema> & { _id: Types.ObjectId };
