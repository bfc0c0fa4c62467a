/** A visitor who is online for direct messages, with the sockets that keep them so. */
import { Schema, type InferSchemaType } from 'mongoose';
import { socketRefSchema } from './socket-ref.js';
import { STRICT } from '../site/strict.js';

export const presenceSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    sockets: { type: [socketRefSchema], required: true },
    /** The names in the lobby and of the visit, folded: lists are ordered by them, searches look in them. */
    key: { type: String, default: '' },
    /** The characters and pairs of characters of the key, for the index: services/site/search.ts. */
    grams: { type: [String], default: [] },
    /** When the presence may end once no socket is left; null since one was opened. */
    until: { type: Date, default: null },
  },
  { ...STRICT, collection: 'presences' },
);

presenceSchema.index({ key: 1, _id: 1 });
presenceSchema.index({ grams: 1, key: 1, _id: 1 });
presenceSchema.index({ until: 1 });
presenceSchema.index({ 'sockets.node': 1 });

export type Presence = InferSchemaType<typeof presenceSchema>;
