/** Domain events of rooms -> emits on `/room` and `/chat`. This file alone decides which of their sockets hear what. */
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import { personRoom } from '../sockets/names.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { Arrivals } from './arrivals.js';
import { chatRoom } from './names.js';
import { presence } from './presence.js';

/** Milliseconds between two updates of the list. */
const LIST_MS = 50;

export function broadcastRooms(
  list: NamespaceOf<'/room'>,
  chat: NamespaceOf<'/chat'>,
  { services, log }: Site,
): Broadcast {
  const { events, rooms } = services;
  const onError = (error: unknown) => log.warn({ err: error }, 'a room update was not broadcast');

  /** Rooms that are being read. One that ends meanwhile is told of no more: its removal was. */
  let reading = new Set<string>();
  const updates = coalesce<string>(
    LIST_MS,
    async (ids) => {
      reading = new Set(ids);
      const views = await Promise.all(ids.map((id) => rooms.view(id)));
      for (const view of views) if (view && reading.has(view._id)) list.emit('updateRoom', view);
    },
    onError,
  );

  const arrivals = new Arrivals((room, came, people) =>
    chat.to(chatRoom(room)).emit('join', presence('joined', came, people)),
  );

  events.on('room.opened', (room) => list.emit('newRoom', room));
  events.on('room.changed', updates.changed);
  events.on('room.closed', ({ room, reason }) => {
    reading.delete(room);
    arrivals.forget(room);
    chat.to(chatRoom(room)).emit('closed', { room, reason });
    chat.in(chatRoom(room)).socketsLeave(chatRoom(room));
    list.emit('removeRoom', room);
  });

  events.on('seat.taken', arrivals.came);
  events.on('seat.freed', (seat) => {
    arrivals.tellNow(seat.room);
    chat.to(chatRoom(seat.room)).emit('exit', presence('left', [seat], seat.people));
  });
  events.on('seat.left', ({ room, visitor }) => chat.in(personRoom(visitor)).socketsLeave(chatRoom(room)));
  events.on('message.posted', (message) => chat.to(chatRoom(message.room)).emit('chat', message));

  return {
    stop() {
      updates.stop();
      arrivals.stop();
    },
  };
}
