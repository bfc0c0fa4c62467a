/** `/lobby`: come in under a name, say something, leave. Everybody connected hears; those with a name may speak. */
import { lobbyInputs } from '../../schemas/lobby/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { handlerFor } from '../site/handle.js';
import type { NamespaceOf } from '../site/namespaces.js';
import type { Site } from '../site/site.js';

/** Missed messages that a join brings along: all that are kept. */
const MISSED_MAX = 500;

export function lobbySocket(namespace: NamespaceOf<'/lobby'>, site: Site): void {
  const { services, log, draining } = site;
  const { lobby, limits, nodes } = services;
  const handle = handlerFor(lobbyInputs, site);

  namespace.on('connection', (socket) => {
    const { visitor } = socket.data;
    /** This socket came in under a name. */
    let isIn = false;
    const ref = { node: nodes.id, socket: socket.id };
    const tell = async () => {
      const { list, counts } = await lobby.users();
      socket.emit('users', list, counts);
    };
    tell().catch((error: unknown) => log.warn({ err: error }, 'no list of the lobby'));

    handle(socket, {
      async join({ name, after }) {
        const known = await lobby.user(visitor.id);
        // Coming back is said to everybody, so it counts as taking a name does; another tab, or a reload, does not.
        if (known?.name !== name || !known.online) await limits.take('name', visitor.id);
        const user = await lobby.join(visitor, name, ref);
        isIn = true;
        if (socket.disconnected) {
          await lobby.release(visitor.id, ref);
          throw new AppError('unavailable');
        }
        const missed = after === undefined ? null : await lobby.page({ after, before: undefined, limit: MISSED_MAX });
        return {
          success: true,
          user: { id: visitor.id, name: user.name },
          seq: missed?.chats.at(-1)?.seq ?? after ?? (await lobby.newest()),
          missed: missed?.chats ?? [],
          more: missed?.more ?? false,
        };
      },

      async sendMessage({ chat, clientId }) {
        if (!isIn) throw new AppError('lobby_name_required');
        await limits.take('chat', visitor.id);
        await limits.take('chat_minute', visitor.id);
        return { message: await lobby.post(visitor, chat, clientId) };
      },

      async leave() {
        isIn = false;
        await lobby.leave(visitor.id);
      },
    });

    socket.on('disconnect', () => {
      if (draining()) return; // services.stop() saw to that
      lobby
        .release(visitor.id, ref)
        .catch((error: unknown) => log.error({ err: error }, 'a lobby name was not released'));
    });
  });
}
