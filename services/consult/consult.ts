/**
 * The life of a consultation: started, taken, returned, handed on, ended, rated. Every step is one conditional write
 * whose filter holds both the state and the right, so that of any number of consultants exactly one takes a case, on
 * however many nodes. Only a step that was refused reads the case, to say why.
 */
import { Types, trusted } from 'mongoose';
import { type Case, consultantView, TRAIL_MAX } from '../../schemas/consult/case.js';
import type { ConsultantView, EndedView, ReturnReason } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../site/clock.js';
import { codeHash, newCode } from './codes.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import type { Visitor } from '../people/visitors.js';

/** Taken off the order of a case that comes back: before everybody who never left, first come first. */
const FRONT = 1e13;
const DAY_MS = 86_400_000;
/** How long a return code opens a case after the last thing said in it. */
const CODE_DAYS = 7;
/** By how much a message may end before its case, as a share of the retention: so that few writes move it along. */
const EARLY_SHARE = 0.01;
const EXPIRED_AT_ONCE = 100;
/** Ended consultations that the desk lists. */
const ENDED_MAX = 100;

/** Whose hand is on a case: its visitor's, or the consultant's who has it. */
export type Actor = { visitor: string } | { consultant: string };

/** The condition under which a hand may touch a case. */
export const heldBy = (actor: Actor) =>
  'visitor' in actor ? { visitor: actor.visitor } : { 'consultant.id': actor.consultant };

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  answerMs: number;
  retentionDays: number;
  /** This node. */
  node: string;
}

export class Consult {
  constructor(private readonly deps: Deps) {}

  /** When what is written now ends. */
  expiry(): Date {
    return this.deps.clock.date(this.deps.retentionDays * DAY_MS);
  }

  /**
   * A case changed: what was said in it long ago is kept as long as the case is. Writes at most once a day or so.
   * @param found the case after its change.
   */
  async keepWhole({ _id, keptUntil }: Pick<Case, '_id' | 'keptUntil'>): Promise<void> {
    const { models, clock, retentionDays } = this.deps;
    const expiresAt = this.expiry();
    if (keptUntil > clock.date(retentionDays * DAY_MS * (1 - EARLY_SHARE))) return;
    for (const model of [models.CaseMessage, models.CaseNote])
      await model.collection.updateMany({ case: String(_id) }, { $set: { expiresAt } });
    await models.Case.updateOne({ _id }, { $max: { keptUntil: expiresAt } });
  }

  /**
   * Begin to wait. A visitor has one consultation at a time: a second start is the first one again.
   * @returns the case, and its return code if it is new; the code itself is kept nowhere.
   */
  async start(visitor: Visitor, topic: string): Promise<{ found: Case; code: string | null }> {
    const { models, clock, events } = this.deps;
    const now = clock.date();
    const code = newCode();
    try {
      const { id, name, color, lang } = visitor;
      const created = await models.Case.create({
        _id: new Types.ObjectId(),
        visitor: id,
        name,
        color,
        lang,
        topic,
        state: 'waiting',
        open: true,
        order: now.getTime(),
        turn: 0,
        lastSeq: 0,
        images: 0,
        imageBytes: 0,
        codeHash: codeHash(code),
        trail: [{ at: now, what: 'started' }],
        createdAt: now,
        hereSince: now,
        hereOn: this.deps.node,
        queuedAt: now,
        activeAt: now,
        expiresAt: this.expiry(),
        keptUntil: this.expiry(),
      });
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

  /** The consultation a visitor has under way. */
  async underWay(visitor: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ visitor, open: true }).lean<Case>();
  }

