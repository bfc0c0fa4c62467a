// Thousands of damaged frames and of random commands. The seed stands in the title; SEED repeats a run.
import { strict as assert } from 'node:assert';
import { fuzzCommands, fuzzFrames } from '../support/fuzz.js';
import { describeEmbedded, openSuite } from '../support/store.js';

const FRAMES = 5_000;
const COMMANDS = 30_000;

describeEmbedded('robustness of the embedded store, at length', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
  it(`${FRAMES} damaged frames and ${COMMANDS} random commands do not kill the store (seed ${seed})`, async () => {
    const suite = await openSuite();
    await fuzzFrames(suite.url, suite.db.databaseName, { seed, runs: FRAMES });
    await fuzzCommands(suite.url, suite.db.databaseName, { seed, runs: COMMANDS });
    assert.equal((await suite.db.command({ ping: 1 })).ok, 1);
    await suite.close();
  });
});
