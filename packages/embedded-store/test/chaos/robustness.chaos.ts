// Thousands of damaged frames and of random commands. The seed stands in the title; SEED repeats a run.
import { fuzzCommands, fuzzFrames } from '../support/fuzz.js';
import { describeEmbedded, eventually, openSuite } from '../support/store.js';

const FRAMES = 5_000;
const COMMANDS = 30_000;

describeEmbedded('robustness of the embedded store, at length', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
  it(`${FRAMES} damaged frames and ${COMMANDS} random commands do not kill the store (seed ${seed})`, async () => {
    const suite = await openSuite({ store: { cursorIdleMs: 200 } });
    await fuzzFrames(suite.url, suite.db.databaseName, { seed, runs: FRAMES });
    await fuzzCommands(suite.url, suite.db.databaseName, { seed, runs: COMMANDS });
    // Whatever was asked, no snapshot stays behind: each would keep pages of the file for good.
    await eventually(async () => {
      const status = await suite.db.admin().command({ serverStatus: 1 });
      return (status.embedded as { readers: number }).readers <= 2;
    });
    await suite.close();
  });
});
