/**
 * The queue: who waits, at which position, and for about how long. The estimate is the mean time that the desk's latest
 * takes needed, from the moment at which somebody was waiting to the take. The wait that is going on counts, too, once
 * it is longer: while nobody takes a case, the estimate grows at least as fast as the time that passes. After too few
 * takes there is no estimate, rather than a wrong one.
 */
import { trusted } from 'mongoose';
import { type Case, waitingView } from '../../schemas/consult/case.js';
import type { QueueView, WaitingView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import type { Consultants } from './consultants.js';

/** Entries of the list that consultants are sent; of the others they see how many there are. */
const LISTED_MAX = 100;
/** Positions that visitors are told; those further back are told none. */
const POSITIONS_MAX = 5_000;
/** How many takes an estimate needs, how many it uses at the most, and how old they may be. */
const TAKES = { min: 3, max: 20, ageMs: 2 * 3_600_000 } as const;

const LISTED = 'visitor name color lang topic createdAt queuedAt order visitorAway';

interface Deps {
  models: Models;
  clock: Clock;
  consultants: Consultants;
}

export class ConsultQueue {
  constructor(private readonly deps: Deps) {}

  /** The first {@link LISTED_MAX} waiting cases, for consultants. */
  async list(): Promise<WaitingView[]> {
    const found = await this.deps.models.Case.find({ state: 'waiting' })
      .sort({ order: 1, _id: 1 })
      .limit(LISTED_MAX)
      .select(LISTED)
      .lean<Case[]>();
    return found.map(waitingView);
  }

  /** How many cases wait. */
  async count(): Promise<number> {
    return this.deps.models.Case.countDocuments({ state: 'waiting' });
  }

  /** What to tell each waiting visitor: one query, however long the queue is. */
  async positions(): Promise<{ visitor: string; queue: QueueView }[]> {
    const [waiting, staffed, paceOf] = await Promise.all([
      this.deps.models.Case.find({ state: 'waiting' })
        .sort({ order: 1, _id: 1 })
        .limit(POSITIONS_MAX)
        .select('visitor queuedAt')
        .lean<Pick<Case, 'visitor' | 'queuedAt'>[]>(),
      this.deps.consultants.staffed(),
      this.#pace(),
    ]);
    const estimate = paceOf(waiting[0]);
    return waiting.map(({ visitor }, index) => ({
      visitor,
      queue: {
        place: index + 1,
        waiting: waiting.length,
        estimateMs: staffed ? estimate(index + 1) : null,
        staffed,
      },
    }));
  }

  /** What to tell the visitor of one case; null when it does not wait. */
  async positionOf(found: Case): Promise<QueueView | null> {
    if (found.state !== 'waiting') return null;
    const { order, _id } = found;
    const [before, waiting, front, staffed, paceOf] = await Promise.all([
      this.deps.models.Case.countDocuments({
        state: 'waiting',
        $or: [{ order: trusted({ $lt: order }) }, { order, _id: trusted({ $lt: _id }) }],
      }),
      this.count(),
      this.deps.models.Case.findOne({ state: 'waiting' })
        .sort({ order: 1, _id: 1 })
        .select('queuedAt')
        .lean<Pick<Case, 'queuedAt'>>(),
      this.deps.consultants.staffed(),
      this.#pace(),
    ]);
    const position = before + 1;
    const estimateMs = staffed ? paceOf(front)(position) : null;
    return { place: position, waiting: Math.max(waiting, position), estimateMs, staffed };
  }

  /**
   * The pace of the desk: given the case in front, a function from a position to the milliseconds that it may have to
   * wait; null after too few takes.
   */
  async #pace(): Promise<(front?: Pick<Case, 'queuedAt'> | null) => (position: number) => number | null> {
    const takes = await this.deps.models.Case.find({ takenAt: trusted({ $gte: this.deps.clock.date(-TAKES.ageMs) }) })
      .sort({ takenAt: -1 })
      .limit(TAKES.max + 1)
      .select('takenAt queuedAt')
      .lean<Pick<Case, 'takenAt' | 'queuedAt'>[]>();
    const gaps = takes.flatMap(({ takenAt, queuedAt }, index) => {
      const earlier = takes[index + 1]?.takenAt;
      if (!takenAt || takenAt < queuedAt || (index === TAKES.max && !earlier)) return [];
      return [takenAt.getTime() - Math.max(queuedAt.getTime(), earlier?.getTime() ?? 0)];
    });
    const sum = gaps.reduce((total, gap) => total + gap, 0);
    return (front) => {
      if (gaps.length < TAKES.min) return () => null;
      const mean = sum / gaps.length;
      const since = Math.max(front?.queuedAt.getTime() ?? Infinity, takes[0]?.takenAt?.getTime() ?? 0);
      const goingOn = this.deps.clock.now() - since;
      const pace = goingOn > mean ? (sum + goingOn) / gaps.length : mean;
      // Nobody is told less than the case in front has waited already.
      return (position) => rounded(Math.max(pace, goingOn) + pace * (position - 1));
    };
  }
}

const STEP_MS = 10_000;
/** Rounded up to ten seconds: an estimate to the millisecond would look more exact than it is. */
const rounded = (ms: number): number => Math.ceil(ms / STEP_MS) * STEP_MS;
