// Reading in slices: a long scan lets the commands that came meanwhile have their turns. Whoever reads is a generator that yields
// `undefined` where the others are due (Budget.tick), and is gone on with after them.
import { setImmediate as turn } from 'node:timers/promises';
import { CommandError, SHUTTING_DOWN } from './errors.js';

export class Slices {
  private readonly active = new Set<Promise<unknown>>();
  private closed = false;

  /** Wait for the others' turn. Throws ShutdownInProgress once the store is closing: its file must not be read any more. */
  async pause(): Promise<void> {
    await turn();
    if (this.closed) throw new CommandError(SHUTTING_DOWN, 'the store is shutting down');
  }

  /** Work to the end, with pauses. @returns what the work returns. */
  async finish<T>(work: Generator<undefined, T>): Promise<T> {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) return step.value;
      await this.pause();
    }
  }

  /** Keep the file open until this is settled. */
  async hold<T>(reading: Promise<T>): Promise<T> {
    this.active.add(reading);
    try {
      return await reading;
    } finally {
      this.active.delete(reading);
    }
  }

  /** Let what is reading fail at its next pause, and wait for it. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.active);
  }
}
