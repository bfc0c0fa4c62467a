/**
 * Who becomes host when the host is gone for good: left on purpose, or the session ended. The longest-present helper,
 * else the longest-present member; where nobody is there, whoever comes next. A host whose connection was lost stays host.
 */
import { Types, trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { type Room, rolesOf } from '../../schemas/rooms/room.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import type { People } from '../people/people.js';
import type { EventBus } from '../site/events.js';
import type { Timers } from '../work/timers.js';

/** Rooms whose hosts one sweep looks at. */
const BATCH = 500;
const BEFORE_ALL = new Types.ObjectId('000000000000000000000000');

interface Deps {
  models: Models;
  events: EventBus;
  timers: Timers;
  people: Pick<People, 'among'>;
}

export class Succession {
  /** The room after which the next sweep goes on. */
  #swept = BEFORE_ALL;

  constructor(private readonly deps: Deps) {
    const { events, timers } = deps;
    const left = (room: string, visitor: string) => timers.later(0, () => this.#left(room, visitor));
    events.on('seat.left', ({ room, visitor }) => left(room, visitor));
    events.on('seat.freed', ({ room, who, onPurpose }) => onPurpose && left(room, who.id));
    events.on('seat.taken', ({ room, hostGone }) => {
      if (hostGone !== null) timers.later(0, () => this.#succeed(room, hostGone));
    });
  }

  /** Somebody was made host: if they left on purpose just before that, the next one is. */
  async check(room: string, host: string): Promise<void> {
    const { Admission, Seat } = this.deps.models;
    if (await Seat.exists({ room, visitor: host })) return;
    if (!(await Admission.exists({ room, visitor: host }))) await this.#succeed(room, host);
  }

  /** Look for hosts whose sessions have ended, some rooms at a time. */
  async sweep(): Promise<void> {
    const { models, people } = this.deps;
    const rooms = await models.Room.find({ state: 'open', _id: trusted({ $gt: this.#swept }) })
      .sort({ _id: 1 })
      .limit(BATCH)
      .select('owner')
      .lean<Pick<Room, '_id' | 'owner'>[]>();
    this.#swept = rooms.length < BATCH ? BEFORE_ALL : (rooms.at(-1)?._id ?? BEFORE_ALL);
    const present = await people.among([...new Set(rooms.map(({ owner }) => owner))]);
    for (const { _id, owner } of rooms) if (!present.has(owner)) await this.#succeed(String(_id), owner);
  }

  /** A visitor left a room on purpose: an office ends with that. */
  async #left(id: string, visitor: string): Promise<void> {
    const { models, events } = this.deps;
    const room = await models.Room.findOne({ _id: id, state: 'open' }).lean<Room>();
    if (room?.owner === visitor) return this.#succeed(id, visitor);
    if (!room?.helpers?.includes(visitor)) return;
    if (await models.Seat.exists({ room: id, visitor })) return;
    const changed = await models.Room.findOneAndUpdate(
      { _id: id, state: 'open', helpers: visitor },
      { $pull: { helpers: visitor } },
      { returnDocument: 'after' },
    ).lean<Room>();
    if (changed) events.announce('room.roles', { room: id, roles: rolesOf(changed) });
  }

  /** Somebody becomes host instead of one who is gone, unless that one has come back: once, on whatever node. */
  async #succeed(id: string, gone: string): Promise<void> {
    const { models, events } = this.deps;
    for (;;) {
      const room = await models.Room.findOne({ _id: id, state: 'open', owner: gone }).lean<Room>();
      if (!room) return;
      const seats = await models.Seat.find({ room: id }).sort({ createdAt: 1 }).lean<Seat[]>();
      const isBack = seats.some(({ visitor }) => visitor === gone);
      const next = isBack ? undefined : (seats.find(({ visitor }) => room.helpers?.includes(visitor)) ?? seats[0]);
      if (!next) {
        // Unless somebody sat down meanwhile: they were not told that there is no host.
        const { matchedCount } = await models.Room.updateOne(
          { _id: id, state: 'open', owner: gone, ...(!isBack && { seatVersion: room.seatVersion }) },
          { $set: { hostGone: !isBack } },
        );
        if (matchedCount > 0) return;
        continue;
      }
      const changed = await models.Room.findOneAndUpdate(
        { _id: id, state: 'open', owner: gone },
        { $set: { owner: next.visitor, hostGone: false }, $pull: { helpers: next.visitor } },
        { returnDocument: 'after' },
      ).lean<Room>();
      if (!changed) return;
      events.announce('room.roles', { room: id, roles: rolesOf(changed) });
      events.announce('room.changed', id);
      await this.check(id, next.visitor);
      return;
    }
  }
}
