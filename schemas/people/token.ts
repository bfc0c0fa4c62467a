/**
 * A token: who a program is. A page's session asks for one, or a program without a browser, whose token is its session;
 * the key of a room's bot is one, too.
 * Only its hash is stored.
 */
import { Schema, type InferSchemaType } from 'mongoose';
import { personFields } from './snapshot.js';
import { STRICT } from '../site/strict.js';

export const tokenSchema = new Schema(
  {
    /** SHA-256 of the token. */
    _id: { type: String, required: true },
    visitor: {
      type: new Schema(
        {
          ...personFields,
          lang: { type: String, required: true },
        },
        { ...STRICT, _id: false },
      ),
      required: true,
    },
    /** The hash of the session that asked for it, with which it ends; its own hash, where it is the session. */
    session: { type: String, required: true },
    /** The room whose bot it is the key of, and with which it ends. */
    room: { type: String },
    /** When it was made, where it is the session. */
    bornAt: { type: Date },
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'tokens' },
);

tokenSchema.index({ until: 1 }, { expireAfterSeconds: 0 });
tokenSchema.index({ session: 1 });
tokenSchema.index({ room: 1 }, { partialFilterExpression: { room: { $exists: true } } });

export type Token = InferSchemaType<typeof tokenSchema>;
