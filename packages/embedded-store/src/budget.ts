// maxTimeMS: the time a command may work, also over several batches; the time its client takes does not count.
import { CommandError } from './errors.js';

export class Budget {
  private end: number;
  private left: number;
  private steps = 0;

  /** @param ms milliseconds of work; undefined or 0 for no limit */
  constructor(ms?: number) {
    this.left = ms ? ms : Infinity;
    this.end = performance.now() + this.left;
  }

  /** Stop the clock between two batches. */
  pause(): void {
    this.left = this.end - performance.now();
  }

  resume(): void {
    this.end = performance.now() + this.left;
  }

  /** One step of work; looks at the clock now and then. Throws MaxTimeMSExpired when the time is used up. */
  tick(): void {
    if ((++this.steps & 63) === 0 && performance.now() > this.end)
      throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
  }
}
