/**
 * Reads of single documents that many ask for at the same time: who asks while one is under way is answered by the next,
 * which reads all of them with one question. So nobody is answered by a read that began before they asked, and a lone
 * one does not wait.
 */
import { type Answer, Lanes } from './lanes.js';

interface Reading<T> extends Answer<T | null> {
  id: string;
}

export class GatheredReads<T> {
  readonly #lanes: Lanes<Reading<T>>;

  /** @param readAll those of these ids that there are, by id; ids may come twice. */
  constructor(readAll: (ids: string[]) => Promise<ReadonlyMap<string, T>>) {
    this.#lanes = new Lanes<Reading<T>>(async (batch) => {
      try {
        const found = await readAll(batch.map(({ id }) => id));
        for (const { id, resolve } of batch) resolve(found.get(id) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    });
  }

  /** @returns what was read, which others may get, too: it is not to be changed. Null: there is none. */
  read(id: string): Promise<T | null> {
    return this.#lanes.push<T | null>('', (answer) => ({ id, ...answer }));
  }
}
