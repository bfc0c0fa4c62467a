/** The last two middlewares: what was not found, and what went wrong, as a page or as JSON; never a stack. */
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../../services/site/errors.js';
import { errorWords, toAppError } from '../../controllers/site/errors.js';
import { loggedPath } from '../../controllers/site/paths.js';
import { wantsPage } from '../../controllers/site/reply.js';
import type { Site } from '../../controllers/site/site.js';
import { translator } from '../../services/site/locales.js';
import { localeOf } from './locale.js';

export const notFound: RequestHandler = () => {
  throw new AppError('not_found');
};

export function errorHandler({ log, config, tally }: Site): ErrorRequestHandler {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows an error handler by its four parameters
  return (thrown: unknown, request, response, _next) => {
    const error = toAppError(thrown);
    tally.refused(error.code);
    if (response.headersSent) {
      log.warn({ err: thrown, method: request.method, path: loggedPath(request.path) }, 'an answer was under way');
      // A half answer must not look whole; a whole one keeps its connection.
      if (!response.writableEnded) response.destroy();
      return;
    }
    if (error.code === 'internal') {
      const id = randomUUID();
      log.error({ err: thrown, id, method: request.method, path: loggedPath(request.path) }, 'a request failed');
      response.setHeader('X-Error-Id', id);
    }
    if (error.details.retryAfter) response.setHeader('Retry-After', error.details.retryAfter);
    // A handler may have set another before it failed.
    response.setHeader('Cache-Control', 'no-store');
    response.status(error.status);
    const { code, status } = error;
    if (wantsPage(request) && response.locals.renders) return void response.render('error.html', { code, status });
    const { fields, triesLeft, receipt } = error.details;
    const message = errorWords(translator(localeOf(request, config.defaultLang)), error);
    return response.json({
      error: { code, message, ...(fields && { fields }), ...(triesLeft !== undefined && { triesLeft }) },
      ...(receipt !== undefined && { receipt }),
    });
  };
}
