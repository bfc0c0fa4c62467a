/** The image of a message: its random file name, and its size, so that a page can leave space for it. */
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
