/** An image as messages of rooms and consultations keep it: our random name for it, and what a page needs to make room. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const imageSchema = new Schema(
  {
    name: { type: String, required: true },
    type: { type: String, required: true },
    width: { type: Number, required: true },
    height: { type: Number, required: true },
    bytes: { type: Number, required: true },
    alt: { type: String, default: '' },
  },
  { ...STRICT, _id: false },
);
