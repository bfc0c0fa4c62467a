/** The database taken away in the middle of something, and given back. */
import type { DistantStore } from './distant-store.js';
import type { Reachable } from './visitor.js';
import { waitFor } from './wait.js';

export interface Cut {
  /** Whether the command that fits still reaches the database, whose answer then does not come back. */
  when: 'before' | 'after';
  fits: (command: Buffer) => boolean;
}

/** A command that inserts into a collection a document with this text. */
export const inserts =
  (collection: string, text = '') =>
  (command: Buffer): boolean =>
    command.includes('insert') && command.includes(collection) && command.includes(text);

/** A command that names a collection, after another one was seen. */
export function following(first: Cut['fits'], collection: string): Cut['fits'] {
  let seen = false;
  return (command) => {
    if (seen) return command.includes(collection);
    seen = first(command);
    return false;
  };
}

/** Take the database away at the first command that fits, until `work` has ended. @returns what `work` returns. */
export async function cutAt<T>(
  { proxy }: DistantStore,
  site: Reachable,
  { when, fits }: Cut,
  work: () => Promise<T>,
): Promise<T> {
  const { onRequest } = proxy;
  let isDone = false;
  let isOver = false;
  // A cut that comes after the database was given back would take it away for good.
  const cut = () => {
    if (!isOver) proxy.cut();
  };
  proxy.onRequest = (chunk) => {
    if (isDone || !fits(chunk)) return;
    isDone = true;
    if (when === 'before') cut();
    else setImmediate(cut);
  };
  try {
    return await work();
  } finally {
    isOver = true;
    proxy.onRequest = onRequest;
    proxy.restore();
    await waitFor('readiness', async () => (await fetch(`${site.url}/readyz`)).status === 200);
  }
}
