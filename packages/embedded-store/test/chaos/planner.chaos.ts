// Thousands of random queries against every set of indexes, each compared with a plain scan. The seed stands in the failure.
import { answersAsScan, INDEXES, titleOf } from '../support/random-queries.js';
import { describeEmbedded, openSuite, type Suite } from '../support/store.js';

describeEmbedded('the planner of the embedded store, at length', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
  });
  after(() => suite.close());

  const start = Date.now() % 1_000_000_000;
  for (const [i, indexes] of INDEXES.entries())
    it(`answers as a scan does, with ${titleOf(indexes)}`, async () => {
      for (let round = 0; round < 10; round++) await answersAsScan(suite.db, indexes, 150, start + round * 10 + i);
    });
});
