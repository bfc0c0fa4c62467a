/** One upgrade request for `/ws`: origin, caps and session are checked, and only then there is a WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { hashSessionId, isOver } from '../../../services/people/sessions.js';
import { addressOf } from '../../site/address.js';
import type { Connections } from '../../sockets/connections.js';
import { countHandshake, type Handshake } from '../../sockets/handshake.js';
import { readSession } from '../../site/session.js';
import type { Site } from '../../site/site.js';
import { refuseUpgrade } from '../../sockets/upgrades.js';
import type { Identity } from './connection.js';

const SERVER: ServerOptions & { maxFragments: number; maxBufferedChunks: number; maxPendingAutoPongs: number } = {
  noServer: true,
  maxPayload: 32_768,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  maxPendingAutoPongs: 10,
  perMessageDeflate: false,
  clientTracking: true,
  skipUTF8Validation: false,
};

/** An accepted request. */
export interface Upgraded {
  ws: WebSocket;
  /** As limits count it. */
  address: string;
  /** Whom its session cookie names. */
  cookie: Identity | null;
}

type Refusal = [status: number, words: string, retryAfter?: number | undefined];

/** @returns `upgrade`, which refuses with an HTTP status or resolves after `accept` was called, and `close`. */
export function upgrader(
  session: RequestHandler,
  connections: Connections,
  site: Site,
  accept: (upgraded: Upgraded) => void,
) {
  const { config, origins, draining } = site;
  const server = new WebSocketServer(SERVER);

  function refusalOf(request: IncomingMessage, address: string): Refusal | null {
    const { headers } = request;
    if (draining()) return [503, 'Service Unavailable'];
    if (headers['sec-websocket-protocol'] !== undefined) return [400, 'Bad Request'];
    if (headers['sec-websocket-version'] !== '13') return [426, 'Upgrade Required'];
    if (headers.origin !== undefined && !origins.allows(headers.origin)) return [403, 'Forbidden'];
    if (!connections.hasRoom(address)) return [429, 'Too Many Requests'];
    const tooMany = countHandshake(request, site);
    return tooMany && [429, 'Too Many Requests', tooMany.details.retryAfter];
  }

  async function upgrade(request: Handshake, socket: Duplex, head: Buffer): Promise<void> {
    const address = addressOf(request, config.trustProxy);
    const refusal = refusalOf(request, address);
    if (refusal) {
      refuseUpgrade(socket, ...refusal);
      return;
    }
    // Counted before anything is waited for: a thousand at once are a thousand, and not one.
    socket.once('close', connections.reserve(address));
    // A cookie counts with our own Origin only: without one the request is no browser's, and says who by token.
    const cookie = request.headers.origin === undefined ? null : await identityOf(request, session);
    if (socket.destroyed) return;
    server.handleUpgrade(request, socket, head, (ws) => accept({ ws, address, cookie }));
  }

  return { upgrade, close: () => server.close() };
}

/** Whom the session of an upgrade names. */
async function identityOf(request: Handshake, session: RequestHandler): Promise<Identity | null> {
  await readSession(request, session);
  const read = request.session;
  if (!read?.visitor || isOver(read)) return null;
  return { visitor: read.visitor, session: hashSessionId(read.id) };
}
