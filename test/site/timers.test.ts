/** Background work: once, again and again, failing, and stopped. */
import assert from 'node:assert/strict';
import { Timers } from '../../services/work/timers.js';
import { waitFor } from '../support/wait.js';

/** Work that goes on until `end` was called. */
function endless() {
  let begun = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = () => {
    begun += 1;
    return ended;
  };
  return { work, end, begun: () => begun };
}

describe('timers', () => {
  let errors: unknown[];
  let timers: Timers;
  beforeEach(() => {
    errors = [];
    timers = new Timers((error) => errors.push(error));
  });
  afterEach(() => timers.stop());

  it('report what failed, thrown at once or later, and go on', async () => {
    let runs = 0;
    timers.later(0, () => {
      throw new Error('at once');
    });
    timers.every(1, () => Promise.reject(new Error(`run ${(runs += 1)}`)));
    await waitFor('three runs', () => runs >= 3);
    const texts = errors.map((error) => (error as Error).message);
    assert.ok(texts.includes('at once') && texts.includes('run 1') && texts.includes('run 2'), texts.join());
  });

  it('leave out turns that come while the last run goes on', async () => {
    const slow = endless();
    let others = 0;
    timers.every(1, slow.work);
    timers.every(1, () => (others += 1));
    await waitFor('many turns', () => others > 20);
    assert.equal(slow.begun(), 1);
    slow.end();
    await waitFor('the next run', () => slow.begun() >= 2);
  });

  it('once stopped: cancel what has not begun, take nothing new, and wait for what has', async () => {
    const slow = endless();
    let never = 0;
    timers.later(0, slow.work);
    await waitFor('the work to begin', () => slow.begun() === 1);
    timers.later(20, () => (never += 1));
    timers.every(1, () => (never += 1));
    let stopped = false;
    const stopping = timers.stop().then(() => (stopped = true));
    timers.later(0, () => (never += 1));
    timers.every(1, () => (never += 1));
    // Set after them and for later: when this one comes, theirs would have come.
    let passed = false;
    const others = new Timers((error) => errors.push(error));
    others.later(40, () => (passed = true));
    await waitFor('time to pass', () => passed);
    assert.deepEqual([stopped, never, timers.stopped], [false, 0, true]);
    slow.end();
    await stopping;
    assert.deepEqual([stopped, never], [true, 0]);
  });
});
