/** The access log: method, path without its query string, status, bytes, time. No addresses, no session, no body. */
import type { Request, RequestHandler, Response } from 'express';
import morgan from 'morgan';
import { loggedPath } from '../../controllers/site/paths.js';
import type { Site } from '../../controllers/site/site.js';

const PATH_MAX = 200;
/** Levels of the log that have lines of requests in it. */
const WRITTEN_AT: ReadonlySet<string> = new Set(['trace', 'debug', 'info']);

export function accessLog({ log, config }: Site): RequestHandler {
  if (!WRITTEN_AT.has(config.logLevel)) return (_request, _response, next) => next();
  morgan.token<Request>('path', ({ originalUrl }) =>
    encodeURI(loggedPath(originalUrl.split('?')[0] ?? '')).slice(0, PATH_MAX),
  );
  return morgan<Request, Response>(':method :path :status :res[content-length] :response-time', {
    stream: { write: (line) => log.info({ access: line.trimEnd() }) },
    skip: ({ originalUrl }) => originalUrl.startsWith('/assets/') || originalUrl === '/healthz',
  });
}
