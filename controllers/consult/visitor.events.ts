/** `/consult`: what a visitor may send, and both sides: start, resume, write, type, end. */
import { sessionView } from '../../schemas/consult/case.js';
import type { ConsultantView } from '../../schemas/consult/contract.js';
import { consultInputs } from '../../schemas/consult/payloads.js';
import type { Actor } from '../../services/consult/cases.js';
import { person } from '../../services/people/visitors.js';
import { takeChat } from '../site/allowance.js';
import { handlerFor } from '../sockets/handle.js';
import type { SocketOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { typingPace } from '../sockets/typing.js';
import { seqRead } from './cursor.js';
import { consultConsultant, consultVisitor } from './names.js';
import { starting } from './starting.js';

/** What events cost (takeWork), beside what their answers bring along. */
const COSTS = { 'start-consult': 6, 'resume-consult': 4, 'send-message': 3, 'end-consult': 3, 'consult-typing': 2 };

/** @returns what registers the handlers of one socket. `role`: as which consultant it came, if as one. */
export function visitorEvents(site: Site): (socket: SocketOf<'/consult'>, role: ConsultantView | null) => void {
  const { services } = site;
  const { cases, consult, consultMessages, consultQueue, deskSessions, limits } = services;
  const start = starting(site);
  const handle = handlerFor(consultInputs, site, { costs: COSTS });

  return (socket, role) => {
    const { visitor, address } = socket.data;
    const mayTell = typingPace();

    /** As whom a socket that came as a consultant's acts on a case: as the consultant who has it, else as the visitor. */
    async function actorFor(id: string): Promise<{ actor: Actor; consultant: ConsultantView | null }> {
      const asVisitor = { actor: { visitor: visitor.id }, consultant: null };
      if (!role) return asVisitor;
      const consultant = await deskSessions.of(socket.data.session, true);
      if (!consultant) return asVisitor;
      const found = await cases.peek(id);
      const own = found?.visitor === visitor.id && found.consultant?.id !== consultant.id;
      return own ? asVisitor : { actor: { consultant: consultant.id }, consultant };
    }

    handle(socket, {
      async 'start-consult'(topic) {
        const { found, code } = await start(visitor, address, topic);
        const sessionId = String(found._id);
        // Of a new one every page of this browser hears by its announcement.
        if (code === null) socket.nsp.to(consultVisitor(visitor.id)).emit('session-created', sessionId);
        const queue = await consultQueue.positionOf(found);
        if (queue) socket.emit('queue', queue);
        return { sessionId, code };
      },

      async 'resume-consult'({ sessionId, ...range }) {
        const found = await cases.latest(visitor.id);
        if (!found) return { session: null, messages: [], more: false, older: false, queue: null };
        const id = String(found._id);
        const asked = sessionId === undefined || sessionId === id ? range : {};
        const [page, queue] = await Promise.all([consultMessages.page(id, asked), consultQueue.positionOf(found)]);
        return { session: { ...sessionView(found), seq: seqRead(found, page, asked) }, ...page, queue };
      },

      async 'send-message'({ sessionId, message, clientId }) {
        const { actor, consultant } = await actorFor(sessionId);
        const author = consultant ?? person(visitor);
        await takeChat(limits, author.id, address);
        return { message: await consultMessages.post({ id: sessionId, actor, author, text: message, clientId }) };
      },

      async 'end-consult'(id) {
        const { actor } = await actorFor(id);
        await consult.end(id, actor);
      },

      async 'consult-typing'({ sessionId, on }) {
        if (!mayTell(on)) return;
        const { actor } = await actorFor(sessionId);
        const found = await cases.find(sessionId, actor);
        const other =
          'visitor' in actor
            ? found.consultant && consultConsultant(found.consultant.id)
            : consultVisitor(found.visitor);
        if (other && found.state === 'taken') socket.volatile.to(other).emit('consult-typing', { sessionId, on });
      },
    });
  };
}
