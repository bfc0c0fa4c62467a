/** A visitor may enter a room: they created it, gave the right password, or opened an unlocked one. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const admissionSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    /** They lost their connection and may come back until then: the room waits. */
    awaitedUntil: { type: Date },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'admissions' },
);

admissionSchema.index({ room: 1, visitor: 1 }, { unique: true });
