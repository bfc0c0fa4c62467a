/** The operator's door: /admin. Without ADMIN_PASSWORD there is nothing here. Works without script. Its forms: actions.http.ts. */
import type { Request, RequestHandler } from 'express';
import { adminSignIn, BAN_MINUTES, NAME_MAX } from '../../schemas/admin/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { pages } from '../site/page.js';
import { wantsPage } from '../site/reply.js';
import { renewSession } from '../site/session.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { partyOf, visitorOf } from '../site/visitor.js';
import { done } from './answer.js';

export function adminHttp(site: Site) {
  const { admin, adminReports, limits } = site.services;
  const { show, refuse } = pages(site);

  /** @throws AppError not_found where there is no such page. */
  const open: RequestHandler = (_request, _response, next) => {
    if (!admin.open) throw new AppError('not_found');
    next();
  };

  /** Know who is signed in. @throws AppError signed_out. */
  const signedIn: RequestHandler = async (request, response, next) => {
    const operator = await admin.who(hashSessionId(request.session.id));
    if (operator === null) throw new AppError('signed_out');
    response.locals.operator = operator;
    next();
  };

  /** What the page shows. */
  async function overview() {
    const [shown, reports] = await Promise.all([admin.overview(), adminReports.list()]);
    return { ...shown, reports, minutes: BAN_MINUTES };
  }

  const page: RequestHandler = async (request, response) => {
    if ((await admin.who(hashSessionId(request.session.id))) !== null) {
      return show(request, response, 'admin.html', overview());
    }
    await show(request, response, 'admin-door.html', { name: '', error: null });
  };

  const signIn: RequestHandler = async (request, response) => {
    try {
      const { password, name } = parse(adminSignIn, bodyOf(request));
      const by = name || visitorOf(request).name;
      await checkPassword(request, password, by);
      await admin.signOut(hashSessionId(request.session.id));
      await renewSession(request);
      await admin.signIn(hashSessionId(request.session.id), by);
      done(site, request, response);
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      const { name } = (request.body ?? {}) as Record<string, unknown>;
      const given = typeof name === 'string' ? name.slice(0, NAME_MAX) : '';
      await refuse(request, response, 'admin-door.html', error, { name: given });
    }
  };

  /** Count the try, then compare; a right password gives the try back. @throws AppError password_wrong, too_many_tries. */
  async function checkPassword(request: Request, password: string, by: string): Promise<void> {
    const from = partyOf(request);
    const keys = [
      ['desk_password', `admin ${from.member}`],
      ['desk_password_ip', `admin ${from.group}`],
      ['desk_password_day', `admin ${from.group}`],
    ] as const;
    const left: number[] = [];
    for (const [limit, key] of keys) left.push(await limits.take(limit, key, 'too_many_tries'));
    if (!(await admin.passwordMatches(password, from))) {
      await admin.note('sign_in_failed', by);
      throw new AppError('password_wrong', { triesLeft: Math.min(...left) });
    }
    for (const [limit, key] of keys) await limits.giveBack(limit, key);
  }

  const signOut: RequestHandler = async (request, response) => {
    await admin.signOut(hashSessionId(request.session.id));
    await renewSession(request);
    done(site, request, response);
  };

  return { open, signedIn, page, signIn, signOut };
}
