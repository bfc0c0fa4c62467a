/**
 * Where a request comes from: a browser says so (Sec-Fetch-Site, else Origin). Only our own pages, and those of
 * EXTRA_ORIGINS, may change anything. Reading has effects, too (a session, a room entered by `?password=`, a seat that is
 * kept), so another site's page may lead a whole window here, and embed or fetch nothing. A request that says nothing of
 * this did not come from a browser.
 */
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../services/site/errors.js';
import type { Site } from '../../controllers/site/site.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws AppError cross_site for what another site's page sent, unless it leads a window here. */
export function sameOrigin({ origins, hints }: Site): RequestHandler {
  return (request, _response, next) => {
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    const named = site === 'same-origin' || origins.allows(origin);
    const ours = SAFE.has(request.method)
      ? named || site === undefined || site === 'none' || leadsWindow(request)
      : named || (site === undefined && origin === undefined);
    if (!ours) {
      hints.refusedOrigin(origin);
      throw new AppError('cross_site');
    }
    next();
  };
}

/** Whether a window goes to the page as a whole: by a link or an address, not in a frame, an image or a script. */
const leadsWindow = (request: Request): boolean =>
  request.get('sec-fetch-mode') === 'navigate' && request.get('sec-fetch-dest') === 'document';
