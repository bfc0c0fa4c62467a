/** Whose turn it is: asks of sockets in order, costly ones of addresses in turn, and who is refused when too many wait. */
import assert from 'node:assert/strict';
import { Asks } from '../../services/work/asks.js';
import { type Answer, Lanes } from '../../services/work/lanes.js';
import { Buckets } from '../../services/work/buckets.js';
import { AppError } from '../../services/site/errors.js';

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('asks', () => {
  let asks: Asks;
  /** In the order in which they began or were refused. */
  let began: string[];
  let refused: string[];
  let ends: Map<string, () => void>;

  function start(ofSocket: number, costly: number): void {
    asks = new Asks({ ofSocket, costly });
    [began, refused, ends] = [[], [], new Map()];
  }

  /** @param who `address/visitor/socket`. */
  function ask(name: string, who: string, isCostly = false): void {
    const [address = '', visitor = ''] = who.split('/');
    asks.turn({ address, visitor, socket: who }, isCostly).then(
      (end) => {
        began.push(name);
        ends.set(name, end);
      },
      (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.deepEqual([error.code, error.details.retryAfter], ['busy', 1]);
        refused.push(name);
      },
    );
  }
  async function end(name: string): Promise<void> {
    await settle();
    ends.get(name)!();
    await settle();
  }

  it('of one socket begin in order, so many at once; another socket does not wait for them', async () => {
    start(2, Infinity);
    for (const name of ['1', '2', '3', '4']) ask(name, 'a/v/s');
    ask('other', 'a/v/t');
    await settle();
    assert.deepEqual(began, ['1', '2', 'other']);
    await end('2');
    await end('1');
    assert.deepEqual(began, ['1', '2', 'other', '3', '4']);
  });

  it('that cost little wait behind a costly one of their socket, and not behind those of others', async () => {
    start(8, 1);
    ask('costly', 'a/v/s', true);
    ask('second', 'a/v/t', true);
    ask('behind', 'a/v/t');
    ask('free', 'a/v/s');
    await settle();
    assert.deepEqual(began, ['costly', 'free']);
    await end('costly');
    assert.deepEqual(began, ['costly', 'free', 'second', 'behind']);
  });

  it('that are costly go to addresses in turn, and to the visitors of one in turn', async () => {
    start(8, 1);
    for (const [name, who] of [
      ['a1', 'a/v/1'],
      ['a2', 'a/v/2'],
      ['a3', 'a/v/3'],
      ['a4', 'a/w/1'],
      ['b1', 'b/v/1'],
      ['b2', 'b/v/2'],
    ] as const)
      ask(name, who, true);
    for (let turn = 0; turn < 5; turn++) {
      await settle();
      await end(began.at(-1)!);
    }
    assert.deepEqual(began, ['a1', 'a2', 'b1', 'a4', 'b2', 'a3']);
  });

  it('beyond 32 that wait at one socket are refused, and at others they are not', async () => {
    start(1, Infinity);
    for (let number = 0; number < 35; number++) ask(`${number}`, 'a/v/s');
    ask('other', 'a/v/t');
    await settle();
    assert.deepEqual(
      [began, refused],
      [
        ['0', 'other'],
        ['33', '34'],
      ],
    );
  });

  it('beyond 2,000 that wait: the oldest of the visitor who has most waiting, where most is waiting, is refused', async () => {
    start(8, 1);
    ask('first', 'x/v/s', true);
    for (let number = 0; number < 900; number++) ask(`modest ${number}`, `b/${number}/s`, true);
    for (let number = 0; number < 700; number++) ask(`greedy ${number}`, `a/v/${number}`, true);
    for (let number = 0; number < 400; number++) ask(`less ${number}`, `a/w/${number}`, true);
    await settle();
    assert.deepEqual(refused, []);
    ask('one more', 'c/v/s', true);
    await settle();
    assert.deepEqual(refused, ['greedy 0']);
    await end('first');
    assert.equal(began.length, 2);
  });
});

describe('lanes', () => {
  it('beyond what may wait in one, the oldest of the key that has most waiting is refused', async () => {
    const works: (() => void)[] = [];
    const lanes = new Lanes<Answer<string>>(async (batch) => {
      await new Promise<void>((resolve) => works.push(resolve));
      for (const { resolve } of batch) resolve('done');
    }, 4);
    const answers = new Map<string, string>();
    const push = (name: string, key: string) =>
      lanes
        .push<string>(
          key,
          (answer) => answer,
          () => true,
        )
        .then(
          (answer) => answers.set(name, answer),
          (error: unknown) => answers.set(name, (error as AppError).code),
        );
    const pushed = [push('first', 'x')];
    for (const name of ['modest', 'greedy 1', 'greedy 2', 'less'])
      pushed.push(push(name, name.startsWith('greedy') ? 'greedy' : name));
    await settle();
    assert.deepEqual([...answers], []);
    pushed.push(push('one more', 'y'));
    await settle();
    assert.deepEqual([...answers], [['greedy 1', 'busy']]);
    for (let turn = 0; turn < 2; turn++) {
      works[turn]!();
      await settle();
    }
    await Promise.all(pushed);
    assert.deepEqual([...answers.values()].toSorted(), ['busy', ...Array(5).fill('done')]);
  });

  it('are settled when what came before is answered, though more keeps coming', async () => {
    const works: (() => void)[] = [];
    const lanes = new Lanes<Answer<string>>(async (batch) => {
      await new Promise<void>((resolve) => works.push(resolve));
      for (const { resolve } of batch) resolve('done');
    });
    const push = () => lanes.push<string>('x', (answer) => answer);
    const pushed = [push()];
    let isSettled = false;
    const settled = lanes.settled('x').then(() => (isSettled = true));
    pushed.push(push());
    await settle();
    assert.equal(isSettled, false);
    works[0]!();
    await settled;
    await settle();
    assert.equal(works.length, 2);
    works[1]!();
    await Promise.all(pushed);
    await lanes.settled();
  });
});

describe('buckets', () => {
  let time = 0;
  const bucketsOf = (points: number, per: number) => new Buckets(points, per, () => time);

  it('give what they hold, say when there will be enough, and fill up at a steady pace', () => {
    const buckets = bucketsOf(10, 5);
    assert.equal(buckets.take('a', 8), 0);
    assert.equal(buckets.take('a', 4), 1);
    assert.equal(buckets.take('b', 10), 0);
    time += 1_000;
    assert.equal(buckets.take('a', 4), 0);
    assert.equal(buckets.take('a', 1), 0.5);
    time += 3_600_000;
    assert.equal(buckets.take('a', 10), 0);
    assert.equal(buckets.take('a', 1), 0.5);
  });

  it('owe what was charged beyond what they held, and never more than they hold', () => {
    const buckets = bucketsOf(10, 10);
    buckets.charge('a', 15);
    assert.equal(buckets.take('a', 1), 6);
    buckets.charge('a', 1_000);
    assert.equal(buckets.take('a', 1), 11);
    time += 11_000;
    assert.equal(buckets.take('a', 1), 0);
  });
});
