/**
 * Domain events of the desk -> emits on `/consult`: this file alone decides which of its sockets hear what. A visitor
 * hears of the own case only; lists and notes go to signed-in consultants only. Queue positions and what ended are told
 * at most once a second, lists four times a second.
 */
import { type Case, consultantView, deskSessionView } from '../../schemas/consult/case.js';
import type { QueueView } from '../../schemas/consult/contract.js';
import type { Broadcast } from '../sockets/broadcast.js';
import { coalesce } from '../sockets/coalesce.js';
import { sessionRoom } from '../sockets/names.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';
import { consultConsultant, consultVisitor, DESK } from './names.js';

const QUEUE_MS = 1_000;
const LISTS_MS = 250;
/** Each desk page asks for the list when it hears of it. */
const ENDED_MS = 1_000;
/** An estimate grows while nobody takes: how often it is looked at although nothing happened. */
const LOOK_MS = 10_000;

export function broadcastConsult(namespace: NamespaceOf<'/consult'>, peers: Peers, { services, log }: Site): Broadcast {
  const { events, consultQueue, cannedReplies, desk } = services;
  const onError = (error: unknown) => log.warn({ err: error }, 'a change of the desk was not broadcast');

  const positions = coalesce(QUEUE_MS, tellPositions(namespace, consultQueue), onError);
  const lists = coalesce(
    LISTS_MS,
    async () => {
      if (!namespace.adapter.rooms.has(DESK)) return;
      const [list, view] = await Promise.all([consultQueue.list(), desk.view()]);
      namespace.local.to(DESK).emit('sessions-updated', list);
      namespace.local.to(DESK).emit('desk', view);
    },
    onError,
  );

  const ended = coalesce(ENDED_MS, () => void namespace.to(DESK).emit('ended-updated'), onError);

  const look = setInterval(() => namespace.sockets.size > 0 && positions.changed(), LOOK_MS).unref();

  const changedHere = () => {
    positions.changed();
    lists.changed();
  };
  const changed = peers.everywhere('consult.changed', changedHere);

  const toBoth = (found: Case) => {
    const visitor = namespace.to(consultVisitor(found.visitor));
    return found.consultant ? visitor.to(consultConsultant(found.consultant.id)) : visitor;
  };
  const toConsultant = (id: string, found: Case) =>
    namespace.to(consultConsultant(id)).emit('session-updated', deskSessionView(found));

  events.on('consult.started', (found) => {
    // Every page of this browser is about it from now on.
    namespace.to(consultVisitor(found.visitor)).emit('session-created', String(found._id));
    changed();
  });
  events.on('desk.changed', changed);
  events.on('consult.rated', () => ended.changed());
  events.on('desk.forgot', ended.changed);
  events.on('desk.replies', () => {
    const tell = async () => namespace.to(DESK).emit('replies-updated', await cannedReplies.list());
    tell().catch(onError);
  });

  events.on('consult.presence', (found) => {
    if (found.consultant) toConsultant(found.consultant.id, found);
    else changed();
  });

  events.on('consult.taken', (found) => {
    if (!found.consultant) return;
    const taken = { sessionId: String(found._id), consultant: consultantView(found.consultant) };
    toBoth(found).emit('consultant-connected', taken);
    toConsultant(found.consultant.id, found);
    changed();
  });

  events.on('consult.returned', ({ found, from, why }) => {
    const sides = namespace.to(consultVisitor(found.visitor)).to(consultConsultant(from.id));
    sides.emit('consult-returned', { sessionId: String(found._id), why });
    changed();
  });

  events.on('consult.transferred', ({ found, from }) => {
    if (!found.consultant) return;
    const moved = { sessionId: String(found._id), consultant: consultantView(found.consultant) };
    toBoth(found).to(consultConsultant(from.id)).emit('consult-transferred', moved);
    toConsultant(found.consultant.id, found);
    changed();
  });

  events.on('consult.ended', (found) => {
    const end = { sessionId: String(found._id), by: found.endedBy ?? 'user' };
    toBoth(found).emit('consult-ended', end);
    if (found.consultant) toConsultant(found.consultant.id, found);
    ended.changed();
    changed();
  });

  events.on('consult.moved', ({ found, from }) => {
    namespace.to(consultVisitor(from)).emit('consult-moved', { sessionId: String(found._id) });
    if (found.consultant) toConsultant(found.consultant.id, found);
    changed();
  });

  events.on('consult.said', ({ visitor, consultant, message }) => {
    const sides = namespace.to(consultVisitor(visitor));
    (consultant ? sides.to(consultConsultant(consultant)) : sides).emit('receive-message', message);
  });

  events.on('consult.due', (found) => {
    if (found.consultant) toConsultant(found.consultant.id, found);
  });

  events.on('consult.noted', ({ consultant, note }) =>
    namespace.to(consultConsultant(consultant)).emit('note-added', note),
  );

  events.on('desk.signed-out', (sessions) => {
    for (const session of sessions) namespace.in(sessionRoom(session)).disconnectSockets(true);
  });

  return {
    stop() {
      clearInterval(look);
      for (const each of [positions, lists, ended]) each.stop();
    },
    catchUp: changedHere,
  };
}

/** Tell each waiting visitor of this node their queue position, if it is not what was told before. */
function tellPositions(
  namespace: NamespaceOf<'/consult'>,
  queue: Site['services']['consultQueue'],
): () => Promise<void> {
  let told = new Map<string, string>();
  return async () => {
    const now = new Map<string, string>();
    for (const { visitor, queue: view } of await queue.positions()) {
      const key = keyOf(view);
      const room = consultVisitor(visitor);
      if (!namespace.adapter.rooms.has(room)) continue;
      now.set(visitor, key);
      if (told.get(visitor) !== key) namespace.local.to(room).emit('queue', view);
    }
    told = now;
  };
}

const keyOf = ({ place, waiting, estimateMs, staffed }: QueueView): string =>
  `${place}/${waiting}/${estimateMs ?? ''}/${staffed}`;
