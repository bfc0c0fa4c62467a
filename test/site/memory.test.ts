/** When memory is given back to the system. */
import assert from 'node:assert/strict';
import { releaseAtRest } from '../../services/site/memory.js';

const MB = 1024 * 1024;

describe('memory of a site that was busy', () => {
  let released: number;
  let state: { resident: number; busy: number; left: number };
  let look: () => Promise<void>;
  beforeEach(() => {
    released = 0;
    state = { resident: 100 * MB, busy: 0, left: 100 * MB };
    look = releaseAtRest({
      resident: () => state.resident,
      busy: () => state.busy,
      release() {
        released++;
        state.resident = state.left;
        return Promise.resolve();
      },
    });
  });

  it('is released once it rests again', async () => {
    await look();
    Object.assign(state, { resident: 300 * MB, busy: 0.8 });
    await look();
    assert.equal(released, 1, 'while it was busy nothing is released');
    state.busy = 0.02;
    await look();
    assert.equal(released, 2);
  });

  it('is left alone while it does not grow, and where it is all in use', async () => {
    await look();
    for (let looks = 0; looks < 3; looks++) await look();
    assert.equal(released, 1);
    Object.assign(state, { resident: 300 * MB, left: 290 * MB });
    for (let looks = 0; looks < 3; looks++) await look();
    assert.equal(released, 2, 'what 10,000 sockets need is not looked for again and again');
  });
});
