/** The lease of one process. It renews `until`; once that has passed, its sockets are gone. */
import { Schema } from 'mongoose';
import { STRICT } from './strict.js';

export const nodeSchema = new Schema(
  { _id: { type: String, required: true }, until: { type: Date, required: true } },
  { ...STRICT, collection: 'nodes' },
);
