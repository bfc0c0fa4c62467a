/** How far a visitor's raw lines have been sent what came for them: where a line without a cursor begins. */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds: no visit lasts longer than a week. */
const LIFE = 8 * 24 * 3600;

export const mailboxSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    delivered: { type: Number, required: true },
    at: { type: Date, required: true },
  },
  { ...STRICT, collection: 'mailboxes' },
);

mailboxSchema.index({ at: 1 }, { expireAfterSeconds: LIFE });

export type Mailbox = InferSchemaType<typeof mailboxSchema>;
