/** How many bytes of images the whole site keeps: one document. The truth is the sum over rooms and consultations. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const imageBudgetSchema = new Schema(
  {
    _id: { type: String, required: true },
    bytes: { type: Number, required: true },
  },
  { ...STRICT, collection: 'imageBudgets' },
);
