/**
 * What is stored of an ended room for a day: its id, so that late posts are answered with 410, and a receipt in
 * figures.
 */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds for which it is stored. */
const TOMBSTONE_TTL = 24 * 3600;

export const tombstoneSchema = new Schema(
  {
    _id: { type: String, required: true },
    reason: { type: String, enum: ['owner', 'empty', 'admin'], required: true },
    messages: { type: Number, required: true },
    images: { type: Number, required: true },
    closedAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'tombstones' },
);

tombstoneSchema.index({ closedAt: 1 }, { expireAfterSeconds: TOMBSTONE_TTL });
