/**
 * Who is in charge of a room: the host hands it over, makes helpers and unmakes them. Each is one conditional write that
 * holds only while who asks is still host, so that of two hand-overs at once the first decides.
 */
import type { Models } from '../../schemas/models.js';
import { type Room, rolesOf } from '../../schemas/rooms/room.js';
import type { EventBus } from '../site/events.js';
import { AppError } from '../site/errors.js';
import { requireRight, roleOf } from './rights.js';
import type { Roles } from './roles.js';
import type { Rooms } from './rooms.js';
import type { Succession } from './succession.js';

/** What a host can make of somebody. */
export type Office = 'host' | 'helper' | 'member';

interface Deps {
  models: Models;
  events: EventBus;
  rooms: Pick<Rooms, 'find'>;
  roles: Pick<Roles, 'of'>;
  succession: Pick<Succession, 'check'>;
}

const CHANGES = {
  host: (visitor: string) => ({ $set: { owner: visitor, hostGone: false }, $pull: { helpers: visitor } }),
  helper: (visitor: string) => ({ $addToSet: { helpers: visitor } }),
  member: (visitor: string) => ({ $pull: { helpers: visitor } }),
};

export class Hosts {
  constructor(private readonly deps: Deps) {}

  /**
   * Hand the room over, make a helper, or unmake one. A host who hands over is a member from then on.
   * @param by the visitor who asks.
   * @returns the room as it is now.
   * @throws AppError not_host (also for one's own office, which only a hand-over ends), person_not_found (not in the
   * room), room_closed, room_not_found.
   */
  async setRole(id: string, by: string, visitor: string, office: Office): Promise<Room> {
    const { models, events, rooms, roles, succession } = this.deps;
    const room = await rooms.find(id);
    requireRight(roleOf(room, by, 'none'), 'appoint');
    if (visitor === by) {
      if (office === 'host') return room;
      throw new AppError('not_host');
    }
    const role = await roles.of(room, visitor);
    if (!['member', 'helper'].includes(role)) throw new AppError('person_not_found');
    const changed = await models.Room.findOneAndUpdate(
      { _id: id, state: 'open', owner: by },
      CHANGES[office](visitor),
      { returnDocument: 'after' },
    ).lean<Room>();
    if (!changed) {
      await rooms.find(id);
      throw new AppError('not_host');
    }
    events.announce('room.roles', { room: id, roles: rolesOf(changed) });
    if (office === 'host') {
      events.announce('room.changed', id);
      // They may have left on purpose just before the write.
      await succession.check(id, visitor);
    }
    return changed;
  }
}
