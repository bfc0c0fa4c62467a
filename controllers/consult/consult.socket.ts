/**
 * `/consult`: seed 000's five events and what grew around them. A socket is a consultant's if its session is signed in
 * at the desk, unless its page says that it is a visitor's (`auth: { as: 'visitor' }`): one browser may have both open.
 * The right is asked for again at every consultant's event, before its payload is looked at.
 */
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { type Case, deskSessionView, sessionView } from '../../schemas/consult/case.js';
import type {
  ConsultantView,
  ConsultClientEvents,
  ConsultPage,
  ConsultServerEvents,
} from '../../schemas/consult/contract.js';
import * as payloads from '../../schemas/consult/payloads.js';
import { AppError } from '../../services/site/errors.js';
import type { Actor } from '../../services/consult/cases.js';
import { person } from '../../services/people/visitors.js';
import { addressOf } from '../site/address.js';
import { takeChat } from '../site/allowance.js';
import { handle, type SocketData } from '../site/handle.js';
import { consultConsultant, consultVisitor, DESK } from '../site/names.js';
import type { Site } from '../site/site.js';
import { parse } from '../site/validate.js';

export type ConsultNamespace = Namespace<ConsultClientEvents, ConsultServerEvents, ClusterEvents, SocketData>;
type ConsultSocket = Socket<ConsultClientEvents, ConsultServerEvents, ClusterEvents, SocketData>;

/** What nodes tell each other: the queue, or the desk, is not what it was. */
export interface ClusterEvents {
  changed: () => void;
}

/** Milliseconds between two "is typing" of one socket. */
const TYPING_MS = 1_000;

export function consultSocket(namespace: ConsultNamespace, site: Site): void {
  const { log } = site;
  const { consultVisitors, deskSessions, events } = site.services;

  namespace.use((socket, next) => {
    const enter = async () => {
      const asVisitor = (socket.handshake.auth as Record<string, unknown>)['as'] === 'visitor';
      const consultant = asVisitor ? null : await deskSessions.of(socket.data.session);
      await socket.join(consultVisitor(socket.data.visitor.id));
      if (consultant) await socket.join([DESK, consultConsultant(consultant.id)]);
      if (consultant) socket.data.consultant = consultant;
    };
    enter().then(
      () => next(),
      (error: unknown) => {
        log.error({ err: error }, 'a socket was not let in');
        next(new Error('unavailable'));
      },
    );
  });

  // A node died, and the visitor's latest line with it: there may be another page, on a node that lives.
  const look = async (visitor: string) => {
    if (await hasPage(namespace, visitor)) await consultVisitors.setHere(visitor, true);
  };
  events.on('consult.left', ({ visitor }) => {
    look(visitor).catch((error: unknown) => log.error({ err: error }, 'a line was not noted'));
  });

  namespace.on('connection', (socket) => {
    const consultant = socket.data.consultant ?? null;
    visitorEvents(socket, consultant, site);
    consultantEvents(socket, consultant, site);
    presence(namespace, socket, consultant, site);
  });
}

