/**
 * The way into a room with a password. Who was let in before is let in again without a comparison or a limit. All others
 * are: wrong passwords are counted a visitor, an address and a room, in windows of minutes. Why these keep guessers slow
 * and stop nobody for long who knows the password: docs/decisions/README.md.
 */
import type { Room } from '../../schemas/rooms/room.js';
import type { Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import type { Limits } from '../site/limits.js';
import type { Door } from './door.js';
import type { Knocks } from './knocks.js';
import type { Rooms } from './rooms.js';

/** Wrong passwords in one room that an address is allowed although the room is over its own limit. */
const ADDRESS_SHARE = 3;
const CODE = 'too_many_tries';

interface Deps {
  rooms: Pick<Rooms, 'isPassword'>;
  door: Pick<Door, 'ask' | 'letIn'>;
  knocks: Pick<Knocks, 'ask'>;
  limits: Limits;
}

/** Who tries what where. */
interface Try {
  /** The room's id. */
  room: string;
  password: string;
  /** The visitor's id. */
  visitor: string;
  /** The client's address, as limits count it. */
  address: string;
}

export class Entrance {
  constructor(private readonly deps: Deps) {}

  /**
   * Admit a visitor who is admitted already, or whose password is right; where the host admits people, ask the host then.
   * A try is counted before it is compared, so that no more than allowed run at once, and given back unless it was wrong.
   * @throws AppError banned, door_closed; knocking, not_admitted, room_full, where the host is asked; password_wrong, with how
   * many tries are left; too_many_tries, too_many_seats, rate_limited, busy, room_closed, room_not_found.
   */
  async enter(room: Room, password: string, visitor: Visitor, address: string): Promise<void> {
    const { door, knocks } = this.deps;
    const refusal = await door.ask(room, visitor, address);
    if (refusal) {
      if (refusal.code !== 'password_required') throw refusal;
      await this.#tryPassword({ room: String(room._id), password, visitor: visitor.id, address });
      if (room.approval) throw await knocks.ask(room, visitor, address);
    }
    await door.letIn(room, visitor.id, true);
  }

  /** @throws AppError password_wrong, too_many_tries, busy, room_closed, room_not_found. */
  async #tryPassword({ room: id, password, visitor, address }: Try): Promise<void> {
    const { limits } = this.deps;
    const own = `${id}:${visitor}`;
    const left = [await limits.take('password', own, CODE), await limits.take('password_long', own, CODE)] as const;
    const isFirst = left[1] === limits.table.password_long.points - 1;
    let isWrong = false;
    try {
      const lock = await this.#lock(id, address);
      if (lock) await this.#takeSpare(address, isFirst, lock);
      isWrong = !(await this.#compare({ room: id, password, visitor, address }));
      if (isWrong) throw await this.#wrong(id, address, left, lock);
      if (lock) await limits.giveBack('password_spare_ip', address);
    } finally {
      if (!isWrong) for (const name of ['password', 'password_long'] as const) await limits.giveBack(name, own);
    }
  }

  /** What stops an address at a room: its wrong passwords there or in all rooms, or those of all addresses there. */
  async #lock(room: string, address: string): Promise<AppError | null> {
    const { limits } = this.deps;
    const here = `${room}:${address}`;
    const lock =
      (await limits.refusal('password_ip', here, CODE)) ?? (await limits.refusal('password_all_ip', address, CODE));
    if (lock || (await limits.used('password_ip', here)) < ADDRESS_SHARE) return lock;
    return limits.refusal('password_room', room, CODE);
  }

  /** At a locked address, a visitor's first try may still be compared: a few an address. @throws AppError too_many_tries. */
  async #takeSpare(address: string, isFirst: boolean, lock: AppError): Promise<void> {
    if (!isFirst) throw lock;
    await this.deps.limits.take('password_spare_ip', address, CODE);
  }

  /** Compare, which costs a hash, whatever comes out. @throws AppError too_many_tries, busy. */
  async #compare({ room, password, visitor, address }: Try): Promise<boolean> {
    const { rooms, limits } = this.deps;
    await limits.take('password_check', visitor, CODE);
    await limits.take('password_check_ip', address, CODE);
    return rooms.isPassword(room, password, { group: address, member: visitor });
  }

  /** Count a wrong password. @returns what to refuse it with. */
  async #wrong(room: string, address: string, left: readonly number[], lock: AppError | null): Promise<AppError> {
    const { limits } = this.deps;
    const shared = [
      await limits.count('password_ip', `${room}:${address}`),
      await limits.count('password_all_ip', address),
    ];
    await limits.count('password_room', room);
    return lock ?? new AppError('password_wrong', { triesLeft: Math.min(...left, ...shared) });
  }
}
