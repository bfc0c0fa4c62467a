/** That somebody is online for messages: which sockets hold them there. No document, not online. */
import { Schema, type InferSchemaType } from 'mongoose';
import { socketRefSchema } from './socket-ref.js';
import { STRICT } from '../site/strict.js';

export const presenceSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    sockets: { type: [socketRefSchema], required: true },
    /** The name people know them by, and the one of the visit, folded: what a list is sorted by and a search looks in. */
    key: { type: String, default: '' },
    /** Its characters and pairs, which an index holds: services/search.ts. */
    grams: { type: [String], default: [] },
    /** When the presence may end once no socket is left: written whenever one goes. */
    until: { type: Date, default: null },
  },
  { ...STRICT, collection: 'presences' },
);

presenceSchema.index({ key: 1, _id: 1 });
presenceSchema.index({ grams: 1, key: 1, _id: 1 });
presenceSchema.index({ until: 1 });
presenceSchema.index({ 'sockets.node': 1 });

export type Presence = InferSchemaType<typeof presenceSchema>;
