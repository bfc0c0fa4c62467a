/** Messages of rooms over HTTP: post a text, what images.http.ts and actions.http.ts need to know, read history. */
import type { Request, RequestHandler } from 'express';
import { withMine } from '../../schemas/messages/actions.js';
import { messageView } from '../../schemas/rooms/chat.js';
import { chatsQuery, editChat, postChat } from '../../schemas/messages/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { addressKey } from '../../services/site/addresses.js';
import { actionHandlers } from '../messages/actions.http.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { formsOf } from '../site/form.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import type { Actor } from '../../services/rooms/chat-actions.js';
import { speakFrom } from '../../services/rooms/speakers.js';
import { AppError } from '../../services/site/errors.js';
import type { Site } from '../site/site.js';
import { roomIdOf, roomOf } from './room-address.js';
import { sayIn } from './say.js';

/** Who speaks in which room (the owner of the images), and from which seat. */
interface Speaker extends Poster {
  seat: Seat;
  /** Their seat now: a connection that came back while the picture was on its way has taken another one. */
  seatNow: () => Promise<Seat>;
}

export function chatHttp(site: Site) {
  const { rooms, roles, speakers, chats, chatActions, images, admissions } = site.services;
  const say = sayIn(site);
  const { form, answer, refuse } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  const seatOf = (request: Request) => speakers.seatOf(roomIdOf(request), visitorOf(request), addressKey(request.ip));

  const post = form(async (request) => {
    const text = parse(postChat, bodyOf(request));
    return say(() => seatOf(request), addressKey(request.ip), text);
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
    async posterOf(request) {
      const seat = await seatOf(request);
      await chats.mayPostPicture(seat);
      return { owner: seat.room, author: seat.visitor, seat, seatNow: () => seatOf(request) };
    },
    byClientId: ({ owner, author }, clientId) => chats.byClientId(owner, author, clientId),
    post: ({ seat, seatNow }, gif, said) =>
      speakFrom(seat, seatNow, (from) => chats.post({ seat: from, gif, ...said })),
    nameIn: ({ gifName }) => gifName,
    answer,
  };

  const actions = actionHandlers<Actor>(
    {
      form,
      actorOf(request) {
        const { id: visitor, name, color } = visitorOf(request);
        return { room: roomIdOf(request), visitor, name, color };
      },
      textOf: (request) => parse(editChat, bodyOf(request)).chat,
      edit: (actor, id, text) => chatActions.edit(actor, id, text),
      remove: (actor, id) => chatActions.remove(actor, id),
      react: (actor, id, emoji, isChosen) => chatActions.react(actor, id, emoji, isChosen),
      reactions: (actor, id) => chatActions.reactions(actor, id),
    },
    site,
  );

  const history: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const room = await roomOf(request, site);
    await roles.require(room, visitor.id, 'read');
    const id = String(room._id);
    const query = parse(chatsQuery, request.query);
    const page = await chats.page(id, query);
    const views = page.messages.map((message) => messageView(message));
    const answer = { chats: withMine(views, page.messages, visitor.id), more: page.more };
    if (query.rev === undefined) return void response.json(answer);
    const { forReader, ...changes } = await chats.changedSince(id, query.rev);
    response.json({ ...answer, ...changes, changed: forReader(visitor.id) });
  };

  return { post, gifs, actions, history, refuse };
}
