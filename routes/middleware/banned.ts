/** Whom the operator keeps out of the site is answered nothing else, but for /admin, where an operator may let them in again. */
import type { RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';
import { askerOf } from '../../controllers/site/visitor.js';
import { addressKey } from '../../services/site/addresses.js';

/** @throws AppError site_banned. */
export function refuseBanned({ services: { siteBans } }: Site): RequestHandler {
  return (request, _response, next) => {
    if (!/^\/admin(?:\/|$)/.test(request.path)) siteBans.refuse(askerOf(request)?.id ?? null, addressKey(request.ip));
    next();
  };
}
