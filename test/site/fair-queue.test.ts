/** Turns: of groups, of members in a group, and for what its turn does not come. */
import assert from 'node:assert/strict';
import { FairQueue } from '../../services/work/fair-queue.js';
import { waitFor } from '../support/wait.js';

describe('a fair queue', () => {
  /** Work that ends when told; `begun` has the names of what has begun, in order. */
  function bench(most: { atOnce: number; ofOneGroup: number; waitMs?: number }) {
    const queue = new FairQueue({ waitMs: 60_000, ...most });
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const put = (group: string, member: string, name: string) =>
      queue.run({ group, member }, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    const end = async (name: string, next: number) => {
      ends.get(name)?.();
      await waitFor(`${next} begun`, () => begun.length >= next);
    };
    return { put, begun, end };
  }

  it('lets groups take turns, and members within a group', async () => {
    const { put, begun, end } = bench({ atOnce: 1, ofOneGroup: 1 });
    const all = [
      put('a', 'ann', 'ann 1'),
      put('a', 'ann', 'ann 2'),
      put('a', 'ann', 'ann 3'),
      put('a', 'abe', 'abe 1'),
      put('b', 'bob', 'bob 1'),
      put('b', 'bob', 'bob 2'),
    ];
    await waitFor('one begun', () => begun.length === 1);
    for (let next = 2; next <= all.length; next++) await end(begun[next - 2]!, next);
    assert.deepEqual(begun, ['ann 1', 'ann 2', 'bob 1', 'abe 1', 'bob 2', 'ann 3']);
    await end('ann 3', 6);
    await Promise.all(all);
  });

  it('does no more at once than it may, and leaves a place to other groups', async () => {
    const { put, begun, end } = bench({ atOnce: 2, ofOneGroup: 1 });
    const all = [
      put('a', 'ann', 'ann 1'),
      put('a', 'abe', 'abe 1'),
      put('b', 'bob', 'bob 1'),
      put('c', 'cat', 'cat 1'),
    ];
    await waitFor('two begun', () => begun.length === 2);
    assert.deepEqual(begun, ['ann 1', 'bob 1']);
    await end('ann 1', 3);
    await end('bob 1', 4);
    assert.deepEqual(begun.slice(2).sort(), ['abe 1', 'cat 1']);
    for (const name of ['abe 1', 'cat 1']) await end(name, 4);
    await Promise.all(all);
  });

  it('gives up what does not get its turn in time (busy), and goes on', async () => {
    const { put, begun, end } = bench({ atOnce: 1, ofOneGroup: 1, waitMs: 1 });
    const first = put('a', 'ann', 'ann 1');
    await waitFor('one begun', () => begun.length === 1);
    await assert.rejects(put('a', 'ann', 'ann 2'), { code: 'busy', details: { retryAfter: 5 } });
    await assert.rejects(put('b', 'bob', 'bob 1'), { code: 'busy' });
    await end('ann 1', 1);
    await first;
    const next = put('b', 'bob', 'bob 2');
    await waitFor('another one begun', () => begun.length === 2);
    await end('bob 2', 2);
    await next;
    assert.deepEqual(begun, ['ann 1', 'bob 2']);
  });

  it('passes on what work throws, and goes on', async () => {
    const queue = new FairQueue({ atOnce: 1, ofOneGroup: 1, waitMs: 60_000 });
    const fail = () => Promise.reject(new Error('broken'));
    await assert.rejects(queue.run({ group: 'a', member: 'ann' }, fail), /broken/);
    assert.equal(await queue.run({ group: 'a', member: 'ann' }, () => Promise.resolve(7)), 7);
  });
});
