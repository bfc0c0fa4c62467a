/**
 * Who asks to be let into a room whose host admits people. A visitor has one knock in a room, by a unique index; it counts
 * for as long as they are heard of, and one that was refused keeps them from knocking again for a while. What
 * hosts answer is in knock-answers.ts.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Knock } from '../../schemas/rooms/knock.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { person, type Visitor } from '../people/visitors.js';
import { addressIn } from '../site/addresses.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Limits } from '../site/limits.js';
import type { Seats } from './seats.js';

/** How long a knock counts after its visitor was heard of last, and how exactly that is kept: milliseconds. */
const KNOCK_MS = 15 * 60_000;
const EXACT_MS = 60_000;
/** Knocks of a room at once. */
export const KNOCKS_MAX = 100;
/** Seconds after which a page that waits asks again. */
const ASK_AGAIN_S = 15;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  limits: Pick<Limits, 'take' | 'atOnce'>;
  seats: Pick<Seats, 'count'>;
}

export class Knocks {
  constructor(private readonly deps: Deps) {}

  /** A visitor's knock, or the refusal that is still in force; null if there is neither. */
  async find(room: string, visitor: string): Promise<Knock | null> {
    return this.deps.models.Knock.findOne({ room, visitor, ...this.#counts() }).lean<Knock>();
  }

  /**
   * Ask to be let in, or ask on.
   * @param address from where, as limits count it.
   * @returns what that is answered with: knocking; not_admitted, with seconds, after a refusal; room_full.
   * @throws AppError busy (too many knock), too_many_seats, rate_limited (too many from one address, or of one visitor).
   */
  async ask(room: Room, visitor: Visitor, address: string): Promise<AppError> {
    const id = String(room._id);
    const known = await this.find(id, visitor.id);
    if (known) {
      await this.#goOn(known);
      return this.refusalOf(known);
    }
    if ((await this.deps.seats.count(id)) >= room.max) return new AppError('room_full');
    await this.#allow(id, visitor.id, address);
    await this.#insert(id, visitor, address);
    return new AppError('knocking', { retryAfter: ASK_AGAIN_S });
  }

  /** What who knocks, or was refused, hears. */
  refusalOf({ state, until }: Pick<Knock, 'state' | 'until'>): AppError {
    if (state !== 'refused') return new AppError('knocking', { retryAfter: ASK_AGAIN_S });
    const seconds = Math.ceil((until.getTime() - this.deps.clock.now()) / 1000);
    return new AppError('not_admitted', { retryAfter: Math.max(1, seconds) });
  }

  /** Who waits, in the order in which they came. */
  async list(room: string): Promise<Person[]> {
    const knocks = await this.deps.models.Knock.find({ room, state: 'waiting', ...this.#counts() })
      .sort({ createdAt: 1, _id: 1 })
      .limit(KNOCKS_MAX)
      .lean<Knock[]>();
    return knocks.map(({ visitor, name, color }) => ({ id: visitor, color, name }));
  }

  /** They wait no longer. A refusal stays in force. */
  async withdraw(room: string, visitor: string): Promise<void> {
    const { deletedCount } = await this.deps.models.Knock.deleteOne({ room, visitor, state: 'waiting' });
    if (deletedCount > 0) this.#changed(room);
  }

  /** Forget the knocks of somebody who was banned. @param address the room's hash of one: of everybody behind it. */
  async forget(room: string, visitor: string, address: string | null): Promise<void> {
    const theirs = { room, $or: [{ visitor }, ...(address === null ? [] : [{ address }])] };
    const { deletedCount } = await this.deps.models.Knock.deleteMany(theirs);
    if (deletedCount > 0) this.#changed(room);
  }

  /** Delete the knocks of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Knock.deleteMany({ room });
  }

  /** One that is over is deleted only after a while. */
  #counts() {
    return { until: trusted({ $gt: this.deps.clock.date() }) };
  }

  #changed(room: string): void {
    this.deps.events.announce('knocks.changed', { room });
  }

  /** They are still there. */
  async #goOn({ _id, state, until }: Knock): Promise<void> {
    const { models, clock } = this.deps;
    if (state !== 'waiting' || until.getTime() - clock.now() > KNOCK_MS - EXACT_MS) return;
    await models.Knock.updateOne({ _id, state: 'waiting' }, { $set: { until: clock.date(KNOCK_MS) } });
  }

  /** These limits keep a list that a person can read, and need not be exact. */
  async #allow(room: string, visitor: string, address: string): Promise<void> {
    const { models, limits } = this.deps;
    const waiting = { room, state: 'waiting' as const, ...this.#counts() };
    const [all, near] = await Promise.all([
      models.Knock.countDocuments(waiting),
      models.Knock.countDocuments({ ...waiting, address: addressIn(room, address) }),
    ]);
    if (all >= KNOCKS_MAX) throw new AppError('busy', { retryAfter: ASK_AGAIN_S });
    if (near >= limits.atOnce('seats_ip')) throw new AppError('too_many_seats');
    await limits.take('knock', visitor);
    await limits.take('knock_ip', address);
  }

  /** Two requests of one visitor may come at once: the index keeps one. */
  async #insert(room: string, visitor: Visitor, address: string): Promise<void> {
    const { models, clock } = this.deps;
    const { id, name, color } = person(visitor);
    await models.Knock.deleteOne({ room, visitor: id, until: trusted({ $lte: clock.date() }) });
    try {
      await models.Knock.create({
        ...{ room, visitor: id, name, color, state: 'waiting' },
        address: addressIn(room, address),
        until: clock.date(KNOCK_MS),
        createdAt: clock.date(),
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    this.#changed(room);
  }
}
