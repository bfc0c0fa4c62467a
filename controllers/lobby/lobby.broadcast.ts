/** Domain events of the lobby -> emits on `/lobby`. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce, PEOPLE_LIST_MS } from '../sockets/coalesce.js';
import { Feed } from '../sockets/feed.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Tally } from '../../services/site/tally.js';
import type { Site } from '../site/site.js';
import { LOBBY } from './names.js';

/** What is said in the lobby. @param shared other nodes have sockets in it, too. */
export const lobbyFeed = (lobby: NamespaceOf<'/lobby'>, shared: boolean, tally: Tally): Feed<LobbyMessageView> =>
  new Feed(
    lobby.adapter,
    {
      one: (room, message) => lobby.to(room).emit('message', message),
      many: (room, messages) => lobby.to(room).emit('messages', messages),
    },
    shared,
    tally,
  );

export function broadcastLobby(
  lobby: NamespaceOf<'/lobby'>,
  feed: Feed<LobbyMessageView>,
  peers: Peers,
  { services, log }: Site,
): Broadcast {
  const { events } = services;

  const users = coalesce(
    PEOPLE_LIST_MS,
    async () => {
      const { list, counts } = await services.lobby.users();
      lobby.local.emit('users', list, counts);
    },
    (error) => log.warn({ err: error }, 'the list of the lobby was not broadcast'),
  );

  events.on('lobby.posted', (message) => feed.tell(LOBBY, message));
  events.on('lobby.messageChanged', (message) => {
    feed.flush(LOBBY);
    lobby.emit('messageChanged', message);
  });
  peers.on('lobby.changed', users.changed);

  return {
    stop() {
      users.stop();
      feed.stop();
    },
    catchUp: users.changed,
  };
}
