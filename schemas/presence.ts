/** That somebody is online for messages: which sockets hold them there. No document, not online. */
import { Schema, type InferSchemaType } from 'mongoose';
import { holdSchema } from './hold.js';
import { STRICT } from './strict.js';

export const presenceSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    holds: { type: [holdSchema], required: true },
    /** When the presence may end once no socket is left: written whenever one goes. */
    until: { type: Date, default: null },
  },
  { ...STRICT, collection: 'presences' },
);

presenceSchema.index({ until: 1 });
presenceSchema.index({ 'holds.node': 1 });

export type Presence = InferSchemaType<typeof presenceSchema>;
