/** The GIF shelf over HTTP: what is on it, its files, and a message with one of its GIFs, for whatever place. */
import type { Request, RequestHandler } from 'express';
import { postFromShelf, shelfQuery } from '../../schemas/messages/shelf.js';
import type { ImageStore, StoredImage } from '../../services/messages/image-store.js';
import type { Uploader } from '../../services/pictures/reservations.js';
import { AppError } from '../../services/site/errors.js';
import { takeChat } from '../site/allowance.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

/** GET /shelf?q= */
export function shelfList({ services }: Site): RequestHandler {
  return (request, response) => void response.json(services.shelf.search(parse(shelfQuery, request.query).q));
}

/**
 * The files that the list names, to whoever asks: they say nothing of anybody. Handled before sessions, as other files of
 * the site are: a panel asks for many at once.
 */
export function shelfFiles({ services }: Site): RequestHandler {
  return (request, response, next) => {
    const found = services.shelf.file(decoded(request.path));
    if (!found || (request.method !== 'GET' && request.method !== 'HEAD')) return void next();
    response.set({
      'Content-Type': found.type,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      // The version in the address changes with the file.
      'Cache-Control': request.query['v'] === undefined ? 'no-cache' : 'public, max-age=31536000, immutable',
    });
    response.sendFile(found.path, { dotfiles: 'allow', cacheControl: false, acceptRanges: false }, (error?: Error) => {
      if (error && !response.headersSent) next(new AppError('not_found', {}, { cause: error }));
    });
  };
}

/** An address that is none leads to no file; what is wrong with it is said further on. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

/** What a place does with a GIF of the shelf, as images.http.ts knows it. */
interface ShelfPlace<P, M> {
  images: Pick<ImageStore, 'keepCopy'>;
  /** The message that a retry repeats, or null. */
  byClientId(poster: P, clientId: string | undefined): Promise<M | null>;
  begin(poster: P): Promise<void>;
  /** Store the message of a kept image; the image is taken back if there is none. */
  keep(
    poster: P,
    image: StoredImage & { alt: string },
    said: { clientId?: string | undefined; replyTo?: string | undefined },
  ): Promise<M>;
}

/** The message of a GIF of the shelf. It costs what a text costs, and the bytes that it takes up. */
export function postShelfGif<P extends { owner: string }, M>(place: ShelfPlace<P, M>, { services }: Site) {
  const { shelf, limits } = services;

  /** @throws AppError bad_input, gif_not_found, rate_limited, storage_full; what the place throws. */
  return async (request: Request, poster: P, from: Uploader): Promise<M> => {
    const { shelf: id, alt, clientId, replyTo } = parse(postFromShelf, bodyOf(request));
    const gif = shelf.find(id);
    await takeChat(limits, from.visitor, from.address);
    const known = await place.byClientId(poster, clientId);
    if (known) return known;
    await limits.take('upload_bytes', from.visitor, 'rate_limited', gif.bytes);
    await place.begin(poster);
    const image = await place.images.keepCopy(gif, poster.owner);
    return place.keep(poster, { ...image, alt: alt || gif.name[visitorOf(request).lang] }, { clientId, replyTo });
  };
}
