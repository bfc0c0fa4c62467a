/** A short-lived token for the raw gateway's first frame and nothing else; only its hash is kept. */
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
    /** The session it came from, hashed as it is at rest: the token ends with it. */
    session: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'tokens' },
);

tokenSchema.index({ until: 1 }, { expireAfterSeconds: 0 });
tokenSchema.index({ session: 1 });

export type Token = InferSchemaType<typeof tokenSchema>;