/** What a visitor may do, and both sides. */
function visitorEvents(socket: ConsultSocket, role: ConsultantView | null, { config, services, log }: Site): void {
  const { cases, consult, consultMessages, consultQueue, deskSessions, limits } = services;
  const { visitor } = socket.data;
  const wrapper = { limits, log };
  const address = addressOf(socket.request, config.trustProxy);
  let typedAt = -TYPING_MS;

  /** Whose hand a signed-in socket uses: the consultant's where it has the case, else the visitor's. */
  async function actorFor(id: string): Promise<{ actor: Actor; consultant: ConsultantView | null }> {
    const asVisitor = { actor: { visitor: visitor.id }, consultant: null };
    if (!role) return asVisitor;
    const consultant = await deskSessions.of(socket.data.session, true);
    if (!consultant) return asVisitor;
    const found = await cases.peek(id);
    const own = found?.visitor === visitor.id && found.consultant?.id !== consultant.id;
    return own ? asVisitor : { actor: { consultant: consultant.id }, consultant };
  }

  handle(socket, 'start-consult', payloads.consultTopic, wrapper, async (topic) => {
    const underWay = await cases.underWay(visitor.id);
    if (!underWay) {
      await limits.take('consult', visitor.id);
      await limits.take('consult_ip', address);
    }
    const { found, code } = underWay ? { found: underWay, code: null } : await consult.start(visitor, topic);
    const sessionId = String(found._id);
    // Every page of this browser is about it from now on.
    socket.nsp.to(consultVisitor(visitor.id)).emit('session-created', sessionId);
    const queue = await consultQueue.positionOf(found);
    if (queue) socket.emit('queue', queue);
    return { sessionId, code };
  });

  handle(socket, 'resume-consult', payloads.resumeConsult, wrapper, async ({ sessionId, ...from }) => {
    const found = await cases.latest(visitor.id);
    if (!found) return { session: null, messages: [], more: false, older: false, queue: null };
    const id = String(found._id);
    const here = sessionId === undefined || sessionId === id ? from : {};
    const [page, queue] = await Promise.all([consultMessages.page(id, here), consultQueue.positionOf(found)]);
    return { session: { ...sessionView(found), seq: seqRead(found, page, here) }, ...page, queue };
  });

  handle(socket, 'send-message', payloads.consultMessage, wrapper, async ({ sessionId, message, clientId }) => {
    const { actor, consultant } = await actorFor(sessionId);
    const author = consultant ?? person(visitor);
    await takeChat(limits, author.id, address);
    return { message: await consultMessages.post({ id: sessionId, actor, author, text: message, clientId }) };
  });

  handle(socket, 'end-consult', payloads.sessionId, wrapper, async (id) => {
    const { actor } = await actorFor(id);
    await consult.end(id, actor);
    return undefined;
  });

  handle(socket, 'consult-typing', payloads.consultTyping, wrapper, async ({ sessionId, on }) => {
    if (on && performance.now() - typedAt < TYPING_MS) return undefined;
    if (on) typedAt = performance.now();
    const { actor } = await actorFor(sessionId);
    const found = await cases.find(sessionId, actor);
    const other =
      'visitor' in actor ? found.consultant && consultConsultant(found.consultant.id) : consultVisitor(found.visitor);
    if (other && found.state === 'taken') socket.volatile.to(other).emit('consult-typing', { sessionId, on });
    return undefined;
  });
}

interface From {
  after?: number | undefined;
  before?: number | undefined;
}

/** How far an answer has brought its reader: what came after it was not read. */
function seqRead({ lastSeq }: Case, { messages }: ConsultPage, { after = 0, before }: From = {}): number {
  if (before !== undefined) return lastSeq;
  return messages.at(-1)?.seq ?? Math.min(after, lastSeq);
}

/** What a desk page asks by itself: no hand was on it, so none of these keeps a sign-in from going idle. */
const BY_ITSELF = new Set(['get-waiting-sessions', 'resume-desk', 'open-consult', 'list-ended']);

