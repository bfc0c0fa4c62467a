/**
 * The processes of the site, called nodes: each has a lease in the database, which it renews every few seconds.
 * Whatever sockets keep names the node of each socket, so that one small write keeps thousands of seats, and a process
 * that died loses them all when its lease ends.
 */
import { randomUUID } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Clock } from './clock.js';
import type { Timers } from '../work/timers.js';

/** How often a node renews its lease while it lasts. */
const RENEWALS = 4;

interface Deps {
  models: Models;
  clock: Clock;
  timers: Timers;
  /** Milliseconds without a renewal after which a node counts as dead. */
  leaseMs: number;
}

export class Nodes {
  /** The id of this process. */
  readonly id = randomUUID();

  constructor(private readonly deps: Deps) {}

  /**
   * Register this process and keep renewing its lease.
   * @param exclusive no other process can use this database: whoever is registered is dead.
   */
  async start(exclusive: boolean): Promise<void> {
    const { models, timers, leaseMs } = this.deps;
    if (exclusive) await models.NodeLease.updateMany({}, { $set: { until: new Date(0) } });
    await this.#renew();
    timers.every(leaseMs / RENEWALS, () => this.#renew());
  }

  /** Nodes whose lease has run out: their process died, or the database has not heard of it for so long. */
  async dead(): Promise<string[]> {
    const leases = await this.deps.models.NodeLease.find({ until: trusted({ $lt: this.deps.clock.date() }) })
      .limit(100)
      .lean();
    return leases.map((lease) => lease._id);
  }

  /** Nodes that have renewed in time. */
  async alive(): Promise<Set<string>> {
    const leases = await this.deps.models.NodeLease.find({ until: trusted({ $gte: this.deps.clock.date() }) })
      .limit(100)
      .lean();
    return new Set(leases.map((lease) => lease._id));
  }

  /** Delete the lease of a node. */
  async forget(id: string): Promise<void> {
    await this.deps.models.NodeLease.deleteOne({ _id: id });
  }

  /** Unregister this process. Its timers have been stopped: a renewal would register it again. */
  async stop(): Promise<void> {
    await this.forget(this.id);
  }

  async #renew(): Promise<void> {
    const { models, clock, leaseMs } = this.deps;
    await models.NodeLease.updateOne({ _id: this.id }, { $set: { until: clock.date(leaseMs) } }, { upsert: true });
  }
}
