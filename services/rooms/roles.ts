/** What somebody is in a room right now, by the store, for every door that asks the table of rights. */
import type { Room } from '../../schemas/rooms/room.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import { type Action, requireRight, type Role, roleOf } from './rights.js';
import type { Seats } from './seats.js';

interface Deps {
  admissions: Pick<Admissions, 'has'>;
  bans: Pick<Bans, 'among'>;
  seats: Pick<Seats, 'find'>;
}

export class Roles {
  constructor(private readonly deps: Deps) {}

  /** The role of a visitor; the host and helpers are known by the room alone, without a question. */
  async of(room: Room, visitor: string): Promise<Role> {
    const known = roleOf(room, visitor, 'none');
    if (known !== 'none') return known;
    const { admissions, seats, bans } = this.deps;
    if ((await bans.among(room, [{ visitor }])).has(visitor)) return 'banned';
    const isIn = (await admissions.has(room, visitor)) || (await seats.find(String(room._id), visitor)) !== null;
    return isIn ? 'member' : 'none';
  }

  /** @throws AppError banned, not_admitted, not_host: see {@link requireRight}. */
  async require(room: Room, visitor: string, action: Action): Promise<void> {
    requireRight(await this.of(room, visitor), action);
  }
}
