/** The consultants' door: the desk's page, sign-in and sign-out. What they do there is consult.socket.ts. */
import type { Request, RequestHandler } from 'express';
import { CONSULT, signIn as signInBody } from '../../schemas/consult/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { pages } from '../site/page.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import { renewSession } from '../site/session.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { partyOf } from '../site/visitor.js';

export function deskHttp(site: Site) {
  const { desk, deskSessions, limits } = site.services;
  const { show, refuse } = pages(site);
  const here = `${site.config.base}/chat/admin`;

  const page: RequestHandler = async (request, response) => {
    const consultant = deskSessions.open ? await deskSessions.of(hashSessionId(request.session.id), true) : null;
    if (consultant) await show(request, response, 'desk.html', { visitor: consultant });
    else await show(request, response, 'desk-door.html', { ...doorOf(request), error: null });
  };

  /** The sign-in form, or that the desk is closed. */
  function doorOf(request: Request) {
    const { name } = (request.body ?? {}) as Record<string, unknown>;
    return { open: deskSessions.open, name: typeof name === 'string' ? name.slice(0, CONSULT.name) : '' };
  }

  const signIn: RequestHandler = async (request, response) => {
    try {
      if (!deskSessions.open) throw new AppError('desk_closed');
      const { name, password } = parse(signInBody, bodyOf(request));
      await checkPassword(request, password);
      const left = hashSessionId(request.session.id);
      // The name first: who does not get it goes on working under the one they have.
      const claimed = await deskSessions.claim(name, left);
      await renewSession(request);
      await desk.signOut(left);
      const consultant = await deskSessions.signIn(claimed, hashSessionId(request.session.id));
      if (speaksJson(request)) return void response.json({ ok: true, consultant });
      response.redirect(303, here);
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      await refuse(request, response, 'desk-door.html', error, doorOf(request));
    }
  };

  /** Count the try, then compare; a right password gives the try back. @throws AppError desk_password_wrong, too_many_tries. */
  async function checkPassword(request: Request, password: string): Promise<void> {
    const from = partyOf(request);
    const keys = [
      ['desk_password', from.member],
      ['desk_password_ip', from.group],
      ['desk_password_day', from.group],
    ] as const;
    const left: number[] = [];
    for (const [limit, key] of keys) left.push(await limits.take(limit, key, 'too_many_tries'));
    if (!(await deskSessions.passwordMatches(password, from)))
      throw new AppError('desk_password_wrong', { triesLeft: Math.min(...left) });
    for (const [limit, key] of keys) await limits.giveBack(limit, key);
  }

  /** Leave with a new session id, too: the old one opens nothing any more. */
  const signOut: RequestHandler = async (request, response) => {
    await desk.signOut(hashSessionId(request.session.id));
    await renewSession(request);
    if (speaksJson(request)) return void response.json({ ok: true });
    response.redirect(303, here);
  };

  return { page, signIn, signOut };
}
