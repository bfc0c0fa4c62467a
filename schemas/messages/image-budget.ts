/** How many bytes of images the site stores: one document, recounted from rooms and consultations regularly. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export const imageBudgetSchema = new Schema(
  {
    _id: { type: String, required: true },
    bytes: { type: Number, required: true },
  },
  { ...STRICT, collection: 'imageBudgets' },
);
