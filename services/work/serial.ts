/**
 * Runs work one at a time for each key, and any number of keys at once: what is stored in order is announced in order.
 */
export class Serial {
  readonly #tails = new Map<string, Promise<unknown>>();

  /**
   * Run `work` once all earlier work of this key has ended, successfully or not.
   * @returns what it returns, or its error.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
    return result;
  }
}
