/**
 * The door of a room: who may come in. Whoever was let in may come back; of all others a closed door, a password and the
 * host's leave are asked, in this order. An open room asks nothing.
 */
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import { roleOf } from './rights.js';

interface Deps {
  models: Models;
  admissions: Pick<Admissions, 'has' | 'grant' | 'revoke'>;
}

export class Door {
  constructor(private readonly deps: Deps) {}

  /** Why a visitor may not come in, or null: door_closed, password_required. */
  async refusal(room: Room, visitor: string): Promise<AppError | null> {
    const code = room.closedDoor ? 'door_closed' : room.locked ? 'password_required' : null;
    if (code === null || roleOf(room, visitor, 'none') !== 'none') return null;
    return (await this.deps.admissions.has(room, visitor)) ? null : new AppError(code);
  }

  /**
   * Let in somebody whom the door does not refuse, for as long as the room lives. Who was not in before is let in only if
   * the door is open after that was written, so that nobody new is in once its host was told that it is closed.
   * @throws AppError door_closed, room_closed.
   */
  async letIn(room: Room, visitor: string): Promise<void> {
    const { models, admissions } = this.deps;
    const id = String(room._id);
    if (await admissions.has(room, visitor)) return;
    await admissions.grant(id, visitor);
    const now = await models.Room.findOne({ _id: id, state: 'open' }).select('closedDoor').lean<Room>();
    if (now && !now.closedDoor) return;
    await admissions.revoke(id, visitor);
    throw new AppError(now ? 'door_closed' : 'room_closed');
  }
}
