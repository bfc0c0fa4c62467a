/**
 * What a host does, who knocks, and the votes in polls -> `/chat`. Each node is told what changed, reads it and tells its own sockets,
 * so that of two changes on two nodes everybody hears the newer one last.
 */
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { DomainEvents } from '../../services/site/events.js';
import { rolesOf } from '../../schemas/rooms/room.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import type { Feed } from '../sockets/feed.js';
import { personRoom } from '../sockets/names.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';
import { chatRoom } from './names.js';

/** Milliseconds between two tellings of votes: a class of fifty that votes at once is told of twice a second. */
const POLL_MS = 500;
const ROOM_MS = 50;
const REPORTS_MS = 250;

/** Events that name the room they are about. */
type RoomEvent = {
  [Name in keyof DomainEvents]: DomainEvents[Name] extends [{ room: string }] ? Name : never;
}[keyof DomainEvents];

export function broadcastTalk(
  chat: NamespaceOf<'/chat'>,
  feed: Feed<MessageView>,
  peers: Peers,
  { services: { polls, rooms, hands, knocks, reports }, log }: Site,
): Broadcast {
  const onError = (error: unknown) => log.warn({ err: error }, 'a change in a room was not broadcast');
  const stops: (() => void)[] = [];

  /** Tell at most every `ms` milliseconds of what an event is about, by the keys that `keyOf` makes. */
  function on<Name extends RoomEvent>(
    name: Name,
    ms: number,
    keyOf: (about: DomainEvents[Name][0]) => string,
    tell: (key: string) => Promise<void>,
  ): void {
    const told = coalesce<string>(
      ms,
      async (keys) => {
        const ends = await Promise.allSettled(keys.map(tell));
        for (const end of ends) if (end.status === 'rejected') onError(end.reason);
      },
      onError,
    );
    stops.push(told.stop);
    const changed = (about: DomainEvents[Name][0]) => {
      if (chat.adapter.rooms.has(chatRoom(about.room))) told.changed(keyOf(about));
    };
    peers.on(name, changed);
  }

  /** To this node's sockets in a room, after the messages that were posted before. */
  const to = (room: string) => {
    feed.flush(room);
    return chat.local.to(chatRoom(room));
  };

  on(
    'poll.changed',
    POLL_MS,
    (about) => `${about.room} ${about.chat}`,
    async (key) => {
      const view = await polls.view(...(key.split(' ') as [string, string]));
      if (view) to(view.room).emit('chatChanged', view);
    },
  );
  on(
    'room.set',
    ROOM_MS,
    ({ room }) => room,
    async (room) => {
      const view = await rooms.memberView(room).catch(() => null);
      if (view) to(room).emit('room', view);
    },
  );

  on(
    'hands.changed',
    ROOM_MS,
    ({ room }) => room,
    async (room) => void to(room).emit('hands', await hands.list(room)),
  );

  /** To this node's sockets in a room of those in charge there. */
  async function tellKnocks(id: string): Promise<void> {
    const room = await rooms.find(id).catch(() => null);
    if (!room) return;
    const people = room.approval ? await knocks.list(id) : [];
    for (const visitor of Object.keys(rolesOf(room)))
      for (const socket of chat.adapter.rooms.get(personRoom(visitor)) ?? [])
        if (chat.adapter.sids.get(socket)?.has(chatRoom(id))) chat.sockets.get(socket)?.emit('knocks', people);
  }
  // Whoever comes into office has to know who waits.
  for (const name of ['knocks.changed', 'room.roles'] as const) on(name, ROOM_MS, ({ room }) => room, tellKnocks);
  on(
    'reports.changed',
    REPORTS_MS,
    ({ room }) => room,
    async (room) => {
      const [{ owner, helpers }, count] = await Promise.all([rooms.find(room), reports.count(room)]);
      const inCharge = [owner, ...(helpers ?? [])].map(personRoom);
      chat.local.to(inCharge).emit('reports', { room, count });
    },
  );

  return {
    stop() {
      for (const stop of stops) stop();
    },
  };
}
