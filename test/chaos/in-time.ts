/**
 * Verdicts about time. A machine that is busy with other things makes everything slow for a while, so being too slow is believed when
 * it was seen in three tries. What is lost, doubled or wrong is thrown by the try itself, and believed at once.
 */
import assert from 'node:assert/strict';

const TRIES = 3;

/** @param attempt gives a sentence for each thing that took too long. */
export async function inTime(attempt: () => Promise<string[]>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const late = await attempt();
    if (late.length === 0) return;
    console.log(`too slow, try ${tries} of ${TRIES}: ${late.join('; ')}`);
    if (tries === TRIES) assert.fail(late.join('; '));
  }
}
