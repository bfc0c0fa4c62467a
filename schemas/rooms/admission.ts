/** A visitor may enter a room: they created it, gave the right password, or opened an unlocked one. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const admissionSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    /** They lost their connection and may come back until then: the room waits. */
    awaitedUntil: { type: Date },
    /** They were made to leave: they are admitted no more until they open the page again. */
    removed: { type: Boolean },
    /** The room's hash of the address from which they were here last, once their connection was lost. */
    address: { type: String },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'admissions' },
);

admissionSchema.index({ room: 1, visitor: 1 }, { unique: true });
