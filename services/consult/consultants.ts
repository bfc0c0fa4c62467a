/**
 * Who works at the desk: sign-in with the desk's password, desk sessions with an idle and an absolute end, and lines.
 * A name has one desk session. It belongs to who signed in, for half a minute until the page has its line, and then for
 * as long as there is a line; without one it can be signed in again, cases and all, and the session before is over.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Consultant, DeskSession } from '../../schemas/consult/consultant.js';
import type { ConsultantView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../site/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Passwords } from '../people/passwords.js';
import { fold } from '../site/search.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { colorOf } from '../people/visitors.js';

/** A use of a desk session is written at most so often, as a share of the idle time. */
const TOUCH_SHARE = 0.05;
const MANY = 1_000;
/** How long a name waits for the first line of who signed in under it. */
const CLAIM_MS = 30_000;
/** How often a line that is there is written down. */
const HEARTBEAT_MS = 4_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  passwords: Passwords;
  /** CONSULT_PASSWORD: plain, an argon2id hash, or null when the desk is closed. */
  password: string | null;
  idleMs: number;
  shiftMs: number;
}

/** A name that is somebody's for half a minute; `session` is a token then, until the session's id is known. */
export type Claim = Consultant & { session: string };

export class Consultants {
  constructor(private readonly deps: Deps) {}

  /** Whether anybody can sign in at all. */
  get open(): boolean {
    return this.deps.password !== null;
  }

  /** @throws AppError desk_closed, busy. */
  async passwordMatches(given: string): Promise<boolean> {
    const { password, passwords } = this.deps;
    if (password === null) throw new AppError('desk_closed');
    if (password.startsWith('$argon2id$')) return passwords.matches(password, given);
    return timingSafeEqual(digest(password.normalize('NFC')), digest(given));
  }

  /**
   * Open a desk session for a name that was claimed.
   * @param session hash of the new session id.
   * @throws AppError consultant_name_taken when the claim was lost meanwhile.
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
    return view(claimed);
  }

  /**
   * Claim a name that nobody works under just now, or under which `own`, the session so far, does. Of any number who
   * want a name at once, one gets it: the filter is the race, and the unique key says no to the rest.
   * @throws AppError consultant_name_taken.
   */
  async claim(name: string, own: string): Promise<Claim> {
    const { models, clock } = this.deps;
    const now = clock.date();
    const [id, session] = [randomBytes(16).toString('hex'), `claim:${randomBytes(16).toString('hex')}`];
    try {
      return await models.Consultant.findOneAndUpdate(
        {
          key: fold(name),
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

  /** The consultant of a session, now, or null. A use keeps the session from going idle. */
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
    return consultant && view(consultant);
  }

  /** One who is here now, for a transfer. @throws AppError consultant_away. */
  async present(id: string): Promise<ConsultantView> {
    const found = await this.deps.models.Consultant.findOne({ _id: id, awaySince: null }).lean<Consultant>();
    if (!found) throw new AppError('consultant_away');
    return view(found);
  }

  /** Whether anybody is at the desk. */
  async staffed(): Promise<boolean> {
    return (await this.deps.models.Consultant.exists({ awaySince: null })) !== null;
  }

  /** All who have been here lately, those who are here first. */
  async list(): Promise<Consultant[]> {
    return this.deps.models.Consultant.find({}).sort({ key: 1 }).limit(MANY).lean<Consultant[]>();
  }

  /** A page of a consultant opened its line. @returns false for one whose session has ended meanwhile: it has none. */
  async socketOpened(id: string, session: string, { node, socket }: SocketRef): Promise<boolean> {
    const { models, clock, events } = this.deps;
    const { matchedCount } = await models.Consultant.updateOne(
      { _id: id, session },
      {
        $addToSet: { sockets: { node, socket } },
        $set: { awaySince: null, claimedUntil: null, seenAt: clock.date() },
      },
    );
    if (matchedCount > 0) events.announce('desk.changed');
    return matchedCount > 0;
  }

  /**
   * A page's line is gone. With the last one the consultant is away.
   * @param silentMs since when nothing had come over it: a line that died in silence is noticed late.
   */
  async socketLost(id: string, { node, socket }: SocketRef, silentMs = 0): Promise<void> {
    await this.deps.models.Consultant.updateOne({ _id: id }, { $pull: { sockets: { node, socket } } });
    await this.#noteAway(id, this.deps.clock.date(-silentMs));
  }

  /** All lines of a node that died. `graceMs`: they have at least so long to come back on another. */
  async nodeDied(node: string, lineMs: number, graceMs: number): Promise<void> {
    const { models, clock } = this.deps;
    const cut = await models.Consultant.find({ 'sockets.node': node }).limit(MANY).lean<Consultant[]>();
    for (const { _id, seenAt } of cut) {
      await models.Consultant.updateOne({ _id }, { $pull: { sockets: { node } } });
      const latest = clock.now() - Math.max(0, lineMs - graceMs);
      await this.#noteAway(_id, new Date(Math.max(seenAt.getTime(), latest)));
    }
  }

  /** This node still holds its lines: what a later death is dated by. */
  async heartbeat(node: string): Promise<void> {
    const { models, clock } = this.deps;
    await models.Consultant.updateMany(
      { 'sockets.node': node, seenAt: trusted({ $lt: clock.date(-HEARTBEAT_MS) }) },
      { $set: { seenAt: clock.date() } },
    );
  }

  /** Leave the desk: the name is free at once. @returns who it was, or null when another session has the name. */
  async signOut(session: string): Promise<ConsultantView | null> {
    const { models, clock, events } = this.deps;
    const found = await models.DeskSession.findOneAndDelete({ _id: session }).lean<DeskSession>();
    if (!found) return null;
    const consultant = await models.Consultant.findOneAndUpdate(
      { _id: found.consultant, session },
      { $set: { session: null, claimedUntil: null, sockets: [], awaySince: clock.date() } },
      { returnDocument: 'after' },
    ).lean<Consultant>();
    // Only now: a line that opens from here on finds no session, one that opened before is closed by this.
    events.announce('desk.signed-out', [session]);
    events.announce('desk.changed');
    return consultant && view(consultant);
  }

  /** End every desk session whose time is over. @returns their consultants. */
  async expire(): Promise<ConsultantView[]> {
    const { models, clock } = this.deps;
    const over = await models.DeskSession.find({ until: trusted({ $lte: clock.date() }) })
      .limit(MANY)
      .lean<DeskSession[]>();
    const gone: ConsultantView[] = [];
    for (const { _id } of over) {
      const consultant = await this.signOut(_id);
      if (consultant) gone.push(consultant);
    }
    return gone;
  }

  async #noteAway(id: string, since: Date): Promise<void> {
    const { models, events } = this.deps;
    const { modifiedCount } = await models.Consultant.updateOne(
      { _id: id, sockets: trusted({ $size: 0 }), awaySince: null },
      { $set: { awaySince: since } },
    );
    if (modifiedCount > 0) events.announce('desk.changed');
  }
}

const view = ({ _id, name, color }: Consultant): ConsultantView => ({ id: _id, name, color });
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
