/** `/lobby`: come in under a name, say something, leave. Everybody connected hears; those with a name may speak. */
import type { Namespace } from 'socket.io';
import { z } from 'zod';
import type { LobbyClientEvents, LobbyServerEvents } from '../../schemas/lobby/contract.js';
import { lobbyJoin, lobbySend } from '../../schemas/lobby/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { addressOf } from '../site/address.js';
import { takeChat } from '../site/allowance.js';
import { handle, type SocketData } from '../site/handle.js';
import type { Site } from '../site/site.js';

export type LobbyNamespace = Namespace<LobbyClientEvents, LobbyServerEvents, Record<string, never>, SocketData>;

export function lobbySocket(namespace: LobbyNamespace, { config, services, log, draining }: Site): void {
  const { lobby, lobbyMessages, limits, nodes } = services;
  const wrapper = { limits, log };

  namespace.on('connection', (socket) => {
    const { visitor, rooms: joined } = socket.data;
    const address = addressOf(socket.request, config.trustProxy);
    const ref = { node: nodes.id, socket: socket.id };
    const tell = async () => {
      const { list, counts } = await lobby.users();
      socket.emit('users', list, counts);
    };
    tell().catch((error: unknown) => log.warn({ err: error }, 'no list of the lobby'));

    handle(
      socket,
      'join',
      lobbyJoin,
      wrapper,
      async ({ name, after }) => {
        const known = await lobby.user(visitor.id);
        // Coming back is said to everybody, so it counts as taking a name does; another tab, or a reload, does not.
        if (known?.name !== name || !known.online) await limits.take('name', visitor.id);
        const user = await lobby.join(visitor, name, ref);
        joined.add('lobby');
        if (socket.disconnected) {
          await lobby.release(visitor.id, ref);
          throw new AppError('unavailable');
        }
        return { user: { id: visitor.id, name: user.name }, ...(await lobbyMessages.missed(after)) };
      },
      (answer) => ({ ...answer, success: answer.ok }),
    );

    handle(socket, 'sendMessage', lobbySend, wrapper, async ({ chat, clientId }) => {
      if (!joined.has('lobby')) throw new AppError('lobby_name_required');
      await takeChat(limits, visitor.id, address);
      return { message: await lobby.post(visitor, chat, clientId) };
    });

    handle(socket, 'leave', z.undefined(), wrapper, async () => {
      joined.delete('lobby');
      await lobby.leave(visitor.id);
      return undefined;
    });

    socket.on('disconnect', () => {
      if (draining()) return; // services.stop() saw to that
      lobby
        .release(visitor.id, ref)
        .catch((error: unknown) => log.error({ err: error }, 'a lobby name was not released'));
    });
  });
}
