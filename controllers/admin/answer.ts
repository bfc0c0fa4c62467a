/** How every form of /admin is answered. */
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../services/site/errors.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';

/** It was done: back to the page; for programs, `ok`. */
export function done({ config }: Site, request: Request, response: Response): void {
  if (speaksJson(request)) response.json({ ok: true });
  else response.redirect(303, `${config.base}/admin`);
}

/** A form of the page: what it does, then back to the page, which says what was wrong with it. */
export function form(site: Site, act: (request: Request, by: string) => Promise<void>): RequestHandler {
  return async (request, response) => {
    try {
      await act(request, response.locals.operator ?? '');
      done(site, request, response);
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request) || error.status !== 400) throw error;
      response.redirect(303, `${site.config.base}/admin?error=${error.code}`);
    }
  };
}
