/** What drawing a page takes, whichever it is. */
import type { Request, Response } from 'express';
import { type AppError, type ErrorCode, isErrorCode } from '../../services/site/errors.js';
import type { Site } from './site.js';

/** Why the page that led here was refused: a code of ours in the query, never free text. */
export function errorOf(request: Request): ErrorCode | null {
  const { error } = request.query;
  return isErrorCode(error) ? error : null;
}

/** What a form without scripts has done that its page does not show, and the words for it. */
const DONE = { reported: 'reports.sent' } as const;
export type Done = keyof typeof DONE;

/** The words for what the form that led here has done: a name of ours in the query, as of an error. */
function doneOf({ query: { done } }: Request): string | null {
  return typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done as Done] : null;
}

export function pages({ services: { rooms } }: Site) {
  /** Draw a page from its own model, the error in its query, and what every page shows. */
  async function show(
    request: Request,
    response: Response,
    view: string,
    model: object | Promise<object>,
  ): Promise<void> {
    const [own, pulse] = await Promise.all([model, rooms.pulse()]);
    response.render(view, { error: errorOf(request), done: doneOf(request), ...own, pulse });
  }

  /** Draw a page that says why something was refused, under the error's status. */
  function refuse(
    request: Request,
    response: Response,
    view: string,
    { code, status, details }: AppError,
    model: object,
  ): Promise<void> {
    const { fields = {}, triesLeft, retryAfter } = details;
    response.status(status);
    if (retryAfter) response.setHeader('Retry-After', retryAfter);
    const left = Number.isFinite(triesLeft) ? triesLeft : undefined;
    return show(request, response, view, { error: code, fields, triesLeft: left, retryAfter, ...model });
  }

  return { show, refuse };
}
