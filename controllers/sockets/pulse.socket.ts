/** `/`: the site's pulse. Rooms and people every three seconds, and an answer that lets a page measure the round trip. */
import { pulseInputs } from '../../schemas/site/payloads.js';
import { SharedReads } from '../../services/work/shared-reads.js';
import { handlerFor } from './handle.js';
import type { NamespaceOf } from './namespaces.js';
import { personRoom } from './names.js';
import type { Site } from '../site/site.js';

const NEWS_MS = 3_000;

/** @returns what stops it. */
export function pulseSocket(namespace: NamespaceOf<'/'>, site: Site): () => void {
  const { services, log } = site;
  const { rooms, clock, inbox, notices } = services;
  const handle = handlerFor(pulseInputs, site);
  /** Many may come at once, and all are told the same. */
  const reads = new SharedReads();

  namespace.on('connection', (socket) => {
    const { id } = socket.data.visitor;
    void socket.join(personRoom(id));
    // A page that was away missed what changed meanwhile.
    const count = async () => socket.emit('unread', await inbox.unread(id));
    count().catch((error: unknown) => log.warn({ err: error }, 'no count of the unread'));
    const tell = async () => socket.emit('news', await reads.read('pulse', () => rooms.pulse()));
    tell().catch((error: unknown) => log.warn({ err: error }, 'no pulse'));
    socket.emit('announcement', notices.announcement);
    handle(socket, { reply: () => ({ at: clock.date().toISOString() }) });
  });

  const timer = setInterval(() => {
    if (namespace.sockets.size === 0) return;
    const tell = async () => namespace.local.volatile.emit('news', await rooms.pulse());
    tell().catch((error: unknown) => log.warn({ err: error }, 'no pulse'));
  }, NEWS_MS).unref();
  return () => clearInterval(timer);
}
