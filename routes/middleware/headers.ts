/** Security headers: a policy strict enough that a script in a message could not run even if it got into a page. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Site } from '../../controllers/site/site.js';

/** Origins are asked at each request, because a free port is known only after listening. */
export function securityHeaders({ config: { https }, origins }: Site): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        // The log of a room or a consultation is framed by its own page for visitors without JavaScript, and nothing else at all.
        frameAncestors: [(request) => (isLog(request.url) ? "'self'" : "'none'")],
        frameSrc: ["'self'"],
        formAction: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'none'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        connectSrc: ["'self'", (request) => origins.socketOf(request.headers.host)],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    originAgentCluster: https,
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: false,
  });
  const permissions: RequestHandler = (request, response, next) => {
    response.setHeader('X-Frame-Options', isLog(request.url) ? 'SAMEORIGIN' : 'DENY');
    response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    next();
  };
  return [headers, permissions];
}

const isLog = (url: string | undefined): boolean => /^\/(?:room|chat\/consult)\/[^/]+\/log(?:\?|$)/.test(url ?? '');
