/**
 * The database's time. Leases and grace times compare moments that several nodes wrote, so all of them take the time
 * from here and none from its own machine: a node whose clock is an hour off deletes nobody's room.
 */
import type { Connection } from 'mongoose';
import type { Timers } from '../work/timers.js';

const RESYNC_MS = 60_000;

export class Clock {
  #databaseMs = Date.now();
  #monotonicMs = performance.now();

  /** Milliseconds since the epoch, by the database. */
  now(): number {
    return Math.round(this.#databaseMs + performance.now() - this.#monotonicMs);
  }

  /** The same as a Date, `offsetMs` milliseconds from now. */
  date(offsetMs = 0): Date {
    return new Date(this.now() + offsetMs);
  }

  /** Ask the database for its time once, and then every minute. If that fails, the last answer stays in use. */
  async start(connection: Connection, timers: Timers): Promise<void> {
    await this.#sync(connection);
    timers.every(RESYNC_MS, () => this.#sync(connection));
  }

  async #sync(connection: Connection): Promise<void> {
    const asked = performance.now();
    const answer = await connection.db?.command({ hello: 1 });
    const answered = performance.now();
    const local: unknown = answer?.['localTime'];
    if (!(local instanceof Date)) return;
    this.#databaseMs = local.getTime() + (answered - asked) / 2;
    this.#monotonicMs = answered;
  }
}
