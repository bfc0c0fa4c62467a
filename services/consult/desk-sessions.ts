/**
 * Sign-in at the desk, with its password, and desk sessions, which end when they are unused for long and at the latest
 * after a shift. A name has one desk session. It belongs to whoever signed in: for half a minute until the page has
 * connected, and then while it is connected. After that anybody may sign in under the name; the session before ends
 * then.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { trusted } from 'mongoose';
import { type Consultant, consultantPerson, type DeskSession } from '../../schemas/consult/consultant.js';
import type { ConsultantView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import { nameKey } from '../../schemas/site/names.js';
import type { Passwords } from '../people/passwords.js';
import { colorOf } from '../people/visitors.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Party } from '../work/fair-queue.js';

/** A use of a desk session is stored only if it extends the session by this share of the idle time. */
const TOUCH_SHARE = 0.05;
/** Milliseconds for which a name waits for the first connection of who signed in under it. */
const CLAIM_MS = 30_000;
/** Sessions that are ended in one go at the most. */
const BATCH = 1_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  passwords: Passwords;
  /** CONSULT_PASSWORD: plain, an argon2id hash, or null when the desk is closed. */
  password: string | null;
  /** Milliseconds after which an unused desk session ends, and after which any does. */
  idleMs: number;
  shiftMs: number;
}

/** A name that is reserved for half a minute. `session` is a random token until the session's id is known. */
export type Claim = Consultant & { session: string };

export class DeskSessions {
  constructor(private readonly deps: Deps) {}

  /** Whether anybody can sign in at all. */
  get open(): boolean {
    return this.deps.password !== null;
  }

  /** Whether a text is the desk's password. @param from whose turn it is. @throws AppError desk_closed, busy. */
  async passwordMatches(given: string, from: Party): Promise<boolean> {
    const { password, passwords } = this.deps;
    if (password === null) throw new AppError('desk_closed');
    if (password.startsWith('$argon2id$')) return passwords.matches(password, given, from);
    return timingSafeEqual(digest(password.normalize('NFC')), digest(given));
  }

  /**
   * Claim a name under which nobody works now, or under which `own`, the session so far, does. Of any number who want a
   * name at once, one gets it: the filter decides, and the unique key refuses the others.
   * @throws AppError consultant_name_taken.
   */
  async claim(name: string, own: string): Promise<Claim> {
    const { models, clock } = this.deps;
    const now = clock.date();
    const [id, session] = [randomBytes(16).toString('hex'), `claim:${randomBytes(16).toString('hex')}`];
    try {
      return await models.Consultant.findOneAndUpdate(
        {
          key: nameKey(name),
          $or: [
            { session: own },
            { sockets: trusted({ $size: 0 }), claimedUntil: null },
            { sockets: trusted({ $size: 0 }), claimedUntil: trusted({ $lte: now }) },
          ],
        },
        {
          $set: { name, session, claimedUntil: clock.date(CLAIM_MS), seenAt: now },
          $setOnInsert: { _id: id, color: colorOf(id), sockets: [], awaySince: now },
        },
        { upsert: true, returnDocument: 'after' },
      ).lean<Claim>();
    } catch (error) {
      if (isDuplicateKey(error)) throw new AppError('consultant_name_taken', {}, { cause: error });
      throw error;
    }
  }

  /**
   * Open a desk session under a name that was claimed.
   * @param session the hash of the new session id.
   * @throws AppError consultant_name_taken when somebody else has claimed the name since.
   */
  async signIn(claimed: Claim, session: string): Promise<ConsultantView> {
    const { models, clock, events, idleMs, shiftMs } = this.deps;
    const bornAt = clock.date();
    const until = clock.date(Math.min(idleMs, shiftMs));
    const { _id: consultant } = claimed;
    const { matchedCount } = await models.Consultant.updateOne(
      { _id: consultant, session: claimed.session },
      { $set: { session } },
    );
    if (matchedCount === 0) throw new AppError('consultant_name_taken');
    const before = await models.DeskSession.find({ consultant }).lean<DeskSession[]>();
    await models.DeskSession.create({ _id: session, consultant, bornAt, until });
    const over = before.map(({ _id }) => _id);
    await models.DeskSession.deleteMany({ _id: trusted({ $in: over }) });
    if (over.length > 0) events.announce('desk.signed-out', over);
    return consultantPerson(claimed);
  }

  /**
   * The consultant whose desk session this is, or null.
   * @param used whether this is a use of the session, which extends it.
   */
  async of(session: string, used = false): Promise<ConsultantView | null> {
    const { models, clock, idleMs, shiftMs } = this.deps;
    const found = await models.DeskSession.findOne({
      _id: session,
      until: trusted({ $gt: clock.date() }),
    }).lean<DeskSession>();
    if (!found) return null;
    const until = Math.min(clock.now() + idleMs, found.bornAt.getTime() + shiftMs);
    if (used && until - found.until.getTime() > idleMs * TOUCH_SHARE)
      await models.DeskSession.updateOne({ _id: session }, { $set: { until: new Date(until) } });
    const consultant = await models.Consultant.findOne({ _id: found.consultant, session }).lean<Consultant>();
    return consultant && consultantPerson(consultant);
  }

  /** End a desk session; its name is free at once. @returns whose it was, or null when another session has the name. */
  async signOut(session: string): Promise<ConsultantView | null> {
    const { models, clock, events } = this.deps;
    const found = await models.DeskSession.findOneAndDelete({ _id: session }).lean<DeskSession>();
    if (!found) return null;
    const consultant = await models.Consultant.findOneAndUpdate(
      { _id: found.consultant, session },
      { $set: { session: null, claimedUntil: null, sockets: [], awaySince: clock.date() } },
      { returnDocument: 'after' },
    ).lean<Consultant>();
    // Announced last: a socket that opens from here on finds no session, and this closes those that opened before.
    events.announce('desk.signed-out', [session]);
    events.announce('desk.changed');
    return consultant && consultantPerson(consultant);
  }

  /** End every desk session whose time is over. @returns the consultants who were signed out. */
  async expire(): Promise<ConsultantView[]> {
    const { models, clock } = this.deps;
    const over = await models.DeskSession.find({ until: trusted({ $lte: clock.date() }) })
      .limit(BATCH)
      .lean<DeskSession[]>();
    const gone: ConsultantView[] = [];
    for (const { _id } of over) {
      const consultant = await this.signOut(_id);
      if (consultant) gone.push(consultant);
    }
    return gone;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
