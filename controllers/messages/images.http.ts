/**
 * Images over HTTP, in and out, for whatever owns them: a place describes who may post, how the message is posted and
 * who may see. To those who may not see an image it does not exist.
 */
import type { Request, RequestHandler, Response } from 'express';
import { postImage } from '../../schemas/messages/payloads.js';
import type { ImageStore, StoredImage } from '../../services/messages/image-store.js';
import type { Uploader } from '../../services/pictures/reservations.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { toAppError } from '../site/errors.js';
import { postShelfGif } from './shelf.http.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { askerOf } from '../site/visitor.js';

/** What a multipart form weighs beside its file. */
const FORM_BYTES = 64 * 1024;
/** Our names of images. */
const NAME = /^[0-9a-f-]{36}\.(?:gif|png|jpg|webp)$/;

/** What is said with a posted image: the client's own id of it, and the message that it answers. */
export interface Said {
  clientId?: string | undefined;
  replyTo?: string | undefined;
}

/** Who may see the images of one kind of owner. */
export interface ShownImages {
  images: ImageStore;
  /** Whether who asks may see what this owner keeps. */
  maySee(request: Request, owner: string): Promise<boolean>;
}

/** Who posts, and for which owner. */
export interface Poster {
  owner: string;
  /** Id of the visitor or consultant, whom the limits count. */
  author: string;
}

/** How images are posted to one kind of owner. `P` is what a place needs to know of who posts, `M` its message. */
export interface PostedImages<P extends Poster, M> extends ShownImages {
  /** Who posts, by the head of the request alone. @throws AppError who may not. */
  posterOf(request: Request): Promise<P>;
  /** The message that a retry repeats, or null. */
  byClientId(poster: P, clientId: string | undefined): Promise<M | null>;
  /** Store the message of a kept image. @throws AppError when it is not stored, anything else when it may be. */
  post(poster: P, image: StoredImage & { alt: string }, said: Said): Promise<M>;
  /** Make sure that there is an owner, once everything else was found good; places whose owners are there need none. */
  begin?(poster: P): Promise<void>;
  /** The name of the image that a message shows. */
  nameIn(message: M): string | undefined;
  answer(request: Request, response: Response, message: M): void;
}

/** An upload between its two handlers. */
interface Upload<P> {
  poster: P;
  from: Uploader;
  isRead: boolean;
  /** Give back the room that it takes up. */
  end: () => void;
}

/**
 * The handlers of a posted picture: `shelf` for a GIF of the site's own shelf, which is named in a JSON body or a form; `admit` and `post`, before
 * and after the body of an upload is read.
 */
export function imageUpload<P extends Poster, M>(place: PostedImages<P, M>, site: Site) {
  const { config, services, tally } = site;
  const { images } = place;
  const { limits, uploads } = services;
  const underWay = new WeakMap<Request, Upload<P>>();
  const begin = async (poster: P): Promise<void> => place.begin?.(poster);
  const fromShelf = postShelfGif({ ...place, begin, keep: keepMessage }, site);

  const uploader = (request: Request, { author }: Poster): Uploader => ({
    visitor: author,
    address: addressKey(request.ip),
  });

  const shelf: RequestHandler = async (request, response, next) => {
    if (!request.is(['json', 'urlencoded'])) return void next();
    const poster = await place.posterOf(request);
    if (typeof (bodyOf(request) as { shelf?: unknown }).shelf !== 'string') throw new AppError('file_required');
    place.answer(request, response, await fromShelf(request, poster, uploader(request, poster)));
  };

  /** Rights, room and rates before the first byte of the file is read. */
  const admit: RequestHandler = async (request, response, next) => {
    const poster = await place.posterOf(request);
    const from = uploader(request, poster);
    const most = config.maxUploadBytes + FORM_BYTES;
    const size = Number(request.get('content-length') ?? most);
    if (size > most) throw new AppError('image_too_large');
    await limits.take('upload', from.visitor);
    await limits.take('upload_ip', from.address);
    const upload: Upload<P> = { poster, from, isRead: false, end: await uploads.begin(from, size) };
    response.once('close', () => {
      if (!upload.isRead) upload.end();
    });
    if (response.closed) upload.end();
    underWay.set(request, upload);
    next();
  };

  const post: RequestHandler = async (request, response) => {
    const upload = underWay.get(request);
    if (!upload) throw new AppError('file_required');
    upload.isRead = true;
    place.answer(request, response, await messageOf(request, upload));
    tally.uploads++;
  };

  /** The message of an upload that was read. Before it is answered, nothing of it is under way any more. */
  async function messageOf(request: Request, upload: Upload<P>): Promise<M> {
    const { file } = request;
    try {
      const names = request.body as { shelf?: unknown } | undefined;
      if (!file && names?.shelf !== undefined) return await fromShelf(request, upload.poster, upload.from);
      if (!file?.size) throw new AppError('file_required');
      const { poster, from } = upload;
      const { alt, ...said } = parse(postImage, bodyOf(request));
      await limits.take('upload_bytes', from.visitor, 'rate_limited', file.size);
      // A retry is answered without decoding the file again.
      const known = await place.byClientId(poster, said.clientId);
      return known ?? (await keep(upload, file.path, alt, said));
    } catch (error) {
      throw toAppError(error).code === 'disk_full' ? new AppError('storage_full', {}, { cause: error }) : error;
    } finally {
      if (file) await uploads.discard(file.path);
      upload.end();
    }
  }

  async function keep({ poster, from }: Upload<P>, file: string, alt: string, said: Said): Promise<M> {
    return keepMessage(poster, { ...(await images.keep(file, poster.owner, from, () => begin(poster))), alt }, said);
  }

  /**
   * Store the message of a kept image. If it was there already (a retry at the same time), or is refused, the new file goes.
   * If the answer of the store is lost, the message may be stored: the file stays, and is swept if not.
   */
  async function keepMessage(poster: P, image: StoredImage & { alt: string }, said: Said): Promise<M> {
    try {
      const message = await place.post(poster, image, said);
      if (place.nameIn(message) !== image.name) await images.remove(poster.owner, image);
      return message;
    } catch (error) {
      if (error instanceof AppError) await images.remove(poster.owner, image);
      throw error;
    }
  }

  return { shelf, admit, post };
}

/** GET /gif/:name: one stored image, whichever place it is of. */
export function imageDownload(places: ShownImages[]): RequestHandler {
  /** Where the image is, if whoever asks may see it. */
  async function find(request: Request, name: string) {
    for (const place of places) {
      const found = await place.images.find(name);
      if (found) return (await place.maySee(request, found.owner)) ? found : null;
    }
    return null;
  }

  return async (request, response, next) => {
    const name = String(request.params['name']);
    const found = askerOf(request) && NAME.test(name) ? await find(request, name) : null;
    if (!found) throw new AppError('not_found');
    response.set({
      'Content-Type': found.type,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Content-Disposition': `inline; filename="image.${name.split('.')[1] ?? ''}"`,
      'Cache-Control': 'private, no-cache',
    });
    const options = { dotfiles: 'allow', cacheControl: false, acceptRanges: false } as const;
    response.sendFile(found.path, options, (error?: Error) => {
      if (!error || response.headersSent) return;
      for (const header of ['Content-Type', 'Content-Security-Policy', 'Content-Disposition'])
        response.removeHeader(header);
      next(new AppError('not_found', {}, { cause: error }));
    });
  };
}
