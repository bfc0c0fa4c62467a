/** What the operator can do at /admin. Each deed is noted with who did it. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { personOf, type PersonDoc } from '../../schemas/people/person.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import type { Clock } from '../database/clock.js';
import type { People } from '../people/people.js';
import type { SiteBans } from '../people/site-bans.js';
import type { Reports } from '../rooms/reports.js';
import type { Rooms } from '../rooms/rooms.js';
import type { Seats } from '../rooms/seats.js';
import { addressKey } from '../site/addresses.js';
import { AppError } from '../site/errors.js';
import type { Notices } from '../site/notices.js';
import { searchTerms } from '../site/search.js';
import type { Admin } from './admin.js';

const PEOPLE_MAX = 100;

interface Deps {
  models: Models;
  clock: Clock;
  admin: Admin;
  people: People;
  siteBans: SiteBans;
  notices: Notices;
  rooms: Rooms;
  seats: Seats;
  reports: Pick<Reports, 'settleEverywhere'>;
}

export class AdminActions {
  constructor(private readonly deps: Deps) {}

  /** Close a room for everybody in it. @throws AppError room_not_found, room_closed. */
  async closeRoom(id: string, by: string): Promise<void> {
    const { rooms, admin } = this.deps;
    const { title } = await rooms.find(id);
    if (await rooms.close(id, 'admin')) await admin.note('room_closed', by, title);
  }

  /**
   * Keep a visitor out of the site: every door is closed to them, their connections are cut, their seats are free at once,
   * and reports of them as a person are settled.
   * @throws AppError person_not_found, too_many_bans.
   */
  async banVisitor(id: string, minutes: number, by: string): Promise<void> {
    const { models, people, siteBans, seats, reports, admin } = this.deps;
    const found = await people.find(id);
    if (!found) throw new AppError('person_not_found');
    await siteBans.banVisitor(personOf(found), minutes);
    await admin.note('visitor_banned', by, found.name);
    const held = await models.Seat.find({ visitor: id }).lean<Seat[]>();
    for (const { room } of held) await seats.leave(room, id);
    await reports.settleEverywhere(id);
  }

  /** Keep everybody at an address out. The audit list has no address. @throws AppError too_many_bans. */
  async banAddress(address: string, minutes: number, by: string): Promise<void> {
    await this.deps.siteBans.banAddress(addressKey(address), minutes);
    await this.deps.admin.note('address_banned', by);
  }

  /** @throws AppError person_not_found. */
  async liftBan(id: string, by: string): Promise<void> {
    const { person } = await this.deps.siteBans.lift(id);
    await this.deps.admin.note('ban_lifted', by, person?.name);
  }

  /** Show a text on all pages until it is ended; null ends it. */
  async announce(text: string | null, by: string): Promise<void> {
    await this.deps.notices.announce(text);
    await this.deps.admin.note(text === null ? 'announcement_ended' : 'announced', by, text ?? undefined);
  }

  /** Make no new rooms until this is ended. Those that are open go on. */
  async maintain(on: boolean, by: string): Promise<void> {
    await this.deps.notices.maintain(on);
    await this.deps.admin.note(on ? 'maintenance_begun' : 'maintenance_ended', by);
  }

  /** Visitors by a part of their name, or those in a room. */
  async findPeople({ q, room }: { q?: string | undefined; room?: string | undefined }) {
    const { models, clock } = this.deps;
    if (room) {
      const seats = await models.Seat.find({ room }).limit(PEOPLE_MAX).lean<Seat[]>();
      return seats.map(seatPerson);
    }
    if (!q) return [];
    const name = new RegExp(searchTerms(q).pattern, 'i');
    const found = await models.Person.find({ until: trusted({ $gt: clock.date() }), $or: [{ name }, { alias: name }] })
      .sort({ lastSeen: -1 })
      .limit(PEOPLE_MAX)
      .lean<PersonDoc[]>();
    return found.map(personOf);
  }
}
