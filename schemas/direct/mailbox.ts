/**
 * Up to which message a visitor was sent direct messages by the gateway: where a connection without a cursor begins.
 */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds after which a mailbox is deleted: no visit lasts longer than a week. */
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
