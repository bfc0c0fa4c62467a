/** One upgrade request for `/ws`: origin, caps and session are checked, and only then there is a WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { hashSessionId, isOver } from '../../../services/people/sessions.js';
import type { Identity } from '../../../services/people/tokens.js';
import { AppError } from '../../../services/site/errors.js';
import { addressOf } from '../../site/address.js';
import type { Connections } from '../../sockets/connections.js';
import { countHandshake, type Handshake } from '../../sockets/handshake.js';
import { readSession } from '../../site/session.js';
import type { Site } from '../../site/site.js';
import { refuseUpgrade } from '../../sockets/upgrades.js';

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

/** The status for another version of the protocol, which no code of ours has. */
const UPGRADE_REQUIRED = 426;

/** @returns `upgrade`, which refuses with an HTTP status or resolves after `accept` was called, and `close`. */
export function upgrader(
  session: RequestHandler,
  connections: Connections,
  site: Site,
  accept: (upgraded: Upgraded) => void,
) {
  const { config, origins, hints, draining } = site;
  const { siteBans } = site.services;
  const server = new WebSocketServer(SERVER);

  function refusalOf(request: IncomingMessage, address: string): AppError | number | null {
    const { headers } = request;
    if (draining()) return new AppError('unavailable');
    if (headers['sec-websocket-protocol'] !== undefined) return new AppError('bad_input');
    if (headers['sec-websocket-version'] !== '13') return UPGRADE_REQUIRED;
    if (headers.origin !== undefined && !origins.allows(headers.origin)) {
      hints.refusedOrigin(headers.origin);
      return new AppError('cross_site');
    }
    if (siteBans.secondsLeft(null, address) > 0) return new AppError('site_banned');
    if (!connections.hasRoom(address)) return new AppError('too_many_sockets');
    return countHandshake(request, site);
  }

  async function upgrade(request: Handshake, socket: Duplex, head: Buffer): Promise<void> {
    const address = addressOf(request, config.trustProxy);
    const refusal = refusalOf(request, address);
    if (refusal) {
      site.tally.refusedHandshake(typeof refusal === 'number' ? 'bad_input' : refusal.code);
      refuseUpgrade(socket, refusal);
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
