/** Forms that a page sends with a script, and without one. */
import type { Request, RequestHandler } from 'express';
import type { ErrorCode } from '../../services/site/errors.js';
import { toAppError } from './errors.js';
import { wantsPage } from './reply.js';
import type { Site } from './site.js';

interface FormPage {
  /** Where a browser goes back to, below the site's base. */
  path: (request: Request) => string;
  /** What goes back with a refusal, so that it need not be typed again. */
  keep?: (request: Request) => Record<string, string>;
  /** Refusals after which there is no page to go back to. */
  gone?: ErrorCode[];
}

/**
 * The forms of one page.
 * @returns `form(work, status)`: do what is asked. Scripts get the answer as JSON, or its error; a browser goes back to
 * the page, after a refusal with its code in the query.
 */
export function formsOf({ config: { base } }: Site, { path, keep, gone = [] }: FormPage) {
  return (work: (request: Request) => Promise<object>, status = 200): RequestHandler =>
    async (request, response) => {
      try {
        const answer = await work(request);
        if (wantsPage(request)) return void response.redirect(303, base + path(request));
        response.status(status).json(answer);
      } catch (thrown) {
        const { code } = toAppError(thrown);
        if (!wantsPage(request) || code === 'internal' || gone.includes(code)) throw thrown;
        const query = new URLSearchParams({ error: code, ...keep?.(request) });
        response.redirect(303, `${base}${path(request)}?${query.toString()}`);
      }
    };
}
