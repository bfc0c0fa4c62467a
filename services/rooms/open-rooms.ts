/**
 * Which rooms are open, asked after every insert of messages: once a batch, for all of its rooms. Where no other process
 * uses the database nobody else can close a room, so that one found open stays known as open until this process begins
 * to close it, and is not asked about again.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';

/** Rooms known as open. */
const KNOWN_MAX = 50_000;

interface Deps {
  models: Models;
  /** No other process uses this database. */
  exclusive: boolean;
}

export class OpenRooms {
  readonly #known = new Set<string>();
  /** Grows when a room begins, and ends, to be closed: an answer to a question from before is not remembered. */
  #closings = 0;

  constructor(private readonly deps: Deps) {}

  /** Of these rooms, those that are open now. One question at the most. */
  async among(rooms: string[]): Promise<Set<string>> {
    const asked = rooms.filter((room) => !this.#known.has(room));
    const open = new Set(rooms.filter((room) => this.#known.has(room)));
    if (asked.length === 0) return open;
    const closings = this.#closings;
    const found = await this.deps.models.Room.find({ _id: trusted({ $in: asked }), state: 'open' })
      .select('_id')
      .lean<Pick<Room, '_id'>[]>();
    for (const { _id } of found) open.add(String(_id));
    if (this.deps.exclusive && closings === this.#closings) this.#remember(found.map(({ _id }) => String(_id)));
    return open;
  }

  /** Close a room by `write`: it is not known as open from before the write until after it. */
  async closing<T>(room: string, write: () => Promise<T>): Promise<T> {
    this.#forget(room);
    try {
      return await write();
    } finally {
      this.#forget(room);
    }
  }

  #forget(room: string): void {
    this.#closings += 1;
    this.#known.delete(room);
  }

  #remember(rooms: string[]): void {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    for (const room of rooms) this.#known.add(room);
  }
}
