/**
 * `/`: the site's pulse. Rooms and people when they change and every three seconds, and an answer that lets a page measure
 * the round trip.
 */
import { pulseInputs } from '../../schemas/site/payloads.js';
import { SharedReads } from '../../services/work/shared-reads.js';
import { coalesce } from './coalesce.js';
import { handlerFor } from './handle.js';
import type { NamespaceOf } from './namespaces.js';
import { personRoom } from './names.js';
import type { Site } from '../site/site.js';

const NEWS_MS = 3_000;
/**
 * Milliseconds between two tellings of changes: a quarter of a second, or six for each socket, so that constant changes
 * cost no more messages than 500 sockets that hear of it every three seconds, and these cost what they did without.
 */
const REST = { least: 250, aSocket: 6 } as const;

/** What changes the figures. Changes on other nodes are told with the next three seconds. */
const CHANGES = ['room.opened', 'room.gone', 'seat.taken', 'seat.freed'] as const;

/** @returns what stops it. */
export function pulseSocket(namespace: NamespaceOf<'/'>, site: Site): () => void {
  const { services, log } = site;
  const { events, rooms, clock, inbox, notices } = services;
  const handle = handlerFor(pulseInputs, site);
  const onError = (error: unknown) => log.warn({ err: error }, 'no pulse');
  /** Many may come at once, and all are told the same. */
  const reads = new SharedReads();

  namespace.on('connection', (socket) => {
    const { id } = socket.data.visitor;
    void socket.join(personRoom(id));
    // A page that was away missed what changed meanwhile.
    const count = async () => socket.emit('unread', await inbox.unread(id));
    count().catch((error: unknown) => log.warn({ err: error }, 'no count of the unread'));
    const tell = async () => socket.emit('news', await reads.read('pulse', () => rooms.pulse()));
    tell().catch(onError);
    socket.emit('announcement', notices.announcement);
    handle(socket, { reply: () => ({ at: clock.date().toISOString() }) });
  });

  const news = coalesce(
    () => Math.min(NEWS_MS, Math.max(REST.least, namespace.sockets.size * REST.aSocket)),
    async () => {
      if (namespace.sockets.size > 0) namespace.local.volatile.emit('news', await rooms.pulse());
    },
    onError,
  );
  const changed = () => news.changed();
  for (const change of CHANGES) events.on(change, changed);
  const timer = setInterval(changed, NEWS_MS).unref();
  return () => {
    clearInterval(timer);
    for (const change of CHANGES) events.off(change, changed);
    news.stop();
  };
}
