/**
 * The HTTP server, and what one connection may cost it. Requests that a client pipelines on one connection are taken up one
 * after another: what waits has opened nothing yet and is gone with its connection.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../../services/site/config.js';
import type { Log } from '../../services/site/log.js';

/** Requests that may wait on one connection; browsers and proxies do not pipeline at all. */
const PIPELINED_MAX = 8;
/** Requests after which a connection is closed, so that a balancer's connections move on. */
const REQUESTS_A_SOCKET = 10_000;
/** Milliseconds without a byte in either direction after which a connection under a request is closed. */
const SILENT_MS = 60_000;
/** Descriptors left for files, the database and the log. */
const DESCRIPTORS_KEPT = 200;
/** The most connections, where the system does not limit descriptors. */
const CONNECTIONS_MAX = 50_000;
/** Milliseconds between two lines of the log about refused connections. */
const SAY_MS = 60_000;

/** Where Linux tells a process its limits. */
const LIMITS = '/proc/self/limits';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that does not listen yet. */
export function createHttpServer(config: Config, log: Log): Server {
  const server = createServer({ maxHeaderSize: 16_384, connectionsCheckingInterval: 5_000 });
  Object.assign(server, {
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    timeout: SILENT_MS,
    keepAliveTimeout: config.keepAliveMs,
    maxHeadersCount: 100,
    maxRequestsPerSocket: REQUESTS_A_SOCKET,
    maxConnections: config.maxConnections ?? connectionsMax(),
  });
  let saidAt = -Infinity;
  server.on('drop', () => {
    if (performance.now() - saidAt < SAY_MS) return;
    saidAt = performance.now();
    log.warn(
      { max: server.maxConnections },
      'connections were refused: raise MAX_CONNECTIONS, or the limit of open files (ulimit -n)',
    );
  });
  return server;
}

/** Keep all connections of a server, upgraded ones too. @returns what destroys them. */
export function trackConnections(server: Server): () => void {
  const open = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

/** As many connections as there are descriptors for, so that the site can go on opening files. */
function connectionsMax(): number {
  const limits = existsSync(LIMITS) ? readFileSync(LIMITS, 'utf8') : '';
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  return Math.min(CONNECTIONS_MAX, Math.max(1, soft - DESCRIPTORS_KEPT));
}

/**
 * Hand the requests of each connection to the server's listeners one after another, and close a connection that has too
 * many waiting. Call it once every listener is in place.
 */
export function serveInTurn(server: Server): void {
  const handlers = server.listeners('request') as Handler[];
  server.removeAllListeners('request');
  const waiting = new WeakMap<Duplex, [IncomingMessage, ServerResponse][]>();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.once('close', () => {
      const next = waiting.get(request.socket)?.shift();
      if (!next) waiting.delete(request.socket);
      else if (!request.socket.destroyed) handle(...next);
    });
    for (const handler of handlers) handler.call(server, request, response);
  }

  server.on('request', (request, response) => {
    const queue = waiting.get(request.socket);
    if (!queue) {
      waiting.set(request.socket, []);
      handle(request, response);
    } else if (queue.length < PIPELINED_MAX) queue.push([request, response]);
    else request.socket.destroy();
  });
}

/** Under a sub-path, requests may arrive with it or, from a proxy that strips it, without. */
export function stripBase(server: Server, base: string): void {
  if (base === '') return;
  const strip = (request: IncomingMessage) => {
    const { url = '/' } = request;
    if (url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`))
      request.url = url.slice(base.length) || '/';
    if (request.url?.startsWith('?')) request.url = `/${request.url}`;
  };
  server.prependListener('request', strip);
  server.prependListener('upgrade', strip);
}
