/** Looks at how requests come here, for hints on settings that do not fit the proxies in front of the site. */
import type { RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';

export function proxyHints({ hints }: Site): RequestHandler {
  return (request, _response, next) => {
    hints.sawWay({
      secure: request.secure,
      forwardedFor: request.get('x-forwarded-for'),
      forwardedProto: request.get('x-forwarded-proto'),
    });
    next();
  };
}
