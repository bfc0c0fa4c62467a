// How long a command may work: in all (maxTimeMS, also over several batches; the time its client takes does not count), and without
// letting the others have a turn. What looks for documents yields `undefined` where it is time for that; see slices.ts.
import { CommandError } from './errors.js';

/** Milliseconds for which a command that looks at many documents keeps the thread. */
const SLICE_MS = 2;

export class Budget {
  private end: number;
  private left: number;
  private steps = 0;
  /** 0: the slice has not begun. */
  private sliceEnd = 0;

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

  /** A slice begins: what came before does not count. */
  begin(): void {
    this.sliceEnd = 0;
  }

  /** One step of work; looks at the clock now and then. @returns whether it is the others' turn. Throws MaxTimeMSExpired. */
  tick(): boolean {
    if ((++this.steps & 63) !== 0) return false;
    const now = performance.now();
    if (now > this.end) throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
    if (this.sliceEnd === 0) this.sliceEnd = now + SLICE_MS;
    if (now < this.sliceEnd) return false;
    this.sliceEnd = 0;
    return true;
  }
}
