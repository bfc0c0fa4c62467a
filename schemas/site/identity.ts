/** Which site a database holds: one document with a random id, which the folder of its uploads carries as well. */
import { Schema } from 'mongoose';
import { STRICT } from './strict.js';

export const identitySchema = new Schema(
  { _id: { type: String, required: true }, identity: { type: String, required: true } },
  { ...STRICT, collection: 'site' },
);
