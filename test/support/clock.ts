/** A site's clock that only a test moves: half an hour or a month pass at once, and not a moment by itself. */
import { Clock } from '../../services/database/clock.js';

export class MovableClock extends Clock {
  #now = Date.now();

  override now(): number {
    return this.#now;
  }

  /** Let so many milliseconds pass. */
  pass(ms: number): void {
    this.#now += ms;
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
