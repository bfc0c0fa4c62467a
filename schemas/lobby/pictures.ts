/** How many images, and bytes of images, the lobby has: one document, which owns them. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Its id, and the name of its folder. */
export const LOBBY_OWNER = 'lobby';

export const lobbyPicturesSchema = new Schema(
  {
    _id: { type: String, required: true },
    images: { type: Number, required: true },
    imageBytes: { type: Number, required: true },
  },
  { ...STRICT, collection: 'lobbypictures' },
);
