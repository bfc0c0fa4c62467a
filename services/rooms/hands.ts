/**
 * Raised hands: a queue in the room's document, so that each is raised, and lowered, by one conditional write, and all
 * nodes agree on the order.
 */
import { Types } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import { handsOf, type Room } from '../../schemas/rooms/room.js';
import { type Seat, seatPerson } from '../../schemas/rooms/seat.js';
import type { EventBus } from '../site/events.js';
import type { Timers } from '../work/timers.js';

interface Deps {
  models: Models;
  events: EventBus;
  timers: Timers;
}

export class Hands {
  constructor(private readonly deps: Deps) {
    const { events, timers } = deps;
    const lowerLater = (room: string, visitor: string) => timers.later(0, () => this.lower(room, visitor));
    events.on('seat.left', ({ room, visitor }) => lowerLater(room, visitor));
    events.on('seat.removed', ({ room, visitor }) => lowerLater(room, visitor));
  }

  /** Raise a hand, behind all that are up; one that is up stays where it is. @returns all of them, in order. */
  async raise(seat: Seat): Promise<Person[]> {
    const { models, events } = this.deps;
    const { modifiedCount } = await models.Room.collection.updateOne(
      { _id: idOf(seat.room), state: 'open', 'hands.id': { $ne: seat.visitor } },
      { $push: { hands: seatPerson(seat) } as never },
    );
    if (modifiedCount > 0) events.announce('hands.changed', { room: seat.room });
    return this.list(seat.room);
  }

  /** Lower somebody's hand, if it is up. @returns those that are. */
  async lower(room: string, visitor: string): Promise<Person[]> {
    const { models, events } = this.deps;
    const { modifiedCount } = await models.Room.collection.updateOne(
      { _id: idOf(room), 'hands.id': visitor },
      { $pull: { hands: { id: visitor } } as never },
    );
    if (modifiedCount > 0) events.announce('hands.changed', { room });
    return this.list(room);
  }

  /** Raised hands, in order. */
  async list(room: string): Promise<Person[]> {
    const found = await this.deps.models.Room.findOne({ _id: room }).select('hands').lean<Pick<Room, 'hands'>>();
    return found ? handsOf(found) : [];
  }
}

const idOf = (room: string) => new Types.ObjectId(room);
