/** What every request gets before anybody looks at what it asks for. */
import type { RequestHandler } from 'express';

/** `*` stands for the server as a whole, and with more behind it for nothing: there is no session to read for either. */
export const noPath: RequestHandler = (request, response, next) => {
  if (!request.url.startsWith('*')) return void next();
  response.status(request.method === 'OPTIONS' && request.url === '*' ? 204 : 400).end();
};

/** Default `no-store`: whatever is not an asset is somebody's own, or live. A handler may override it. */
export const neverStored: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/**
 * cookie-parser reads a value that begins with `j:` as JSON; express-session would take such an object for a session id.
 * No cookie of ours is one.
 */
export const plainCookies: RequestHandler = (request, _response, next) => {
  const cookies = Object.entries(request.cookies as Record<string, unknown>);
  request.cookies = Object.fromEntries(cookies.filter(([, value]) => typeof value === 'string'));
  request.signedCookies = {};
  next();
};
