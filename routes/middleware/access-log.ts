/**
 * The access log: one line a request with method, path template, status, milliseconds, bytes, a hash of the visitor and the
 * request's id; and what every request counts. No query string, no addresses, no session, no body.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import morgan from 'morgan';
import { loggedPath } from '../../controllers/site/paths.js';
import type { Site } from '../../controllers/site/site.js';
import { askerOf } from '../../controllers/site/visitor.js';

const PATH_MAX = 200;
/** Levels of the log that have lines of requests in it. */
const WRITTEN_AT: ReadonlySet<string> = new Set(['trace', 'debug', 'info']);
/** Hashes of visitors tell one from another while this process lives, and nobody who they are. */
const SALT = randomBytes(16);
/** An id that a proxy gave. */
const GIVEN_ID = /^[\w-]{8,64}$/;
/** What the paths begin with at which routers are mounted; anything else before a route's own path is an id. */
const MOUNTED = new Set(['room', 'chat', 'lobby', 'api', 'v1', 'admin']);
const UNMATCHED = '(none)';

export function accessLog({ log, config, tally }: Site): RequestHandler[] {
  const identify: RequestHandler = (request, response, next) => {
    const given = config.trustProxy > 0 ? request.get('x-request-id') : undefined;
    response.setHeader('X-Request-Id', given !== undefined && GIVEN_ID.test(given) ? given : randomUUID());
    const began = performance.now();
    response.once('close', () => tally.answered(request.method, response.statusCode, performance.now() - began));
    next();
  };
  if (!WRITTEN_AT.has(config.logLevel)) return [identify];
  const write = morgan<Request, Response>(
    (tokens, request, response) => {
      const { method, originalUrl } = request;
      const path = encodeURI(loggedPath(originalUrl.split('?')[0] ?? '')).slice(0, PATH_MAX);
      const status = Number(tokens['status']?.(request, response) ?? 0);
      const visitor = visitorHash(request);
      log.info({
        access: `${method} ${path} ${status || '-'}`,
        method,
        route: templateOf(request),
        status,
        ms: Number(tokens['response-time']?.(request, response) ?? 0),
        bytes: Number(tokens['res']?.(request, response, 'content-length') ?? 0),
        ...(visitor && { visitor }),
        id: response.getHeader('x-request-id'),
      });
      return undefined; // morgan writes no line of its own
    },
    { skip: ({ originalUrl }) => originalUrl.startsWith('/assets/') || originalUrl === '/healthz' },
  );
  return [identify, write];
}

/** The path of the route that answered, with names for what changes: `/room/:id/chat`. */
function templateOf({ route, baseUrl, originalUrl }: Request): string {
  const own = (route as { path?: string | string[] } | undefined)?.path;
  if (own === undefined) return UNMATCHED;
  const tail = String(Array.isArray(own) ? own[0] : own).replace(/\/$/, '');
  // After an error the router has taken back where it was mounted: what stands before the route's own path is that.
  const path = (originalUrl.split('?')[0] ?? '').replace(/\/$/, '').split('/');
  const mount = baseUrl === '' ? path.slice(1, path.length - tail.split('/').length + 1) : baseUrl.split('/').slice(1);
  return mount.map((part) => `/${MOUNTED.has(part) ? part : ':id'}`).join('') + tail || '/';
}

function visitorHash(request: Request): string | undefined {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- requests that end before the session is read have none
  const visitor = (request.program ?? request.session) ? askerOf(request) : null;
  return visitor ? createHmac('sha256', SALT).update(visitor.id).digest('base64url').slice(0, 12) : undefined;
}
