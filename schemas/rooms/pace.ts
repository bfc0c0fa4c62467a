/** When somebody posted last in a room in slow mode. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';
import { SLOW_MAX } from './settings-payloads.js';

export const paceSchema = new Schema(
  {
    /** Room and visitor: one document for both. */
    _id: { type: String, required: true },
    room: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { ...STRICT, collection: 'paces' },
);

paceSchema.index({ room: 1 });
paceSchema.index({ at: 1 }, { expireAfterSeconds: 2 * SLOW_MAX });
