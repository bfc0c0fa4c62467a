/** R24: who is banned on one node posts nothing more on another, and hears nothing more there. */
import { raceOfBans } from '../support/ban-race.js';
import { startCluster } from '../support/cluster.js';
import { record, times } from './record.js';

const TRIALS = times(1_000);

describe('R24', () => {
  it(`${TRIALS} bans on one node against posts under way on another: none is stored or told after the answer`, async () => {
    const nodes = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    const race = await raceOfBans(nodes.one, nodes.two, TRIALS);
    await nodes.close();
    record('R24', { ...race });
  });
});
