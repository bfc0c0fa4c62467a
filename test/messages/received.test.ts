/** Which messages of the lobby a page has heard, whatever order they come in. */
import assert from 'node:assert/strict';
import { createHeard } from '../../public/js/messages/heard.js';

describe('what was heard', () => {
  it('is taken once, also when a later one overtook it', () => {
    const heard = createHeard(4);
    assert.deepEqual(
      [4, 6, 6, 5, 5, 7].map((seq) => heard.take(seq)),
      [false, true, false, true, false, true],
    );
    assert.equal(heard.whole(), 7);
    assert.equal(heard.hasGap(), false);
  });

  it('has a gap until what is missing comes, or was read not to be there', () => {
    const heard = createHeard(0);
    heard.take(2);
    assert.deepEqual([heard.whole(), heard.hasGap()], [0, true]);
    heard.take(1);
    assert.deepEqual([heard.whole(), heard.hasGap()], [2, false]);
    for (const seq of [10, 12, 14]) heard.take(seq);
    heard.readUpTo(11);
    assert.deepEqual([heard.whole(), heard.hasGap()], [12, true]);
    heard.readUpTo(3);
    assert.equal(heard.whole(), 12);
    heard.readUpTo(20);
    assert.deepEqual([heard.whole(), heard.hasGap()], [20, false]);
    assert.equal(heard.take(14), false);
  });
});
