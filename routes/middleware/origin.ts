/**
 * The rule for writes: a browser says where a request comes from (Sec-Fetch-Site, else Origin), and only our own pages,
 * and those of EXTRA_ORIGINS, may change anything. A request with neither did not come from a browser.
 */
import type { RequestHandler } from 'express';
import { AppError } from '../../services/site/errors.js';
import type { Site } from '../../controllers/site/site.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws AppError cross_site for a write that another site's page sent. */
export function sameOrigin({ origins }: Site): RequestHandler {
  return (request, _response, next) => {
    if (SAFE.has(request.method)) return void next();
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    const ours = site === 'same-origin' || origins.allows(origin) || (site === undefined && origin === undefined);
    if (!ours) throw new AppError('cross_site');
    next();
  };
}
