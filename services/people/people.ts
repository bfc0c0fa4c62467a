/** Visitors as others may find them while their visit lasts: a message can be sent to somebody who has no page open. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { PersonDoc } from '../../schemas/people/person.js';
import type { Clock } from '../database/clock.js';
import { SESSION_IDLE, SESSION_LIFE } from './sessions.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { Visitor } from './visitors.js';

/** Minimum interval between two `lastSeen` writes of one visitor by one process, in milliseconds. */
const TOUCH_MS = 5 * 60_000;
/** Visitors whose last write this process remembers. */
const REMEMBERED_MAX = 20_000;

interface Deps {
  models: Models;
  clock: Clock;
}

export class People {
  /** Visitor id -> when this process last wrote it. May be forgotten at any time: it only saves writes. */
  readonly #touched = new Map<string, number>();

  constructor(private readonly deps: Deps) {}

  /**
   * A visitor was active: extend the visit by the life of an unused session, so that it never ends before the session.
   * @param bornAt when the session began, in milliseconds.
   */
  async touch(visitor: Visitor, bornAt: number): Promise<void> {
    const { id, name, color, lang } = visitor;
    const now = this.deps.clock.now();
    if (now - (this.#touched.get(id) ?? 0) < TOUCH_MS) return;
    if (this.#touched.size > REMEMBERED_MAX) this.#touched.clear();
    this.#touched.set(id, now);
    const until = new Date(Math.min(now + SESSION_IDLE * 1000, bornAt + SESSION_LIFE * 1000) + TOUCH_MS);
    const update = { $set: { name, color, lang, lastSeen: new Date(now) }, $max: { until } };
    try {
      await this.deps.models.Person.updateOne({ _id: id }, update, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.deps.models.Person.updateOne({ _id: id }, update);
    }
  }

  /** A visitor went offline: last seen now. */
  async left(id: string): Promise<void> {
    await this.deps.models.Person.updateOne({ _id: id }, { $set: { lastSeen: this.deps.clock.date() } });
  }

  /** Set the name by which a visitor is known in the lobby; null: the name was released. */
  async call(id: string, alias: string | null): Promise<void> {
    await this.deps.models.Person.updateOne(
      { _id: id },
      alias === null ? { $unset: { alias: 1 } } : { $set: { alias } },
    );
  }

  /** A visitor whose visit lasts, or null. */
  async find(id: string): Promise<PersonDoc | null> {
    return this.deps.models.Person.findOne({
      _id: id,
      until: trusted({ $gt: this.deps.clock.date() }),
    }).lean<PersonDoc>();
  }

  /** Of these visitors, those whose visits last, by id. */
  async among(ids: string[]): Promise<Map<string, PersonDoc>> {
    if (ids.length === 0) return new Map();
    const found = await this.deps.models.Person.find({
      _id: trusted({ $in: ids }),
      until: trusted({ $gt: this.deps.clock.date() }),
    }).lean<PersonDoc[]>();
    return new Map(found.map((person) => [person._id, person]));
  }
}
