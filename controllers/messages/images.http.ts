/**
 * One stored image, to those who may see it: visitors admitted to its room; of a consultation, its visitor and the
 * consultant who has or had it last. To all others it does not exist.
 */
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../services/site/errors.js';
import { hashSessionId } from '../../services/people/sessions.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';

const NAME = /^[0-9a-f-]{36}\.(?:gif|png|jpg|webp)$/;

export function imagesHttp({ services }: Site) {
  const { chats, images, rooms, admissions, cases, consultImages, consultMessages, deskSessions } = services;

  const show: RequestHandler = async (request, response, next) => {
    const name = String(request.params['name']);
    const found = request.session.visitor && NAME.test(name) ? await find(request, name) : null;
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

  /** Where the image is, if whoever asks may see it. */
  async function find(request: Request, name: string): Promise<{ path: string; type: string } | null> {
    const { id } = visitorOf(request);
    const chat = await chats.ofImage(name);
    if (chat?.gif) {
      const room = await rooms.find(chat.room).catch(() => null);
      const admitted = room && (await admissions.has(room, id));
      return admitted ? { path: images.path(chat.room, name), type: chat.gif.type } : null;
    }
    const said = await consultMessages.ofImage(name);
    const about = said?.image && (await cases.peek(said.case));
    if (!said?.image || !about) return null;
    const consultant = about.visitor === id ? null : await deskSessions.of(hashSessionId(request.session.id));
    if (about.visitor !== id && (!consultant || about.consultant?.id !== consultant.id)) return null;
    return { path: consultImages.path(said.case, name), type: said.image.type };
  }

  return { show };
}
