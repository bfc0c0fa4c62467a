/**
 * The queue: who waits, in which place, and for how long it may be. The estimate is what the desk has been doing: the
 * mean time, over its latest takes, from the moment at which somebody was waiting to the take. The wait that is going
 * on counts, too, once it is longer: while nobody takes, the estimate grows, at least as fast as the clock. Too few takes, no estimate: none is better
 * than a wrong one.
 */
import { trusted } from 'mongoose';
import { type Case, waitingView } from '../../schemas/consult/case.js';
import type { QueueView, WaitingView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../site/clock.js';
import type { Consultants } from './consultants.js';

/** Lines of the list that consultants get; the rest is a number. */
export const LISTED_MAX = 100;
/** Places that are told; further back, a visitor hears this one. */
const PLACES_MAX = 5_000;
/** Takes that an estimate needs, uses at the most, and their greatest age. */
const TAKES = { min: 3, max: 20, ageMs: 2 * 3_600_000 } as const;

const LISTED = 'visitor name color lang topic createdAt queuedAt order visitorAway';

export class ConsultQueue {
  constructor(
    private readonly models: Pick<Models, 'Case'>,
    private readonly clock: Clock,
    private readonly consultants: Consultants,
  ) {}

  /** The front of the queue, for consultants. */
  async list(): Promise<WaitingView[]> {
    const found = await this.models.Case.find({ state: 'waiting' })
      .sort({ order: 1, _id: 1 })
      .limit(LISTED_MAX)
      .select(LISTED)
      .lean<Case[]>();
    return found.map(waitingView);
  }

  async count(): Promise<number> {
    return this.models.Case.countDocuments({ state: 'waiting' });
  }

  /** Every waiting visitor with what to tell them. One read of the queue, whatever its length. */
  async places(): Promise<{ visitor: string; queue: QueueView }[]> {
    const [waiting, staffed, paceOf] = await Promise.all([
      this.models.Case.find({ state: 'waiting' })
        .sort({ order: 1, _id: 1 })
        .limit(PLACES_MAX)
        .select('visitor queuedAt')
        .lean<Pick<Case, 'visitor' | 'queuedAt'>[]>(),
      this.consultants.staffed(),
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

  /** What to tell one waiting visitor now. */
  async placeOf(found: Case): Promise<QueueView | null> {
    if (found.state !== 'waiting') return null;
    const { order, _id } = found;
    const [before, waiting, front, staffed, paceOf] = await Promise.all([
      this.models.Case.countDocuments({
        state: 'waiting',
        $or: [{ order: trusted({ $lt: order }) }, { order, _id: trusted({ $lt: _id }) }],
      }),
      this.count(),
      this.models.Case.findOne({ state: 'waiting' })
        .sort({ order: 1, _id: 1 })
        .select('queuedAt')
        .lean<Pick<Case, 'queuedAt'>>(),
      this.consultants.staffed(),
      this.#pace(),
    ]);
    const place = before + 1;
    const estimateMs = staffed ? paceOf(front)(place) : null;
    return { place, waiting: Math.max(waiting, place), estimateMs, staffed };
  }

  /** How long a place may have to wait, in milliseconds, while this one is in front; null when too few takes tell. */
  async #pace(): Promise<(front?: Pick<Case, 'queuedAt'> | null) => (place: number) => number | null> {
    const takes = await this.models.Case.find({ takenAt: trusted({ $gte: this.clock.date(-TAKES.ageMs) }) })
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
      const goingOn = this.clock.now() - since;
      const pace = goingOn > mean ? (sum + goingOn) / gaps.length : mean;
      // Nobody is told less than the front has waited already.
      return (place) => rounded(Math.max(pace, goingOn) + pace * (place - 1));
    };
  }
}

const STEP_MS = 10_000;
/** To ten seconds, upwards: an estimate to the millisecond would promise what nobody knows. */
const rounded = (ms: number): number => Math.ceil(ms / STEP_MS) * STEP_MS;
