/**
 * Lanes: what has the same key is written one batch after another, different keys at the same time. What follows a write
 * (confirming, announcing, answering) is done in the order of the writes, while the next batch is already being written.
 */

/** What one batch holds at most. */
const BATCH_MAX = 200;

/** Do this after everything that was put behind earlier writes of the lane. It must not reject. */
export type Behind = (work: () => Promise<void>) => void;

export class Lanes<T> {
  readonly #lanes = new Map<string, { queue: T[]; end: Promise<void> }>();

  /** @param write one batch; must not reject. */
  constructor(private readonly write: (batch: T[], behind: Behind) => Promise<void>) {}

  push(key: string, item: T): void {
    const busy = this.#lanes.get(key);
    if (busy) return void busy.queue.push(item);
    const lane = { queue: [item], end: Promise.resolve() };
    this.#lanes.set(key, lane);
    lane.end = this.#drain(key, lane.queue);
  }

  /** Resolves once nothing pushed before is still being written, in one lane or in all. */
  async settled(key?: string): Promise<void> {
    if (key === undefined)
      while (this.#lanes.size > 0) await Promise.all([...this.#lanes.values()].map(({ end }) => end));
    else for (let lane = this.#lanes.get(key); lane; lane = this.#lanes.get(key)) await lane.end;
  }

  async #drain(key: string, queue: T[]): Promise<void> {
    let written = Promise.resolve();
    while (queue.length > 0) {
      await this.write(queue.splice(0, BATCH_MAX), (work) => {
        written = written.then(work);
      });
      if (queue.length === 0) await written;
    }
    this.#lanes.delete(key);
  }
}
