/**
 * Who listens where: the Socket.IO server, its namespaces, and the one router of HTTP upgrades. Before a handshake costs
 * anything, its origin and the number of its sisters are checked; then its session is read, once a connection.
 */
import { type IncomingMessage, type Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAdapter } from '@socket.io/redis-adapter';
import type { RequestHandler } from 'express';
import { Server, type Socket } from 'socket.io';
import { broadcastPlaces } from './controllers/direct/direct.broadcast.js';
import { broadcast, type RoomNamespace } from './controllers/rooms/rooms.broadcast.js';
import { type ChatNamespace, chatSocket } from './controllers/rooms/chat.socket.js';
import { broadcastConsult } from './controllers/consult/consult.broadcast.js';
import { type ConsultNamespace, consultSocket } from './controllers/consult/consult.socket.js';
import { type Connection, Connections, type Handshake } from './controllers/site/connections.js';
import { type DirectNamespace, directSocket } from './controllers/direct/direct.socket.js';
import {
  type Gateway,
  gateway,
  GATEWAY_PATH,
  type GatewayTimes,
  refuse as refuseUpgrade,
} from './controllers/direct/gateway.ws.js';
import { type AnySocket, refuseUnknown } from './controllers/site/handle.js';
import { type LobbyNamespace, lobbySocket } from './controllers/lobby/lobby.socket.js';
import { sessionRoom } from './controllers/site/names.js';
import { Online } from './controllers/direct/online.js';
import { type PulseNamespace, pulseSocket } from './controllers/site/pulse.socket.js';
import type { SocketData } from './controllers/site/handle.js';
import type { Site } from './controllers/site/site.js';
import type { Origins } from './services/site/origins.js';
import type { Redis } from './services/site/redis.js';
import { hashSessionId, isOver, Sessions } from './services/people/sessions.js';

const SOCKET_PATH = '/socket.io';

/** @returns the server and what ends it. */
export function createSockets(
  server: HttpServer,
  session: RequestHandler,
  site: Site,
  redis: Redis | null,
  times: GatewayTimes,
) {
  const { services, origins } = site;
  const io = new Server(server, {
    path: SOCKET_PATH,
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 32_768,
    connectTimeout: 10_000,
    perMessageDeflate: false,
    httpCompression: false,
    allowEIO3: false,
    allowRequest: (request, callback) => callback(null, isOurs(request, origins) && !site.draining()),
  });
  if (redis) io.adapter(createAdapter(redis.publisher, redis.subscriber));
  const connections = new Connections(site, new Sessions({ connection: site.database.connection }));
  connections.start();

  // Before the session is read: this runs for every polling request, a hostile page's included.
  io.engine.use((request: Handshake, response: ServerResponse, next: (error?: Error) => void) => {
    if (isHandshake(request) && !isOurs(request, origins)) return void refuse(request, response);
    next();
  });
  io.engine.use((request: Handshake, response: ServerResponse, next: (error?: Error) => void) => {
    if (!isHandshake(request)) return void next();
    void session(request as never, response as never, next as never);
  });
  io.engine.on('connection', (connection: Connection) => connections.add(connection));

  const knowVisitor = (socket: Socket, next: (error?: Error) => void) => {
    const request = socket.request as Handshake;
    const visitor = request.session?.visitor;
    if (!visitor || isOver(request.session ?? {}))
      return void next(Object.assign(new Error('no_session'), { data: { code: 'no_session' } }));
    const hash = hashSessionId(request.session?.id ?? '');
    Object.assign(socket.data, {
      visitor,
      session: hash,
      breaches: 0,
      breachedAt: 0,
    } satisfies SocketData);
    void socket.join(sessionRoom(hash));
    refuseUnknown(socket as AnySocket, site);
    next();
  };
  const [pulse, list, chat, lobby, direct, consult] = ['/', '/room', '/chat', '/lobby', '/direct', '/consult'].map(
    (name) => io.of(name).use(knowVisitor as never),
  ) as unknown as [PulseNamespace, RoomNamespace, ChatNamespace, LobbyNamespace, DirectNamespace, ConsultNamespace];
  const online = new Online(services);
  const raw = gateway(session, online, connections, site, times);
  chatSocket(chat, site);
  lobbySocket(lobby, site);
  directSocket(direct, online, site);
  const stopPulse = pulseSocket(pulse, site);
  const stopBroadcast = broadcast(list, chat, site);
  consultSocket(consult, site);
  const stopConsult = broadcastConsult(consult, site, redis !== null);
  const places = broadcastPlaces({ pulse, lobby, direct, gateway: raw, online, shared: redis !== null }, site);
  // While Redis was away, nothing travelled between the nodes: what lines and lists missed is made good.
  redis?.subscriber.on('ready', places.catchUp);
  routeUpgrades(server, raw);

  return {
    io,
    async close() {
      stopPulse();
      stopBroadcast();
      stopConsult();
      places.stop();
      connections.stop();
      await raw.close();
      await io.close();
    },
  };
}

const isHandshake = (request: Handshake): boolean => request._query?.['sid'] === undefined;

/**
 * Whether one of our pages asks. Browsers name the origin of every WebSocket and every POST; the GET that begins polling
 * carries none on the same origin, but says so in Sec-Fetch-Site.
 */
function isOurs({ headers }: IncomingMessage, origins: Origins): boolean {
  return headers.origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : origins.allows(headers.origin);
}

/** Engine.IO gives an upgrade no real response: its line is answered by hand. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (!(response instanceof ServerResponse)) {
    refuseUpgrade(request.socket, 403, 'Forbidden');
    return;
  }
  response.writeHead(403, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code: 4, message: 'Forbidden' }));
}

/** The one router of upgrades. To any other path they end here: a socket that nobody answers would hang. */
function routeUpgrades(server: HttpServer, raw: Gateway): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?')[0] ?? '';
    if (path === SOCKET_PATH || path === `${SOCKET_PATH}/`) return;
    if (path === GATEWAY_PATH) return raw.upgrade(request, socket, head);
    refuseUpgrade(socket, 404, 'Not Found');
  });
}
