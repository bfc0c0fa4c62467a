/** `/direct`: being connected is being online. Read marks and typing; messages themselves are posted over HTTP. */
import type { Namespace } from 'socket.io';
import type { DirectClientEvents, DirectServerEvents } from '../../schemas/direct/contract.js';
import { readMark, typingTo } from '../../schemas/direct/payloads.js';
import type { EventBus } from '../../services/site/events.js';
import { handle, type SocketData } from '../site/handle.js';
import { personRoom, UNFILTERED } from '../site/names.js';
import type { Online } from './online.js';
import type { Site } from '../site/site.js';

/** Milliseconds between two "is typing" of one socket. */
const TYPING_MS = 1_000;

export type DirectNamespace = Namespace<DirectClientEvents, DirectServerEvents, Record<string, never>, SocketData>;

export function directSocket(namespace: DirectNamespace, online: Online, { services, log, draining }: Site): void {
  const { conversations, presence, limits, nodes } = services;
  const events: EventBus = services.events;
  const wrapper = { limits, log };

  namespace.on('connection', (socket) => {
    const { visitor } = socket.data;
    const ref = { node: nodes.id, socket: socket.id };
    let typedAt = -TYPING_MS;

    const arrive = async () => {
      await presence.take(visitor.id, ref);
      if (socket.disconnected) return;
      if (!(await online.came(visitor.id, socket.id))) await socket.join(UNFILTERED);
      socket.emit('getOnlineUsers', await online.of(visitor.id));
    };
    const arrived = arrive().catch((error: unknown) => log.error({ err: error }, 'somebody did not come online'));

    handle(socket, 'read', readMark, wrapper, async ({ with: other, upTo }) => {
      await conversations.read(visitor.id, other, upTo);
      return undefined;
    });

    handle(socket, 'typing', typingTo, wrapper, async ({ to, on }) => {
      if (on && performance.now() - typedAt < TYPING_MS) return undefined;
      if (on) typedAt = performance.now();
      if (await conversations.mayType(visitor.id, to)) events.announce('direct.typing', { from: visitor.id, to, on });
      return undefined;
    });

    socket.on('disconnect', () => {
      void arrived
        .then(() => {
          online.went(visitor.id, socket.id);
          if (draining()) return undefined; // services.stop() saw to that
          return presence.release(visitor.id, ref);
        })
        .catch((error: unknown) => log.error({ err: error }, 'somebody did not go offline'));
    });
    void socket.join(personRoom(visitor.id));
  });
}
