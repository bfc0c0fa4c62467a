/**
 * `/ws`: direct messages and rooms as JSON frames over a plain WebSocket, for programs and for pages without Socket.IO. The same
 * services, limits and validators as the other doors; docs/gateway.md is the description for people. upgrade.ts lets
 * connections in, reader.ts and frames.ts work on what they send, delivery.ts sends, heartbeat.ts drops who is gone.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import type { Connections } from '../../sockets/connections.js';
import { encoderBelow } from '../../site/image-addresses.js';
import type { Site } from '../../site/site.js';
import type { Online } from '../online.js';
import { CLOSE, GatewayConnection } from './connection.js';
import { Delivery } from './delivery.js';
import { frameHandlers, type RoomHandlers } from './frames.js';
import { startHeartbeat } from './heartbeat.js';
import { readFrames } from './reader.js';
import { type Upgraded, upgrader } from './upgrade.js';

export const GATEWAY_PATH = '/ws';

/** Milliseconds. `createApp` takes others, for a test that cannot wait half a minute. */
const TIMES = {
  /** Between two pings; a connection that did not answer one by the next is dropped. */
  heartbeat: 30_000,
  /** Until the first frame has said who it is, with a session cookie and without. */
  init: 10_000,
  initWithoutCookie: 5_000,
  /** Between two notes of how far mail got. */
  delivered: 1_000,
  /** What a reader gets to take what waits, and the close frame after it. */
  linger: 5_000,
};
export type GatewayTimes = Partial<typeof TIMES>;

/** Milliseconds for which a restart waits for close frames, so that what was received is known. */
const RESTART_MS = 500;
const LOOK_MS = 10;

export type Gateway = ReturnType<typeof gateway>;

export function gateway(
  session: RequestHandler,
  online: Online,
  rooms: { handlers: RoomHandlers; gone(connection: GatewayConnection): Promise<void> },
  connections: Connections,
  site: Site,
  times: GatewayTimes = {},
) {
  const { services, log, draining } = site;
  const { direct, presence, tokens, nodes } = services;
  const { heartbeat, init, initWithoutCookie, delivered, linger } = { ...TIMES, ...times };
  const onError = (error: unknown) => log.error({ err: error }, 'a raw connection failed');
  const delivery = new Delivery({ online, noteReceived: (...received) => direct.noteDelivered(...received), onError });
  const handlers = frameHandlers(delivery, online, rooms.handlers, site);

  const encode = encoderBelow(site.config.base);

  function attend({ ws, address, cookie }: Upgraded): void {
    const connection = new GatewayConnection(ws, { address, cookie, direct, encode, lingerMs: linger });
    delivery.all.add(connection);
    const tooLate = () => !connection.isReady && connection.close(CLOSE.noAuth, 'no init');
    const deadline = setTimeout(tooLate, cookie ? init : initWithoutCookie).unref();
    const reader = readFrames(connection, handlers, site);
    ws.on('pong', () => delivery.note(connection));
    ws.on('close', () => {
      clearTimeout(deadline);
      void reader
        .settled()
        .then(() => leave(connection))
        .catch(onError);
    });
  }

  async function leave(connection: GatewayConnection): Promise<void> {
    delivery.remove(connection);
    const { identity, id } = connection;
    if (!identity) return;
    online.went(identity.visitor.id, id);
    await rooms.gone(connection);
    delivery.note(connection);
    if (!draining()) await presence.release(identity.visitor.id, { node: nodes.id, socket: id }); // else services.stop() does it
  }

  const stopHeartbeat = startHeartbeat(delivery, { beatMs: heartbeat, noteMs: delivered, tokens, onError });
  const { upgrade, close } = upgrader(session, connections, site, attend);

  return {
    /** What tells connections of domain events. */
    delivery,

    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      upgrade(request, socket, head).catch((error: unknown) => {
        onError(error);
        socket.destroy();
      });
    },

    /** Cut off whom the operator keeps out of the site. */
    closeBanned(): void {
      for (const connection of delivery.all)
        if (services.siteBans.secondsLeft(connection.identity?.visitor.id ?? null, connection.address) > 0)
          connection.close(CLOSE.forbidden, 'site_banned');
    },

    async close(): Promise<void> {
      stopHeartbeat();
      for (const connection of delivery.all) connection.close(CLOSE.restart, 'restart');
      const end = performance.now() + Math.min(linger, RESTART_MS);
      while (delivery.all.size > 0 && performance.now() < end)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      await delivery.writeNotes();
      close();
    },
  };
}
