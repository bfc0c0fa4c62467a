/** `/room`: a page of the list that was drawn before its socket was connected asks for what changed in between. */
import { listInputs } from '../../schemas/rooms/payloads.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import { handlerFor } from '../sockets/handle.js';
import type { NamespaceOf, SocketOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';
import { type ListChange, ListChanges } from './list-changes.js';

/** Milliseconds between two notes of rooms whose head counts changed: no later than their sockets are told. */
const NOTE_MS = 50;
/** Rooms that one answer tells of; beyond it, loading the list again is cheaper. */
const TOLD_MAX = 100;
/** What events cost (takeWork). */
const COSTS = { catchUp: 2 };

export function listSocket(list: NamespaceOf<'/room'>, peers: Peers, site: Site): Broadcast {
  const { events, clock, listing } = site.services;
  const changes = new ListChanges(clock);
  const note = peers.everywhere('list.changed', (rooms: string[], change: ListChange) => changes.note(rooms, change));
  const updates = coalesce<string>(
    NOTE_MS,
    (rooms) => note(rooms, 'changed'),
    (error) => site.log.warn({ err: error }, 'a change of the list was not noted'),
  );
  events.on('room.opened', ({ _id }) => note([_id], 'opened'));
  events.on('room.changed', updates.changed);
  events.on('room.set', ({ room, listed }) => {
    if (listed !== undefined) note([room], listed ? 'opened' : 'gone');
  });
  events.on('room.closed', ({ room }) => note([room], 'gone'));

  const handle = handlerFor(listInputs, site, {
    costs: COSTS,
    admit: (socket) => Promise.resolve(socket as SocketOf<'/room'>),
  });
  // One for all sockets: ten thousand that look at the list keep no functions of their own.
  const handlers = {
    async catchUp({ since }: { since: number }, socket: SocketOf<'/room'>) {
      const missed = changes.since(since);
      if (!missed || missed.length > TOLD_MAX) return { complete: false };
      if (missed.length === 0) return { complete: true };
      const views = new Map((await listing.some(missed.map(({ room }) => room))).map((view) => [view._id, view]));
      for (const { room, opened, gone } of missed) {
        const view = views.get(room);
        if (view && opened) socket.emit('newRoom', view);
        if (view) socket.emit('updateRoom', view);
        // Of a room that is not listed nothing is told, unless it was taken off the list just now.
        else if (gone) socket.emit('removeRoom', room);
      }
      // What changed again meanwhile may have been told before: then these views came after newer ones.
      return { complete: missed.every((change) => changes.isLatest(change)) };
    },
  };
  list.on('connection', (socket) => handle(socket, handlers));

  return { stop: updates.stop };
}
