/**
 * Whoever has any page of the site open is online for messages: the sockets of a page, in whatever namespaces, come over one
 * connection, and the first of a visitor on it keeps a presence until the last one is gone.
 */
import type { Site } from '../site/site.js';
import type { AnySocket } from './handle.js';

/** The sockets of one visitor on one connection. */
interface Page {
  sockets: number;
  /** Taking and releasing its presence, one after the other. */
  work: Promise<void>;
}

/** @param namespaces those whose sockets count; `/direct` keeps presences of its own. */
export function keepPagePresence(
  namespaces: readonly { on(event: 'connection', listener: (socket: AnySocket) => void): unknown }[],
  { services, log, draining }: Site,
): void {
  const { presence, nodes } = services;
  /** By visitor, of each connection: a program may bring several. */
  const pages = new WeakMap<object, Map<string, Page>>();

  function connected(socket: AnySocket): void {
    const { id } = socket.data.visitor;
    const ofConnection = pages.get(socket.conn) ?? new Map<string, Page>();
    pages.set(socket.conn, ofConnection);
    const ref = { node: nodes.id, socket: `page:${(socket.conn as unknown as { id: string }).id}` };
    const page = ofConnection.get(id) ?? { sockets: 0, work: Promise.resolve() };
    ofConnection.set(id, page);
    const then = (what: string, work: () => Promise<void>) => {
      page.work = page.work.then(work).catch((error: unknown) => log.error({ err: error }, what));
    };
    page.sockets++;
    if (page.sockets === 1) then('somebody did not come online', () => presence.take(id, ref));
    socket.once('disconnect', () => {
      page.sockets--;
      if (page.sockets > 0 || draining()) return; // at the end, services.stop() releases all
      then('somebody did not go offline', async () => {
        if (page.sockets === 0) await presence.release(id, ref);
      });
    });
  }

  for (const namespace of namespaces) namespace.on('connection', connected);
}
