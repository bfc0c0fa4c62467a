/** Domain events of the lobby -> emits on `/lobby`. */
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce, PEOPLE_LIST_MS } from '../sockets/coalesce.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';

export function broadcastLobby(lobby: NamespaceOf<'/lobby'>, peers: Peers, { services, log }: Site): Broadcast {
  const { events } = services;

  const users = coalesce(
    PEOPLE_LIST_MS,
    async () => {
      const { list, counts } = await services.lobby.users();
      lobby.local.emit('users', list, counts);
    },
    (error) => log.warn({ err: error }, 'the list of the lobby was not broadcast'),
  );

  events.on('lobby.posted', (message) => lobby.emit('message', message));
  peers.on('lobby.changed', users.changed);

  return { stop: users.stop, catchUp: users.changed };
}
