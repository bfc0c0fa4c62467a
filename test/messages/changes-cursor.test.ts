/** Changes on their way into the browser's log: which number a page asks with, and that every change is shown. */
import assert from 'node:assert/strict';
import { createChanges } from '../../public/js/messages/changes.js';

const change = (rev: number) => ({ ...message, rev });
const message = {
  _id: 'm',
  room: 'r',
  seq: 1,
  user: '#336699',
  author: { id: 'a', name: 'a' },
  createdAt: '2026-01-01T12:00:00Z',
};

describe('the cursor for changes', () => {
  it('stays before what may be missing, until an answer tells that nothing is', () => {
    const applied: number[] = [];
    let reads = 0;
    const changes = createChanges<ReturnType<typeof change>>({
      start: 3,
      apply: (incoming) => (applied.push(incoming.rev), incoming),
      readOn: () => (reads += 1),
    });
    changes.hear(change(4), false);
    changes.hear(change(6), false);
    assert.deepEqual(changes.from(), { rev: 4 });
    changes.take({ messages: [], more: false, changed: [change(5)], rev: 5, moreChanged: true });
    assert.deepEqual([changes.from(), reads], [{ rev: 6 }, 1]);
    changes.take({ messages: [], more: false, changed: [change(9)], rev: 9 });
    changes.take({ messages: [], more: false });
    assert.deepEqual([changes.from(), reads, applied], [{ rev: 9 }, 1, [4, 6, 5, 9]]);
  });

  it('is named nowhere where messages do not change', () => {
    assert.deepEqual(createChanges({ start: undefined, apply: () => null, readOn: () => undefined }).from(), {});
  });
});
