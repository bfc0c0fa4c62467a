/**
 * The door of a room: who may come in. Whoever was let in may come back; of all others a closed door, a password and the
 * host's leave are asked, in this order. An open room asks nothing.
 */
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import { roleOf } from './rights.js';

interface Deps {
  models: Models;
  admissions: Pick<Admissions, 'has' | 'grant' | 'revoke' | 'removed'>;
  bans: Pick<Bans, 'keepsOut'>;
}

export class Door {
  constructor(private readonly deps: Deps) {}

  /**
   * Why a visitor may not come in, or null: banned, door_closed, password_required.
   * @param address from where, as limits count it.
   */
  async refusal(room: Room, visitor: string, address?: string): Promise<AppError | null> {
    const { bans, admissions } = this.deps;
    if (await bans.keepsOut(room, visitor, address)) return new AppError('banned');
    const code = room.closedDoor ? 'door_closed' : room.locked ? 'password_required' : null;
    if (code === null || roleOf(room, visitor, 'none') !== 'none') return null;
    return (await admissions.has(room, visitor)) ? null : new AppError(code);
  }

  /** The same without opening the page again, which whoever was made to leave has to do first: else not_admitted. */
  async refusalOfReturn(room: Room, visitor: string, address?: string): Promise<AppError | null> {
    const refusal = await this.refusal(room, visitor, address);
    if (refusal || !room.guarded) return refusal;
    const removed = await this.deps.admissions.removed(String(room._id), [visitor]);
    return removed.has(visitor) ? new AppError('not_admitted') : null;
  }

  /**
   * Let in somebody whom the door does not refuse, for as long as the room lives. Who was not in before is let in only if
   * the door is open after that was written, so that nobody new is in once its host was told that it is closed.
   * @param again also if they were made to leave: they opened the page again.
   * @throws AppError door_closed, room_closed.
   */
  async letIn(room: Room, visitor: string, again = false): Promise<void> {
    const { models, admissions } = this.deps;
    const id = String(room._id);
    if (await admissions.has(room, visitor)) return;
    await admissions.grant(id, visitor, again);
    const now = await models.Room.findOne({ _id: id, state: 'open' }).select('closedDoor').lean<Room>();
    if (now && !now.closedDoor) return;
    await admissions.revoke(id, visitor);
    throw new AppError(now ? 'door_closed' : 'room_closed');
  }
}
