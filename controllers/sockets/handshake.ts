/**
 * Socket.IO handshakes. Before one costs anything, its origin is checked; then its session is read, once a connection;
 * and every namespace lets in only whom that session knows.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Session, SessionData } from 'express-session';
import type { Server } from 'socket.io';
import { hashSessionId, isOver } from '../../services/people/sessions.js';
import type { Origins } from '../../services/site/origins.js';
import { type AnySocket, refuseUnknown, type SocketData } from './handle.js';
import { sessionRoom } from './names.js';
import type { Site } from '../site/site.js';
import { refuseUpgrade } from './upgrades.js';

/** An HTTP request that began a connection, with the session that was read for it. */
export type Handshake = IncomingMessage & {
  _query?: Record<string, string>;
  session?: Session & Partial<SessionData>;
};

type Next = (error?: Error) => void;

/** Refuse handshakes of foreign origins, and read the session of ours. */
export function readHandshakes({ engine }: Server, session: RequestHandler, { origins }: Site): void {
  // Before the session is read: this runs for every polling request, a hostile page's included.
  engine.use((request: Handshake, response: ServerResponse, next: Next) => {
    if (isHandshake(request) && !isOurs(request, origins)) return void refuse(request, response);
    next();
  });
  engine.use((request: Handshake, response: ServerResponse, next: Next) => {
    if (!isHandshake(request)) return void next();
    void session(request as never, response as never, next as never);
  });
}

const isHandshake = (request: Handshake): boolean => request._query?.['sid'] === undefined;

/**
 * Whether one of our pages asks. Browsers name the origin of every WebSocket and every POST; the GET that begins polling
 * carries none on the same origin, but says so in Sec-Fetch-Site.
 */
export function isOurs({ headers }: IncomingMessage, origins: Origins): boolean {
  return headers.origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : origins.allows(headers.origin);
}

/** Engine.IO gives an upgrade no real response: it is answered on its socket. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (!(response instanceof ServerResponse)) return refuseUpgrade(request.socket, 403, 'Forbidden');
  response.writeHead(403, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code: 4, message: 'Forbidden' }));
}

/** Middleware of every namespace: whose socket this is, by its session. Refused as `no_session` where nobody is known. */
export function letInKnown(site: Site) {
  return (socket: AnySocket, next: Next): void => {
    const { session } = socket.request as Handshake;
    const visitor = session?.visitor;
    if (!visitor || isOver(session))
      return next(Object.assign(new Error('no_session'), { data: { code: 'no_session' } }));
    const hash = hashSessionId(session.id);
    Object.assign(socket.data, { visitor, session: hash, breaches: 0, breachedAt: 0 } satisfies SocketData);
    void socket.join(sessionRoom(hash));
    refuseUnknown(socket, site);
    next();
  };
}
