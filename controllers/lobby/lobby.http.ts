/** The lobby over HTTP: its page, and for visitors without JavaScript its forms; history for those with. */
import type { Request, RequestHandler, Response } from 'express';
import { fromLobby } from '../../shared/message-views.js';
import { lobbyName, NAME, userName } from '../../schemas/lobby/payloads.js';
import { chatsQuery, postChat } from '../../schemas/messages/payloads.js';
import { isErrorCode } from '../../services/site/errors.js';
import { RELEASE_MS } from '../../services/lobby/lobby.js';
import { addressKey } from '../../services/site/addresses.js';
import { takeChat } from '../site/allowance.js';
import { toAppError } from '../site/errors.js';
import { wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export function lobbyHttp({ config, services }: Site) {
  const { lobby, lobbyMessages, limits, rooms } = services;
  const home = `${config.base}/lobby`;

  /** Do what a form asks; a refusal goes back to the page, which says why and keeps what was typed. */
  const form =
    (work: (request: Request) => Promise<object>, status: number): RequestHandler =>
    async (request: Request, response: Response) => {
      try {
        const answer = await work(request);
        if (wantsPage(request)) return void response.redirect(303, home);
        response.status(status).json(answer);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (!wantsPage(request) || error.code === 'internal') throw thrown;
        const typed = (request.body as Record<string, unknown> | undefined)?.['name'];
        const wished = userName.safeParse(typed);
        const name = wished.success ? `&name=${encodeURIComponent(wished.data)}` : '';
        response.redirect(303, `${home}?error=${error.code}${name}`);
      }
    };

  const show: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const [user, { list, counts }, page, pulse] = await Promise.all([
      lobby.user(visitor.id),
      lobby.users(),
      lobbyMessages.page(),
      rooms.pulse(),
      lobby.stay(visitor.id),
    ]);
    const wished = userName.safeParse(request.query['name']);
    response.setHeader('Cache-Control', 'no-store');
    response.render('lobby.html', {
      user: user && { id: user._id, name: user.name, online: user.online },
      users: list,
      counts,
      messages: page.chats.flatMap((message) => fromLobby(message) ?? []),
      seq: page.chats.at(-1)?.seq ?? 0,
      more: page.more,
      wished: wished.success ? wished.data : '',
      error: isErrorCode(request.query['error']) ? request.query['error'] : null,
      nameLimits: NAME,
      releaseMinutes: RELEASE_MS / 60_000,
      pulse,
    });
  };

  const join = form(async (request) => {
    const visitor = visitorOf(request);
    const { name } = parse(lobbyName, bodyOf(request));
    await limits.take('name', visitor.id);
    const user = await lobby.join(visitor, name, null);
    return { user: { id: user._id, name: user.name } };
  }, 200);

  const leave = form(async (request) => {
    await lobby.leave(visitorOf(request).id);
    return { ok: true };
  }, 200);

  const post = form(async (request) => {
    const visitor = visitorOf(request);
    const { chat, clientId } = parse(postChat, bodyOf(request));
    await takeChat(limits, visitor.id, addressKey(request.ip));
    await lobby.stay(visitor.id);
    return lobby.post(visitor, chat, clientId);
  }, 201);

  const history: RequestHandler = async (request, response) => {
    visitorOf(request);
    const query = parse(chatsQuery, request.query);
    response.setHeader('Cache-Control', 'no-store');
    response.json(await lobbyMessages.page(query));
  };

  return { show, join, leave, post, history };
}

export type LobbyHttp = ReturnType<typeof lobbyHttp>;
