/** A consultation without a socket: start it, write, end it, by plain forms or JSON; and its messages alone, for a frame. */
import type { RequestHandler } from 'express';
import { sessionView } from '../../schemas/consult/case.js';
import { consultMessage, consultStart, sessionId } from '../../schemas/consult/payloads.js';
import { person } from '../../services/people/visitors.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import { wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, isEmpty, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { consultPages } from './consult-page.js';
import { starting } from './starting.js';

export function consultFormsHttp(site: Site) {
  const { cases, consult, consultMessages, consultVisitors, limits, returnCodes } = site.services;
  const start = starting(site);
  const { show } = pages(site);
  const { modelOf } = consultPages(site);
  const startForms = formsOf(site, {
    path: () => '/chat/consult',
    keep({ body }) {
      const topic = consultStart.safeParse(body);
      return { new: '1', ...(topic.success && topic.data.topic && { topic: topic.data.topic }) };
    },
  });
  const { form, refuse } = formsOf(site, { path: () => '/chat/consult' });

  const begin = startForms.form(async (request) => {
    const visitor = visitorOf(request);
    const { topic } = parse(consultStart, isEmpty(request) ? {} : bodyOf(request));
    const { found, code } = await start(visitor, addressKey(request.ip), topic);
    await consultVisitors.stay(visitor.id);
    return { session: sessionView(found), code };
  });

  const say = form(async (request) => {
    const visitor = visitorOf(request);
    const id = parse(sessionId, request.params['id']);
    const { message, clientId } = parse(consultMessage, bodyOf(request));
    await takeChat(limits, visitor.id, addressKey(request.ip));
    const draft = { id, actor: { visitor: visitor.id }, author: person(visitor), text: message, clientId };
    const said = await consultMessages.post(draft);
    await consultVisitors.stay(visitor.id);
    return said;
  });

  const end = form(async (request) => {
    const id = parse(sessionId, request.params['id']);
    return { session: sessionView(await consult.end(id, { visitor: visitorOf(request).id })) };
  });

  /**
   * The messages alone, with where the consultation stands; looking at them says that the visitor is here. Of one that is
   * not theirs, or went on in another browser, there is nothing but a way back.
   */
  const log: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = sessionId.safeParse(request.params['id']);
    const found = id.success && (await cases.peek(id.data));
    if (!found || found.visitor !== visitor.id) {
      if (!wantsPage(request)) throw new AppError('consult_not_found');
      return void response.status(404).render('consult-log.html', { session: null, messages: [] });
    }
    if (found.open) await consultVisitors.stay(visitor.id);
    response.render('consult-log.html', await modelOf(found, response.locals.t));
  };

  /** A new return code: to scripts as JSON, to a browser on a page of its own, since it can be shown this once only. */
  const renewCode: RequestHandler = async (request, response) => {
    const id = parse(sessionId, request.params['id']);
    const code = await returnCodes.renew(id, visitorOf(request).id);
    if (!wantsPage(request)) return void response.json({ code });
    await show(request, response, 'consult-code.html', { code });
  };

  return { begin, say, end, log, renewCode, refuse };
}
