/** Rows can fail: with one fault planted, the row that is about it turns red, and says what is wrong. */
import assert from 'node:assert/strict';
import { FAULTS } from './planted/faults.js';
import { record } from './record.js';
import { runRow } from './run-row.js';

const REGISTER = new URL('./planted/register.js', import.meta.url).href;
/** The share of a row's trials that is enough to see a fault. */
const SHARE = '0.2';

describe('planted', () => {
  for (const [name, { row }] of Object.entries(FAULTS))
    it(`${name}: ${row.file}.chaos.ts, "${row.name}", turns red`, async () => {
      const { code, said } = await runRow(row, { CHAOS: SHARE, PLANTED: name }, ['--import', REGISTER]);
      const isRed = code !== 0 && row.says.test(said);
      record('planted', { fault: name, row: `${row.file}: ${row.name}`, isRed });
      assert.ok(isRed, said);
      assert.match(said, /0 passed, 1 failed/);
      const { code: withoutIt, said: then } = await runRow(row, { CHAOS: SHARE });
      assert.equal(withoutIt, 0, then);
    });
});
