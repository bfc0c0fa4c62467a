/**
 * Who is online for messages. A presence is held by sockets, Socket.IO and raw alike: five tabs are one person online,
 * and the last one's going counts only after a short grace time, so that a reload is no coming and going. Presences
 * that a dead node held end with its lease.
 */
import { trusted } from 'mongoose';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Models } from '../../schemas/models.js';
import type { Presence as PresenceDoc } from '../../schemas/people/presence.js';
import type { Clock } from '../site/clock.js';
import type { EventBus } from '../site/events.js';
import type { People } from './people.js';
import { fold, grams, searchTerms } from '../site/search.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { Timers } from '../site/timers.js';

/** Where a page of people ends. */
export interface Place {
  key: string;
  id: string;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  people: People;
  graceMs: number;
  onError: (error: unknown) => void;
}

export class Presence {
  readonly #timers: Timers;

  constructor(private readonly deps: Deps) {
    this.#timers = new Timers(deps.onError);
  }

  /** A socket is here for somebody. */
  async take(visitor: string, ref: SocketRef): Promise<void> {
    const update = { $addToSet: { sockets: ref }, $set: { until: null, ...(await this.#named(visitor)) } };
    try {
      const { upsertedCount } = await this.deps.models.Presence.updateOne({ _id: visitor }, update, { upsert: true });
      if (upsertedCount > 0) this.deps.events.announce('presence.changed');
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.take(visitor, ref);
    }
  }

  /** Somebody goes by another name now. */
  async renamed(visitor: string): Promise<void> {
    await this.deps.models.Presence.updateOne({ _id: visitor }, { $set: await this.#named(visitor) });
  }

  /** A socket is gone. */
  async release(visitor: string, { node, socket }: SocketRef): Promise<void> {
    const { models, clock, graceMs } = this.deps;
    const left = await models.Presence.findOneAndUpdate(
      { _id: visitor },
      { $pull: { sockets: { node, socket } }, $set: { until: clock.date(graceMs) } },
      { returnDocument: 'after' },
    ).lean<PresenceDoc>();
    if (left?.sockets.length === 0) this.#timers.later(graceMs + 5, () => this.#free(visitor));
  }

  async isOnline(visitor: string): Promise<boolean> {
    return (await this.deps.models.Presence.exists({ _id: visitor })) !== null;
  }

  /** Whether a socket is here for somebody just now, and it is not only the grace time after the last. */
  async isHeld(visitor: string): Promise<boolean> {
    const found = await this.deps.models.Presence.findOne({ _id: visitor }).select('sockets').lean<PresenceDoc>();
    return found !== null && found.sockets.length > 0;
  }

  /** Everybody online. */
  async online(): Promise<string[]> {
    const found = await this.deps.models.Presence.find().select('_id').lean<{ _id: string }[]>();
    return found.map(({ _id }) => _id);
  }

  /** Of these, the ones online. */
  async among(ids: string[]): Promise<Set<string>> {
    const found = await this.deps.models.Presence.find({ _id: trusted({ $in: ids }) })
      .select('_id')
      .lean<{ _id: string }[]>();
    return new Set(found.map(({ _id }) => _id));
  }

  /** How many are online, roughly. */
  async count(): Promise<number> {
    return this.deps.models.Presence.estimatedDocumentCount();
  }

  /** A page of those online, by name, or of those whose name has `q` in it. Only the page is read. */
  async page({
    after,
    q,
    limit,
  }: {
    after?: Place | undefined;
    q?: string | undefined;
    limit: number;
  }): Promise<Place[]> {
    const terms = q ? searchTerms(q) : null;
    const further = after && {
      key: trusted({ $gte: after.key }),
      $or: [{ key: trusted({ $gt: after.key }) }, { key: after.key, _id: trusted({ $gt: after.id }) }],
    };
    const has = terms && {
      grams: trusted({ $all: terms.all }),
      $and: [{ key: trusted({ $regex: terms.pattern }) }],
    };
    const found = await this.deps.models.Presence.find({ ...further, ...has })
      .sort({ key: 1, _id: 1 })
      .limit(limit)
      .select('key')
      .lean<{ _id: string; key?: string }[]>();
    return found.map(({ _id, key = '' }) => ({ id: _id, key }));
  }

  /** A node is gone, with its sockets. */
  async releaseNode(node: string): Promise<void> {
    const { models, clock, graceMs } = this.deps;
    await models.Presence.updateMany(
      { 'sockets.node': node },
      { $pull: { sockets: { node } }, $set: { until: clock.date(graceMs) } },
    );
    this.#timers.later(graceMs + 5, () => this.sweep());
  }

  /** End every presence whose grace time is over. */
  async sweep(): Promise<void> {
    const over = await this.deps.models.Presence.find({
      until: trusted({ $lte: this.deps.clock.date() }),
      sockets: trusted({ $size: 0 }),
    })
      .select('_id')
      .limit(1_000)
      .lean<{ _id: string }[]>();
    for (const { _id } of over) await this.#free(_id);
  }

  /** What a process that ended left behind is over when its grace time is, not at the next sweep. */
  start(): void {
    this.#timers.later(this.deps.graceMs + 5, () => this.sweep());
  }

  stop(): void {
    this.#timers.stop();
  }

  /** What lists and searches know a visitor by. */
  async #named(visitor: string): Promise<{ key: string; grams: string[] }> {
    const person = await this.deps.people.find(visitor);
    const names = person ? [...(person.alias ? [person.alias] : []), person.name] : [];
    return { key: fold(names.join(' ')), grams: grams(names.join(' ')) };
  }

  async #free(visitor: string): Promise<void> {
    const { models, clock, events, people } = this.deps;
    const { deletedCount } = await models.Presence.deleteOne({
      _id: visitor,
      sockets: trusted({ $size: 0 }),
      until: trusted({ $lte: clock.date() }),
    });
    if (deletedCount === 0) return;
    await people.left(visitor);
    events.announce('presence.changed');
  }
}
