/** Waiting for a condition of this process that nothing announces. */
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 10;

/** Look until a condition holds. @param ms milliseconds at the most. @returns whether it holds. */
export async function until(holds: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) return false;
    await wait(LOOK_MS);
  }
  return true;
}
