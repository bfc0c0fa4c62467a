/**
 * `/consult`: who comes in as whom. A socket is a consultant's if its session is signed in at the desk, unless its page
 * says that it is a visitor's (`auth: { as: 'visitor' }`): one browser may have both open. What visitors may send is
 * handled in visitor.events.ts, what only consultants may in desk.events.ts.
 */
import type { ConsultantView } from '../../schemas/consult/contract.js';
import type { NamespaceOf, SocketOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { deskEvents } from './desk.events.js';
import { consultConsultant, consultVisitor, DESK } from './names.js';
import { hasPage, noteGone, trackPresence } from './presence.js';
import { visitorEvents } from './visitor.events.js';

export function consultSocket(namespace: NamespaceOf<'/consult'>, site: Site): void {
  const { log } = site;
  const { consultVisitors, deskSessions, events } = site.services;
  /** As whom a socket of the desk came; the right itself is asked for at each use. */
  const cameAs = new WeakMap<SocketOf<'/consult'>, ConsultantView>();
  const visitorHandlers = visitorEvents(site);
  const deskHandlers = deskEvents(site, cameAs);

  namespace.use((socket, next) => {
    const enter = async () => {
      const asVisitor = (socket.handshake.auth as Record<string, unknown>)['as'] === 'visitor';
      const consultant = asVisitor ? null : await deskSessions.of(socket.data.session);
      await socket.join(consultVisitor(socket.data.visitor.id));
      if (!consultant) return;
      await socket.join([DESK, consultConsultant(consultant.id)]);
      cameAs.set(socket, consultant);
    };
    enter().then(
      () => next(),
      (error: unknown) => {
        log.error({ err: error }, 'a socket was not let in');
        next(new Error('unavailable'));
      },
    );
  });

  // A node died, and the visitor's latest socket with it: there may be another page, on a node that lives.
  const look = async (visitor: string) => {
    if (await hasPage(namespace, visitor)) await consultVisitors.setHere(visitor, true);
  };
  events.on('consult.left', ({ visitor }) => {
    look(visitor).catch((error: unknown) => log.error({ err: error }, 'the presence of a visitor was not noted'));
  });

  // Until then a visitor without scripts was here; one with scripts still is.
  events.on('consult.lapsed', ({ visitor }) => {
    noteGone(namespace, visitor, site).catch((error: unknown) =>
      log.error({ err: error }, 'the end of a stay was not noted'),
    );
  });

  namespace.on('connection', (socket) => {
    const consultant = cameAs.get(socket) ?? null;
    visitorHandlers(socket, consultant);
    deskHandlers(socket);
    trackPresence(namespace, socket, consultant, site);
  });
}