/** What only consultants may do. To everybody else each of these is `forbidden`, whatever came with it. */
function consultantEvents(socket: ConsultSocket, role: ConsultantView | null, { services, log }: Site): void {
  const { cases, consult, consultMessages, consultNotes, consultQueue, consultants } = services;
  const { cannedReplies, clock, desk, deskSessions, limits, nodes } = services;
  const ref = { node: nodes.id, socket: socket.id };

  function handleDesk<S extends z.ZodType>(
    event: string,
    schema: S,
    run: (input: z.output<S>, consultant: ConsultantView) => Promise<object | undefined>,
  ): void {
    handle(socket, event, z.unknown(), { limits, log }, async (input) => {
      const consultant = role && (await deskSessions.of(socket.data.session, !BY_ITSELF.has(event)));
      if (!consultant) throw new AppError('forbidden');
      return run(parse(schema, input), consultant);
    });
  }

  handleDesk('get-waiting-sessions', z.unknown(), async () => {
    socket.emit('waiting-sessions', await consultQueue.list());
    return undefined;
  });

  const opened = async (found: Case, from?: { after?: number; before?: number }) => {
    const id = String(found._id);
    const [page, notes] = await Promise.all([consultMessages.page(id, from), consultNotes.latest(id)]);
    return { session: { ...deskSessionView(found), seq: seqRead(found, page, from) }, ...page, notes };
  };

  handleDesk('consultant-join', payloads.sessionId, async (id, consultant) =>
    opened(await consult.take(id, consultant)),
  );

  handleDesk('open-consult', payloads.openConsult, async ({ sessionId, ...from }, consultant) =>
    opened(await cases.find(sessionId, { consultant: consultant.id }), from),
  );

  /** The line may have gone while it was being written down: then it is taken back. */
  const hereIs = async (consultant: ConsultantView) => {
    await consultants.socketOpened(consultant.id, socket.data.session, ref);
    if (!socket.connected) await consultants.socketLost(consultant.id, ref);
  };

  handleDesk('resume-desk', z.unknown(), async (_input, consultant) => {
    await hereIs(consultant);
    const [mine, waiting, view, replies] = await Promise.all([
      cases.takenBy(consultant.id),
      consultQueue.list(),
      desk.view(),
      cannedReplies.list(),
    ]);
    return { me: consultant, mine: mine.map(deskSessionView), waiting, desk: view, replies };
  });

  handleDesk('return-consult', payloads.sessionId, async (id, consultant) => {
    if (!(await consult.giveBack(id, consultant, 'consultant'))) await cases.refuse(id, { consultant: consultant.id });
    return undefined;
  });

  handleDesk('transfer-consult', payloads.transferConsult, async ({ sessionId, to }, consultant) => {
    await consult.transfer(sessionId, consultant, await consultants.present(to));
    return undefined;
  });

  handleDesk('add-note', payloads.consultNote, async ({ sessionId, note }, consultant) => ({
    note: await consultNotes.add(sessionId, consultant, note),
  }));

  handleDesk('list-ended', payloads.endedSince, async ({ since }) => ({
    ended: await cases.endedSince(new Date(Math.max(since ?? 0, clock.now() - DAY_MS))),
  }));

  handleDesk('save-reply', payloads.cannedReply, async (reply) => {
    await cannedReplies.save(reply);
    return undefined;
  });

  handleDesk('remove-reply', payloads.replyId, async (id) => {
    await cannedReplies.remove(id);
    return undefined;
  });

  // A hand on the mouse: the right was just renewed by asking for it, and a line that a pause lost is there again.
  handleDesk('still-here', z.unknown(), async (_input, consultant) => {
    await hereIs(consultant);
    return undefined;
  });
}

const DAY_MS = 86_400_000;

/** Whether a visitor has a page open, here or on another node; while Redis is away, here. */
async function hasPage(namespace: ConsultNamespace, visitor: string): Promise<boolean> {
  const room = consultVisitor(visitor);
  if (namespace.adapter.rooms.has(room)) return true;
  const sockets = await namespace
    .in(room)
    .fetchSockets()
    .catch(() => []);
  return sockets.length > 0;
}

/** Lines: a consultant without one is away; a visitor without one reads on return. */
function presence(
  namespace: ConsultNamespace,
  socket: ConsultSocket,
  consultant: ConsultantView | null,
  { services, log }: Site,
): void {
  const { consultVisitors, consultants, nodes } = services;
  const { visitor } = socket.data;
  const ref = { node: nodes.id, socket: socket.id };
  const quietly = (work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ err: error }, 'a line was not noted'));
  const others = () => hasPage(namespace, visitor.id);
  const arrived = async () => {
    if (!consultant) await consultVisitors.setHere(visitor.id, true);
    // Signed out after the right was asked for and before there was a socket to close: it hears no more.
    else if (!(await consultants.socketOpened(consultant.id, socket.data.session, ref))) socket.disconnect(true);
  };
  const noted = arrived();
  quietly(noted);
  let heardAt = performance.now();
  const { conn } = socket;
  const hear = () => (heardAt = performance.now());
  if (consultant) conn.on('packet', hear);
  socket.on('disconnect', (reason) => {
    // Other namespaces may go on over the same connection.
    conn.off('packet', hear);
    const silentMs = reason === 'ping timeout' ? performance.now() - heardAt : 0;
    const left = async () => {
      await noted.catch(() => undefined);
      if (consultant) await consultants.socketLost(consultant.id, ref, silentMs);
      else if (!(await others())) {
        await consultVisitors.setHere(visitor.id, false);
        // The next page may have come while that was written.
        if (await others()) await consultVisitors.setHere(visitor.id, true);
      }
    };
    quietly(left());
  });
}
