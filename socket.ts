/** Who listens where: the Socket.IO server with its namespaces, the raw gateway, and the one router of HTTP upgrades. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { Server } from 'socket.io';
import * as parser from 'socket.io-parser';
import { broadcastConsult } from './controllers/consult/consult.broadcast.js';
import { consultSocket } from './controllers/consult/consult.socket.js';
import { broadcastDirect, directFeed } from './controllers/direct/direct.broadcast.js';
import { directSocket } from './controllers/direct/direct.socket.js';
import { type Gateway, gateway, GATEWAY_PATH, type GatewayTimes } from './controllers/direct/gateway/gateway.ws.js';
import { Online } from './controllers/direct/online.js';
import { broadcastLobby, lobbyFeed } from './controllers/lobby/lobby.broadcast.js';
import { lobbySocket } from './controllers/lobby/lobby.socket.js';
import { chatSocket } from './controllers/rooms/chat.socket.js';
import { listSocket } from './controllers/rooms/list.socket.js';
import { roomFrames } from './controllers/rooms/room-frames.js';
import { broadcastRooms, roomFeed } from './controllers/rooms/rooms.broadcast.js';
import { broadcastTalk } from './controllers/rooms/talk.broadcast.js';
import type { Broadcast } from './controllers/sockets/broadcast.js';
import { type Connection, Connections } from './controllers/sockets/connections.js';
import { isOurs, letInKnown, readHandshakes, rememberHandshake } from './controllers/sockets/handshake.js';
import { openNamespace } from './controllers/sockets/namespaces.js';
import { broadcastOperator } from './controllers/sockets/operator.broadcast.js';
import { keepPagePresence } from './controllers/sockets/page-presence.js';
import { isOff, refuseOff } from './controllers/sockets/places.js';
import { Peers } from './controllers/sockets/peers.js';
import { pulseSocket } from './controllers/sockets/pulse.socket.js';
import { imageAddresses } from './controllers/site/image-addresses.js';
import type { Site } from './controllers/site/site.js';
import { refuseUpgrade } from './controllers/sockets/upgrades.js';
import { AppError } from './services/site/errors.js';
import type { Redis } from './services/site/redis.js';
import type { Namespaces } from './schemas/namespaces.js';

const SOCKET_PATH = '/socket.io';
/** Milliseconds for which an end waits for clients to close their side. */
const CLOSE_MS = 500;

/** @returns the server and what ends it: every socket is told to close, and may still be closing when `close` resolves. */
export async function createSockets(
  server: HttpServer,
  session: RequestHandler,
  site: Site,
  redis: Redis | null,
  times: GatewayTimes,
) {
  const io = createServer(server, site);
  if (redis) {
    const { clusterAdapter } = await import('./controllers/sockets/cluster-adapter.js');
    io.adapter(clusterAdapter(redis));
  }
  readHandshakes(io, session, site);
  const connections = new Connections(site);
  connections.start();
  io.engine.on('connection', (connection: Connection) =>
    connections.add(connection, rememberHandshake(connection, site)),
  );

  const letIn = letInKnown(site, connections);
  const open = <Path extends keyof Namespaces>(path: Path) =>
    openNamespace(io, path, isOff(path, site.config) ? refuseOff : letIn);
  const pulse = open('/');
  const list = open('/room');
  const chat = open('/chat');
  const lobby = open('/lobby');
  const direct = open('/direct');
  const consult = open('/consult');
  const shared = redis !== null;
  const feeds = {
    room: roomFeed(chat, shared, site.tally),
    lobby: lobbyFeed(lobby, shared, site.tally),
    direct: directFeed(direct, site.tally),
  };
  const online = new Online(site.services);
  const rooms = roomFrames(site, shared);
  const raw = gateway(session, online, rooms, connections, site, times);

  const stopPulse = pulseSocket(pulse, site);
  keepPagePresence([pulse, list, chat, lobby, consult], site);
  chatSocket(chat, feeds.room, site);
  lobbySocket(lobby, feeds.lobby, site);
  directSocket(direct, feeds.direct, online, site);
  consultSocket(consult, site);

  const peers = new Peers(pulse, site.services.events, shared);
  rooms.listen(peers);
  const broadcasts: Broadcast[] = [
    // First: what the list's sockets are told is noted on every node by then, for those that are about to connect.
    listSocket(list, peers, site),
    broadcastRooms(list, chat, feeds.room, peers, site),
    broadcastTalk(chat, feeds.room, peers, site),
    broadcastLobby(lobby, feeds.lobby, peers, site),
    broadcastDirect({ pulse, direct, feed: feeds.direct, gateway: raw.delivery, online }, peers, site),
    broadcastConsult(consult, peers, site),
    broadcastOperator({ pulse, connections, raw }, peers, site),
  ];
  redis?.subscriber.on('ready', () => {
    for (const broadcast of broadcasts) broadcast.catchUp?.();
  });
  routeUpgrades(server, raw);

  return {
    io,
    /** Open connections of both kinds. */
    count: () => io.engine.clientsCount + raw.delivery.all.size,
    async close() {
      stopPulse();
      for (const broadcast of broadcasts) broadcast.stop();
      connections.stop();
      rooms.stop();
      const closed = io.close();
      await raw.close();
      await Promise.race([closed, wait(CLOSE_MS)]);
    },
  };
}

function createServer(server: HttpServer, site: Site): Server {
  const { draining } = site;
  return new Server(server, {
    path: SOCKET_PATH,
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 32_768,
    connectTimeout: 10_000,
    perMessageDeflate: false,
    httpCompression: false,
    allowEIO3: false,
    ...(site.config.base === '' ? {} : { parser: parserBelow(site.config.base) }),
    allowRequest: (request, callback) => callback(null, isOurs(request, site) && !draining()),
  });
}

/** Socket.IO's parser for a site under a sub-path: addresses of pictures go out with it. */
function parserBelow(base: string) {
  class Encoder extends parser.Encoder {
    constructor() {
      super(imageAddresses(base));
    }
  }
  return { ...parser, Encoder };
}

/** The one router of upgrades. To any other path they end here. */
function routeUpgrades(server: HttpServer, raw: Gateway): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?')[0] ?? '';
    if (path === SOCKET_PATH || path === `${SOCKET_PATH}/`) return;
    if (path === GATEWAY_PATH) return raw.upgrade(request, socket, head);
    refuseUpgrade(socket, new AppError('not_found'));
  });
}
