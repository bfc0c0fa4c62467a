/** Work for later that a stop cancels and an error does not end. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(private readonly onError: (error: unknown) => void) {}

  later(ms: number, work: () => Promise<void> | void): void {
    if (this.#stopped) return;
    const run = async () => {
      this.#timers.delete(timer);
      await work();
    };
    const timer = setTimeout(() => void run().catch(this.onError), Math.max(0, ms)).unref();
    this.#timers.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
