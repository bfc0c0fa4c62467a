// The store killed again and again under writes.
import { surviveKills } from '../support/kill.js';
import { describeEmbedded } from '../support/store.js';

describeEmbedded('durability of the embedded store, at length', () => {
  it('survives kill -9 under writes fifty times, with all that was answered and no repair', () => surviveKills(50));
});
