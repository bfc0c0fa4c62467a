/** Somebody asks to be let into a room whose host admits people, or was refused a while ago. Erased with the room. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const knockSchema = new Schema(
  {
    room: { type: String, required: true },
    visitor: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
    /** The room's hash of the address from which they ask. */
    address: { type: String, required: true },
    /** `refused`: they may ask again after `until`. `admitted`: their admission is being written. */
    state: { type: String, enum: ['waiting', 'refused', 'admitted'], required: true },
    /** It counts no more from then on: whoever waits is heard of before that. */
    until: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'knocks' },
);

knockSchema.index({ room: 1, visitor: 1 }, { unique: true });
knockSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

export type Knock = InferSchemaType<typeof knockSchema> & { _id: Types.ObjectId };
