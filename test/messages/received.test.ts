/** Which numbers of a stream a page has received, whatever order they come in. */
import assert from 'node:assert/strict';
import { contiguousFrom, createReceived } from '../../public/js/messages/received.js';

describe('what was received', () => {
  it('is taken once, also when a later one overtook it', () => {
    const received = createReceived(4);
    assert.deepEqual(
      [4, 6, 6, 5, 5, 7].map((seq) => received.take(seq)),
      [false, true, false, true, false, true],
    );
    assert.equal(received.contiguous(), 7);
    assert.equal(received.hasGap(), false);
  });

  it('has a gap until what is missing comes, or was read not to be there', () => {
    const received = createReceived(0);
    received.take(2);
    assert.deepEqual([received.contiguous(), received.hasGap()], [0, true]);
    received.take(1);
    assert.deepEqual([received.contiguous(), received.hasGap()], [2, false]);
    for (const seq of [10, 12, 14]) received.take(seq);
    received.readUpTo(11);
    assert.deepEqual([received.contiguous(), received.hasGap()], [12, true]);
    received.readUpTo(3);
    assert.equal(received.contiguous(), 12);
    received.readUpTo(20);
    assert.deepEqual([received.contiguous(), received.hasGap()], [20, false]);
    assert.equal(received.take(14), false);
  });

  it('begins with a page of the newest: what is older is no gap, a hole inside is', () => {
    const messages = (...seqs: number[]) => seqs.map((seq) => ({ seq }));
    assert.equal(contiguousFrom(messages(101, 102)), 102);
    assert.equal(contiguousFrom(messages(101, 103)), 101);
    assert.equal(contiguousFrom([]), 0);
  });
});
