/** What the operator decides, on every node: announcements reach all pages, and whom the site keeps out is cut off. */
import type { Connections } from './connections.js';
import type { Broadcast } from './broadcast.js';
import type { NamespaceOf } from './namespaces.js';
import type { Peers } from './peers.js';
import type { Site } from '../site/site.js';

/** Raw connections, which have their own list. */
interface Raw {
  closeBanned(): void;
}

export function broadcastOperator(
  { pulse, connections, raw }: { pulse: NamespaceOf<'/'>; connections: Connections; raw: Raw },
  peers: Peers,
  { services: { events, notices, siteBans }, log }: Pick<Site, 'services' | 'log'>,
): Broadcast {
  const reread = () => {
    Promise.all([notices.load(), siteBans.load()]).catch((error: unknown) =>
      log.warn({ err: error }, 'what the operator decided was not read'),
    );
  };
  const tell = (text: string | null) => pulse.local.emit('announcement', text);
  const cut = () => {
    connections.closeBanned();
    raw.closeBanned();
  };
  peers.on('operator.acted', reread);
  events.on('announcement.changed', tell);
  events.on('site.banned', cut);
  return {
    stop() {
      events.off('announcement.changed', tell);
      events.off('site.banned', cut);
    },
    catchUp: reread,
  };
}
