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
import type { Identity } from '../../services/people/tokens.js';
import { AppError, type ErrorCode } from '../../services/site/errors.js';
import { addressOf } from '../site/address.js';
import { takeWork } from '../site/allowance.js';
import { toAppError } from '../site/errors.js';
import { type AnySocket, refuseUnknown, type SocketData } from './handle.js';
import { sessionRoom } from './names.js';
import type { Site } from '../site/site.js';
import { errorBody, refuseUpgrade, retryAfter } from './upgrades.js';

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
    const error = isOurs(request, site) ? countHandshake(request, site) : new AppError('cross_site');
    if (error) {
      site.tally.refusedHandshake(error.code);
      return void refuse(request, response, error);
    }
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
 * Whether one of our pages asks, or a program. Browsers name the origin of every WebSocket and every POST; the GET that
 * begins polling carries none on the same origin, but says so in Sec-Fetch-Site. A program sends neither, and no
 * session cookie: it says by a token who it is.
 */
export function isOurs(
  { headers }: IncomingMessage,
  { config, origins, hints }: Pick<Site, 'config' | 'origins' | 'hints'>,
): boolean {
  if (headers.origin !== undefined) {
    const isAllowed = origins.allows(headers.origin);
    if (!isAllowed) hints.refusedOrigin(headers.origin);
    return isAllowed;
  }
  const from = headers['sec-fetch-site'];
  return from === 'same-origin' || (from === undefined && sessionCookie(headers.cookie, config) === null);
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

/** Refuse a handshake. Engine.IO gives an upgrade no real response: it is answered on its socket. */
function refuse(request: Handshake, response: ServerResponse, error: AppError): void {
  if (!(response instanceof ServerResponse)) return refuseUpgrade(request.socket, error);
  const body = errorBody(error);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(error.status, { ...headers, ...retryAfter(error) }).end(body);
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
    session: session?.visitor ? hashSessionId(session.id) : '',
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

/** Who holds how many connections (connections.ts). */
interface Holders {
  isRefused(connection: object): boolean;
  identify(connection: object, identity: Identity): boolean;
}

/**
 * Middleware of every namespace: whose socket this is, by its token or else by its session. Refused as `bad_token`, or
 * as `no_session` where nobody is known, as `site_banned` where the operator keeps them out, as `too_many_sockets` on a connection too many, as `rate_limited` or `busy`
 * where too much was asked for.
 */
export function letInKnown(site: Site, connections: Holders) {
  const { limits, tokens, siteBans } = site.services;
  const refuseOthers = refuseUnknown(site);

  /** Whom the token names. @throws AppError bad_token, too_many_sockets, rate_limited, busy. */
  async function byToken(connection: object, token: unknown, address: string): Promise<Identity> {
    limits.spend('work_ip', address, CONNECT_COST, 'busy');
    const identity = typeof token === 'string' ? await tokens.who(token) : null;
    if (!identity) throw new AppError('bad_token');
    limits.spend('work', identity.visitor.id, CONNECT_COST);
    if (!connections.identify(connection, identity)) throw new AppError('too_many_sockets');
    return identity;
  }

  /** Whom the session of the handshake knows. @throws AppError no_session, rate_limited, busy. */
  function bySession({ visitor, session, endsAt, address }: Client): Identity {
    if (!visitor || Date.now() > endsAt) throw new AppError('no_session');
    takeWork(limits, { visitor: visitor.id, address }, CONNECT_COST);
    return { visitor, session };
  }

  function letIn(socket: AnySocket, { visitor, session }: Identity, address: string): void {
    Object.assign(socket.data, { visitor, session, address, breaches: 0, breachedAt: 0 } satisfies SocketData);
    void socket.join(sessionRoom(session));
    socket.onAny(refuseOthers);
  }

  async function admit(socket: AnySocket): Promise<void> {
    const client = clients.get(socket.conn);
    if (!client) throw new AppError('no_session');
    if (connections.isRefused(socket.conn)) throw new AppError('too_many_sockets');
    const { token } = socket.handshake.auth as { token?: unknown };
    const identity = token === undefined ? bySession(client) : await byToken(socket.conn, token, client.address);
    siteBans.refuse(identity.visitor.id, client.address);
    letIn(socket, identity, client.address);
  }

  return (socket: AnySocket, next: Next): void => {
    admit(socket).then(
      () => next(),
      (thrown: unknown) => {
        const { code } = toAppError(thrown);
        if (code === 'internal') site.log.error({ err: thrown }, 'a socket was not let in');
        next(refusal(code));
      },
    );
  };
}

/** Middleware where messages may come in batches: whether this socket wants that. Refused as `bad_input` if it says neither. */
export function readBatch(socket: AnySocket, next: Next): void {
  const { success, data } = handshakeAuth.safeParse(socket.handshake.auth);
  if (!success) return next(refusal('bad_input'));
  socket.data.batch = data.batch;
  next();
}

/** What a namespace's middleware refuses a socket with: its message and `data.code` are the code. */
export const refusal = (code: ErrorCode): Error => Object.assign(new Error(code), { data: { code } });
