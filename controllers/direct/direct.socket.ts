/** `/direct`: being connected is being online. Read marks and typing; messages themselves are posted over HTTP. */
import type { DirectView } from '../../schemas/direct/contract.js';
import { directInputs } from '../../schemas/direct/payloads.js';
import type { Feed } from '../sockets/feed.js';
import { handlerFor } from '../sockets/handle.js';
import { readBatch } from '../sockets/handshake.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import { personRoom } from '../sockets/names.js';
import type { Site } from '../site/site.js';
import { typingPace } from '../sockets/typing.js';
import { type Online, UNFILTERED } from './online.js';

export function directSocket(
  namespace: NamespaceOf<'/direct'>,
  feed: Feed<DirectView>,
  online: Online,
  site: Site,
): void {
  const { services, log, draining } = site;
  const { conversations, conversationFlags, presence, nodes, events } = services;
  const handle = handlerFor(directInputs, site, { costs: { read: 2 } });

  namespace.use(readBatch);

  namespace.on('connection', (socket) => {
    const { visitor } = socket.data;
    const ref = { node: nodes.id, socket: socket.id };
    const mayTell = typingPace();

    const arrive = async () => {
      await presence.take(visitor.id, ref);
      if (socket.disconnected) return;
      if (!(await online.came(visitor.id, socket.id))) await socket.join(UNFILTERED);
      socket.emit('getOnlineUsers', await online.of(visitor.id));
    };
    const arrived = arrive().catch((error: unknown) => log.error({ err: error }, 'somebody did not come online'));

    handle(socket, {
      async read({ with: other, upTo }) {
        await conversations.read(visitor.id, other, upTo);
      },
      async typing({ to, on }) {
        if (!mayTell(on)) return;
        if (await conversationFlags.mayType(visitor.id, to))
          events.announce('direct.typing', { from: visitor.id, to, on });
      },
    });

    socket.on('disconnect', () => {
      void arrived
        .then(() => {
          online.went(visitor.id, socket.id);
          if (draining()) return undefined; // services.stop() releases it
          return presence.release(visitor.id, ref);
        })
        .catch((error: unknown) => log.error({ err: error }, 'somebody did not go offline'));
    });
    void socket.join(personRoom(visitor.id));
    void feed.join(socket, visitor.id, socket.data.batch === true);
  });
}
