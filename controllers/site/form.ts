/** Forms that a page sends with a script, and without one. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { ErrorCode } from '../../services/site/errors.js';
import { toAppError } from './errors.js';
import type { Done } from './page.js';
import { wantsPage } from './reply.js';
import type { Site } from './site.js';

interface FormPage {
  /** Where a browser goes back to, below the site's base. */
  path: (request: Request) => string;
  /** What goes back with a refusal, so that it need not be typed again. */
  keep?: (request: Request) => Record<string, string>;
  /** Refusals after which there is no page to go back to. */
  gone?: ErrorCode[];
  /** What the page says when it is done, where it would not show otherwise. */
  said?: Done;
}

/** The forms of one page: scripts get the answer as JSON, or its error; a browser goes back to the page. */
export function formsOf({ config: { base } }: Site, { path, keep, gone = [], said }: FormPage) {
  const after = said ? `?done=${said}` : '';

  function answer(request: Request, response: Response, answered: object, status = 200): void {
    if (wantsPage(request)) return response.redirect(303, base + path(request) + after);
    response.status(status).json(answered);
  }

  /** A refused form goes back to its page with the code in the query; what has no page to go back to goes on. */
  const refuse: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
    const { code } = toAppError(thrown);
    if (request.method !== 'POST' || !wantsPage(request) || code === 'internal' || gone.includes(code))
      return void next(thrown);
    const query = new URLSearchParams({ error: code, ...keep?.(request) });
    response.redirect(303, `${base}${path(request)}?${query.toString()}`);
  };

  /** Do what is asked, and answer or refuse. */
  const form =
    (work: (request: Request) => Promise<object>, status = 200): RequestHandler =>
    async (request, response, next) => {
      try {
        answer(request, response, await work(request), status);
      } catch (thrown) {
        refuse(thrown, request, response, next);
      }
    };

  return { form, answer, refuse };
}
