// Embedded only (it asks for many answers): whatever index serves a query, the answer is that of a plain scan.
import { answersAsScan, INDEXES, titleOf } from '../support/random-queries.js';
import { describeEmbedded, openSuite, type Suite } from '../support/store.js';

describeEmbedded('the planner of the embedded store', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
  });
  after(() => suite.close());

  for (const [i, indexes] of INDEXES.entries())
    it(`answers as a scan does, with ${titleOf(indexes)}`, () => answersAsScan(suite.db, indexes, 30, 20_261_121 + i));
});
