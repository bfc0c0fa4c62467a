/** The operator's sign-in at /admin, and what was done there. */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds for which a line of the audit list is kept. */
const KEPT_FOR = 90 * 24 * 3600;

export const adminSessionSchema = new Schema(
  {
    /** Hash of the session id. */
    _id: { type: String, required: true },
    bornAt: { type: Date, required: true },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'adminsessions' },
);
adminSessionSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

export type AdminSession = InferSchemaType<typeof adminSessionSchema>;

export const DEEDS = ['signed_in', 'sign_in_failed', 'signed_out', 'room_closed'] as const;
export type Deed = (typeof DEEDS)[number];

export const adminDeedSchema = new Schema(
  {
    deed: { type: String, enum: DEEDS, required: true },
    /** What it was done to: the title of a room. */
    subject: { type: String },
    at: { type: Date, required: true },
  },
  { ...STRICT, collection: 'admindeeds' },
);
adminDeedSchema.index({ at: -1 });
adminDeedSchema.index({ at: 1 }, { expireAfterSeconds: KEPT_FOR });

export type AdminDeed = InferSchemaType<typeof adminDeedSchema>;
