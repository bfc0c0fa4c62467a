/**
 * This process among others: a lease in the database, renewed every few seconds. Seats name the node that holds their
 * sockets, so one small write keeps thousands of seats alive, and a process that died loses them all within its lease.
 */
import { randomUUID } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Clock } from './clock.js';

/** How often a node renews within its lease. */
const RENEWALS = 4;

export class Nodes {
  readonly id = randomUUID();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly models: Pick<Models, 'NodeLease'>,
    private readonly clock: Clock,
    /** A node that has not renewed for this long is dead. */
    private readonly leaseMs: number,
  ) {}

  /**
   * Register this process and keep renewing.
   * @param exclusive no other process can use this database: whoever is registered is dead.
   */
  async start(exclusive: boolean, onError: (error: unknown) => void): Promise<void> {
    if (exclusive) await this.models.NodeLease.updateMany({}, { $set: { until: new Date(0) } });
    await this.#renew();
    this.#timer = setInterval(() => void this.#renew().catch(onError), this.leaseMs / RENEWALS).unref();
  }

  /** Nodes whose lease ran out. */
  async dead(): Promise<string[]> {
    const leases = await this.models.NodeLease.find({ until: trusted({ $lt: this.clock.date() }) })
      .limit(100)
      .lean();
    return leases.map((lease) => lease._id);
  }

  /** Nodes that renewed in time. */
  async alive(): Promise<Set<string>> {
    const leases = await this.models.NodeLease.find({ until: trusted({ $gte: this.clock.date() }) })
      .limit(100)
      .lean();
    return new Set(leases.map((lease) => lease._id));
  }

  async forget(id: string): Promise<void> {
    await this.models.NodeLease.deleteOne({ _id: id });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.forget(this.id);
  }

  async #renew(): Promise<void> {
    const until = this.clock.date(this.leaseMs);
    await this.models.NodeLease.updateOne({ _id: this.id }, { $set: { until } }, { upsert: true });
  }
}
