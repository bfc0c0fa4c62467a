/** Domain events of rooms -> emits on `/room` and `/chat`. This file alone decides which of their sockets hear what. */
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import { Feed } from '../sockets/feed.js';
import { personRoom } from '../sockets/names.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Tally } from '../../services/site/tally.js';
import type { Site } from '../site/site.js';
import { Arrivals } from './arrivals.js';
import { chatRoom, roomsOf } from './names.js';
import { exitView, presence } from './presence.js';
import { tellTyping } from './typing.js';

/** Milliseconds between two updates of the list, and for each update of one socket; at most. */
const LIST_MS = { least: 50, anUpdate: 0.04, most: 1_000 } as const;

/** Milliseconds that a removal waits for the other nodes, where one does not answer. */
const LEAVE_MS = 1_000;
/** Milliseconds that erasing everything waits until the other nodes have told what they have stored. */
const TOLD_MS = 5_000;

/** The messages of each room, by its id. @param shared other nodes have sockets in it, too. */
export const roomFeed = (chat: NamespaceOf<'/chat'>, shared: boolean, tally: Tally): Feed<MessageView> =>
  new Feed(
    chat.adapter,
    {
      one: (room, message) => chat.to(room).emit('chat', message),
      many: (room, messages) => chat.to(room).emit('chats', messages),
    },
    shared,
    tally,
  );

export function broadcastRooms(
  list: NamespaceOf<'/room'>,
  chat: NamespaceOf<'/chat'>,
  feed: Feed<MessageView>,
  peers: Peers,
  { services, log }: Site,
): Broadcast {
  const { events, chats, rooms } = services;
  const onError = (error: unknown) => log.warn({ err: error }, 'a room update was not broadcast');

  /** Who looks at the list on another node is not known here. */
  const isListHeard = () => peers.areThere || list.sockets.size > 0;
  /** Rooms that are being read. One that ends meanwhile is told of no more: its removal was. */
  let reading = new Set<string>();
  const updates = coalesce<string>(
    // Each room is an event to each socket: many rooms, or many who look, are told less often (see gathering.ts).
    (told) => Math.min(LIST_MS.most, Math.max(LIST_MS.least, told * list.sockets.size * LIST_MS.anUpdate)),
    async (ids) => {
      if (!isListHeard()) return;
      reading = new Set(ids);
      for (const view of await rooms.views(ids))
        if (view.listed && reading.has(view._id)) list.emit('updateRoom', view);
    },
    onError,
  );
  const typing = tellTyping(chat, onError);
  /** To all who are in a room, after the messages that were posted before. */
  const to = (room: string) => {
    feed.flush(room);
    return chat.to(chatRoom(room));
  };

  const flush = peers.everywhere('room.flush', (room: string) => feed.flush(room));

  const allTold = peers.everywhereDone('room.allTold', TOLD_MS, async (room: string) => {
    await chats.settled(room);
    feed.flush(room);
  });

  const arrivals = new Arrivals((room, came, people) => to(room).emit('join', presence('joined', came, people)));

  events.on('room.opened', (room) => list.emit('newRoom', room));
  events.on('room.changed', updates.changed);
  events.on('room.set', ({ room, listed }) => {
    if (listed === false) {
      reading.delete(room);
      list.emit('removeRoom', room);
    }
    if (listed) void rooms.views([room]).then(([view]) => view && list.emit('newRoom', view), onError);
  });
  events.on('room.roles', ({ room, roles }) => to(room).emit('roles', roles));
  events.on('room.notice', (notice) => to(notice.room).emit('notice', notice));
  events.on('room.erasing', ({ room, waitUntil }) => waitUntil(allTold(room)));
  events.on('room.erased', (erased) => to(erased.room).emit('erased', erased));
  events.on('room.closed', ({ room, reason }) => {
    reading.delete(room);
    arrivals.forget(room);
    to(room).emit('closed', { room, reason });
    chat.in(chatRoom(room)).socketsLeave(roomsOf(room));
    list.emit('removeRoom', room);
  });

  events.on('seat.taken', arrivals.came);
  events.on('seat.freed', (seat) => {
    arrivals.tellNow(seat.room);
    to(seat.room).emit('exit', exitView(seat));
  });
  events.on('seat.left', ({ room, visitor }) => {
    feed.flush(room);
    chat.in(personRoom(visitor)).socketsLeave(roomsOf(room));
  });
  events.on('seat.removed', ({ room, visitor, reason, waitUntil }) => {
    const theirs = chat.in(personRoom(visitor));
    theirs.emit('closed', { room, reason });
    theirs.socketsLeave(roomsOf(room));
    // What waits to be sent together goes to the others now: nothing that was said before is told after the answer.
    flush(room);
    // Every node answers this after all that was asked before, also by other listeners of this event: then nothing of
    // theirs is heard any more, and nothing hears the room.
    const left = Promise.resolve().then(() => theirs.fetchSockets().catch(onError));
    waitUntil(Promise.race([left, wait(LEAVE_MS, undefined, { ref: false })]));
  });
  events.on('knock.answered', ({ room, visitor, isAdmitted }) => {
    chat.in(personRoom(visitor)).emit(isAdmitted ? 'admitted' : 'refused', { room });
  });
  events.on('message.posted', (message) => feed.tell(message.room, message));
  events.on('message.changed', (message) => to(message.room).emit('chatChanged', message));
  events.on('room.typing', typing.changed);

  return {
    stop() {
      for (const each of [updates, arrivals, typing, feed]) each.stop();
    },
  };
}
