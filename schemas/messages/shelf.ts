/** The GIF shelf: its public view, and the validators of what is asked of it. */
import { z } from 'zod';
import { searchText } from '../site/text.js';
import { postImage } from './payloads.js';

/** A GIF that the site keeps for everybody. `url` and `still` are addresses on this site, with its base path. */
export interface ShelfGifView {
  id: string;
  set: string;
  /** What it shows, for those who do not see it. */
  name: { en: string; ko: string };
  /** In all languages; the names are the first two. */
  tags: string[];
  url: string;
  still: string;
  width: number;
  height: number;
  /** As of an image (ImageView). */
  flashes?: true;
}

export interface ShelfView {
  sets: string[];
  gifs: ShelfGifView[];
  /** Where nothing was found: the tags that are written most like what was looked for. */
  near?: string[];
}

/** Characters of `<set>/<name>`. */
const ID_MAX = 200;

/** GET /shelf. */
export const shelfQuery = z.object({ q: searchText });

/** A GIF of the shelf instead of an uploaded one. */
export const postFromShelf = z.object({ shelf: z.string().min(1).max(ID_MAX), ...postImage.shape });
