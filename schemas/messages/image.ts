/** The image of a message: its random file name, and its size, so that a page can leave space for it. */
import { Schema, type InferSchemaType } from 'mongoose';
import type { ImageView } from './contract.js';
import { STRICT } from '../site/strict.js';

export const imageSchema = new Schema(
  {
    name: { type: String, required: true },
    type: { type: String, required: true },
    width: { type: Number, required: true },
    height: { type: Number, required: true },
    bytes: { type: Number, required: true },
    alt: { type: String, default: '' },
    /** It flashes more than WCAG 2.3.1 allows. */
    flashes: { type: Boolean },
  },
  { ...STRICT, _id: false },
);

export type Image = InferSchemaType<typeof imageSchema>;

/** The public view of a message's image. */
export const imageView = ({ name, width, height, alt, flashes }: Image): ImageView => ({
  url: `/gif/${name}`,
  width,
  height,
  alt,
  ...(flashes ? { flashes: true } : {}),
});