  /** The consultation a visitor's page shows: the one under way, or the last one that was begun or came here by its code. */
  async latest(visitor: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ visitor }).sort({ open: -1, hereSince: -1 }).lean<Case>();
  }

  /** A case in somebody's hand. @throws AppError consult_not_found, consult_taken, forbidden. */
  async find(id: string, actor: Actor): Promise<Case> {
    const found = await this.deps.models.Case.findOne({ _id: id, ...heldBy(actor) }).lean<Case>();
    return found ?? this.refuse(id, actor);
  }

  /** A case, whoever asks: for deciding which of two hands is meant. */
  async peek(id: string): Promise<Case | null> {
    return this.deps.models.Case.findOne({ _id: id }).lean<Case>();
  }

  /** Cases that a consultant has now, the longest first. */
  async heldBy(consultant: string): Promise<Case[]> {
    return this.deps.models.Case.find({ 'consultant.id': consultant, state: 'taken' })
      .sort({ takenAt: 1 })
      .limit(100)
      .lean<Case[]>();
  }

  /**
   * Take a waiting case: one conditional write, one winner. Taking again what one already has is fine.
   * @throws AppError consult_taken (with who has it), consult_over, consult_not_found.
   */
  async take(id: string, consultant: ConsultantView): Promise<Case> {
    const { models, clock, events, answerMs } = this.deps;
    const at = clock.date();
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'waiting' },
      {
        $set: {
          state: 'taken',
          consultant: consultantView(consultant),
          takenAt: at,
          answerDue: clock.date(answerMs),
          expiresAt: this.expiry(),
        },
        ...this.#step({ at, what: 'taken', by: consultant.name }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (found) {
      events.announce('consult.taken', found);
      await this.keepWhole(found);
      return found;
    }
    const now = await models.Case.findOne({ _id: id }).lean<Case>();
    if (now?.state === 'taken' && now.consultant?.id === consultant.id) return now;
    return this.refuse(id, { consultant: consultant.id });
  }

  /**
   * Put a case back, before all others.
   * @param turn the hands it was seen in; a case that has changed hands since stays where it is.
   * @returns the case, or null when it is not in that hand any more.
   */
  async giveBack(id: string, from: ConsultantView, why: ReturnReason, turn?: number): Promise<Case | null> {
    const { models, clock, events } = this.deps;
    const at = clock.date();
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'taken', 'consultant.id': from.id, ...(turn !== undefined && { turn }) },
      {
        $set: { state: 'waiting', consultant: null, queuedAt: at, order: at.getTime() - FRONT },
        $unset: { answerDue: '' },
        ...this.#step({ at, what: 'returned', by: from.name, why }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return null;
    events.announce('consult.returned', { found, from: consultantView(from), why });
    return found;
  }

  /** Hand a case on. @throws AppError bad_input (to oneself), forbidden, consult_taken, consult_over, consult_not_found. */
  async transfer(id: string, from: ConsultantView, to: ConsultantView): Promise<Case> {
    const { models, clock, events } = this.deps;
    const at = clock.date();
    if (to.id === from.id) {
      await this.find(id, { consultant: from.id });
      throw new AppError('bad_input');
    }
    const found = await models.Case.findOneAndUpdate(
      { _id: id, state: 'taken', 'consultant.id': from.id },
      {
        // Whose answer is waited for is another; how long the visitor has waited is not.
        $set: { consultant: consultantView(to) },
        ...this.#step({ at, what: 'transferred', by: to.name }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return this.refuse(id, { consultant: from.id });
    events.announce('consult.transferred', { found, from: consultantView(from) });
    return found;
  }

  /** End a case, by either side; once. @throws AppError consult_over, consult_taken, forbidden, consult_not_found. */
  async end(id: string, actor: Actor): Promise<Case> {
    const { models, clock, events } = this.deps;
    const at = clock.date();
    const endedBy = 'visitor' in actor ? 'user' : 'consultant';
    const found = await models.Case.findOneAndUpdate(
      { _id: id, open: true, ...heldBy(actor) },
      {
        $set: { state: 'ended', endedAt: at, endedBy, activeAt: at, expiresAt: this.expiry() },
        $unset: { open: '', answerDue: '' },
        ...this.#step({ at, what: 'ended' }),
      },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) return this.refuse(id, actor);
    events.announce('consult.ended', found);
    await this.keepWhole(found);
    return found;
  }

  /** Rate an ended consultation; a second rating replaces the first. @throws AppError consult_not_found. */
  async rate(id: string, visitor: string, { stars, line }: { stars: number; line: string }): Promise<Case> {
    const { models, clock, events } = this.deps;
    const found = await models.Case.findOneAndUpdate(
      { _id: id, visitor, state: 'ended' },
      { $set: { rating: { stars, line, at: clock.date() }, expiresAt: this.expiry() } },
      { returnDocument: 'after' },
    ).lean<Case>();
    if (!found) throw new AppError('consult_not_found');
    events.announce('consult.rated', found);
    await this.keepWhole(found);
    return found;
  }

  /** A new return code; the old one opens nothing any more. @throws AppError consult_not_found. */
  async renewCode(id: string, visitor: string): Promise<string> {
    const code = newCode();
    const { matchedCount } = await this.deps.models.Case.updateOne(
      { _id: id, visitor },
      { $set: { codeHash: codeHash(code) } },
    );
    if (matchedCount === 0) throw new AppError('consult_not_found');
    return code;
  }

  /**
   * Come back from another browser: the case is this visitor's from now on, and the first browser's no more. The code
   * is used up by the same write.
   * @returns the case and the code that opens it from now on.
   * @throws AppError code_wrong, consult_open (this browser has one under way).
   */
  async comeBack(code: string, visitor: string): Promise<{ found: Case; code: string }> {
    const { models, clock, events, node } = this.deps;
    const next = newCode();
    const wanted = { codeHash: codeHash(code), activeAt: trusted({ $gte: clock.date(-CODE_DAYS * DAY_MS) }) };
    // One that has ended would stand behind the one under way here. Two under way: the unique index says no.
    const ended = await models.Case.exists({ ...wanted, state: 'ended' });
    if (ended && (await models.Case.exists({ visitor, open: true }))) throw new AppError('consult_open');
    try {
      const before = await models.Case.findOneAndUpdate(
        wanted,
        { $set: { visitor, visitorAway: null, hereSince: clock.date(), hereOn: node, codeHash: codeHash(next) } },
        { returnDocument: 'before' },
      ).lean<Case>();
      if (!before) throw new AppError('code_wrong');
      const found = { ...before, visitor };
      if (before.visitor !== visitor) events.announce('consult.moved', { found, from: before.visitor });
      return { found, code: next };
    } catch (error) {
      if (isDuplicateKey(error)) throw new AppError('consult_open', {}, { cause: error });
      throw error;
    }
  }

  /** The visitor of an open case came, or closed the last page. */
  async visitorIsHere(visitor: string, here: boolean): Promise<void> {
    const { models, clock, events, node } = this.deps;
    const found = await models.Case.findOneAndUpdate(
      { visitor, open: true },
      { $set: { visitorAway: here ? null : clock.date(), ...(here && { hereOn: node }) } },
      { returnDocument: 'before' },
    ).lean<Case>();
    if (found && !found.visitorAway !== here)
      events.announce('consult.presence', { ...found, visitorAway: here ? null : clock.date() });
  }

  /** Visitors whose line came to a node that is not there any more are away: it cannot say so itself. */
  async leftWith(alive: Iterable<string>): Promise<void> {
    const { models, clock, events } = this.deps;
    const states: Case['state'][] = ['waiting', 'taken'];
    const cut = { state: trusted({ $in: states }), visitorAway: null, hereOn: trusted({ $nin: [...alive] }) };
    for (const { _id } of await models.Case.find(cut).select('_id').lean<Pick<Case, '_id'>[]>()) {
      const found = await models.Case.findOneAndUpdate(
        { ...cut, _id },
        { $set: { visitorAway: clock.date() } },
        { returnDocument: 'after' },
      ).lean<Case>();
      if (!found) continue;
      events.announce('consult.presence', found);
      events.announce('consult.left', found);
    }
  }

  /** What ended since a moment, the latest first. */
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
   * Forget a case whose time is over. The delete that asks for it decides: a case that went on meanwhile stays.
   * @returns the cases that are gone; what belongs to them is erased after them.
   */
  async expire(): Promise<Case[]> {
    const { models, clock } = this.deps;
    const over = await models.Case.find({ expiresAt: trusted({ $lte: clock.date() }) })
      .limit(EXPIRED_AT_ONCE)
      .select('_id')
      .lean<Pick<Case, '_id'>[]>();
    const gone: Case[] = [];
    for (const { _id } of over) {
      const found = await models.Case.findOneAndDelete({
        _id,
        expiresAt: trusted({ $lte: clock.date() }),
      }).lean<Case>();
      if (!found) continue;
      for (const model of [models.CaseMessage, models.CaseNote]) await model.deleteMany({ case: String(_id) });
      gone.push(found);
    }
    return gone;
  }

  /**
   * Why a hand could not do what it wanted. Another visitor's case looks like none at all.
   * @throws always.
   */
  async refuse(id: string, actor: Actor): Promise<never> {
    const found = await this.deps.models.Case.findOne({ _id: id }).lean<Case>();
    if (!found || ('visitor' in actor && found.visitor !== actor.visitor)) throw new AppError('consult_not_found');
    if (found.state === 'ended') throw new AppError('consult_over');
    if ('consultant' in actor && found.consultant && found.consultant.id !== actor.consultant) {
      throw new AppError('consult_taken', { by: found.consultant.name });
    }
    throw new AppError('forbidden');
  }

  #step(step: { at: Date; what: Case['trail'][number]['what']; by?: string; why?: string }) {
    return { $inc: { turn: 1 }, $push: { trail: { $each: [step], $slice: -TRAIL_MAX } } };
  }
}
