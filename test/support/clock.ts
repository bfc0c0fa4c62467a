/** The site's clock, with a hand on it: half an hour, a shift or a month pass at once. Nothing but the rules goes by it. */
import { Clock } from '../../services/site/clock.js';

export class MovableClock extends Clock {
  #ahead = 0;

  override now(): number {
    return super.now() + this.#ahead;
  }

  /** Let so many milliseconds pass. */
  pass(ms: number): void {
    this.#ahead += ms;
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
