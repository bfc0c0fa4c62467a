/**
 * Who is online for messages. Sockets keep a presence, Socket.IO's and the gateway's alike: five tabs are one person
 * online. Once the last one is gone it ends after a short grace time, so that a reload is not seen as leaving.
 */
import { type mongo, trusted } from 'mongoose';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Models } from '../../schemas/models.js';
import type { PersonDoc } from '../../schemas/people/person.js';
import type { Presence as PresenceDoc } from '../../schemas/people/presence.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { EventBus } from '../site/events.js';
import { fold, grams, searchTerms } from '../site/search.js';
import { type Answer, Lanes } from '../work/lanes.js';
import type { Timers } from '../work/timers.js';
import type { People } from './people.js';
import { SocketHolders } from './socket-holders.js';

/** One entry of the list of those online, and the cursor of the page that ends with it. */
export interface OnlineEntry {
  /** The names a visitor is known by, folded. */
  key: string;
  /** The visitor's id. */
  id: string;
}

/** A visitor who opens a socket. */
interface Coming extends Answer<undefined> {
  visitor: string;
  ref: SocketRef;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  people: People;
  /** Milliseconds in which a visitor whose last socket is gone may come back unnoticed. */
  graceMs: number;
}

export class Presence {
  readonly #holders: SocketHolders<PresenceDoc>;
  readonly #coming = new Lanes<Coming>((batch) => this.#take(batch));

  constructor(private readonly deps: Deps) {
    this.#holders = new SocketHolders({ ...deps, model: deps.models.Presence, end: ({ _id }) => this.#end(_id) });
  }

  /** A visitor has opened a socket. Those who come at the same time are written together. */
  async take(visitor: string, ref: SocketRef): Promise<void> {
    await this.#coming.push<undefined>('', (answer) => ({ visitor, ref, ...answer }));
  }

  /** A visitor goes by another name now: lists and searches follow. */
  async renamed(visitor: string): Promise<void> {
    await this.deps.models.Presence.updateOne({ _id: visitor }, { $set: named(await this.deps.people.find(visitor)) });
  }

  /** A socket is gone. */
  async release(visitor: string, ref: SocketRef): Promise<void> {
    const update = { $set: { until: this.#holders.graceEnd() } };
    const left = await this.#holders.release({ _id: visitor }, ref, update);
    if (left) this.#holders.endAfterGrace(left);
  }

  /** Whether a visitor has a socket, or had one within the grace time. */
  async isOnline(visitor: string): Promise<boolean> {
    return (await this.deps.models.Presence.exists({ _id: visitor })) !== null;
  }

  /** Whether a visitor has a socket at this moment: the grace time does not count. */
  async hasSocket(visitor: string): Promise<boolean> {
    const found = await this.deps.models.Presence.findOne({ _id: visitor }).select('sockets').lean<PresenceDoc>();
    return found !== null && found.sockets.length > 0;
  }

  /** The ids of everybody online. */
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

  /** How many are online, as the collection's metadata has it: close enough for a figure on a page. */
  async count(): Promise<number> {
    return this.deps.models.Presence.estimatedDocumentCount();
  }

  /**
   * A page of those online, ordered by name; with `q`, of those whose name contains it. An index answers it.
   * @param query `after`: the last entry of the page before.
   */
  async page(query: {
    after?: OnlineEntry | undefined;
    q?: string | undefined;
    limit: number;
  }): Promise<OnlineEntry[]> {
    const { after, q, limit } = query;
    const terms = q ? searchTerms(q) : null;
    const beyond = after && {
      key: trusted({ $gte: after.key }),
      $or: [{ key: trusted({ $gt: after.key }) }, { key: after.key, _id: trusted({ $gt: after.id }) }],
    };
    const matching = terms && {
      grams: trusted({ $all: terms.all }),
      $and: [{ key: trusted({ $regex: terms.pattern }) }],
    };
    const found = await this.deps.models.Presence.find({ ...beyond, ...matching })
      .sort({ key: 1, _id: 1 })
      .limit(limit)
      .select('key')
      .lean<{ _id: string; key?: string }[]>();
    return found.map(({ _id, key = '' }) => ({ id: _id, key }));
  }

  /** A node is gone, with its sockets. */
  releaseNode(node: string): Promise<void> {
    return this.#holders.releaseNode(node);
  }

  /** End every presence whose grace time is over. */
  sweep(): Promise<void> {
    return this.#holders.sweep();
  }

  /** Sweep once the grace time that the process before this one gave to its visitors is over. */
  start(): void {
    this.#holders.sweepAfterGrace();
  }

  /** Never rejects. */
  async #take(batch: Coming[]): Promise<void> {
    const refs = new Map<string, SocketRef[]>();
    for (const { visitor, ref } of batch) refs.set(visitor, [...(refs.get(visitor) ?? []), ref]);
    try {
      const known = await this.deps.people.among([...refs.keys()]);
      const updates = [...refs].map(([_id, sockets]) => ({
        updateOne: {
          filter: { _id: _id as never },
          update: {
            $addToSet: { sockets: { $each: sockets } },
            $set: { until: null, ...named(known.get(_id)) },
          },
          upsert: true,
        },
      }));
      if (await this.#upsert(updates)) this.deps.events.announce('presence.changed');
      for (const { resolve } of batch) resolve(undefined);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** Write presences, by the collection: Mongoose would cast each. @returns whether somebody may be new among those online. */
  async #upsert(updates: mongo.AnyBulkWriteOperation[]): Promise<boolean> {
    const { collection } = this.deps.models.Presence;
    try {
      return (await collection.bulkWrite(updates, { ordered: false })).upsertedCount > 0;
    } catch (error) {
      // Another node inserted one of them meanwhile. All may be written twice.
      if (!isDuplicateKey(error)) throw error;
      await this.#upsert(updates);
      return true;
    }
  }

  /** Whoever deletes the presence announces it. */
  async #end(visitor: string): Promise<void> {
    const { models, events, people } = this.deps;
    const { deletedCount } = await models.Presence.deleteOne({ _id: visitor, ...this.#holders.isOver() });
    if (deletedCount === 0) return;
    await people.left(visitor);
    events.announce('presence.changed');
  }
}

/** The fields by which lists and searches know a visitor. */
function named(person: PersonDoc | null | undefined): { key: string; grams: string[] } {
  const names = person ? [...(person.alias ? [person.alias] : []), person.name] : [];
  return { key: fold(names.join(' ')), grams: grams(names.join(' ')) };
}
