/**
 * The desk's facts -> emits: the one place that decides which of its sockets hear what. A visitor hears of the own case
 * only; lists and notes go to signed-in consultants only. Whatever may change a thousand times a second is told at most
 * once in a while: places in the queue and what ended each second, lists four times a second.
 */
import { type Case, consultantView, deskSessionView } from '../../schemas/consult/case.js';
import type { QueueView } from '../../schemas/consult/contract.js';
import type { ConsultNamespace } from './consult.socket.js';
import { consultConsultant, consultVisitor, DESK, sessionRoom } from '../site/names.js';
import type { Site } from '../site/site.js';

const PLACES_MS = 1_000;
const LISTS_MS = 250;
/** Each desk page asks for the list when it hears of it. */
const ENDED_MS = 1_000;
/** An estimate grows while nobody takes: how often it is looked at although nothing happened. */
const LOOK_MS = 10_000;

/**
 * @param cluster several nodes: what changed here is also told by the others, to their own sockets.
 * @returns what stops it.
 */
export function broadcastConsult(namespace: ConsultNamespace, { services, log }: Site, cluster: boolean): () => void {
  const { events, consultQueue, cannedReplies, desk } = services;
  const onError = (error: unknown) => log.warn({ err: error }, 'the desk changed unheard');

  const places = paced(PLACES_MS, tellPlaces(namespace, consultQueue), onError);
  const lists = paced(
    LISTS_MS,
    async () => {
      if (!namespace.adapter.rooms.has(DESK)) return;
      const [list, view] = await Promise.all([consultQueue.list(), desk.view()]);
      namespace.local.to(DESK).emit('sessions-updated', list);
      namespace.local.to(DESK).emit('desk', view);
    },
    onError,
  );

  const ended = paced(
    ENDED_MS,
    () => {
      namespace.to(DESK).emit('ended-updated');
      return Promise.resolve();
    },
    onError,
  );

  const look = setInterval(() => namespace.sockets.size > 0 && places.due(), LOOK_MS).unref();

  const changedHere = () => {
    places.due();
    lists.due();
  };
  const changed = () => {
    changedHere();
    if (cluster) namespace.serverSideEmit('changed');
  };
  namespace.on('changed', changedHere);

  const toBoth = (found: Case) => {
    const visitor = namespace.to(consultVisitor(found.visitor));
    return found.consultant ? visitor.to(consultConsultant(found.consultant.id)) : visitor;
  };
  const toConsultant = (id: string, found: Case) =>
    namespace.to(consultConsultant(id)).emit('session-updated', deskSessionView(found));

  events.on('consult.started', changed);
  events.on('desk.changed', changed);
  events.on('consult.rated', () => ended.due());
  events.on('desk.forgot', () => ended.due());
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
    ended.due();
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

  return () => {
    clearInterval(look);
    places.stop();
    lists.stop();
    ended.stop();
  };
}

/** Tell each waiting visitor of this node the own place, if it is not what was told before. */
function tellPlaces(namespace: ConsultNamespace, queue: Site['services']['consultQueue']): () => Promise<void> {
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

/** Run `work` soon after it became due, with at least `ms` from the end of one run to the beginning of the next. */
function paced(ms: number, work: () => Promise<void>, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  /** How often it became due, so that what comes while it runs is not forgotten. */
  let asked = 0;
  let last = -ms;
  let running = false;
  const ended = new AbortController();
  const run = async () => {
    timer = undefined;
    const answered = asked;
    running = true;
    await work().catch(onError);
    last = performance.now();
    running = false;
    if (asked !== answered) plan();
  };
  const plan = () => {
    if (ended.signal.aborted) return;
    timer ??= setTimeout(() => void run(), Math.max(0, last + ms - performance.now()));
  };
  return {
    due(): void {
      asked += 1;
      if (!running) plan();
    },
    stop(): void {
      ended.abort();
      clearTimeout(timer);
    },
  };
}
