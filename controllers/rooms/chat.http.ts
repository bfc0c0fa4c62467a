/** Messages of rooms over HTTP: post a text, what images.http.ts needs to know, read history. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { messageView } from '../../schemas/rooms/chat.js';
import { chatsQuery, postChat } from '../../schemas/messages/payloads.js';
import { roomId } from '../../schemas/rooms/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { addressKey } from '../../services/site/addresses.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { takeChat } from '../site/allowance.js';
import { wantsPage } from '../site/reply.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { AppError } from '../../services/site/errors.js';
import { toAppError } from '../site/errors.js';
import type { Site } from '../site/site.js';

export type ChatHttp = ReturnType<typeof chatHttp>;

/** Who speaks in which room (the owner of the images), and from which seat. */
interface Speaker extends Poster {
  seat: Seat;
}

export function chatHttp({ config, services }: Site) {
  const { rooms, seats, chats, images, admissions, limits } = services;

  /**
   * Who speaks, and from which seat: one look-up for those who sit, a short lease for the admitted whose socket is just
   * coming back, or who have no script.
   * @throws AppError not_admitted, room_full, room_closed, room_not_found.
   */
  async function speakerOf(request: Request): Promise<Speaker> {
    const visitor = visitorOf(request);
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    const speaker = { owner: id.data, author: visitor.id };
    const seat = await seats.find(id.data, visitor.id);
    if (seat) return { ...speaker, seat };
    const room = await rooms.find(id.data);
    if (!(await admissions.has(room, visitor.id))) throw new AppError('not_admitted');
    await seats.lease(room, visitor, config.graceMs);
    const taken = await seats.find(id.data, visitor.id);
    if (!taken) throw new AppError('room_closed');
    return { ...speaker, seat: taken };
  }

  const authorOf = ({ visitor, name, color, shift }: Seat) => ({ id: visitor, name, color, shift });

  /** Scripts get the stored message; a plain form goes back to its room. */
  function answer(request: Request, response: Response, message: MessageView): void {
    if (wantsPage(request)) return response.redirect(303, `${config.base}/room/${message.room}`);
    response.json(message);
  }

  /** A refused form of a visitor without JavaScript: back to the room, which says why. */
  const refuse: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
    const error = toAppError(thrown);
    const id = roomId.safeParse(request.params['id']);
    if (request.method !== 'POST' || !wantsPage(request) || !id.success || error.code === 'internal')
      return void next(thrown);
    response.redirect(303, `${config.base}/room/${id.data}?error=${error.code}`);
  };

  const post: RequestHandler = async (request, response) => {
    const { chat, clientId } = parse(postChat, bodyOf(request));
    const { owner: room, author, seat } = await speakerOf(request);
    await takeChat(limits, author, addressKey(request.ip));
    answer(request, response, await chats.post({ room, author: authorOf(seat), chat, clientId }));
  };

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
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    const room = await rooms.find(id.data);
    if (!(await admissions.has(room, visitor.id)) && !(await seats.find(id.data, visitor.id))) {
      throw new AppError('not_admitted');
    }
    const page = await chats.page(id.data, parse(chatsQuery, request.query));
    response.json({ chats: page.messages.map(messageView), more: page.more });
  };

  return { post, gifs, history, refuse };
}
