/**
 * `/consult`: what only consultants may send. The right is asked for again at every event, before its payload is looked
 * at: to everybody else each of these is `forbidden`, whatever came with it.
 */
import { type Case, deskSessionView } from '../../schemas/consult/case.js';
import type { ConsultantView, ConsultDeskEvents } from '../../schemas/consult/contract.js';
import { deskInputs } from '../../schemas/consult/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { type AnySocket, handlerFor } from '../sockets/handle.js';
import type { SocketOf } from '../sockets/namespaces.js';
import type { Site } from '../site/site.js';
import { type Range, seqRead } from './cursor.js';

/** What a desk page asks by itself: no user activity, so none of these keeps a sign-in from going idle. */
const BY_ITSELF = new Set<keyof ConsultDeskEvents>([
  'get-waiting-sessions',
  'resume-desk',
  'open-consult',
  'list-ended',
]);
const DAY_MS = 86_400_000;
/** What events cost (takeWork), beside what their answers bring along; asking for the right is part of it. */
const COSTS = {
  ...{ 'get-waiting-sessions': 3, 'resume-desk': 6, 'open-consult': 4, 'consultant-join': 4, 'list-ended': 4 },
  ...{ 'return-consult': 3, 'transfer-consult': 3, 'add-note': 2, 'save-reply': 2, 'remove-reply': 2, 'still-here': 2 },
};

/**
 * @param cameAs as which consultant a socket came in.
 * @returns what registers the handlers of one socket.
 */
export function deskEvents(
  site: Site,
  cameAs: WeakMap<object, ConsultantView>,
): (socket: SocketOf<'/consult'>) => void {
  const { cases, consult, consultMessages, consultNotes, consultQueue, consultants } = site.services;
  const { cannedReplies, clock, desk, deskSessions, nodes } = site.services;

  const admit = async (socket: AnySocket, event: keyof ConsultDeskEvents) => {
    const consultant = cameAs.has(socket) && (await deskSessions.of(socket.data.session, !BY_ITSELF.has(event)));
    if (!consultant) throw new AppError('forbidden');
    return consultant;
  };
  const handle = handlerFor(deskInputs, site, { costs: COSTS, admit });

  async function opened(found: Case, range?: Range) {
    const id = String(found._id);
    const [page, notes] = await Promise.all([consultMessages.page(id, range), consultNotes.latest(id)]);
    return { session: { ...deskSessionView(found), seq: seqRead(found, page, range) }, ...page, notes };
  }

  return (socket) => {
    /** Register this socket again. It may have gone while that was being written: then it is taken back. */
    const register = async (consultant: ConsultantView) => {
      const ref = { node: nodes.id, socket: socket.id };
      await consultants.socketOpened(consultant.id, socket.data.session, ref);
      if (!socket.connected) await consultants.socketLost(consultant.id, ref);
    };

    handle(socket, {
      async 'get-waiting-sessions'() {
        socket.emit('waiting-sessions', await consultQueue.list());
      },

      'consultant-join': async (id, consultant) => opened(await consult.take(id, consultant)),

      'open-consult': async ({ sessionId, ...range }, consultant) =>
        opened(await cases.find(sessionId, { consultant: consultant.id }), range),

      async 'resume-desk'(_nothing, consultant) {
        await register(consultant);
        const [mine, waiting, view, replies] = await Promise.all([
          cases.takenBy(consultant.id),
          consultQueue.list(),
          desk.view(),
          cannedReplies.list(),
        ]);
        return { me: consultant, mine: mine.map(deskSessionView), waiting, desk: view, replies };
      },

      async 'return-consult'(id, consultant) {
        if (!(await consult.giveBack(id, consultant, 'consultant')))
          await cases.refuse(id, { consultant: consultant.id });
      },

      async 'transfer-consult'({ sessionId, to }, consultant) {
        await consult.transfer(sessionId, consultant, await consultants.present(to));
      },

      'add-note': async ({ sessionId, note }, consultant) => ({
        note: await consultNotes.add(sessionId, consultant, note),
      }),

      'list-ended': async ({ since }) => ({
        ended: await cases.endedSince(new Date(Math.max(since ?? 0, clock.now() - DAY_MS))),
      }),

      async 'save-reply'(reply) {
        await cannedReplies.save(reply);
      },

      async 'remove-reply'(id) {
        await cannedReplies.remove(id);
      },

      // User activity: asking for the right has just renewed it; a socket that a pause lost is registered again.
      async 'still-here'(_nothing, consultant) {
        await register(consultant);
      },
    });
  };
}
