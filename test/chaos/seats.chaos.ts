/** R17: the last seat goes to one person. A thousand trials, ten visitors each, on one site. */
import assert from 'node:assert/strict';
import { startSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { record } from './record.js';

const TRIALS = 1_000;
const VISITORS = 10;

describe('R17', () => {
  it(`${TRIALS} races for the last seat: one winner each`, async () => {
    const site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '0' });
    const host = await arrive(site);
    const sitting = await host.listen();
    const rivals = await Promise.all(Array.from({ length: VISITORS }, () => arrive(site)));
    const ears = await Promise.all(rivals.map((rival) => rival.listen()));
    let winners = 0;
    const wrong: object[] = [];
    for (let trial = 0; trial < TRIALS; trial++) {
      const { _id } = await host.createRoom({ title: `trial ${trial}`, max: 2 });
      const seat = await sitting.join(_id);
      assert.ok(seat.ok);
      const answers = await Promise.all(ears.map((ear) => ear.join(_id)));
      const inside = answers.filter((answer) => answer.ok).length;
      const full = answers.filter((answer) => !answer.ok && answer.error.code === 'room_full').length;
      winners += inside;
      if (inside !== 1 || full !== VISITORS - 1) wrong.push({ trial, inside, full });
      await Promise.all([sitting, ...ears].map((ear) => ear.ask('leave')));
      for (const ear of [sitting, ...ears]) ear.heard.length = 0;
    }
    for (const visitor of [host, ...rivals]) visitor.leaveAll();
    await site.close();
    record('R17', { trials: TRIALS, winners, wrong: wrong.length });
    assert.deepEqual(wrong, []);
  });
});
