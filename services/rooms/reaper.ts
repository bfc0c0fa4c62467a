/**
 * The end of rooms. A room that stays empty for the grace time is closed, by a timer or, if that died with its process,
 * by the site's sweep. A room that was closed is erased: at once, and if a crash cut that short, at start and every
 * minute; what belongs to no room at all is erased every hour. Every step can be repeated, and every decision is a
 * conditional write.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Admissions } from './admissions.js';
import type { Bans } from './bans.js';
import type { Bots } from './bots.js';
import type { Chats } from './chat.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';
import type { ImageBudget } from '../messages/image-budget.js';
import type { ImageStore } from '../messages/image-store.js';
import type { Uploads } from '../messages/uploads.js';
import type { Knocks } from './knocks.js';
import type { Paces } from './paces.js';
import type { Reports } from './reports.js';
import type { Rooms } from './rooms.js';
import type { Seats } from './seats.js';
import { MARGIN_MS, type Timers } from '../work/timers.js';

const LEFTOVERS_MS = 60_000;
const STRAYS_MS = 3_600_000;
/** Leftovers of rooms that ended this recently are erased again: a post may have been on its way. */
const RECENT_MS = 10 * 60_000;
const BATCH = 200;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  rooms: Rooms;
  bots: Pick<Bots, 'erase'>;
  seats: Seats;
  chats: Chats;
  images: ImageStore;
  uploads: Uploads;
  imageBudget: ImageBudget;
  admissions: Admissions;
  paces: Pick<Paces, 'erase'>;
  bans: Pick<Bans, 'erase'>;
  knocks: Pick<Knocks, 'erase'>;
  reports: Pick<Reports, 'erase'>;
  timers: Timers;
  /** Milliseconds that an empty room stays open. */
  graceMs: number;
  onError: (error: unknown) => void;
}

export class Reaper {
  readonly #erasing = new Map<string, Promise<void>>();

  constructor(private readonly deps: Deps) {
    const { events, timers, clock, onError } = deps;
    events.on('room.closed', ({ room }) => void this.erase(room).catch(onError));
    events.on('room.empty', ({ room, until }) => {
      const ms = until.getTime() - clock.now();
      timers.later(ms > 0 ? ms + MARGIN_MS : 0, () => this.#closeIfEmpty(room));
    });
  }

  /** Erase what a process before this one left behind, and begin to do so regularly. */
  async start(): Promise<void> {
    const { timers } = this.deps;
    await this.sweepLeftovers();
    timers.every(LEFTOVERS_MS, () => this.sweepLeftovers());
    timers.later(0, () => this.#sweepStrays());
    timers.every(STRAYS_MS, () => this.#sweepStrays());
  }

  /** Resolves once no room is being erased: for a calm end. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#erasing.values());
  }

  /** Close rooms that stayed empty for the grace time. */
  async sweep(): Promise<void> {
    const { models, clock, graceMs, timers } = this.deps;
    const empty = await models.Room.find({ state: 'open', emptySince: trusted({ $lte: clock.date(-graceMs) }) })
      .limit(BATCH)
      .select('_id')
      .lean<Room[]>();
    for (const room of empty) if (!timers.stopped) await this.#closeIfEmpty(String(room._id));
    await this.#findUnnoticed();
  }

  /** Erase what belongs to rooms that have ended. */
  async sweepLeftovers(): Promise<void> {
    const { models, clock, images, uploads, imageBudget, chats } = this.deps;
    const closed = await models.Room.find({ state: 'closed' }).limit(BATCH).select('_id').lean<Room[]>();
    for (const room of closed) await this.erase(String(room._id));
    const ended = await models.Tombstone.find({ closedAt: trusted({ $gte: clock.date(-RECENT_MS) }) })
      .limit(1_000)
      .lean();
    for (const { _id } of ended) {
      await chats.erase(_id);
      await images.erase(_id);
    }
    await uploads.sweep();
    await imageBudget.recount();
  }

  /** Erase the messages, files, seats and admissions of a closed room, then the room, leaving a receipt. */
  erase(room: string): Promise<void> {
    const running = this.#erasing.get(room);
    if (running) return running;
    const work = this.#erase(room).finally(() => this.#erasing.delete(room));
    this.#erasing.set(room, work);
    return work;
  }

  async #erase(id: string): Promise<void> {
    const { models, events, rooms, bots, chats, images, imageBudget } = this.deps;
    const { seats, admissions, bans, knocks, paces, reports } = this.deps;
    await bots.erase(id);
    await chats.settled(id);
    const room = await models.Room.findOne({ _id: id, state: 'closed' }).lean<Room>();
    if (!room) return;
    await rooms.writeReceipt(room);
    await chats.erase(id);
    await images.erase(id);
    await seats.erase(id);
    await admissions.erase(id);
    await paces.erase(id);
    await bans.erase(id);
    await knocks.erase(id);
    await reports.erase(id);
    const { deletedCount } = await models.Room.deleteOne({ _id: id, state: 'closed' });
    if (deletedCount === 0) return;
    events.announce('room.gone', { room: id });
    if (room.imageBytes > 0) await imageBudget.give(room.imageBytes);
  }

  async #closeIfEmpty(room: string): Promise<void> {
    const { rooms, clock, graceMs } = this.deps;
    await rooms.close(room, 'empty', clock.date(-graceMs));
  }

  /** Rooms that count as occupied though nobody sits there: a crash came between two writes. */
  async #findUnnoticed(): Promise<void> {
    const { models, seats } = this.deps;
    const rooms = await models.Room.aggregate<{ _id: Room['_id'] }>([
      { $match: { state: 'open', emptySince: null } },
      { $limit: 1_000 },
      { $project: { _id: 1 } },
    ]);
    const ids = rooms.map((room) => String(room._id));
    const occupied = new Set(await models.Seat.distinct('room', { room: trusted({ $in: ids }) }));
    for (const id of ids) if (!occupied.has(id)) await seats.noteIfEmpty(id);
  }

  /**
   * Delete what belongs to no room: a node that was suspended wrote it after its room had ended. Goes from room to room
   * by an index, so that its cost does not depend on what the rooms hold.
   */
  async #sweepStrays(): Promise<void> {
    const { Room, Chat, Seat, Admission, Pace, Ban, Knock, Report } = this.deps.models;
    for (const { collection } of [Chat, Seat, Admission, Pace, Ban, Knock, Report]) {
      const next = (after: string) =>
        collection.findOne<{ room: string }>(
          { room: { $gt: after } },
          { sort: { room: 1 }, projection: { _id: 0, room: 1 } },
        );
      for (let found = await next(''); found && !this.deps.timers.stopped; found = await next(found.room)) {
        const { room } = found;
        if (!(await Room.exists({ _id: room }))) await collection.deleteMany({ room });
      }
    }
  }
}
