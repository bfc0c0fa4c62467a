/** Direct messages over HTTP: the pages, and the API of scripts. Everything names the other person. */
import type { Request, RequestHandler, Response } from 'express';
import { fromDirect } from '../../shared/message-views.js';
import {
  conversationsQuery,
  postDirect,
  readUpTo,
  switchTo,
  usersQuery,
  visitorId,
} from '../../schemas/direct/payloads.js';
import { chatsQuery } from '../../schemas/messages/payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError, isErrorCode } from '../../services/site/errors.js';
import { hashSessionId, SESSION_IDLE, SESSION_LIFE } from '../../services/people/sessions.js';
import { takeChat } from '../site/allowance.js';
import { toAppError } from '../site/errors.js';
import { wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

/** People on one page of the online list. */
const ONLINE_SHOWN = 50;

export function directHttp({ config, services, origins }: Site) {
  const { direct, conversations, limits, tokens, rooms, people, presence } = services;
  const pageOf = (other: string) => `${config.base}/messages/${other}`;

  /** The person of the address. @throws AppError person_not_found, for what cannot be an id too. */
  function otherOf(request: Request): string {
    const id = visitorId.safeParse(request.params['userId']);
    if (!id.success) throw new AppError('person_not_found');
    return id.data;
  }

  /** Who asks; the visit of somebody who uses only the API goes on, too. */
  async function me(request: Request) {
    const visitor = visitorOf(request);
    await people.touch(visitor, request.session.bornAt ?? Date.now());
    return visitor;
  }

  /** Scripts get the answer; a plain form goes back to its page, a refused one with the reason. */
  const form =
    (status: number, work: (request: Request) => Promise<object>): RequestHandler =>
    async (request: Request, response: Response) => {
      try {
        const answer = await work(request);
        if (wantsPage(request)) return void response.redirect(303, pageOf(otherOf(request)));
        response.setHeader('Cache-Control', 'no-store');
        response.status(status).json(answer);
      } catch (thrown) {
        const { code } = toAppError(thrown);
        if (!wantsPage(request) || code === 'internal' || code === 'person_not_found') throw thrown;
        response.redirect(303, `${pageOf(otherOf(request))}?error=${code}`);
      }
    };

  const json =
    (work: (request: Request) => Promise<object>): RequestHandler =>
    async (request, response) => {
      const answer = await work(request);
      response.setHeader('Cache-Control', 'no-store');
      response.json(answer);
    };

  const users = json(async (request) => conversations.users((await me(request)).id, parse(usersQuery, request.query)));

  const talks = json(async (request) => {
    const { id } = await me(request);
    const [page, unread] = await Promise.all([
      conversations.list(id, parse(conversationsQuery, request.query)),
      conversations.unread(id),
    ]);
    return { ...page, unread };
  });

  const history = json(async (request) => {
    const { id } = await me(request);
    const other = otherOf(request);
    const query = parse(chatsQuery, request.query);
    const [conversation, page] = await Promise.all([conversations.open(id, other), direct.page(id, other, query)]);
    return { conversation, ...page };
  });

  const send = form(201, async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    const { message, clientId } = parse(postDirect, bodyOf(request));
    await takeChat(limits, visitor.id, addressKey(request.ip));
    return (await direct.send(visitor, other, message, clientId)).message;
  });

  const read = form(200, async (request) => {
    await conversations.read((await me(request)).id, otherOf(request), parse(readUpTo, bodyOf(request)).upTo);
    return { ok: true };
  });

  const block = form(200, async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    return conversations.block(visitor, other, parse(switchTo, bodyOf(request)).on);
  });

  const mute = form(200, async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    await conversations.mute(visitor, other, parse(switchTo, bodyOf(request)).on);
    return conversations.open(visitor.id, other);
  });

  const token = json(async (request) => {
    const visitor = await me(request);
    await limits.take('token', visitor.id);
    const issued = await tokens.issue(visitor, hashSessionId(request.session.id));
    return { ...issued, url: gatewayUrl() };
  });

  const gatewayUrl = () => `${origins.url.replace(/^http/, 'ws')}/ws`;

  /** The page: the list beside one conversation, or alone. Looking at a conversation reads it. */
  const show: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const asked = request.query['with'];
    if (typeof asked === 'string' && request.params['userId'] === undefined) {
      const id = visitorId.safeParse(asked);
      if (!id.success) throw new AppError('person_not_found');
      return void response.redirect(302, pageOf(id.data));
    }
    const other = request.params['userId'] === undefined ? null : otherOf(request);
    const open = other === null ? null : await conversations.open(visitor.id, other);
    const page = other === null ? null : await direct.page(visitor.id, other);
    const newest = page?.messages.at(-1)?.seq;
    if (other !== null && open && newest !== undefined && open.unread > 0)
      await conversations.read(visitor.id, other, newest);
    const query = conversationsQuery.safeParse(request.query);
    const { people: from, find } = request.query;
    const place = usersQuery.safeParse({ after: from, q: find });
    const wanted = { after: undefined, q: '', ...(place.success && place.data), limit: ONLINE_SHOWN };
    const [list, online, count, unread, pulse] = await Promise.all([
      conversations.list(visitor.id, query.success ? query.data : { limit: 30 }),
      conversations.users(visitor.id, wanted),
      presence.count(),
      conversations.unread(visitor.id),
      rooms.pulse(),
    ]);
    response.setHeader('Cache-Control', 'no-store');
    response.render('messages.html', {
      ...list,
      open,
      messages: open ? (page?.messages ?? []).map((message) => fromDirect(message, visitor, open.with)) : [],
      more: page?.more ?? false,
      online: {
        ...online,
        q: wanted.q,
        /** On a later page, or of a few found: what the list shows is not everybody. */
        count: online.next || wanted.after || wanted.q ? count : online.users.length,
        shown: ONLINE_SHOWN,
      },
      unread,
      error: isErrorCode(request.query['error']) ? request.query['error'] : null,
      idleHours: SESSION_IDLE / 3600,
      lifeDays: SESSION_LIFE / 86_400,
      gatewayUrl: gatewayUrl(),
      pulse,
    });
  };

  return { show, users, talks, history, send, read, block, mute, token };
}

export type DirectHttp = ReturnType<typeof directHttp>;
