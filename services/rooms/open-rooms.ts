/**
 * Which rooms are open, and what posts in them have to obey, asked after every insert of messages: once a batch, for all
 * of its rooms. Where no other process uses the database nobody else can close a room or set its rules, so that one found
 * open and without rules stays known as such until this process begins to change it, and is not asked about again.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import { isRestricted, type PostRules, UNRESTRICTED } from './post-rules.js';

/** Rooms known as open, and rooms known to have rules. */
const KNOWN_MAX = 50_000;

interface Deps {
  models: Models;
  /** No other process uses this database. */
  exclusive: boolean;
}

export class OpenRooms {
  readonly #known = new Set<string>();
  /** Rooms that had rules when they were asked about last: only these are asked about before an insert. */
  readonly #restricted = new Set<string>();
  /** Grows when a room begins, and ends, to be changed: an answer to a question from before is not remembered. */
  #changes = 0;

  constructor(private readonly deps: Deps) {}

  /** Of these rooms, those that are open now, with the rules of their posts. One question at the most. */
  async among(rooms: string[]): Promise<Map<string, PostRules>> {
    const open = new Map(rooms.filter((room) => this.#known.has(room)).map((room) => [room, UNRESTRICTED]));
    const asked = rooms.filter((room) => !open.has(room));
    if (asked.length === 0) return open;
    const changes = this.#changes;
    const found = await this.deps.models.Room.find({ _id: trusted({ $in: asked }), state: 'open' })
      .select('slow hostsOnly picturesPaused owner helpers')
      .lean<Pick<Room, '_id' | keyof PostRules>[]>();
    for (const room of found) open.set(String(room._id), room);
    if (changes === this.#changes) for (const room of found) this.#remember(String(room._id), room);
    return open;
  }

  /** The rules of a room's posts if it had any when it was asked about last; else null, without a question. */
  async rulesBefore(room: string): Promise<PostRules | null> {
    return this.#restricted.has(room) ? ((await this.among([room])).get(room) ?? null) : null;
  }

  /** Close a room, or set its rules, by `write`: nothing is known of it from before the write until after it. */
  async changing<T>(room: string, write: () => Promise<T>): Promise<T> {
    this.#forget(room);
    try {
      return await write();
    } finally {
      this.#forget(room);
    }
  }

  #forget(room: string): void {
    this.#changes += 1;
    this.#known.delete(room);
  }

  #remember(room: string, rules: PostRules): void {
    if (!isRestricted(rules)) {
      this.#restricted.delete(room);
      if (this.deps.exclusive) add(this.#known, room);
    } else add(this.#restricted, room);
  }
}

function add(rooms: Set<string>, room: string): void {
  if (rooms.size >= KNOWN_MAX) rooms.clear();
  rooms.add(room);
}
