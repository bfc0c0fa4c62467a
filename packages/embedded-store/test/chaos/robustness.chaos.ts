// Thousands of damaged commands. The seed stands in the title.
import { strict as assert } from 'node:assert';
import { sendGarbage } from '../support/frames.js';
import { describeEmbedded, openSuite } from '../support/store.js';

describeEmbedded('robustness of the embedded store, at length', () => {
  const seed = Date.now() % 1_000_000_000;
  it(`random bytes in place of a command do not kill the store (seed ${seed})`, async () => {
    const suite = await openSuite();
    await sendGarbage(suite.url, suite.db.databaseName, 5000, seed);
    assert.equal((await suite.db.command({ ping: 1 })).ok, 1);
    await suite.close();
  });
});
