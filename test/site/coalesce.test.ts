/** Many changes, few tellings. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { coalesce, type Coalesced } from '../../controllers/sockets/coalesce.js';
import { waitFor } from '../support/wait.js';

const HOUR = 3_600_000;

describe('coalesced changes', () => {
  let changes: Coalesced<string>;
  let told: string[][];
  let failures: unknown[];
  /** Ends the telling under way. */
  let end: (error?: Error) => void;

  function start(ms: number | ((told: number) => number)): void {
    told = [];
    failures = [];
    const tell = (keys: string[]) => {
      told.push(keys);
      return new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
    };
    changes = coalesce(ms, tell, (error) => failures.push(error));
  }
  afterEach(() => changes.stop());

  const tellings = (count: number) => waitFor(`${count} tellings`, () => told.length === count);

  it('are told at once when it is the first', async () => {
    start(HOUR);
    changes.changed('a');
    await tellings(1);
    assert.deepEqual(told, [['a']]);
  });

  it('that come while one is told are told together by the next, each once', async () => {
    start(1);
    changes.changed('a');
    await tellings(1);
    for (const key of ['b', 'c', 'b']) changes.changed(key);
    await turn();
    assert.equal(told.length, 1, 'not while another telling runs');
    end();
    await tellings(2);
    assert.deepEqual(told[1], ['b', 'c']);
  });

  it('wait until the time between two tellings is over', async () => {
    start(HOUR);
    changes.changed('a');
    await tellings(1);
    end();
    changes.changed('b');
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.equal(told.length, 1);
  });

  it('wait the longer, the more was told', async () => {
    start((count) => (count > 1 ? HOUR : 0));
    changes.changed('a');
    await tellings(1);
    for (const key of ['b', 'c']) changes.changed(key);
    end();
    await tellings(2);
    changes.changed('d');
    end();
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.deepEqual(told, [['a'], ['b', 'c']]);
  });

  it('are told although the telling before failed, and the failure is reported', async () => {
    start(1);
    changes.changed('a');
    await tellings(1);
    end(new Error('no answer'));
    changes.changed('b');
    await tellings(2);
    assert.deepEqual(failures.map(String), ['Error: no answer']);
  });

  it('are told no more after the end', async () => {
    start(1);
    changes.changed('a');
    await tellings(1);
    changes.changed('b');
    changes.stop();
    end();
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.equal(told.length, 1);
  });
});
