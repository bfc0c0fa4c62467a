/** Somebody is kept out of the whole site for a time, by the operator. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const siteBanSchema = new Schema(
  {
    /** `visitor:` and an id, or `address:` and a hash that is salted by the site. */
    key: { type: String, required: true },
    /** A visitor's name and colour, for the operator's list. */
    name: { type: String },
    color: { type: String },
    createdAt: { type: Date, required: true },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'sitebans' },
);

siteBanSchema.index({ key: 1 }, { unique: true });
siteBanSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

export type SiteBan = InferSchemaType<typeof siteBanSchema> & { _id: Types.ObjectId };
