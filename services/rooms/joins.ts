/**
 * Coming into a room with a socket: few questions, and those of visitors who come at the same time are asked together.
 * Admitted, a seat taken; then the door subscribes the socket; and only then history is read, so that nothing falls
 * between history and live.
 */
import type { JoinAnswer } from '../../schemas/rooms/contract.js';
import { handsOf, noticesOf, rolesOf } from '../../schemas/rooms/room.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import { SharedReads } from '../work/shared-reads.js';
import type { Admissions } from './admissions.js';
import type { Chats } from './chat.js';
import type { Door } from './door.js';
import type { Knocks } from './knocks.js';
import type { Reports } from './reports.js';
import { roleOf } from './rights.js';
import type { Rooms } from './rooms.js';
import type { Seats } from './seats.js';

interface Deps {
  rooms: Pick<Rooms, 'find'>;
  door: Pick<Door, 'refusalOfReturn'>;
  knocks: Pick<Knocks, 'ask' | 'list'>;
  seats: Pick<Seats, 'take' | 'members'>;
  admissions: Pick<Admissions, 'grant'>;
  chats: Pick<Chats, 'missed' | 'changedSince'>;
  reports: Pick<Reports, 'count'>;
}

export class Joins {
  readonly #reads = new SharedReads();

  constructor(private readonly deps: Deps) {}

  /**
   * Take a seat with a socket; where the host has to be asked first, ask.
   * @param address from where, as limits count it.
   * @throws AppError banned, not_admitted, knocking, door_closed, room_full, room_closed, room_not_found, too_many_seats, rate_limited.
   */
  async enter(id: string, visitor: Visitor, ref: SocketRef, address: string): Promise<void> {
    const { door, seats, knocks } = this.deps;
    const room = await this.#room(id);
    const refusal = await door.refusalOfReturn(room, visitor.id, address);
    if (refusal?.code === 'knocking') throw await knocks.ask(room, visitor, address);
    if (refusal) throw refusal.code === 'password_required' ? new AppError('not_admitted') : refusal;
    await seats.take(room, visitor, ref, address);
  }

  /**
   * What the socket has to know, once it is subscribed.
   * @param after the newest `seq` that it knows.
   * @param rev the newest change number that it knows.
   * @throws AppError not_admitted, room_closed, room_not_found: the visit or the room ended before the socket could hear so.
   */
  async welcome(id: string, visitor: Visitor, after: number | undefined, rev: number | undefined): Promise<JoinAnswer> {
    const { seats, admissions, chats, knocks, reports } = this.deps;
    const [history, changes, members, room] = await Promise.all([
      this.#reads.read(`missed ${id} ${after}`, () => chats.missed(id, after)),
      this.#reads.read(`changed ${id} ${rev}`, () => chats.changedSince(id, rev)),
      this.#reads.read(`members ${id}`, () => seats.members(id)),
      this.#room(id),
      admissions.grant(id, visitor.id),
    ]);
    // Made to leave before the socket could hear so.
    if (!members.some((member) => member.id === visitor.id)) throw new AppError('not_admitted');
    const [{ forReader: missedFor, ...seqs }, { forReader: changedFor, ...revs }] = [history, changes];
    const mine = { missed: missedFor(visitor.id), changed: changedFor(visitor.id) };
    const isInCharge = roleOf(room, visitor.id, 'member') !== 'member';
    const reported = isInCharge ? await reports.count(id) : 0;
    return {
      ...{ room: id, ...seqs, ...revs, ...mine, people: members.length, members, roles: rolesOf(room) },
      hands: handsOf(room),
      notices: noticesOf(room),
      ...(isInCharge && room.approval && { knocks: await knocks.list(id) }),
      ...(reported > 0 && { reports: reported }),
    };
  }

  #room(id: string) {
    return this.#reads.read(`room ${id}`, () => this.deps.rooms.find(id));
  }
}
