/** A short run of the fuzzer, always with the same seed; test/chaos/fuzz.chaos.ts is the long one. */
import { DESK_PASSWORD, type Fuzzer, openFuzzer } from '../support/fuzz/fuzz.js';
import { startSite, type TestSite } from '../support/site.js';

const SEED = 20_261_126;
const RUNS: Record<string, number> = { json: 120, forms: 120, queries: 80, multipart: 30 };
const FEW = 15;

describe('random input', () => {
  let site: TestSite;
  let fuzzer: Fuzzer;
  before(async () => {
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD });
    fuzzer = await openFuzzer(site);
  });
  after(async () => {
    fuzzer.close();
    await site.close();
  });

  for (const channel of [
    'json',
    'forms',
    'queries',
    'multipart',
    'raw HTTP',
    'Engine.IO',
    'polling',
    'gateway',
    'raw frames',
  ])
    it(`${channel}: an answer of the vocabulary, and the site goes on`, async () => {
      await fuzzer.channels[channel]?.(SEED, RUNS[channel] ?? FEW);
    });
});
