/** The lobby over HTTP: its page, and for visitors without JavaScript its forms; history for those with. */
import type { RequestHandler } from 'express';
import { fromLobby } from '../../shared/message-views.js';
import { lobbyName, NAME, userName } from '../../schemas/lobby/payloads.js';
import { chatsQuery, editChat, postChat } from '../../schemas/messages/payloads.js';
import { RELEASE_MS } from '../../services/lobby/lobby.js';
import type { Visitor } from '../../services/people/visitors.js';
import { addressKey } from '../../services/site/addresses.js';
import { actionHandlers } from '../messages/actions.http.js';
import { actedOn } from '../messages/message-address.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export function lobbyHttp(site: Site) {
  const { lobby, lobbyMessages, lobbyActions, limits } = site.services;
  const { show: showPage } = pages(site);
  const { form, refuse } = formsOf(site, {
    path: () => '/lobby',
    keep({ body }): Record<string, string> {
      const name = wishedName((body as Record<string, unknown> | undefined)?.['name']);
      return name === '' ? {} : { name };
    },
  });

  const show: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    // The number is read first: what is changed meanwhile comes with the first read of the page.
    const { rev } = await lobbyMessages.changedSince(visitor.id, undefined);
    const [user, { list, counts }, page] = await Promise.all([
      lobby.user(visitor.id),
      lobby.users(),
      lobbyMessages.page(visitor.id),
      lobby.stay(visitor.id),
    ]);
    const messages = page.chats.flatMap((message) => fromLobby(message) ?? []);
    await showPage(request, response, 'lobby.html', {
      user: user && { id: user._id, name: user.name, online: user.online },
      calledHere: user?.online ? user.name : undefined,
      users: list,
      counts,
      messages,
      acted: actedOn(request, messages),
      seq: page.chats.at(-1)?.seq ?? 0,
      more: page.more,
      rev,
      wished: wishedName(request.query['name']),
      nameLimits: NAME,
      releaseMinutes: RELEASE_MS / 60_000,
    });
  };

  const join = form(async (request) => {
    const visitor = visitorOf(request);
    const { name } = parse(lobbyName, bodyOf(request));
    await limits.take('name', visitor.id);
    const user = await lobby.join(visitor, name, null);
    return { user: { id: user._id, name: user.name } };
  });

  const leave = form(async (request) => {
    await lobby.leave(visitorOf(request).id);
    return { ok: true };
  });

  const post = form(async (request) => {
    const visitor = visitorOf(request);
    const { chat, clientId, replyTo } = parse(postChat, bodyOf(request));
    await takeChat(limits, visitor.id, addressKey(request.ip));
    return lobby.post(visitor, chat, clientId, replyTo);
  }, 201);

  const actions = actionHandlers<Visitor>(
    {
      form,
      actorOf: visitorOf,
      textOf: (request) => parse(editChat, bodyOf(request)).chat,
      edit: (visitor, id, text) => lobbyActions.edit(visitor.id, id, text),
      remove: (visitor, id) => lobbyActions.remove(visitor.id, id),
      react: (visitor, id, emoji, isChosen) => lobbyActions.react(visitor, id, emoji, isChosen),
      reactions: (_, id) => lobbyActions.reactions(id),
    },
    site,
  );

  const history: RequestHandler = async (request, response) => {
    const { id } = visitorOf(request);
    const query = parse(chatsQuery, request.query);
    const { rev } = query;
    const page = await lobbyMessages.page(id, query);
    response.json({ ...page, ...(rev !== undefined && (await lobbyMessages.changedSince(id, rev))) });
  };

  return { show, join, leave, post, actions, history, refuse };
}

/** A name that was typed, if it could be one; else an empty text. */
function wishedName(typed: unknown): string {
  const wished = userName.safeParse(typed);
  return wished.success ? wished.data : '';
}
