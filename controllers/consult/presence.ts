/** Sockets of the desk's namespace as presence: a consultant without one is away, a visitor without one reads on return. */
import type { ConsultantView } from '../../schemas/consult/contract.js';
import type { NamespaceOf, SocketOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { consultVisitor } from './names.js';

/** Whether a visitor has a page open, here or on another node; while Redis is away, here. */
export async function hasPage(namespace: NamespaceOf<'/consult'>, visitor: string): Promise<boolean> {
  const room = consultVisitor(visitor);
  if (namespace.adapter.rooms.has(room)) return true;
  const sockets = await namespace
    .in(room)
    .fetchSockets()
    .catch(() => []);
  return sockets.length > 0;
}

/** Note that a visitor is away, unless they have a page open. */
export async function noteGone(namespace: NamespaceOf<'/consult'>, visitor: string, { services }: Site): Promise<void> {
  const { consultVisitors } = services;
  if (await hasPage(namespace, visitor)) return;
  await consultVisitors.setHere(visitor, false);
  // The next page may have come while that was written.
  if (await hasPage(namespace, visitor)) await consultVisitors.setHere(visitor, true);
}

/** Note that a socket came, and when it goes that it went. @param consultant as whom it came; null: as a visitor. */
export function trackPresence(
  namespace: NamespaceOf<'/consult'>,
  socket: SocketOf<'/consult'>,
  consultant: ConsultantView | null,
  site: Site,
): void {
  const { services, log } = site;
  const { consultVisitors, consultants, nodes } = services;
  const { visitor } = socket.data;
  const ref = { node: nodes.id, socket: socket.id };
  const note = (work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ err: error }, 'the presence of a socket was not noted'));

  const come = async () => {
    if (!consultant) await consultVisitors.setHere(visitor.id, true);
    // Signed out after the right was asked for and before there was a socket to close: it hears no more.
    else if (!(await consultants.socketOpened(consultant.id, socket.data.session, ref))) socket.disconnect(true);
  };
  const came = come();
  note(came);

  // How long a consultant's connection was silent before it was given up counts as time away.
  let heardAt = performance.now();
  const { conn } = socket;
  const hear = () => (heardAt = performance.now());
  if (consultant) conn.on('packet', hear);

  socket.on('disconnect', (reason) => {
    // Other namespaces may go on over the same connection.
    conn.off('packet', hear);
    const silentMs = reason === 'ping timeout' ? performance.now() - heardAt : 0;
    const leave = async () => {
      await came.catch(() => undefined);
      if (consultant) await consultants.socketLost(consultant.id, ref, silentMs);
      else await noteGone(namespace, visitor.id, site);
    };
    note(leave());
  });
}
