/** Messages over HTTP: post a text, post an image, read history. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { messageView } from '../../schemas/rooms/chat.js';
import { chatsQuery, postChat, postImage } from '../../schemas/messages/payloads.js';
import { roomId } from '../../schemas/rooms/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { addressKey } from '../../services/site/addresses.js';
import { takeChat } from '../site/allowance.js';
import { wantsPage } from '../site/reply.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { AppError } from '../../services/site/errors.js';
import { toAppError } from '../site/errors.js';
import type { Visitor } from '../../services/people/visitors.js';
import type { Site } from '../site/site.js';

export type ChatHttp = ReturnType<typeof chatHttp>;

export function chatHttp({ config, services }: Site) {
  const { rooms, seats, chats, images, admissions, limits } = services;

  /**
   * The seat from which somebody speaks: one look-up for those who sit, a short lease for the admitted whose line is
   * just coming back, or who have no script.
   * @throws AppError not_admitted, room_full, room_closed, room_not_found.
   */
  async function seatOf(request: Request): Promise<{ room: string; visitor: Visitor; seat: Seat }> {
    const visitor = visitorOf(request);
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    const seat = await seats.find(id.data, visitor.id);
    if (seat) return { room: id.data, visitor, seat };
    const room = await rooms.find(id.data);
    if (!(await admissions.has(room, visitor.id))) throw new AppError('not_admitted');
    await seats.lease(room, visitor, config.graceMs);
    const taken = await seats.find(id.data, visitor.id);
    if (!taken) throw new AppError('room_closed');
    return { room: id.data, visitor, seat: taken };
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
    const { room, visitor, seat } = await seatOf(request);
    await takeChat(limits, visitor.id, addressKey(request.ip));
    answer(request, response, await chats.post({ room, author: authorOf(seat), chat, clientId }));
  };

  /** Rights, rates and quota before the first byte of the file is read. */
  const admitImage: RequestHandler = async (request, response, next) => {
    const { room, visitor, seat } = await seatOf(request);
    await limits.take('upload', visitor.id);
    await limits.take('upload_ip', addressKey(request.ip));
    const size = Number(request.get('content-length') ?? 0);
    if (size > config.maxUploadBytes + FORM_BYTES) throw new AppError('image_too_large');
    response.locals.seat = seat;
    response.locals.room = room;
    next();
  };

  const postGif: RequestHandler = async (request, response) => {
    const { file } = request;
    const { seat, room } = response.locals;
    if (!file || file.size === 0) {
      if (file) await images.discard(file.path);
      throw new AppError('file_required');
    }
    if (!seat || !room) throw new AppError('not_admitted');
    try {
      const { alt, clientId } = parse(postImage, bodyOf(request));
      await limits.take('upload_bytes', seat.visitor, 'rate_limited', file.size);
      const message = await chats.ofClientId(room, seat.visitor, clientId);
      if (message) return void answer(request, response, messageView(message));
      const image = await images.keep(file.path, room);
      answer(request, response, await postImageOnce({ room, seat, image, alt, clientId }));
    } finally {
      await images.discard(file.path);
    }
  };

  /**
   * Store the message of a kept image. If it was there already (a retry), or is refused, the new file goes; if its answer
   * is lost, it may be stored, and the sweeper knows better.
   */
  async function postImageOnce(given: {
    room: string;
    seat: Seat;
    image: Awaited<ReturnType<typeof images.keep>>;
    alt: string;
    clientId: string | undefined;
  }): Promise<MessageView> {
    const { room, seat, image, alt, clientId } = given;
    try {
      const message = await chats.post({ room, author: authorOf(seat), gif: { ...image, alt }, clientId });
      if (message.gifName !== image.name) await images.remove(room, image);
      return message;
    } catch (error) {
      if (error instanceof AppError) await images.remove(room, image);
      throw error;
    }
  }

  const history: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    const room = await rooms.find(id.data);
    if (!(await admissions.has(room, visitor.id)) && !(await seats.find(id.data, visitor.id))) {
      throw new AppError('not_admitted');
    }
    const page = await chats.page(id.data, parse(chatsQuery, request.query));
    response.json({ chats: page.chats.map(messageView), more: page.more });
  };

  return { post, admitImage, postGif, history, refuse };
}

/** What a multipart form weighs beside its file. */
const FORM_BYTES = 64 * 1024;
