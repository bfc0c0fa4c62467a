/** A token for the first frame of a gateway connection, valid for a short time; only its hash is stored. */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const tokenSchema = new Schema(
  {
    /** SHA-256 of the token. */
    _id: { type: String, required: true },
    visitor: {
      type: new Schema(
        {
          id: { type: String, required: true },
          name: { type: String, required: true },
          color: { type: String, required: true },
          lang: { type: String, required: true },
        },
        { ...STRICT, _id: false },
      ),
      required: true,
    },
    /** The hash of the session that asked for it, with which it ends. */
    session: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'tokens' },
);

tokenSchema.index({ until: 1 }, { expireAfterSeconds: 0 });
tokenSchema.index({ session: 1 });

export type Token = InferSchemaType<typeof tokenSchema>;
