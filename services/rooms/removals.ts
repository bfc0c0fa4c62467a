/**
 * Somebody is made to leave a room, and may come back, or is banned. In this order: the ban is written, the admission ends,
 * the seat ends, their sockets are put out on every node; so that what asks for one of these afterwards finds it gone. A
 * post under way is refused because its seat is asked for after the insert; who was just coming in finds the ban.
 */
import { trusted } from 'mongoose';
import type { BanView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Knock } from '../../schemas/rooms/knock.js';
import { type Room, rolesOf } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import type { EventBus } from '../site/events.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import { type Bans, newSalt } from './bans.js';
import type { ChatActions } from './chat-actions.js';
import type { Knocks } from './knocks.js';
import type { KnownPeople } from './known-people.js';
import type { Notices } from './notices.js';
import type { Reports } from './reports.js';
import { requireRight, roleOf } from './rights.js';
import type { Rooms } from './rooms.js';
import type { Seats } from './seats.js';

/** Messages that are erased at the same time. */
const AT_ONCE = 20;

interface Deps {
  models: Models;
  events: EventBus;
  rooms: Pick<Rooms, 'find'>;
  seats: Pick<Seats, 'find' | 'remove'>;
  admissions: Pick<Admissions, 'end' | 'find'>;
  bans: Pick<Bans, 'add'>;
  knocks: Pick<Knocks, 'find' | 'forget'>;
  chatActions: Pick<ChatActions, 'removeAs'>;
  notices: Pick<Notices, 'tell'>;
  knownPeople: Pick<KnownPeople, 'find'>;
  reports: Pick<Reports, 'settlePerson'>;
}

interface Wish {
  ban: boolean;
  byAddress: boolean;
  erase: boolean;
}

interface Removed {
  ban: BanView | null;
  /** Others behind the same address, who had to leave as well. */
  others: Person[];
}

export class Removals {
  constructor(private readonly deps: Deps) {}

  /**
   * Make a person leave; with `ban`, for as long as the room lives; with `byAddress`, and everybody behind the same
   * address; with `erase`, what they posted goes.
   * @param by the visitor who asks.
   * @throws AppError not_host (also for the host, who cannot be removed), person_not_found, room_closed, room_not_found.
   */
  async remove(id: string, by: string, visitor: string, wish: Wish): Promise<Removed> {
    const { admissions, seats, bans, knocks, knownPeople, reports } = this.deps;
    const room = await this.#mark(id, by, visitor, wish.ban);
    const seat = await seats.find(id, visitor);
    // Whoever knocks can only be banned.
    const knock = wish.ban ? await knocks.find(id, visitor) : null;
    const person = seat ? seatPerson(seat) : (knockPerson(knock) ?? (await knownPeople.find(id, visitor)));
    const address = seat?.address ?? (await admissions.find(id, visitor))?.address ?? knock?.address ?? null;
    const hash = wish.ban && wish.byAddress ? address : null;
    const ban = wish.ban ? await bans.add(room, person, hash) : null;
    const others = hash === null ? [] : await this.#behind(room, hash, visitor);
    for (const each of [visitor, ...others.map(({ visitor: other }) => other)]) {
      await admissions.end(id, each);
      await seats.remove(id, each, ban ? 'banned' : 'removed');
    }
    if (ban) await knocks.forget(id, visitor, hash);
    if (wish.erase) await this.#erase(id, visitor);
    await reports.settlePerson(id, visitor, wish.erase);
    return { ban, others: others.map(seatPerson) };
  }

  /**
   * The one conditional write: who asks is still in charge, and whom they remove is not host. From then on every way in
   * asks. A helper who is removed helps no more.
   */
  async #mark(id: string, by: string, visitor: string, isBan: boolean): Promise<Room> {
    const { models, events, rooms } = this.deps;
    const room = await rooms.find(id);
    requireRight(roleOf(room, by, 'none'), 'remove');
    if (!room.salt) {
      const unsalted = { _id: id, salt: trusted({ $exists: false }) };
      if (isBan) await models.Room.updateOne(unsalted, { $set: { salt: newSalt() } });
    }
    const changed = await models.Room.findOneAndUpdate(
      { _id: id, state: 'open', owner: trusted({ $ne: visitor }), $or: [{ owner: by }, { helpers: by }] },
      { $set: { guarded: true }, $pull: { helpers: visitor } },
      { returnDocument: 'after' },
    ).lean<Room>();
    if (!changed) {
      await rooms.find(id);
      throw new AppError('not_host');
    }
    if (room.helpers?.includes(visitor)) events.announce('room.roles', { room: id, roles: rolesOf(changed) });
    return changed;
  }

  /** The seats of others behind an address, but for those in charge. */
  async #behind(room: Room, address: string, visitor: string): Promise<Seat[]> {
    const seats = await this.deps.models.Seat.find({ room: String(room._id), address }).lean<Seat[]>();
    return seats.filter((seat) => seat.visitor !== visitor && roleOf(room, seat.visitor, 'none') === 'none');
  }

  async #erase(room: string, visitor: string): Promise<void> {
    const { models, chatActions, notices } = this.deps;
    for (let count = 0; ;) {
      const found = await models.Chat.find({ room, 'author.id': visitor, removed: trusted({ $exists: false }) })
        .select('_id')
        .limit(AT_ONCE)
        .lean();
      if (found.length === 0) {
        if (count > 0) await notices.tell(room, 'messages_removed', count);
        return;
      }
      count += found.length;
      await Promise.all(found.map(({ _id }) => chatActions.removeAs('host', room, String(_id))));
    }
  }
}

/** Who knocks. */
const knockPerson = (knock: Knock | null): Person | null =>
  knock && { id: knock.visitor, name: knock.name, color: knock.color };
