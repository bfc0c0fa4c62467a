/** Search in a room: a page of its own, which also shows what was said around a message; data for scripts and programs. */
import type { Request, RequestHandler } from 'express';
import { withMine } from '../../schemas/messages/actions.js';
import { messageFor, messageView } from '../../schemas/rooms/chat.js';
import { chatSearch } from '../../schemas/rooms/payloads.js';
import { pages } from '../site/page.js';
import { wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { parse } from '../site/validate.js';
import { partyOf, visitorOf } from '../site/visitor.js';
import { roomOf } from './room-address.js';

/** Messages that the page shows around one, and how many of them come before it. */
const AROUND = { all: 40, before: 15 };

export function searchHttp(site: Site) {
  const { rooms, roles, chats, search } = site.services;
  const { show: showPage } = pages(site);

  async function asked(request: Request) {
    const visitor = visitorOf(request).id;
    const room = await roomOf(request, site);
    await roles.require(room, visitor, 'read');
    const id = String(room._id);
    const query = parse(chatSearch, request.query);
    const { found, next } = await search.find(id, partyOf(request), query.q, query.before);
    const views = found.map((chat) => messageView(chat));
    return {
      id,
      visitor,
      query,
      chats: withMine(views, found, visitor),
      shifts: found.map(({ author }) => author.shift),
      next,
    };
  }

  const answer: RequestHandler = async (request, response) => {
    const { chats, next } = await asked(request);
    response.json({ chats, next });
  };

  const show: RequestHandler = async (request, response, following) => {
    if (!wantsPage(request)) return answer(request, response, following);
    const { id, visitor, query, ...found } = await asked(request);
    const around = query.at === undefined ? null : await messagesAround(id, query.at, visitor);
    const model = { room: await rooms.memberView(id), ...query, ...found, around };
    await showPage(request, response, 'room-search.html', model);
  };

  async function messagesAround(room: string, at: number, visitor: string) {
    const { all: limit, before } = AROUND;
    const page = await chats.page(room, { after: Math.max(0, at - before - 1), limit });
    return page.messages.map((chat) => ({ ...messageFor(chat, visitor), shift: chat.author.shift }));
  }

  return { show, answer };
}
