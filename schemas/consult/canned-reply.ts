/** A canned reply, for all consultants. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { CannedReplyView } from './contract.js';
import { STRICT } from '../site/strict.js';

export const cannedReplySchema = new Schema(
  {
    title: { type: String, required: true },
    text: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'cannedreplies' },
);

cannedReplySchema.index({ title: 1 }, { unique: true });

export type CannedReply = InferSchemaType<typeof cannedReplySchema> & { _id: Types.ObjectId };

export const cannedReplyView = ({ _id, title, text }: CannedReply): CannedReplyView => ({
  _id: String(_id),
  title,
  text,
});
