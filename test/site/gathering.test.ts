/** Items gathered: a lone one leaves at once, what follows quickly leaves together, in order, and nothing is lost. */
import assert from 'node:assert/strict';
import { Feed } from '../../controllers/sockets/feed.js';
import { Gathering, TOGETHER_MAX } from '../../controllers/sockets/gathering.js';
import { waitFor } from '../support/wait.js';

const MANY = 100_000;

describe('gathered items', () => {
  let sent: [key: string, items: number[]][];
  let gathering: Gathering<number>;
  beforeEach(() => (sent = []));
  afterEach(() => gathering.stop());

  const start = (receivers: number) =>
    (gathering = new Gathering(
      () => receivers,
      (key, items) => sent.push([key, items]),
    ));
  const add = (...items: number[]) => {
    for (const item of items) gathering.add('a', item);
  };
  const arrived = (count: number) =>
    waitFor(`${count} items`, () => sent.flatMap(([, items]) => items).length === count);

  for (const receivers of [1, MANY]) {
    it(`leave at once when alone, together when they follow quickly, to ${receivers}`, async () => {
      start(receivers);
      add(1);
      assert.deepEqual(sent, [['a', [1]]]);
      add(2, 3);
      assert.equal(sent.length, 1);
      await arrived(3);
      assert.deepEqual(sent.slice(1), [['a', [2, 3]]]);
    });

    it(`leave at once again after a window without any, to ${receivers}`, async () => {
      start(receivers);
      add(1);
      let asked = 0;
      await waitFor('a quiet window', () => {
        // Not at every look: an item that comes within a window opens another one.
        if (++asked % 6 > 0) return false;
        sent = [];
        add(2);
        return sent.length === 1;
      });
    });
  }

  it('of different keys do not wait for each other', () => {
    start(MANY);
    add(1, 2);
    gathering.add('b', 3);
    assert.deepEqual(sent, [
      ['a', [1]],
      ['b', [3]],
    ]);
  });

  it('leave before what is emitted after a flush, each once', async () => {
    start(MANY);
    add(1, 2);
    gathering.flush('a');
    gathering.flush('a');
    gathering.flush('b');
    assert.deepEqual(sent, [
      ['a', [1]],
      ['a', [2]],
    ]);
    add(3);
    assert.equal(sent.length, 2);
    await arrived(3);
    assert.deepEqual(sent.at(-1), ['a', [3]]);
  });

  it('wait for no window when there are very many', () => {
    start(MANY);
    add(...Array.from({ length: 2 * TOGETHER_MAX + 1 }, (_, index) => index));
    assert.deepEqual(
      sent.map(([, { length }]) => length),
      [1, TOGETHER_MAX, TOGETHER_MAX],
    );
  });

  it('leave at the end', () => {
    start(MANY);
    add(1, 2);
    gathering.stop();
    assert.deepEqual(sent, [
      ['a', [1]],
      ['a', [2]],
    ]);
  });
});

describe('a feed', () => {
  const rooms = new Map<string, Set<string>>();
  const emitted: unknown[][] = [];
  const feed = new Feed<number>(
    { rooms },
    {
      one: (room, message) => emitted.push([...(rooms.get(room) ?? []), message]),
      many: (room, messages) => emitted.push([...(rooms.get(room) ?? []), messages]),
    },
    false,
    { delivered: () => undefined },
  );
  const socket = (id: string) => ({
    join: (room: string) => void rooms.set(room, (rooms.get(room) ?? new Set()).add(id)),
    leave: (room: string) => {
      rooms.get(room)?.delete(id);
      if (rooms.get(room)?.size === 0) rooms.delete(room);
    },
  });
  after(() => feed.stop());

  it('emits nothing where nobody listens', () => {
    feed.tell('r', 1);
    assert.deepEqual(emitted, []);
  });

  it('sends what waits before somebody joins it, who reads that in the history', async () => {
    const [a, b] = [socket('a'), socket('b')];
    await feed.join(a, 'r', true);
    feed.tell('r', 2);
    feed.tell('r', 3);
    await feed.join(b, 'r', true);
    assert.deepEqual(emitted, [
      ['a', [2]],
      ['a', [3]],
    ]);
    feed.tell('r', 4);
    await feed.join(a, 'r', false);
    feed.tell('r', 5);
    assert.deepEqual(emitted.slice(2), [
      ['a', 'b', [4]],
      ['a', 5],
    ]);
    await waitFor('the rest', () => emitted.length === 5);
    assert.deepEqual(emitted[4], ['b', [5]]);
  });
});
