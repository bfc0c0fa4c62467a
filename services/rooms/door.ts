/**
 * The door of a room: who may come in. Whoever was let in may come back; of all others a closed door, a password and the
 * host's leave are asked, in this order. An open room asks nothing.
 */
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import type { Knocks } from './knocks.js';
import { roleOf } from './rights.js';

interface Deps {
  models: Models;
  admissions: Pick<Admissions, 'has' | 'grant' | 'revoke' | 'removed'>;
  bans: Pick<Bans, 'keepsOut'>;
  knocks: Pick<Knocks, 'find' | 'ask' | 'refusalOf'>;
}

export class Door {
  constructor(private readonly deps: Deps) {}

  /**
   * Why a visitor may not come in, or null: banned, door_closed, password_required; knocking where the host has to be
   * asked; not_admitted, with seconds, where the host has refused them. Asks nobody: see {@link ask}.
   * @param address from where, as limits count it.
   */
  async refusal(room: Room, visitor: string, address: string): Promise<AppError | null> {
    const { bans, admissions, knocks } = this.deps;
    if (await bans.keepsOut(room, visitor, address)) return new AppError('banned');
    const isOpen = !room.closedDoor && !room.locked && !room.approval;
    if (isOpen || roleOf(room, visitor, 'none') !== 'none') return null;
    if (await admissions.has(room, visitor)) return null;
    if (room.closedDoor) return new AppError('door_closed');
    // Whoever knocks has given the password, if there was one.
    const knock = room.approval ? await knocks.find(String(room._id), visitor) : null;
    if (knock) return knocks.refusalOf(knock);
    return new AppError(room.locked ? 'password_required' : 'knocking');
  }

  /**
   * The same; where the host has to be asked, they are.
   * @returns also room_full, where nobody need ask. @throws AppError what {@link Knocks.ask} throws.
   */
  async ask(room: Room, visitor: Visitor, address: string): Promise<AppError | null> {
    const refusal = await this.refusal(room, visitor.id, address);
    return refusal?.code === 'knocking' ? this.deps.knocks.ask(room, visitor, address) : refusal;
  }

  /** The same without opening the page again, which whoever was made to leave has to do first: else not_admitted. */
  async refusalOfReturn(room: Room, visitor: string, address: string): Promise<AppError | null> {
    const refusal = await this.refusal(room, visitor, address);
    if (!room.guarded || (refusal && refusal.code !== 'knocking')) return refusal;
    const removed = await this.deps.admissions.removed(String(room._id), [visitor]);
    return removed.has(visitor) ? new AppError('not_admitted') : refusal;
  }

  /**
   * Let in somebody whom the door does not refuse, for as long as the room lives. Who was not in before is let in only if
   * the door is open after that was written, so that nobody new is in once its host was told that it is closed, or that
   * they are asked.
   * @param again also if they were made to leave: they opened the page again.
   * @throws AppError door_closed, knocking, room_closed.
   */
  async letIn(room: Room, visitor: string, again = false): Promise<void> {
    const { models, admissions } = this.deps;
    const id = String(room._id);
    if (await admissions.has(room, visitor)) return;
    await admissions.grant(id, visitor, again);
    const now = await models.Room.findOne({ _id: id, state: 'open' }).select('closedDoor approval').lean<Room>();
    if (now && !now.closedDoor && !now.approval) return;
    await admissions.revoke(id, visitor);
    throw new AppError(!now ? 'room_closed' : now.closedDoor ? 'door_closed' : 'knocking');
  }
}
