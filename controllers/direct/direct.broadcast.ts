/**
 * Domain events of direct messages -> emits on `/direct`, frames of the raw gateway, and unread counts on `/`. Each node
 * tells its own sockets and connections (controllers/sockets/peers.ts).
 */
import type { DirectView } from '../../schemas/direct/contract.js';
import type { DomainEvents } from '../../services/site/events.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce, PEOPLE_LIST_MS } from '../sockets/coalesce.js';
import { Feed } from '../sockets/feed.js';
import { personRoom } from '../sockets/names.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Tally } from '../../services/site/tally.js';
import type { Site } from '../site/site.js';
import type { Delivery } from './gateway/delivery.js';
import { type Online, UNFILTERED } from './online.js';

/** Milliseconds between two tellings of unread counts. */
const UNREAD_MS = 300;

interface Hearers {
  pulse: NamespaceOf<'/'>;
  direct: NamespaceOf<'/direct'>;
  /** The messages of each visitor. */
  feed: Feed<DirectView>;
  /** Connections of the raw gateway. */
  gateway: Delivery;
  online: Online;
}

/** The messages of each visitor, sent and received, by the visitor's id: each node tells its own sockets. */
export const directFeed = (direct: NamespaceOf<'/direct'>, tally: Tally): Feed<DirectView> =>
  new Feed(
    direct.adapter,
    {
      one: (room, message) => direct.local.to(room).emit('newMessage', message),
      many: (room, messages) => direct.local.to(room).emit('newMessages', messages),
    },
    false,
    tally,
  );

export function broadcastDirect(
  { pulse, direct, feed, gateway, online }: Hearers,
  peers: Peers,
  site: Site,
): Broadcast {
  const { inbox } = site.services;
  const onError = (error: unknown) => site.log.warn({ err: error }, 'a change of direct messages was not broadcast');

  const list = coalesce(
    PEOPLE_LIST_MS,
    async () => {
      const ids = await online.all(true);
      direct.local.to(UNFILTERED).emit('getOnlineUsers', ids);
      for (const visitor of online.hidden.keys()) {
        direct.local.to(personRoom(visitor)).emit('getOnlineUsers', online.without(ids, visitor));
      }
      gateway.online(ids);
    },
    onError,
  );

  const unread = coalesce<string>(
    UNREAD_MS,
    async (visitors) => {
      for (const visitor of visitors) {
        if (!pulse.adapter.rooms.has(personRoom(visitor))) continue;
        pulse.local.to(personRoom(visitor)).emit('unread', await inbox.unread(visitor));
      }
    },
    onError,
  );

  /** A block or its end: the other finds them gone, or there again, at once. */
  async function hide({ by, with: other }: DomainEvents['direct.changed'][0]): Promise<void> {
    const sockets = direct.local.in(personRoom(other));
    if (await online.look(other)) sockets.socketsLeave(UNFILTERED);
    else sockets.socketsJoin(UNFILTERED);
    direct.local.to(personRoom(other)).emit('changed', { with: by });
    unread.changed(other);
    list.changed();
  }

  peers.on('direct.sent', (message, mail) => {
    const { senderId, receiverId } = message;
    for (const visitor of [senderId, receiverId]) feed.tell(visitor, message);
    gateway.sent(message, mail);
    unread.changed(receiverId);
  });

  peers.on('direct.messageChanged', (message, hears) => {
    for (const visitor of hears) feed.flush(visitor);
    direct.local.to(hears.map(personRoom)).emit('messageChanged', message);
    unread.changed(message.receiverId);
  });

  peers.on('direct.read', ({ quiet, ...mark }) => {
    const hears = quiet ? [mark.by] : [mark.by, mark.with];
    direct.local.to(hears.map(personRoom)).emit('read', mark);
    gateway.tell(hears, { type: 'read', ...mark });
    unread.changed(mark.by);
  });

  peers.on('direct.typing', ({ from, to, on }) => {
    direct.local.volatile.to(personRoom(to)).emit('typing', { from, on });
    gateway.tell([to], { type: 'typing', from, on });
  });

  peers.on('direct.changed', (change) => {
    direct.local.to(personRoom(change.by)).emit('changed', { with: change.with });
    unread.changed(change.by);
    if (change.blocked !== undefined) void hide(change).catch(onError);
  });

  peers.on('presence.changed', list.changed);

  return {
    stop() {
      for (const each of [list, unread, feed]) each.stop();
    },
    catchUp() {
      list.changed();
      gateway.catchUp();
    },
  };
}
