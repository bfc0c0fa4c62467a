/** Messages of rooms over HTTP: post a text, what images.http.ts needs to know, read history. */
import type { Request, RequestHandler } from 'express';
import { messageView } from '../../schemas/rooms/chat.js';
import { chatsQuery, postChat } from '../../schemas/messages/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { addressKey } from '../../services/site/addresses.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { AppError } from '../../services/site/errors.js';
import type { Site } from '../site/site.js';
import { roomIdOf } from './room-address.js';

/** Who speaks in which room (the owner of the images), and from which seat. */
interface Speaker extends Poster {
  seat: Seat;
}

export function chatHttp(site: Site) {
  const { rooms, seats, chats, images, admissions, limits } = site.services;
  const { form, answer, refuse } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  /**
   * Who speaks, and from which seat: one look-up for those who sit, a short lease for the admitted whose socket is just
   * coming back, or who have no script.
   * @throws AppError not_admitted, room_full, room_closed, room_not_found.
   */
  async function speakerOf(request: Request): Promise<Speaker> {
    const visitor = visitorOf(request);
    const id = roomIdOf(request);
    const speaker = { owner: id, author: visitor.id };
    const seat = await seats.find(id, visitor.id);
    if (seat) return { ...speaker, seat };
    const room = await rooms.find(id);
    if (!(await admissions.has(room, visitor.id))) throw new AppError('not_admitted');
    await seats.lease(room, visitor, site.config.graceMs);
    const taken = await seats.find(id, visitor.id);
    if (!taken) throw new AppError('room_closed');
    return { ...speaker, seat: taken };
  }

  const authorOf = ({ visitor, name, color, shift }: Seat) => ({ id: visitor, name, color, shift });

  const post = form(async (request) => {
    const { chat, clientId } = parse(postChat, bodyOf(request));
    const { owner: room, author, seat } = await speakerOf(request);
    await takeChat(limits, author, addressKey(request.ip));
    return chats.post({ room, author: authorOf(seat), chat, clientId });
  });

  const gifs: PostedImages<Speaker, MessageView> = {
    images,
    async maySee(request, owner) {
      const room = await rooms.find(owner).catch((error: unknown) => {
        if (error instanceof AppError) return null;
        throw error;
      });
      return room !== null && admissions.has(room, visitorOf(request).id);
    },
    posterOf: speakerOf,
    byClientId: ({ owner, author }, clientId) => chats.byClientId(owner, author, clientId),
    post: ({ owner, seat }, gif, clientId) => chats.post({ room: owner, author: authorOf(seat), gif, clientId }),
    nameIn: ({ gifName }) => gifName,
    answer,
  };

  const history: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = roomIdOf(request);
    const room = await rooms.find(id);
    if (!(await admissions.has(room, visitor.id)) && !(await seats.find(id, visitor.id)))
      throw new AppError('not_admitted');
    const page = await chats.page(id, parse(chatsQuery, request.query));
    response.json({ chats: page.messages.map(messageView), more: page.more });
  };

  return { post, gifs, history, refuse };
}
