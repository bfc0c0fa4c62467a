/**
 * Background work of one process: once after a while, or again and again. Failures are reported and end nothing else;
 * `stop` cancels what has not begun and waits for what has.
 */
/**
 * Milliseconds to add to the wait for a moment that the database's clock decides, so that the timer is not too early.
 */
export const MARGIN_MS = 5;

export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  /** @param onError receives what work threw. */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** Whether `stop` was called: long work looks at it between its steps. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Run `work` once in `ms` milliseconds; at once if that is not positive. Does nothing after `stop`. */
  later(ms: number, work: () => unknown): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#run(work);
      },
      Math.max(0, ms),
    ).unref();
    this.#timers.add(timer);
  }

  /**
   * Run `work` every `ms` milliseconds, the first time after `ms`. Runs never overlap: a turn that comes while the last
   * one is still going on is left out. Does nothing after `stop`.
   */
  every(ms: number, work: () => unknown): void {
    if (this.#stopped) return;
    let running = false;
    const turn = async () => {
      if (running) return;
      running = true;
      await this.#run(work);
      running = false;
    };
    this.#timers.add(setInterval(() => void turn(), ms).unref());
  }

  /** Cancel everything. Resolves when no work is going on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#running);
  }

  /** Never rejects. */
  async #run(work: () => unknown): Promise<void> {
    const run = (async () => void (await work()))().catch(this.onError);
    this.#running.add(run);
    await run;
    this.#running.delete(run);
  }
}
