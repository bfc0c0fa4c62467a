/**
 * What hosts answer those who knock. A knock is taken by one conditional write, so that of two answers at once one counts;
 * an admission is looked at again after it was written, so that it holds against neither a ban nor a door that was closed
 * meanwhile.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Knock } from '../../schemas/rooms/knock.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import type { Knocks } from './knocks.js';
import type { Seats } from './seats.js';

/** How long a refusal keeps somebody from knocking again: milliseconds. */
const REFUSED_MS = 5 * 60_000;
/** How long an admission may take to be written, where a crash comes between: milliseconds. */
const ADMITTING_MS = 60_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  admissions: Pick<Admissions, 'grant' | 'revoke'>;
  bans: Pick<Bans, 'among'>;
  knocks: Pick<Knocks, 'list'>;
  seats: Pick<Seats, 'count'>;
}

export class KnockAnswers {
  constructor(private readonly deps: Deps) {}

  /**
   * Let somebody in who knocks, for as long as the room lives.
   * @throws AppError person_not_found (they do not knock, or were answered), door_closed, room_full, banned, room_closed.
   */
  async admit(room: Room, visitor: string): Promise<void> {
    if ((await this.#free(room)) === 0) throw new AppError('room_full');
    await this.#admit(room, visitor);
  }

  /** Let in as many of those who knock as there are free seats, in order. @returns who was. @throws AppError door_closed, room_full. */
  async admitAll(room: Room): Promise<Person[]> {
    const waiting = await this.deps.knocks.list(String(room._id));
    const free = waiting.length === 0 ? 0 : await this.#free(room);
    if (waiting.length > 0 && free === 0) throw new AppError('room_full');
    return this.#admitEach(room, waiting.slice(0, free));
  }

  /** The host no longer has to be asked: whoever knocks comes in. */
  async open(room: Room): Promise<void> {
    if (!room.closedDoor) await this.#admitEach(room, await this.deps.knocks.list(String(room._id)));
  }

  /** Refuse somebody who knocks; they may ask again after a while. @throws AppError person_not_found. */
  async refuse(room: string, visitor: string): Promise<void> {
    const { models, clock, events } = this.deps;
    const { matchedCount } = await models.Knock.updateOne(this.#waiting(room, visitor), {
      $set: { state: 'refused', until: clock.date(REFUSED_MS) },
    });
    if (matchedCount === 0) throw new AppError('person_not_found');
    events.announce('knock.answered', { room, visitor, isAdmitted: false });
    events.announce('knocks.changed', { room });
  }

  #waiting(room: string, visitor: string) {
    return { room, visitor, state: 'waiting' as const, until: trusted({ $gt: this.deps.clock.date() }) };
  }

  async #free({ _id, max }: Room): Promise<number> {
    return Math.max(0, max - (await this.deps.seats.count(String(_id))));
  }

  /** Who was answered meanwhile is passed over. */
  async #admitEach(room: Room, people: Person[]): Promise<Person[]> {
    const admitted: Person[] = [];
    for (const person of people) {
      try {
        await this.#admit(room, person.id);
        admitted.push(person);
      } catch (error) {
        if (!(error instanceof AppError) || !['person_not_found', 'banned'].includes(error.code)) throw error;
      }
    }
    return admitted;
  }

  async #admit(room: Room, visitor: string): Promise<void> {
    const { models, clock, admissions, events } = this.deps;
    const id = String(room._id);
    if (room.closedDoor) throw new AppError('door_closed');
    // Kept until the admission is written: who bans them meanwhile finds one of the two.
    const knock = await models.Knock.findOneAndUpdate(this.#waiting(id, visitor), {
      $set: { state: 'admitted', until: clock.date(ADMITTING_MS) },
    }).lean<Knock>();
    if (!knock) throw new AppError('person_not_found');
    events.announce('knocks.changed', { room: id });
    await admissions.grant(id, visitor, true);
    const refusal = await this.#refusalNow(id, knock);
    if (refusal) await admissions.revoke(id, visitor);
    await models.Knock.deleteOne({ _id: knock._id });
    if (refusal) throw refusal;
    events.announce('knock.answered', { room: id, visitor, isAdmitted: true });
  }

  /** Why somebody must not come in, as it is after their admission was written; or null. */
  async #refusalNow(id: string, { visitor, address }: Knock): Promise<AppError | null> {
    const { models, bans } = this.deps;
    const room = await models.Room.findOne({ _id: id, state: 'open' }).lean<Room>();
    if (!room) return new AppError('room_closed');
    if (room.closedDoor) return new AppError('door_closed');
    return (await bans.among(room, [{ visitor, address }])).has(visitor) ? new AppError('banned') : null;
  }
}
