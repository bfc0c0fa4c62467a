/**
 * Socket.IO handshakes. Before one costs anything, its origin is checked and it is counted; then its session is read, once
 * a connection; and every namespace lets in only whom that session knows.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Session, SessionData } from 'express-session';
import type { Server } from 'socket.io';
import { handshakeAuth } from '../../schemas/site/payloads.js';
import { endOf, hashSessionId, sessionCookie } from '../../services/people/sessions.js';
import type { Visitor } from '../../services/people/visitors.js';
import type { AppError, ErrorCode } from '../../services/site/errors.js';
import { translator } from '../../services/site/locales.js';
import type { Origins } from '../../services/site/origins.js';
import { addressOf } from '../site/address.js';
import { takeWork } from '../site/allowance.js';
import { type AnySocket, refuseUnknown, type SocketData } from './handle.js';
import { sessionRoom } from './names.js';
import type { Site } from '../site/site.js';
import { refuseUpgrade } from './upgrades.js';

/** An HTTP request that began a connection, with the session that was read for it. */
export type Handshake = IncomingMessage & {
  _query?: Record<string, string>;
  /** Its response; of an upgrade, what Engine.IO gives middlewares in its place. */
  res?: object;
  session?: Session & Partial<SessionData>;
};

type Next = (error?: Error) => void;

/** What a namespace costs that lets a socket in: what it is told at once, and what is stored of it. */
const CONNECT_COST = 3;

/** Refuse handshakes of foreign origins, and too many of ours; read the session of the others. */
export function readHandshakes({ engine }: Server, session: RequestHandler, site: Site): void {
  // Before the session is read: this runs for every polling request, a hostile page's included.
  engine.use((request: Handshake, response: ServerResponse, next: Next) => {
    if (!isHandshake(request)) return void next();
    if (!isOurs(request, site.origins)) return void refuse(request, response);
    const error = countHandshake(request, site);
    if (error) return void refuseBusy(request, response, error);
    next();
  });
  engine.use((request: Handshake, response: ServerResponse, next: Next) => {
    if (!isHandshake(request)) return void next();
    request.res = response;
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

/**
 * Count a handshake against its address, and against its visitor as the cookie has it: nobody is asked whose it is.
 * @returns why it is one too many, or null.
 */
export function countHandshake(
  request: IncomingMessage,
  { config, services: { limits } }: Pick<Site, 'config' | 'services'>,
): AppError | null {
  const cookie = sessionCookie(request.headers.cookie, config);
  const address = addressOf(request, config.trustProxy);
  try {
    if (cookie !== null) limits.spend('handshake', hashSessionId(cookie));
    limits.spend('handshake_ip', address);
    return null;
  } catch (error) {
    return error as AppError;
  }
}

/** Answer a handshake beyond its limit with 429, in the form of every other refusal. */
function refuseBusy(
  request: Handshake,
  response: ServerResponse,
  { code, details: { retryAfter = 1 } }: AppError,
): void {
  if (!(response instanceof ServerResponse)) return refuseUpgrade(request.socket, 429, 'Too Many Requests', retryAfter);
  response.writeHead(429, { 'Content-Type': 'application/json', 'Retry-After': retryAfter });
  response.end(JSON.stringify({ error: { code, message: translator('en')(`errors.${code}`) } }));
}

/** Engine.IO gives an upgrade no real response: it is answered on its socket. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (!(response instanceof ServerResponse)) return refuseUpgrade(request.socket, 403, 'Forbidden');
  response.writeHead(403, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code: 4, message: 'Forbidden' }));
}

/** Who is at the other end of a connection: what its handshake said, when its request is long gone. */
export interface Client {
  /** The client's address, as limits count it. */
  address: string;
  /** Whom its session knows; null: nobody. */
  visitor: Visitor | null;
  /** Hash of the session id, and when the session has reached its longest life (milliseconds). */
  session: string;
  endsAt: number;
}

const clients = new WeakMap<object, Client>();

/**
 * Take from a handshake what is needed later, and let its request go: with its headers and its session it weighs as much as
 * the rest of a silent connection.
 */
export function rememberHandshake(connection: { request: IncomingMessage | null }, { config }: Site): Client {
  const request = connection.request as Handshake;
  const { session } = request;
  const client: Client = {
    address: addressOf(request, config.trustProxy),
    visitor: session?.visitor ?? null,
    session: session ? hashSessionId(session.id) : '',
    endsAt: session ? endOf(session) : 0,
  };
  clients.set(connection, client);
  // Documented by Socket.IO for this purpose; nothing reads it after the connection is made.
  connection.request = null;
  if (request.res && !(request.res instanceof ServerResponse)) empty(request.res);
  return client;
}

/** Of an upgrade's stand-in for a response: it listens to the end of its TCP socket, and with it would stay what it holds. */
function empty(standIn: object): void {
  for (const name of Object.keys(standIn)) Reflect.deleteProperty(standIn, name);
}

/**
 * Middleware of every namespace: whose socket this is, by its session. Refused as `no_session` where nobody is known, as
 * `too_many_sockets` on a connection too many, as `rate_limited` or `busy` where too much was asked for.
 */
export function letInKnown(site: Site, connections: { isRefused(connection: object): boolean }) {
  const refuseOthers = refuseUnknown(site);
  return (socket: AnySocket, next: Next): void => {
    const client = clients.get(socket.conn);
    if (connections.isRefused(socket.conn)) return next(refusal('too_many_sockets'));
    if (!client?.visitor || Date.now() > client.endsAt) return next(refusal('no_session'));
    const { visitor, session, address } = client;
    try {
      takeWork(site.services.limits, { visitor: visitor.id, address }, CONNECT_COST);
    } catch (error) {
      return next(refusal((error as AppError).code));
    }
    Object.assign(socket.data, { visitor, session, address, breaches: 0, breachedAt: 0 } satisfies SocketData);
    void socket.join(sessionRoom(session));
    socket.onAny(refuseOthers);
    next();
  };
}

/** Middleware where messages may come in batches: whether this socket wants that. Refused as `bad_input` if it says neither. */
export function readBatch(socket: AnySocket, next: Next): void {
  const { success, data } = handshakeAuth.safeParse(socket.handshake.auth);
  if (!success) return next(refusal('bad_input'));
  socket.data.batch = data.batch;
  next();
}

const refusal = (code: ErrorCode): Error => Object.assign(new Error(code), { data: { code } });
