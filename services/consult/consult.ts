/**
 * The life of a consultation: started, taken, returned, transferred, ended, rated. Each step is one conditional write
 * whose filter has both the state and the right, so that of any number of consultants exactly one takes a case, on
 * however many nodes. Only when a step was refused is the case read, to say why.
 */
import { Types } from 'mongoose';
import { type Case, consultantView, TRAIL_MAX } from '../../schemas/consult/case.js';
import type { ConsultantView, ReturnReason } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Visitor } from '../people/visitors.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { type Actor, type Cases, heldBy } from './cases.js';
import { codeHash, newCode } from './codes.js';
import type { Retention } from './retention.js';

/** Subtracted from the order of a case that is returned: it comes before all that never left the queue. */
const FRONT = 1e13;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  cases: Cases;
  retention: Retention;
  /** Milliseconds in which a consultant is to answer. */
  answerMs: number;
  /** The id of this node. */
  node: string;
}

export class Consult {
  constructor(private readonly deps: Deps) {}

  /**
   * Begin to wait. A visitor has one open case at a time: starting again returns that one.
   * @returns the case, and its return code if it is new; the code itself is stored nowhere.
   * @throws AppError busy.
   */
  async start(visitor: Visitor, topic: string): Promise<{ found: Case; code: string | null }> {
    const { models, events } = this.deps;
    const code = newCode();
    try {
      const created = await models.Case.create(this.#newCase(visitor, topic, code));
      const found: Case = created.toObject();
      events.announce('consult.started', found);
      return { found, code };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const found = await models.Case.findOne({ visitor: visitor.id, open: true }).lean<Case>();
      if (!found) throw new AppError('busy', { retryAfter: 1 }, { cause: error });
      return { found, code: null };
    }
  }

  /**
   * Take a waiting case: one conditional write, one winner. Taking again what one already has is fine.
   * @throws AppError consult_taken (with who has it), consult_over, consult_not_found.
   */
  async take(id: string, consultant: ConsultantView): Promise<Case> {
    const { models, clock, events, cases, retention, answerMs } = this.deps;
    const at = clock.date();
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'waiting' },
      {
        $set: {
          state: 'taken',
          consultant: consultantView(consultant),
          takenAt: at,
          answerDue: clock.date(answerMs),
          expiresAt: retention.expiry(),
        },
        ...step({ at, what: 'taken', by: consultant.name }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (found) {
      events.announce('consult.taken', found);
      await retention.extend(found);
      return found;
    }
    const now = await cases.peek(id);
    if (now?.state === 'taken' && now.consultant?.id === consultant.id) return now;
    return cases.refuse(id, { consultant: consultant.id });
  }

  /**
   * Return a case to the queue, before all that never left it.
   * @param turn of the case as the caller read it: a case that has changed its consultant since stays where it is.
   * @returns the case, or null when the consultant does not have it any more.
   */
  async giveBack(id: string, from: ConsultantView, why: ReturnReason, turn?: number): Promise<Case | null> {
    const { models, clock, events } = this.deps;
    const at = clock.date();
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'taken', 'consultant.id': from.id, ...(turn !== undefined && { turn }) },
      {
        $set: { state: 'waiting', consultant: null, queuedAt: at, order: at.getTime() - FRONT },
        $unset: { answerDue: '' },
        ...step({ at, what: 'returned', by: from.name, why }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return null;
    events.announce('consult.returned', { found, from: consultantView(from), why });
    return found;
  }

  /** Return each of these cases, as they were read, to the queue. */
  async giveBackAll(cases: Pick<Case, '_id' | 'consultant' | 'turn'>[], why: ReturnReason): Promise<void> {
    for (const { _id, consultant, turn } of cases)
      if (consultant) await this.giveBack(String(_id), consultantView(consultant), why, turn);
  }

  /**
   * Transfer a case to another consultant.
   * @throws AppError bad_input (to oneself), forbidden, consult_taken, consult_over, consult_not_found.
   */
  async transfer(id: string, from: ConsultantView, to: ConsultantView): Promise<Case> {
    const { models, clock, events, cases } = this.deps;
    const at = clock.date();
    if (to.id === from.id) {
      await cases.find(id, { consultant: from.id });
      throw new AppError('bad_input');
    }
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'taken', 'consultant.id': from.id },
      {
        // `answerDue` stays: the visitor has waited since then, whoever is to answer.
        $set: { consultant: consultantView(to) },
        ...step({ at, what: 'transferred', by: to.name }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return cases.refuse(id, { consultant: from.id });
    events.announce('consult.transferred', { found, from: consultantView(from) });
    return found;
  }

  /** End a case, by either side, once. @throws AppError consult_over, consult_taken, forbidden, consult_not_found. */
  async end(id: string, actor: Actor): Promise<Case> {
    const { models, clock, events, cases, retention } = this.deps;
    const at = clock.date();
    const endedBy = 'visitor' in actor ? 'user' : 'consultant';
    const found = await models.Case.findOneAndUpdate(
      { _id: id, open: true, ...heldBy(actor) },
      {
        $set: { state: 'ended', endedAt: at, endedBy, activeAt: at, expiresAt: retention.expiry() },
        $unset: { open: '', answerDue: '' },
        ...step({ at, what: 'ended' }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return cases.refuse(id, actor);
    events.announce('consult.ended', found);
    await retention.extend(found);
    return found;
  }

  /** Rate an ended consultation; another rating replaces the first. @throws AppError consult_not_found. */
  async rate(id: string, visitor: string, { stars, line }: { stars: number; line: string }): Promise<Case> {
    const { models, clock, events, retention } = this.deps;
    const found = await models.Case.findOneAndUpdate(
      { _id: id, visitor, state: 'ended' },
      { $set: { rating: { stars, line, at: clock.date() }, expiresAt: retention.expiry() } },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) throw new AppError('consult_not_found');
    events.announce('consult.rated', found);
    await retention.extend(found);
    return found;
  }

  #newCase({ id, name, color, lang }: Visitor, topic: string, code: string) {
    const { clock, node, retention } = this.deps;
    const now = clock.date();
    const expiry = retention.expiry();
    return {
      _id: new Types.ObjectId(),
      visitor: id,
      name,
      color,
      lang,
      topic,
      state: 'waiting' as const,
      open: true,
      order: now.getTime(),
      turn: 0,
      lastSeq: 0,
      images: 0,
      imageBytes: 0,
      codeHash: codeHash(code),
      trail: [{ at: now, what: 'started' as const }],
      createdAt: now,
      hereSince: now,
      hereOn: node,
      queuedAt: now,
      activeAt: now,
      expiresAt: expiry,
      keptUntil: expiry,
    };
  }
}

/** The update that adds a step to the trail of a case, and makes those who read it before it lose. */
const step = (entry: { at: Date; what: Case['trail'][number]['what']; by?: string; why?: string }) => ({
  $inc: { turn: 1 },
  $push: { trail: { $each: [entry], $slice: -TRAIL_MAX } },
});
