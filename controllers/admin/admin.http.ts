/** The operator's door: /admin. Without ADMIN_PASSWORD there is nothing here. Works without script. */
import type { Request, RequestHandler, Response } from 'express';
import { adminSignIn } from '../../schemas/admin/payloads.js';
import { roomId } from '../../schemas/rooms/payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { pages } from '../site/page.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import { renewSession } from '../site/session.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export function adminHttp(site: Site) {
  const { admin, limits } = site.services;
  const { show, refuse } = pages(site);

  /** @throws AppError not_found where there is no such page. */
  const open: RequestHandler = (_request, _response, next) => {
    if (!admin.open) throw new AppError('not_found');
    next();
  };

  /** @throws AppError signed_out. */
  const signedIn: RequestHandler = async (request, _response, next) => {
    if (!(await admin.isSignedIn(hashSessionId(request.session.id)))) throw new AppError('signed_out');
    next();
  };

  const page: RequestHandler = async (request, response) => {
    if (await admin.isSignedIn(hashSessionId(request.session.id)))
      return show(request, response, 'admin.html', admin.overview());
    await show(request, response, 'admin-door.html', { error: null });
  };

  const signIn: RequestHandler = async (request, response) => {
    try {
      const { password } = parse(adminSignIn, bodyOf(request));
      await checkPassword(request, password);
      await admin.signOut(hashSessionId(request.session.id));
      await renewSession(request);
      await admin.signIn(hashSessionId(request.session.id));
      done(request, response);
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      await refuse(request, response, 'admin-door.html', error, {});
    }
  };

  /** Count the try, then compare; a right password gives the try back. @throws AppError password_wrong, too_many_tries. */
  async function checkPassword(request: Request, password: string): Promise<void> {
    const address = addressKey(request.ip);
    const keys = [
      ['desk_password', `admin ${visitorOf(request).id}`],
      ['desk_password_ip', `admin ${address}`],
      ['desk_password_day', `admin ${address}`],
    ] as const;
    const left: number[] = [];
    for (const [limit, key] of keys) left.push(await limits.take(limit, key, 'too_many_tries'));
    if (!(await admin.passwordMatches(password))) {
      await admin.note('sign_in_failed');
      throw new AppError('password_wrong', { triesLeft: Math.min(...left) });
    }
    for (const [limit, key] of keys) await limits.giveBack(limit, key);
  }

  const signOut: RequestHandler = async (request, response) => {
    await admin.signOut(hashSessionId(request.session.id));
    await renewSession(request);
    done(request, response);
  };

  const closeRoom: RequestHandler = async (request, response) => {
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    await admin.closeRoom(id.data);
    done(request, response);
  };

  function done(request: Request, response: Response): void {
    if (speaksJson(request)) response.json({ ok: true });
    else response.redirect(303, `${site.config.base}/admin`);
  }

  return { open, signedIn, page, signIn, signOut, closeRoom };
}
