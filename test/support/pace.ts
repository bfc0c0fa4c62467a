/** How often something is told: a ceiling, not a deadline, so that a slow machine only keeps it more easily. */
import assert from 'node:assert/strict';

/** Begin to count. @returns what asserts that there were so many a second at most since then, and one at either end. */
export function pace(count: () => number): (perSecond: number) => void {
  const [before, began] = [count(), performance.now()];
  return (perSecond) => {
    const [told, seconds] = [count() - before, (performance.now() - began) / 1000];
    assert.ok(told <= perSecond * seconds + 2, `${told} in ${seconds.toFixed(1)} s`);
  };
}
