/** Somebody as they were when something was stored: a part of messages, mentions, reactions, reports and tokens. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** For a shape that has more of them, such as the language. */
export const personFields = {
  /** The visitor's id. */
  id: { type: String, required: true },
  name: { type: String, required: true },
  color: { type: String, required: true },
} as const;

export const personSnapshot = new Schema(personFields, { ...STRICT, _id: false });
