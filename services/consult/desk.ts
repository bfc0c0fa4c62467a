/**
 * The desk's watch: cases do not stay with consultants who fell silent. Every second or so it ends desk sessions that
 * are over, forgets cases that are over, drops the lines of dead nodes, and returns to the front of the queue what an absent consultant holds or
 * what was not answered in time. Every decision is a conditional write, so any number of nodes may watch.
 */
import { trusted } from 'mongoose';
import { type Case, consultantView } from '../../schemas/consult/case.js';
import type { ConsultantView, DeskView, ReturnReason } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../site/clock.js';
import type { Consult } from './consult.js';
import type { Consultants } from './consultants.js';
import type { ConsultQueue } from './queue.js';
import type { EventBus } from '../site/events.js';
import type { Images } from '../messages/images.js';
import type { Nodes } from '../site/nodes.js';

const WATCH_MS = 1_000;
/** How long consultants of a node that died have to come back, though it died long ago: the site was down. */
const BACK_MS = 10_000;
const LEFTOVERS_MS = 3_600_000;
const MANY = 1_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  consult: Consult;
  consultants: Consultants;
  queue: ConsultQueue;
  nodes: Nodes;
  images: Images;
  lineMs: number;
  onError: (error: unknown) => void;
}

export class Desk {
  #timers: NodeJS.Timeout[] = [];
  #watching: Promise<void> | null = null;
  /** The nodes that were alive in the last round. */
  #alive: string | null = null;

  constructor(private readonly deps: Deps) {}

  async start(): Promise<void> {
    const { lineMs } = this.deps;
    await this.sweepImages(true);
    await this.watch();
    this.#every(Math.min(WATCH_MS, lineMs / 4), () => this.watch());
    this.#every(LEFTOVERS_MS, () => this.sweepImages(false));
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#watching;
  }

  /** One round; a second caller joins the round under way. */
  watch(): Promise<void> {
    this.#watching ??= this.#round().finally(() => (this.#watching = null));
    return this.#watching;
  }

  /** Leave the desk: what one holds goes back at once, unless another session has the name already. */
  async signOut(session: string): Promise<void> {
    const gone = await this.deps.consultants.signOut(session);
    if (gone) await this.#released(gone);
  }

  /** The desk at a glance. */
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
        !awaySince || (cases.get(_id) ?? 0) > 0 || clock.now() - awaySince.getTime() < this.deps.lineMs,
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

  /**
   * Erase images that a crash, or another node that forgot their case, left here.
   * @param all at start: also files that no message came to name.
   */
  async sweepImages(all: boolean): Promise<void> {
    const { images, models } = this.deps;
    for (const id of await images.rooms()) {
      if (!/^[0-9a-f]{24}$/.test(id) || !(await models.Case.exists({ _id: id }))) await images.erase(id);
      else if (all) await images.sweepUnnamed(id, await models.CaseMessage.distinct('image.name', { case: id }));
    }
  }

  async #round(): Promise<void> {
    const { consult, consultants, nodes, lineMs } = this.deps;
    for (const gone of await consultants.expire()) await this.#released(gone);
    await consultants.heartbeat(nodes.id);
    const all = await consultants.list();
    const held = new Set(all.flatMap(({ sockets }) => sockets.map(({ node }) => node ?? '')));
    const alive = (await nodes.alive()).add(nodes.id);
    for (const node of held) if (!alive.has(node)) await consultants.nodeDied(node, lineMs, Math.min(BACK_MS, lineMs));
    const now = [...alive].sort().join();
    if (now !== this.#alive) await consult.leftWith(alive);
    this.#alive = now;
    await this.#returnOfAway();
    await this.#returnUnanswered();
    await this.#forget();
  }

  /** Cases whose time is over, with their images. */
  async #forget(): Promise<void> {
    const { consult, images, events } = this.deps;
    const gone = await consult.expire();
    for (const { _id } of gone) await images.erase(String(_id));
    if (gone.some(({ open }) => open)) events.announce('desk.changed');
    if (gone.some(({ state }) => state === 'ended')) events.announce('desk.forgot');
  }

  /** Cases of consultants without a line for too long, or of whom nothing is known any more. */
  async #returnOfAway(): Promise<void> {
    const { models, consultants, clock, lineMs } = this.deps;
    const taken = await models.Case.find({ state: 'taken' }).select('consultant turn').limit(MANY).lean<Case[]>();
    if (taken.length === 0) return;
    const silent = clock.now() - lineMs;
    const here = new Set(
      (await consultants.list())
        .filter(({ awaySince }) => !awaySince || awaySince.getTime() > silent)
        .map(({ _id }) => _id),
    );
    await this.#giveBack(
      taken.filter(({ consultant }) => consultant && !here.has(consultant.id)),
      'line',
    );
  }

  async #returnUnanswered(): Promise<void> {
    const { models, clock } = this.deps;
    const due = await models.Case.find({ state: 'taken', answerDue: trusted({ $lte: clock.date() }) })
      .select('consultant turn')
      .limit(MANY)
      .lean<Case[]>();
    await this.#giveBack(due, 'answer');
  }

  /** Nobody is signed in under this name any more. */
  async #released(gone: ConsultantView): Promise<void> {
    await this.#giveBack(await this.deps.consult.heldBy(gone.id), 'signed-out');
  }

  async #giveBack(cases: Case[], why: ReturnReason): Promise<void> {
    for (const { _id, consultant, turn } of cases) {
      if (consultant) await this.deps.consult.giveBack(String(_id), consultantView(consultant), why, turn);
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#timers.push(setInterval(() => void work().catch(this.deps.onError), ms).unref());
  }
}
