/** What the operator tells everybody: one document for the whole site. */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from './strict.js';

export const noticesSchema = new Schema(
  {
    _id: { type: String, required: true },
    /** Shown on every page until it is ended. */
    announcement: { type: String },
    /** No new rooms until this is ended. */
    maintenance: { type: Boolean },
    /** What keeps hashes of addresses from being those of another site. */
    salt: { type: String },
  },
  { ...STRICT, collection: 'notices' },
);

export type NoticesDoc = InferSchemaType<typeof noticesSchema>;
