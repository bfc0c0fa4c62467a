/** Whether the site can serve now: the probe that balancers ask, and the answer to everybody else while it cannot. */
import type { RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';
import { isConnected } from '../../services/database/database.js';
import { AppError } from '../../services/site/errors.js';

/** GET /readyz: 200 only while the database answers. */
export function readiness({ database, draining }: Site): RequestHandler {
  return async (_request, response) => {
    const ready = !draining() && (await database.answers());
    if (!ready) response.setHeader('Retry-After', 5);
    response
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'ready' : 'not ready');
  };
}

/** @throws AppError unavailable while there is no database, or the site is ending: nobody is kept waiting. */
export function whileReady({ database, draining }: Site): RequestHandler {
  return (_request, _response, next) => {
    if (draining() || !isConnected(database.connection)) throw new AppError('unavailable', { retryAfter: 5 });
    next();
  };
}
