/** Direct messages over HTTP: the API of scripts, which plain forms use, too. Everything names the other person. */
import type { Request, RequestHandler } from 'express';
import {
  conversationsQuery,
  editDirect,
  postDirect,
  readUpTo,
  switchTo,
  usersQuery,
} from '../../schemas/direct/payloads.js';
import { chatsQuery } from '../../schemas/messages/payloads.js';
import type { Visitor } from '../../services/people/visitors.js';
import { addressKey } from '../../services/site/addresses.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { actionHandlers } from '../messages/actions.http.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { gatewayUrl, otherOf } from './direct-address.js';

export function directHttp(site: Site) {
  const { direct, directActions, conversations, conversationFlags, inbox, limits, tokens, people } = site.services;
  const { form, refuse } = formsOf(site, {
    path: (request) => `/messages/${otherOf(request)}`,
    gone: ['person_not_found'],
  });

  const json =
    (work: (request: Request) => Promise<object>): RequestHandler =>
    async (request, response) =>
      void response.json(await work(request));

  /** Who asks; the visit of somebody who uses only the API goes on, too. */
  async function me(request: Request) {
    const visitor = visitorOf(request);
    await people.touch(visitor, request.session.bornAt ?? Date.now());
    return visitor;
  }

  const users = json(async (request) => inbox.users((await me(request)).id, parse(usersQuery, request.query)));

  const list = json(async (request) => {
    const { id } = await me(request);
    const [page, unread] = await Promise.all([
      inbox.list(id, parse(conversationsQuery, request.query)),
      inbox.unread(id),
    ]);
    return { ...page, unread };
  });

  const history = json(async (request) => {
    const { id } = await me(request);
    const other = otherOf(request);
    const query = parse(chatsQuery, request.query);
    const { rev } = query;
    const [conversation, page] = await Promise.all([inbox.open(id, other), direct.page(id, other, query)]);
    const changes = rev === undefined ? {} : await direct.changedSince(id, other, rev);
    return { conversation, ...page, ...changes };
  });

  const send = form(async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    const { message, clientId, replyTo } = parse(postDirect, bodyOf(request));
    await takeChat(limits, visitor.id, addressKey(request.ip));
    return (await direct.send(visitor, other, message, clientId, replyTo)).message;
  }, 201);

  const actions = actionHandlers<{ who: Visitor; other: string }>(
    {
      form,
      actorOf: async (request) => ({ who: await me(request), other: otherOf(request) }),
      textOf: (request) => parse(editDirect, bodyOf(request)).message,
      edit: ({ who, other }, message, text) => directActions.edit(who.id, other, message, text),
      remove: ({ who, other }, message) => directActions.remove(who.id, other, message),
      react: ({ who, other }, message, emoji, isChosen) => directActions.react(who, other, message, emoji, isChosen),
      reactions: ({ who, other }, message) => directActions.reactions(who.id, other, message),
    },
    site,
  );

  const read = form(async (request) => {
    await conversations.read((await me(request)).id, otherOf(request), parse(readUpTo, bodyOf(request)).upTo);
    return { ok: true };
  });

  const block = form(async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    return conversationFlags.block(visitor, other, parse(switchTo, bodyOf(request)).on);
  });

  const mute = form(async (request) => {
    const visitor = await me(request);
    const other = otherOf(request);
    await conversationFlags.mute(visitor, other, parse(switchTo, bodyOf(request)).on);
    return inbox.open(visitor.id, other);
  });

  const token = json(async (request) => {
    const visitor = await me(request);
    await limits.take('token', visitor.id);
    const issued = await tokens.issue(visitor, hashSessionId(request.session.id));
    return { ...issued, url: gatewayUrl(request, site) };
  });

  return { users, list, history, send, actions, read, block, mute, token, refuse };
}
