/** The visitor's side of the desk over HTTP: the page, images, transcript, rating, return code. */
import type { Request, RequestHandler } from 'express';
import { sessionView } from '../../schemas/consult/case.js';
import { consultMessageView } from '../../schemas/consult/case-message.js';
import type { ConsultMessageView } from '../../schemas/consult/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import { consultRating, returnCode, sessionId } from '../../schemas/consult/payloads.js';
import { postImage } from '../../schemas/messages/payloads.js';
import { asMessage, queueText } from '../../shared/consult-views.js';
import { addressKey } from '../../services/site/addresses.js';
import { transcriptJson, transcriptText } from '../../services/consult/transcript.js';
import { AppError, isErrorCode } from '../../services/site/errors.js';
import type { Actor } from '../../services/consult/cases.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { person } from '../../services/people/visitors.js';
import { wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export type ConsultHttp = ReturnType<typeof consultHttp>;

export function consultHttp({ config, services, origins }: Site) {
  const { cases, consult, consultMessages, consultQueue, consultImages, consultants } = services;
  const { deskSessions, limits, returnCodes, rooms } = services;

  /** The case of the address and the hand that asks: its visitor's, or else the consultant's who has it. */
  async function caseOf(request: Request): Promise<{ id: string; actor: Actor; author: Person }> {
    const visitor = visitorOf(request);
    const id = sessionId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('consult_not_found');
    const consultant = await deskSessions.of(hashSessionId(request.session.id), true);
    const found = consultant && (await cases.peek(id.data));
    if (consultant && found?.consultant?.id === consultant.id && !asVisitor(request, found.visitor))
      return { id: id.data, actor: { consultant: consultant.id }, author: consultant };
    return { id: id.data, actor: { visitor: visitor.id }, author: person(visitor) };
  }

  /** One browser may be both sides; then the page says as which it asks. */
  const asVisitor = (request: Request, owner: string) =>
    owner === visitorOf(request).id && request.query['as'] === 'visitor';

  /** What this visitor's consultation is at: the start, or the conversation in whatever state. */
  const page: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const found = await cases.latest(visitor.id);
    const pulse = await rooms.pulse();
    if (!found || (found.state === 'ended' && (request.query['new'] === '1' || request.query['error']))) {
      const error = isErrorCode(request.query['error']) ? request.query['error'] : null;
      return void response.render('consult-start.html', { staffed: await consultants.staffed(), error, pulse });
    }
    const [{ messages, older }, queue] = await Promise.all([
      consultMessages.page(String(found._id)),
      consultQueue.positionOf(found),
    ]);
    const { t } = response.locals;
    response.render('consult.html', {
      session: sessionView(found),
      messages: messages.map((said) => asMessage(said, visitor.id)),
      older,
      queue,
      wait: queueText(queue, t),
      pulse,
    });
  };

  /** Rights, rates and size before the first byte of the file is read. */
  const admitImage: RequestHandler = async (request, response, next) => {
    const { id, actor, author } = await caseOf(request);
    const found = await cases.find(id, actor);
    if (found.state === 'ended') throw new AppError('consult_over');
    await limits.take('upload', author.id);
    await limits.take('upload_ip', addressKey(request.ip));
    if (Number(request.get('content-length') ?? 0) > config.maxUploadBytes + FORM_BYTES)
      throw new AppError('image_too_large');
    response.locals.speaker = { id, actor, author };
    next();
  };

  const postGif: RequestHandler = async (request, response) => {
    const { file } = request;
    const { speaker } = response.locals;
    if (!file) throw new AppError('file_required');
    try {
      if (file.size === 0) throw new AppError('file_required');
      if (!speaker) throw new AppError('consult_not_found');
      const { alt, clientId } = parse(postImage, bodyOf(request));
      await limits.take('upload_bytes', speaker.author.id, 'rate_limited', file.size);
      const known = await consultMessages.ofClientId(speaker.id, speaker.author.id, clientId);
      if (known) return void response.json(consultMessageView(known));
      const image = await consultImages.keep(file.path, speaker.id);
      response.json(await postOnce(speaker, { ...image, alt }, clientId));
    } finally {
      await consultImages.discard(file.path);
    }
  };

  /** Store the message of a kept image. If it was there already (a retry), or cannot be stored, the new file goes. */
  async function postOnce(
    speaker: Speaker,
    image: Awaited<ReturnType<typeof consultImages.keep>> & { alt: string },
    clientId: string | undefined,
  ): Promise<ConsultMessageView> {
    let kept = false;
    try {
      const message = await consultMessages.post({ ...speaker, image, clientId });
      kept = message.image?.url.endsWith(image.name) ?? false;
      return message;
    } finally {
      if (!kept) await consultImages.remove(speaker.id, image);
    }
  }

  const transcript: RequestHandler = async (request, response) => {
    const { id, actor } = await caseOf(request);
    const view = sessionView(await cases.find(id, actor));
    const messages = await consultMessages.whole(id);
    const json = request.path.endsWith('.json');
    response.set({
      'Content-Disposition': `attachment; filename="consult-${view.createdAt.slice(0, 10)}.${json ? 'json' : 'txt'}"`,
    });
    if (json) return void response.json(transcriptJson(view, messages, origins.url));
    const { lang, zone } = response.locals;
    response.type('text/plain').send(transcriptText(view, messages, { lang, zone, url: origins.url }));
  };

  const rate: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = parse(sessionId, request.params['id']);
    await limits.take('rating', visitor.id);
    await limits.take('rating_ip', addressKey(request.ip));
    const found = await consult.rate(id, visitor.id, parse(consultRating, bodyOf(request)));
    if (wantsPage(request)) return void response.redirect(303, `${config.base}/chat/consult`);
    response.json({ session: sessionView(found) });
  };

  const renewCode: RequestHandler = async (request, response) => {
    const id = parse(sessionId, request.params['id']);
    response.json({ code: await returnCodes.renew(id, visitorOf(request).id) });
  };

  /** Guesses are counted before the code is looked at; a right one is given back. */
  const comeBack: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const address = addressKey(request.ip);
    await limits.take('return_code', visitor.id, 'too_many_codes');
    await limits.take('return_code_ip', address, 'too_many_codes');
    try {
      const given = parse(returnCode, bodyOf(request));
      const { found, code } = await returnCodes.redeem(given.code, visitor.id);
      await limits.giveBack('return_code', visitor.id);
      await limits.giveBack('return_code_ip', address);
      if (wantsPage(request)) return void response.redirect(303, `${config.base}/chat/consult`);
      response.json({ session: sessionView(found), code });
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      response.redirect(303, `${config.base}/chat/consult?error=${error.code}`);
    }
  };

  return { page, admitImage, postGif, transcript, rate, renewCode, comeBack };
}

/** Who speaks in which case. */
export interface Speaker {
  id: string;
  actor: Actor;
  author: Person;
}

/** What a multipart form weighs beside its file. */
const FORM_BYTES = 64 * 1024;
