/** R17: the last seat goes to one person, on one node and on two. */
import assert from 'node:assert/strict';
import { seenFrom, startCluster } from '../support/cluster.js';
import { startSite } from '../support/site.js';
import { arrive, type Reachable } from '../support/visitor.js';
import { record, times } from './record.js';

const ON_ONE = times(400);
const ON_TWO = times(200);
const VISITORS = 10;

/** Ten visitors want the last seat of a room at once, so many times; the second half of them comes from the second node. */
async function raceForLastSeats(nodes: [Reachable, Reachable], trials: number) {
  const host = await arrive(nodes[0]);
  const sitting = await host.listen();
  const people = await Promise.all(Array.from({ length: VISITORS }, () => arrive(nodes[0])));
  const rivals = people.map((person, index) => (index * 2 < VISITORS ? person : seenFrom(nodes[1], person)));
  const ears = await Promise.all(rivals.map((rival) => rival.listen()));
  let winners = 0;
  const wrong: object[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const { _id } = await host.createRoom({ title: `trial ${trial}`, max: 2 });
    assert.ok((await sitting.join(_id)).ok);
    const answers = await Promise.all(ears.map((ear) => ear.join(_id)));
    const inside = answers.filter((answer) => answer.ok).length;
    const full = answers.filter((answer) => !answer.ok && answer.error.code === 'room_full').length;
    winners += inside;
    if (inside !== 1 || full !== VISITORS - 1) wrong.push({ trial, inside, full });
    await Promise.all([sitting, ...ears].map((ear) => ear.ask('leave')));
    for (const ear of [sitting, ...ears]) ear.heard.length = 0;
  }
  for (const visitor of [host, ...rivals]) visitor.leaveAll();
  return { trials, winners, wrong };
}

describe('R17', () => {
  it(`${ON_ONE} races for the last seat on one node: one winner each`, async () => {
    const site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '0' });
    const { wrong, ...figures } = await raceForLastSeats([site, site], ON_ONE);
    await site.close();
    record('R17', { nodes: 1, ...figures, wrong: wrong.length });
    assert.deepEqual(wrong, []);
  });

  it(`${ON_TWO} races for the last seat on two nodes: one winner each`, async () => {
    const cluster = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '0' });
    const { wrong, ...figures } = await raceForLastSeats([cluster.one, cluster.two], ON_TWO);
    await cluster.close();
    record('R17', { nodes: 2, ...figures, wrong: wrong.length });
    assert.deepEqual(wrong, []);
  });
});
