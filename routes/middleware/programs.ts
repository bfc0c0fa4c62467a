/** Programs: who asks by a token instead of a cookie, and answers that are JSON whatever the request accepts. */
import type { Request, RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';
import { AppError } from '../../services/site/errors.js';

const API = '/api/v1/';
/** Where the key of a bot is in the address. */
const HOOKS = `${API}hooks/`;
/** Where a token is looked at: the API, and the pictures that its messages name. */
const FOR_PROGRAMS = [API, '/gif/'];

/** No answer of the API is a page, or leads to one: whatever a request accepts, it is asked for JSON. */
export const alwaysJson: RequestHandler = (request, _response, next) => {
  if (request.path.startsWith(API)) request.headers.accept = 'application/json';
  next();
};

/**
 * Know who asks with `Authorization: Bearer TOKEN` for what programs may ask.
 * @throws AppError bad_token, also where a cookie would do.
 */
export function bearer({ services: { tokens } }: Site): RequestHandler {
  return async (request, _response, next) => {
    const token = FOR_PROGRAMS.some((path) => request.path.startsWith(path)) ? tokenOf(request) : null;
    if (token !== null) {
      const identity = await tokens.who(token);
      if (!identity) throw new AppError('bad_token');
      request.program = identity.visitor;
    }
    next();
  };
}

/** The token of a request, or null. Another scheme is a proxy's in front of the site, and none of ours. */
function tokenOf(request: Request): string | null {
  const [scheme = '', token = ''] = (request.get('authorization') ?? '').split(/\s+/);
  return scheme.toLowerCase() === 'bearer' ? token : null;
}

/**
 * A middleware for browsers, whom a cookie knows. Who brings a token, or a bot's key in the address, needs none of it: no
 * other site's page can send one unasked.
 */
export const unlessProgram =
  (handler: RequestHandler): RequestHandler =>
  (request, response, next) =>
    request.program || request.path.startsWith(HOOKS) ? next() : handler(request, response, next);
