/**
 * The database's time. Leases and grace times compare moments that several nodes wrote, so they all ask this clock and
 * none asks its own machine: a node whose clock is an hour off deletes nobody's room.
 */
import type { Connection } from 'mongoose';

const RESYNC_MS = 60_000;

export class Clock {
  #databaseMs = Date.now();
  #monotonicMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** Milliseconds since the epoch, by the database. */
  now(): number {
    return Math.round(this.#databaseMs + performance.now() - this.#monotonicMs);
  }

  /** The same as a Date, `offsetMs` away. */
  date(offsetMs = 0): Date {
    return new Date(this.now() + offsetMs);
  }

  /** Ask the database once, then every minute. A failed question keeps the last answer. */
  async start(connection: Connection): Promise<void> {
    await this.#sync(connection);
    this.#timer = setInterval(() => void this.#sync(connection).catch(() => undefined), RESYNC_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
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
