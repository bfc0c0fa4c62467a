/** Reads cases, and says who has the right to them. */
import { trusted } from 'mongoose';
import { type Case, consultantView } from '../../schemas/consult/case.js';
import type { EndedView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import { AppError } from '../site/errors.js';

/** Ended consultations that the desk lists at the most. */
const ENDED_MAX = 100;
/** Cases of one consultant at the most. */
const TAKEN_MAX = 100;

/** Who does something in a case: its visitor, or the consultant who has it. */
export type Actor = { visitor: string } | { consultant: string };

/** The condition under which a case is the actor's: part of every write in their name. */
export const heldBy = (actor: Actor) =>
  'visitor' in actor ? { visitor: actor.visitor } : { 'consultant.id': actor.consultant };

export class Cases {
  constructor(private readonly deps: { models: Models }) {}

  /** The open case of a visitor, or null. */
  async underWay(visitor: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ visitor, open: true }).lean<Case>();
  }

  /**
   * The case that a visitor's page shows: the open one, or else the last one that began, or was brought by its code,
   * here.
   */
  async latest(visitor: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ visitor }).sort({ open: -1, hereSince: -1 }).lean<Case>();
  }

  /** A case of the actor's. @throws AppError consult_not_found, consult_over, consult_taken, forbidden. */
  async find(id: string, actor: Actor): Promise<Case> {
    const found = await this.deps.models.Case.findOne({ _id: id, ...heldBy(actor) }).lean<Case>();
    return found ?? this.refuse(id, actor);
  }

  /** A case, whoever asks: to find out as which of two actors somebody may act in it. */
  async peek(id: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ _id: id }).lean<Case>();
  }

  /** Cases that a consultant has now, those taken first first. */
  async takenBy(consultant: string): Promise<Case[]> {
    return this.deps.models.Case.find({ 'consultant.id': consultant, state: 'taken' })
      .sort({ takenAt: 1 })
      .limit(TAKEN_MAX)
      .lean<Case[]>();
  }

  /** Consultations that ended since a moment, the latest first. */
  async endedSince(since: Date): Promise<EndedView[]> {
    const ended = await this.deps.models.Case.find({ state: 'ended', endedAt: trusted({ $gte: since }) })
      .sort({ endedAt: -1 })
      .limit(ENDED_MAX)
      .lean<Case[]>();
    return ended.map((found) => ({
      sessionId: String(found._id),
      topic: found.topic,
      visitor: { id: found.visitor, name: found.name, color: found.color },
      consultant: found.consultant ? consultantView(found.consultant) : null,
      endedAt: (found.endedAt ?? found.activeAt).toISOString(),
      rating: found.rating ? { stars: found.rating.stars, line: found.rating.line } : null,
    }));
  }

  /**
   * Say why an actor could not do something. Another visitor's case looks as if it did not exist.
   * @throws AppError always: consult_not_found, consult_over, consult_taken (with who has it), forbidden.
   */
  async refuse(id: string, actor: Actor): Promise<never> {
    const found = await this.peek(id);
    if (!found || ('visitor' in actor && found.visitor !== actor.visitor)) throw new AppError('consult_not_found');
    if (found.state === 'ended') throw new AppError('consult_over');
    if ('consultant' in actor && found.consultant && found.consultant.id !== actor.consultant) {
      throw new AppError('consult_taken', { by: found.consultant.name });
    }
    throw new AppError('forbidden');
  }
}
