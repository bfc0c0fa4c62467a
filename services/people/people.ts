/** Visitors as others may find them while the visit lasts: for messages to people who are not on a page just now. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { PersonDoc } from '../../schemas/people/person.js';
import type { Clock } from '../site/clock.js';
import { SESSION_IDLE, SESSION_LIFE } from './sessions.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import type { Visitor } from './visitors.js';

/** A sight of somebody is written again after this long. */
const AGAIN_MS = 5 * 60_000;
const REMEMBERED_MAX = 20_000;

export class People {
  /** When somebody was last written down by this process: saves a write, proves nothing. */
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly models: Pick<Models, 'Person'>,
    private readonly clock: Clock,
  ) {}

  /** Somebody was seen: the visit goes on for as long as an unused session does, and never ends before it. */
  async touch(visitor: Visitor, bornAt: number): Promise<void> {
    const { id, name, color, lang } = visitor;
    const now = this.clock.now();
    if (now - (this.#seen.get(id) ?? 0) < AGAIN_MS) return;
    if (this.#seen.size > REMEMBERED_MAX) this.#seen.clear();
    this.#seen.set(id, now);
    const until = new Date(Math.min(now + SESSION_IDLE * 1000, bornAt + SESSION_LIFE * 1000) + AGAIN_MS);
    const update = { $set: { name, color, lang, lastSeen: new Date(now) }, $max: { until } };
    try {
      await this.models.Person.updateOne({ _id: id }, update, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.models.Person.updateOne({ _id: id }, update);
    }
  }

  /** Somebody who left the messages: seen until now. */
  async left(id: string): Promise<void> {
    await this.models.Person.updateOne({ _id: id }, { $set: { lastSeen: this.clock.date() } });
  }

  /** The name somebody goes by in the lobby; null when it is theirs no more. */
  async call(id: string, alias: string | null): Promise<void> {
    await this.models.Person.updateOne({ _id: id }, alias === null ? { $unset: { alias: 1 } } : { $set: { alias } });
  }

  /** Somebody whose visit lasts. */
  async find(id: string): Promise<PersonDoc | null> {
    return this.models.Person.findOne({ _id: id, until: trusted({ $gt: this.clock.date() }) }).lean<PersonDoc>();
  }

  /** Those of these whose visits last, by id. */
  async among(ids: string[]): Promise<Map<string, PersonDoc>> {
    if (ids.length === 0) return new Map();
    const found = await this.models.Person.find({
      _id: trusted({ $in: ids }),
      until: trusted({ $gt: this.clock.date() }),
    }).lean<PersonDoc[]>();
    return new Map(found.map((person) => [person._id, person]));
  }
}
