/**
 * The desk as a whole: its view, and its watch, by which no case stays with a consultant who is not there. Every second
 * or so the watch ends desk sessions whose time is over, releases the sockets of dead nodes, ends the stays of visitors without one, returns cases to the front
 * of the queue that an absent consultant has or that were not answered in time, and deletes expired cases. Every
 * decision is a conditional write, so that any number of nodes may watch.
 */
import { trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import type { ConsultantView, DeskView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { ImageStore } from '../messages/image-store.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';
import type { Nodes } from '../database/nodes.js';
import type { Timers } from '../work/timers.js';
import type { Cases } from './cases.js';
import type { Consult } from './consult.js';
import type { Consultants } from './consultants.js';
import type { DeskSessions } from './desk-sessions.js';
import type { ConsultQueue } from './queue.js';
import type { Retention } from './retention.js';
import type { ConsultVisitors } from './visitors.js';

const WATCH_MS = 1_000;
/** Milliseconds in which consultants of a dead node may connect again, even if it died long ago: the site was down. */
const BACK_MS = 10_000;
/** Cases that are read at once at the most. */
const MANY = 1_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  consult: Consult;
  cases: Cases;
  retention: Retention;
  visitors: ConsultVisitors;
  sessions: DeskSessions;
  consultants: Consultants;
  queue: ConsultQueue;
  nodes: Nodes;
  images: ImageStore;
  /** Milliseconds for which a consultant without a socket keeps a case. */
  awayMs: number;
}

export class Desk {
  #watching: Promise<void> | null = null;
  /** The nodes that were alive in the last round. */
  #alive: string | null = null;

  constructor(private readonly deps: Deps) {}

  /** Settle what happened while the site was down, and begin to watch. */
  async start(): Promise<void> {
    const { timers, awayMs } = this.deps;
    await this.watch();
    timers.every(Math.min(WATCH_MS, awayMs / 4), () => this.watch());
  }

  /** One round of the watch; a second caller joins the round that is going on. */
  watch(): Promise<void> {
    this.#watching ??= this.#round().finally(() => (this.#watching = null));
    return this.#watching;
  }

  /** End a desk session. Its cases are returned at once, unless another session has the name already. */
  async signOut(session: string): Promise<void> {
    const gone = await this.deps.sessions.signOut(session);
    if (gone) await this.#releaseCases(gone);
  }

  /** Who is at the desk with how many cases, and how many wait. */
  async view(): Promise<DeskView> {
    const { models, consultants, queue, clock } = this.deps;
    const [all, waiting, taken] = await Promise.all([
      consultants.list(),
      queue.count(),
      models.Case.find({ state: 'taken' }).select('consultant').limit(MANY).lean<Pick<Case, 'consultant'>[]>(),
    ]);
    const cases = new Map<string, number>();
    for (const { consultant } of taken) if (consultant) cases.set(consultant.id, (cases.get(consultant.id) ?? 0) + 1);
    const shown = all.filter(
      ({ _id, awaySince }) =>
        !awaySince || (cases.get(_id) ?? 0) > 0 || clock.now() - awaySince.getTime() < this.deps.awayMs,
    );
    return {
      waiting,
      consultants: shown.map(({ _id, name, color, awaySince }) => ({
        id: _id,
        name,
        color,
        away: Boolean(awaySince),
        cases: cases.get(_id) ?? 0,
      })),
    };
  }

  async #round(): Promise<void> {
    for (const gone of await this.deps.sessions.expire()) await this.#releaseCases(gone);
    await this.#releaseDeadNodes();
    await this.deps.visitors.endStays();
    await this.#returnOfAway();
    await this.#returnUnanswered();
    await this.#deleteExpired();
  }

  async #releaseDeadNodes(): Promise<void> {
    const { clock, visitors, consultants, nodes, awayMs } = this.deps;
    await consultants.heartbeat(nodes.id);
    const all = await consultants.list();
    const named = new Set(all.flatMap(({ sockets }) => sockets.map(({ node }) => node)));
    const alive = (await nodes.alive()).add(nodes.id);
    const notBefore = clock.date(-Math.max(0, awayMs - BACK_MS));
    for (const node of named) if (!alive.has(node)) await consultants.releaseNode(node, notBefore);
    const now = [...alive].sort().join();
    if (now !== this.#alive) await visitors.releaseDeadNodes(alive);
    this.#alive = now;
  }

  /** Delete expired cases with their images. */
  async #deleteExpired(): Promise<void> {
    const { retention, images, events } = this.deps;
    const gone = await retention.deleteExpired();
    for (const { _id } of gone) await images.erase(String(_id));
    if (gone.some(({ open }) => open)) events.announce('desk.changed');
    if (gone.some(({ state }) => state === 'ended')) events.announce('desk.forgot');
  }

  /** Return cases of consultants who have been away for too long, or who are not known any more. */
  async #returnOfAway(): Promise<void> {
    const { models, consult, consultants, clock, awayMs } = this.deps;
    const taken = await models.Case.find({ state: 'taken' }).select('consultant turn').limit(MANY).lean<Case[]>();
    if (taken.length === 0) return;
    const tooLong = clock.date(-awayMs);
    const all = await consultants.list();
    const here = new Set(all.filter(({ awaySince }) => !awaySince || awaySince > tooLong).map(({ _id }) => _id));
    await consult.giveBackAll(
      taken.filter(({ consultant }) => consultant && !here.has(consultant.id)),
      'line',
    );
  }

  async #returnUnanswered(): Promise<void> {
    const { models, clock, consult } = this.deps;
    const due = await models.Case.find({ state: 'taken', answerDue: trusted({ $lte: clock.date() }) })
      .select('consultant turn')
      .limit(MANY)
      .lean<Case[]>();
    await consult.giveBackAll(due, 'answer');
  }

  /** Return the cases of a consultant who was signed out. */
  async #releaseCases({ id }: ConsultantView): Promise<void> {
    const { cases, consult } = this.deps;
    await consult.giveBackAll(await cases.takenBy(id), 'signed-out');
  }
}
