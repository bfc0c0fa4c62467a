/** The visitor's side of the desk over HTTP: the page, transcript, rating, coming back with a code. */
import type { RequestHandler } from 'express';
import { sessionView } from '../../schemas/consult/case.js';
import { consultRating, consultStart, returnCode, sessionId } from '../../schemas/consult/payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { transcriptJson, transcriptText } from '../../services/consult/transcript.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { consultPages } from './consult-page.js';
import { speakerOf } from './speaker.js';

export function consultHttp(site: Site) {
  const { services, origins } = site;
  const { cases, consult, consultMessages, consultants, limits, returnCodes } = services;
  const { show } = pages(site);
  const { modelOf } = consultPages(site);
  const { form } = formsOf(site, { path: () => '/chat/consult' });
  const backToStart = formsOf(site, { path: () => '/chat/consult', keep: () => ({ new: '1' }) });

  /** What this visitor's consultation is at: the start, or the conversation in whatever state. */
  const page: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const found = await cases.latest(visitor.id);
    const isAnew = request.query['new'] === '1';
    if (!found || (found.state === 'ended' && isAnew)) {
      const topic = consultStart.safeParse(request.query);
      const model = { staffed: await consultants.staffed(), topic: topic.success ? topic.data.topic : '' };
      return show(request, response, 'consult-start.html', model);
    }
    const { ask } = request.query;
    const asked = ask === 'code' || (ask === 'end' && found.open) ? ask : null;
    await show(request, response, 'consult.html', { ...(await modelOf(found, response.locals.t)), asked });
  };

  const transcript: RequestHandler = async (request, response) => {
    const { id, actor } = await speakerOf(request, services);
    const view = sessionView(await cases.find(id, actor));
    const messages = await consultMessages.whole(id);
    const address = origins.addressFor(request.headers.host);
    const json = request.path.endsWith('.json');
    response.set({
      'Content-Disposition': `attachment; filename="consult-${view.createdAt.slice(0, 10)}.${json ? 'json' : 'txt'}"`,
    });
    if (json) return void response.json(transcriptJson(view, messages, address));
    const { lang, zone } = response.locals;
    response.type('text/plain').send(transcriptText(view, messages, { lang, zone, url: address }));
  };

  const rate = form(async (request) => {
    const visitor = visitorOf(request);
    const id = parse(sessionId, request.params['id']);
    await limits.take('rating', visitor.id);
    await limits.take('rating_ip', addressKey(request.ip));
    const found = await consult.rate(id, visitor.id, parse(consultRating, bodyOf(request)));
    return { session: sessionView(found) };
  });

  /** Guesses are counted before the code is looked at; a right one is given back. */
  const comeBack = backToStart.form(async (request) => {
    const visitor = visitorOf(request);
    const address = addressKey(request.ip);
    await limits.take('return_code', visitor.id, 'too_many_codes');
    await limits.take('return_code_ip', address, 'too_many_codes');
    const given = parse(returnCode, bodyOf(request));
    const { found, code } = await returnCodes.redeem(given.code, visitor.id);
    await limits.giveBack('return_code', visitor.id);
    await limits.giveBack('return_code_ip', address);
    return { session: sessionView(found), code };
  });

  return { page, transcript, rate, comeBack };
}
