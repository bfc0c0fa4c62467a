/** `/lobby`: come in under a name, say something, leave. Everybody connected hears; those with a name may speak. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { lobbyInputs } from '../../schemas/lobby/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { SharedReads } from '../../services/work/shared-reads.js';
import { takeChat } from '../site/allowance.js';
import type { Feed } from '../sockets/feed.js';
import { handlerFor } from '../sockets/handle.js';
import { readBatch } from '../sockets/handshake.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { LOBBY } from './names.js';

/** What events cost (takeWork), beside what a join brings along. */
const COSTS = { join: 6, sendMessage: 2, leave: 3 };

export function lobbySocket(namespace: NamespaceOf<'/lobby'>, feed: Feed<LobbyMessageView>, site: Site): void {
  const { services, log, draining } = site;
  const { lobby, lobbyMessages, limits, nodes } = services;
  /** Many may come at once, and all are told the same. */
  const reads = new SharedReads();
  const handle = handlerFor(lobbyInputs, site, { costs: COSTS });

  namespace.use(readBatch);

  namespace.on('connection', (socket) => {
    const { visitor, address } = socket.data;
    void feed.join(socket, LOBBY, socket.data.batch === true);
    /** This socket came in under a name. */
    let isIn = false;
    const ref = { node: nodes.id, socket: socket.id };
    const tell = async () => {
      const { list, counts } = await reads.read('users', () => lobby.users());
      socket.emit('users', list, counts);
    };
    tell().catch((error: unknown) => log.warn({ err: error }, 'no list of the lobby'));

    handle(socket, {
      async join({ name, after, rev, batch }) {
        const known = await lobby.user(visitor.id);
        // Coming back is said to everybody, so it counts as taking a name does; another tab, or a reload, does not.
        if (known?.name !== name || !known.online) await limits.take('name', visitor.id);
        const user = await lobby.join(visitor, name, ref);
        isIn = true;
        if (socket.disconnected) {
          await lobby.release(visitor.id, ref);
          throw new AppError('unavailable');
        }
        if (batch !== undefined) await feed.join(socket, LOBBY, batch);
        return {
          success: true,
          user: { id: visitor.id, name: user.name },
          ...(await lobbyMessages.missed(visitor.id, after)),
          ...(await lobbyMessages.changedSince(visitor.id, rev)),
        };
      },

      async sendMessage({ chat, clientId, replyTo }) {
        if (!isIn) throw new AppError('lobby_name_required');
        await takeChat(limits, visitor.id, address);
        return { message: await lobby.post(visitor, chat, clientId, replyTo) };
      },

      async leave() {
        isIn = false;
        await lobby.leave(visitor.id);
      },
    });

    socket.on('disconnect', () => {
      if (draining()) return; // services.stop() releases it
      lobby
        .release(visitor.id, ref)
        .catch((error: unknown) => log.error({ err: error }, 'a lobby name was not released'));
    });
  });
}
