/** Every event and frame that the suites of rooms, places and gateway hear is as the AsyncAPI document says. */
import assert from 'node:assert/strict';

import { describeEvents, looked, undescribed } from '../support/described.js';

describe('the suites that follow', () => {
  it('are listened to', () => describeEvents(true));
});

for (const suite of [
  ...['messages/batches', 'messages/actions', 'rooms/hands', 'rooms/hosts', 'rooms/settings', 'rooms/seats'],
  ...['lobby/lobby', 'direct/direct', 'direct/gateway', 'api/gateway-rooms', 'consult/consult', 'consult/rights'],
])
  await import(`../${suite}.test.js`);

describe('the events and frames that were heard', () => {
  before(() => describeEvents(false));

  it('were as described', () => assert.deepEqual(undescribed, []));

  it('came from every channel', () => {
    const channels = new Set([...looked.keys()].map((what) => what.split(' ')[0]));
    assert.deepEqual([...channels].sort(), ['/', '/chat', '/consult', '/direct', '/lobby', '/room', '/ws']);
    process.stdout.write(`      ${looked.size} kinds: ${[...looked.keys()].sort().join(', ')}\n`);
  });
});
