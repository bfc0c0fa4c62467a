/** What only one may have goes to one: names of the lobby, cases of the desk, names of consultants. */
import { DESK_PASSWORD } from '../support/consultant.js';
import { raceForCases, raceForDeskNames, raceForLobbyNames } from '../support/races.js';
import { startSite, type TestSite } from '../support/site.js';
import { record, times } from './record.js';

describe('claims', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD });
  });
  after(() => site.close());

  for (const [what, race, trials] of [
    ['a name of the lobby', raceForLobbyNames, times(1_000)],
    ['a case', raceForCases, times(1_000)],
    ['a name at the desk', raceForDeskNames, times(200)],
  ] as const) {
    it(`${trials} races for ${what}: one winner each`, async () => {
      await race(site, trials);
      record('claims', { what, trials, wrong: 0 });
    });
  }
});
