/** Facts -> emits. This file alone decides which sockets hear what happened. */
import type { CloseReason, PresenceView, RoomServerEvents } from '../../schemas/rooms/contract.js';
import type { DomainEvents } from '../../services/site/events.js';
import { translator } from '../../services/site/locales.js';
import type { Namespace } from 'socket.io';
import type { ChatNamespace } from './chat.socket.js';
import type { SocketData } from '../site/handle.js';
import { chatRoom, personRoom } from '../site/names.js';
import type { Site } from '../site/site.js';

/** Changes of one room within this time reach the list as one. */
const COALESCE_MS = 50;

export type RoomNamespace = Namespace<Record<string, never>, RoomServerEvents, Record<string, never>, SocketData>;

/** @returns what stops it. */
export function broadcast(list: RoomNamespace, chat: ChatNamespace, { services, log }: Site): () => void {
  const { events, rooms } = services;
  const changed = new Map<string, NodeJS.Timeout>();

  events.on('room.opened', (room) => list.emit('newRoom', room));

  events.on('room.changed', (id) => {
    if (changed.has(id)) return;
    const tell = async () => {
      changed.delete(id);
      const room = await rooms.view(id);
      if (room) list.emit('updateRoom', room);
    };
    const later = () => void tell().catch((error: unknown) => log.warn({ err: error }, 'a room changed unheard'));
    changed.set(id, setTimeout(later, COALESCE_MS));
  });

  events.on('room.closed', ({ room, reason }: { room: string; reason: CloseReason }) => {
    clearTimeout(changed.get(room));
    changed.delete(room);
    chat.to(chatRoom(room)).emit('closed', { room, reason });
    chat.in(chatRoom(room)).socketsLeave(chatRoom(room));
    list.emit('removeRoom', room);
  });

  events.on('seat.taken', (seat) => chat.to(chatRoom(seat.room)).emit('join', presence('joined', seat)));
  events.on('seat.freed', (seat) => chat.to(chatRoom(seat.room)).emit('exit', presence('left', seat)));
  events.on('seat.left', ({ room, visitor }) => chat.in(personRoom(visitor)).socketsLeave(chatRoom(room)));
  events.on('message.posted', (message) => chat.to(chatRoom(message.room)).emit('chat', message));

  return () => {
    for (const timer of changed.values()) clearTimeout(timer);
  };
}

function presence(key: 'joined' | 'left', { who, people, lang }: DomainEvents['seat.taken'][0]): PresenceView {
  const chat = translator(lang === 'ko' ? 'ko' : 'en')(`chat.${key}`, { names: who.name });
  return { user: 'system', chat, who, people };
}
