/** Whether the site can serve now: the probe that balancers ask, and the answer to everybody else while it cannot. */
import type { RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';
import { isConnected } from '../../services/database/database.js';
import { AppError } from '../../services/site/errors.js';

/** GET /readyz: 200 only while the database answers and can store a text; a full disk is named in either case. */
export function readiness({ database, draining, services }: Site): RequestHandler {
  return async (_request, response) => {
    const isFull = database.disk() === 'full';
    const ready = !draining() && !isFull && (await database.answers());
    if (!ready) response.setHeader('Retry-After', 5);
    const noPictures = ready && !(await services.uploads.hasRoom());
    const but = isFull ? ': the disk is full' : noPictures ? ', but the disk has no room for pictures' : '';
    response
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send(`${ready ? 'ready' : 'not ready'}${but}`);
  };
}

/** @throws AppError unavailable while there is no database, or the site is ending: nobody is kept waiting. */
export function whileReady({ database, draining }: Site): RequestHandler {
  return (_request, _response, next) => {
    if (draining() || !isConnected(database.connection)) throw new AppError('unavailable', { retryAfter: 5 });
    next();
  };
}
