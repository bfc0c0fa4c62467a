/** The operator's sign-in at /admin, and what was done there. */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds for which a line of the audit list is kept. */
const KEPT_FOR = 90 * 24 * 3600;

export const adminSessionSchema = new Schema(
  {
    /** Hash of the session id. */
    _id: { type: String, required: true },
    /** Who signed in: the name they gave, or the one they have on the site. */
    name: { type: String },
    bornAt: { type: Date, required: true },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'adminsessions' },
);
adminSessionSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

export type AdminSession = InferSchemaType<typeof adminSessionSchema>;

export const DEEDS = [
  ...['signed_in', 'sign_in_failed', 'signed_out', 'room_closed'],
  ...['visitor_banned', 'address_banned', 'ban_lifted'],
  ...['report_dismissed', 'message_removed'],
  ...['announced', 'announcement_ended', 'maintenance_begun', 'maintenance_ended'],
] as const;
export type Deed = (typeof DEEDS)[number];

export const adminDeedSchema = new Schema(
  {
    deed: { type: String, enum: DEEDS, required: true },
    /** By whom, as AdminSession has it. */
    by: { type: String },
    /** What it was done to: the title of a room, the name of a visitor, both for a report, the text of an announcement. */
    subject: { type: String },
    at: { type: Date, required: true },
  },
  { ...STRICT, collection: 'admindeeds' },
);
adminDeedSchema.index({ at: -1 });
adminDeedSchema.index({ at: 1 }, { expireAfterSeconds: KEPT_FOR });

export type AdminDeed = InferSchemaType<typeof adminDeedSchema>;
