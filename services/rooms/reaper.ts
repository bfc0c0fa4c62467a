/**
 * The end of rooms. Grace timers close what stayed empty; a sweep every quarter of a minute does the same for timers
 * that died with their process, for leases that ran out and for nodes that fell silent; once at start and every minute
 * it erases what a crash left behind, and every hour what belongs to no room at all. Every step can be repeated and
 * every decision is a conditional write.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Admissions } from './admissions.js';
import type { Chats } from './chat.js';
import type { Clock } from '../site/clock.js';
import type { EventBus } from '../site/events.js';
import type { ImageBudget } from '../messages/image-budget.js';
import type { Images } from '../messages/images.js';
import type { Nodes } from '../site/nodes.js';
import type { Rooms } from './rooms.js';
import type { Seats } from './seats.js';

const SWEEP_MS = 15_000;
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
  seats: Seats;
  chats: Chats;
  images: Images;
  imageBudget: ImageBudget;
  admissions: Admissions;
  nodes: Nodes;
  /** Other places to sweep, and to tell of a node that died. */
  sweepables?: { sweep(): Promise<unknown>; releaseNode?(node: string): Promise<void> }[];
  graceMs: number;
  /** No other process uses this database: what no message names at the start, nobody is about to name. */
  exclusive: boolean;
  onError: (error: unknown) => void;
}

export class Reaper {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #erasing = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(private readonly deps: Deps) {
    deps.events.on('room.closed', ({ room }) => void this.erase(room).catch(deps.onError));
  }

  /** Begin, with one full sweep: what died while the site was down is settled before anybody comes. */
  async start(): Promise<void> {
    await this.sweep();
    await this.sweepLeftovers();
    await this.#sweepFolders(this.deps.exclusive ? 0 : RECENT_MS);
    this.#every(SWEEP_MS, () => this.sweep());
    this.#every(LEFTOVERS_MS, () => this.sweepLeftovers());
    this.#later(0, () => this.#sweepStrays());
    this.#every(STRAYS_MS, async () => {
      await this.#sweepStrays();
      await this.#sweepFolders(RECENT_MS);
    });
  }

  /** No new work; what is being erased is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#erasing.values());
  }

  /** A room has become empty. `now`: its last visitor left on purpose, so there is nobody to wait for. */
  roomEmpty(room: string, now: boolean): void {
    const { graceMs } = this.deps;
    this.#later(now ? 0 : graceMs + 5, () => this.#closeIfEmpty(room));
  }

  /** A lease was given: look when it may have ended. */
  leaseGiven(until: Date): void {
    this.#later(until.getTime() - this.deps.clock.now() + 5, async () => void (await this.deps.seats.sweep()));
  }

  /** Nodes that died, leases that ran out, rooms that stayed empty. */
  async sweep(): Promise<void> {
    const { models, clock, nodes, seats, graceMs, sweepables = [] } = this.deps;
    for (const node of await nodes.dead()) {
      await seats.releaseNode(node);
      for (const other of sweepables) await other.releaseNode?.(node);
      await nodes.forget(node);
    }
    await seats.sweep();
    for (const other of sweepables) await other.sweep();
    const empty = await models.Room.find({ state: 'open', emptySince: trusted({ $lte: clock.date(-graceMs) }) })
      .limit(BATCH)
      .select('_id')
      .lean<Room[]>();
    for (const room of empty) await this.#closeIfEmpty(String(room._id));
    await this.#findUnnoticed();
  }

  /** Erase what belongs to rooms that have ended. */
  async sweepLeftovers(): Promise<void> {
    const { models, clock, images, imageBudget, chats } = this.deps;
    const closed = await models.Room.find({ state: 'closed' }).limit(BATCH).select('_id').lean<Room[]>();
    for (const room of closed) await this.erase(String(room._id));
    const ended = await models.Tombstone.find({ closedAt: trusted({ $gte: clock.date(-RECENT_MS) }) })
      .limit(1_000)
      .lean();
    for (const { _id } of ended) {
      await chats.erase(_id);
      await images.erase(_id);
    }
    await images.sweepTemporary();
    await imageBudget.recount();
  }

  /** Messages, files, seats, admissions; then the room itself, leaving a receipt. Repeatable; once at a time. */
  erase(room: string): Promise<void> {
    const running = this.#erasing.get(room);
    if (running) return running;
    const work = this.#erase(room).finally(() => this.#erasing.delete(room));
    this.#erasing.set(room, work);
    return work;
  }

  async #erase(id: string): Promise<void> {
    const { models, rooms, chats, images, imageBudget, seats, admissions } = this.deps;
    await chats.settled(id);
    const room = await models.Room.findOne({ _id: id, state: 'closed' }).lean<Room>();
    if (!room) return;
    await rooms.writeReceipt(room);
    await chats.erase(id);
    await images.erase(id);
    await seats.erase(id);
    await admissions.erase(id);
    const { deletedCount } = await models.Room.deleteOne({ _id: id, state: 'closed' });
    if (deletedCount > 0 && room.imageBytes > 0) await imageBudget.give(room.imageBytes);
  }

  async #closeIfEmpty(room: string): Promise<void> {
    const { rooms, clock, graceMs } = this.deps;
    await rooms.close(room, 'empty', clock.date(-graceMs));
  }

  /** Rooms that count as lived in though nobody sits there: a crash between two writes. */
  async #findUnnoticed(): Promise<void> {
    const { models, seats } = this.deps;
    const rooms = await models.Room.aggregate<{ _id: Room['_id'] }>([
      { $match: { state: 'open', emptySince: null } },
      { $limit: 1_000 },
      { $project: { _id: 1 } },
    ]);
    const ids = rooms.map((room) => String(room._id));
    const lived = new Set(await models.Seat.distinct('room', { room: trusted({ $in: ids }) }));
    for (const id of ids) if (!lived.has(id)) await seats.noteIfEmpty(id);
  }

  /** Files that no message names, in folders of rooms or of none. @param ms younger ones may be about to be named. */
  async #sweepFolders(ms: number): Promise<void> {
    const { models, images } = this.deps;
    for (const id of await images.rooms()) {
      if (!/^[0-9a-f]{24}$/.test(id) || !(await models.Room.exists({ _id: id }))) {
        await images.erase(id);
        continue;
      }
      await images.sweepUnnamed(id, await models.Chat.distinct('gif.name', { room: id }), ms);
    }
  }

  /** What a node wrote that slept through the end of a room. From room to room by an index, whatever they hold. */
  async #sweepStrays(): Promise<void> {
    const { Room, Chat, Seat, Admission } = this.deps.models;
    for (const { collection } of [Chat, Seat, Admission]) {
      const next = (after: string) =>
        collection.findOne<{ room: string }>(
          { room: { $gt: after } },
          { sort: { room: 1 }, projection: { _id: 0, room: 1 } },
        );
      for (let found = await next(''); found && !this.#stopped; found = await next(found.room)) {
        const { room } = found;
        if (!(await Room.exists({ _id: room }))) await collection.deleteMany({ room });
      }
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#later(ms, async () => {
      try {
        await work();
      } finally {
        this.#every(ms, work);
      }
    });
  }

  #later(ms: number, work: () => Promise<void>): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        if (!this.#stopped) void work().catch(this.deps.onError);
      },
      Math.max(0, ms),
    ).unref();
    this.#timers.add(timer);
  }
}
