/** Waiting without sleeping: for a condition, or for an event, with a time limit that says what did not come. */

/** Long enough for a machine that is busy with other things: a limit costs time only where it fails. */
export const LIMIT_MS = 60_000;
const STEP_MS = 15;

/** Ask until the answer is not null, undefined or false. */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = LIMIT_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
