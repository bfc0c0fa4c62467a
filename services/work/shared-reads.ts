/**
 * Reads that many ask for at the same time: who asks while one is under way shares the next with all who do, so that
 * nobody is answered by a read that began before they asked.
 */
import { type Answer, Lanes } from './lanes.js';

interface Reading extends Answer<unknown> {
  ask: () => Promise<unknown>;
}

export class SharedReads {
  readonly #lanes = new Lanes<Reading>(async (batch) => {
    try {
      const answer = await batch[0]?.ask();
      for (const { resolve } of batch) resolve(answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  });

  /**
   * @param key names what is read; `ask` reads it.
   * @returns what was read, which others get, too: it is not to be changed.
   */
  read<T>(key: string, ask: () => Promise<T>): Promise<T> {
    return this.#lanes.push<unknown>(key, (answer) => ({ ask, ...answer })) as Promise<T>;
  }
}
