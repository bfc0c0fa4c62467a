/** Votes -> `chatChanged` on `/chat`: each node is told which poll changed, and reads it for its own sockets. */
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import type { Feed } from '../sockets/feed.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';
import { chatRoom } from './names.js';

/** Milliseconds between two tellings of votes: a class of fifty that votes at once is told of twice a second. */
const POLL_MS = 500;

export function broadcastPolls(
  chat: NamespaceOf<'/chat'>,
  feed: Feed<MessageView>,
  peers: Peers,
  { services: { polls }, log }: Site,
): Broadcast {
  const told = coalesce<string>(
    POLL_MS,
    async (keys) => {
      const views = await Promise.all(keys.map((key) => polls.view(...(key.split(' ') as [string, string]))));
      for (const view of views) {
        if (!view) continue;
        feed.flush(view.room);
        chat.local.to(chatRoom(view.room)).emit('chatChanged', view);
      }
    },
    (error) => log.warn({ err: error }, 'a poll was not broadcast'),
  );
  peers.on('poll.changed', ({ room, chat: id }) => {
    if (chat.adapter.rooms.has(chatRoom(room))) told.changed(`${room} ${id}`);
  });
  return { stop: told.stop };
}
