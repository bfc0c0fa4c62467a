/** The page of direct messages: the list of conversations beside one of them, or alone. */
import type { Request, RequestHandler } from 'express';
import { conversationsQuery, usersQuery } from '../../schemas/direct/payloads.js';
import { SESSION_IDLE, SESSION_LIFE } from '../../services/people/sessions.js';
import { fromDirect } from '../../shared/message-views.js';
import { actedOn } from '../messages/message-address.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import { gatewayUrl, otherOf, personIdOf } from './direct-address.js';

/** People on one page of the online list. */
const ONLINE_SHOWN = 50;
/** Conversations shown at once. */
const CONVERSATIONS_SHOWN = 30;

export function messagesPageHttp(site: Site) {
  const { direct, conversations, inbox, presence } = site.services;
  const { show: showPage } = pages(site);

  const show: RequestHandler = async (request, response) => {
    const { with: asked } = request.query;
    const named = request.params['userId'] !== undefined;
    if (typeof asked === 'string' && !named)
      return void response.redirect(302, `${site.config.base}/messages/${personIdOf(asked)}`);
    const { id } = visitorOf(request);
    const query = conversationsQuery.safeParse(request.query);
    const opened = named ? await open(request) : { open: null, messages: [], more: false, rev: 0 };
    const [list, online, unread] = await Promise.all([
      inbox.list(id, query.success ? query.data : { limit: CONVERSATIONS_SHOWN }),
      onlineOf(request),
      inbox.unread(id),
    ]);
    await showPage(request, response, 'messages.html', {
      ...list,
      ...opened,
      acted: actedOn(request, opened.messages),
      online,
      unread,
      idleHours: SESSION_IDLE / 3600,
      lifeDays: SESSION_LIFE / 86_400,
      gatewayUrl: gatewayUrl(request, site),
    });
  };

  /** The conversation of the address with its latest messages. Looking at it reads it. */
  async function open(request: Request) {
    const visitor = visitorOf(request);
    const other = otherOf(request);
    const conversation = await inbox.open(visitor.id, other);
    // The number is read first: what is changed meanwhile comes with the first read of the page.
    const { rev } = await direct.changedSince(visitor.id, other, undefined);
    const page = await direct.page(visitor.id, other);
    const newest = page.messages.at(-1)?.seq;
    if (newest !== undefined && conversation.unread > 0) await conversations.read(visitor.id, other, newest);
    const messages = page.messages.map((message) => fromDirect(message, visitor, conversation.with));
    return { open: conversation, messages, more: page.more, rev };
  }

  /** A page of who is online, or of those with a text in their name; anything unusable counts as the first page. */
  async function onlineOf(request: Request) {
    const { people: after, find: q } = request.query;
    const cursor = usersQuery.safeParse({ after, q });
    const wanted = { after: undefined, q: '', ...(cursor.success && cursor.data), limit: ONLINE_SHOWN };
    const [page, count] = await Promise.all([inbox.users(visitorOf(request).id, wanted), presence.count()]);
    /** On a later page, or of a few found: what the list shows is not everybody. */
    const isPart = page.next ?? wanted.after ?? wanted.q;
    return { ...page, q: wanted.q, count: isPart ? count : page.users.length, shown: ONLINE_SHOWN };
  }

  return { show };
}
