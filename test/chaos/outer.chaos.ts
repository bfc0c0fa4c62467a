/**
 * The same rows on servers that are not ours: outer-servers.ts. Where one cannot be built, one line says so. Left out is what such a
 * server cannot keep, and what of the site's requests it does not know: docs/operations.md.
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { temporaryFolder } from '../support/site.js';
import { build, BUILD_MS, FERRETDB, MONGO_JAVA_SERVER, serve } from './outer-servers.js';
import { record } from './record.js';
import { type Row, runRow } from './run-row.js';

const ROWS: Row[] = [
  { file: 'crash', name: '^R1 ' },
  { file: 'rooms', name: '^R13,' },
  { file: 'seats', name: 'on one node' },
  { file: 'uploads', name: '^R39 ' },
  { file: 'privacy', name: '^R50 ' },
];

for (const outer of [FERRETDB, MONGO_JAVA_SERVER])
  describe(`outer ${outer.name}`, () => {
    let dir: string;
    let server: Awaited<ReturnType<typeof serve>> | undefined;
    before(async function () {
      this.timeout(BUILD_MS + 60_000);
      dir = await temporaryFolder();
      const missing = await build(outer, dir);
      if (missing === null) server = await serve(outer, dir);
      else console.log(`${outer.name} is left out: ${missing}`);
    });
    after(async () => {
      await server?.end();
      await rm(dir, { recursive: true, force: true });
    });

    for (const row of ROWS)
      it(`${row.file}.chaos.ts, "${row.name}"`, async () => {
        if (!server) return;
        // a retry would be stored twice there: R3 cannot hold
        const env = {
          ...outer.env,
          STORE_TEST_URL: server.url,
          STORE_TEST_GAPS: 'ferretdb',
          CHAOS: '0.1',
          CHAOS_RETRIES: '0',
        };
        const { code, said } = await runRow(row, env);
        console.log(
          said
            .split('\n')
            .filter((line) => line.startsWith('{'))
            .join('\n'),
        );
        record('outer', { server: outer.name, row: `${row.file}: ${row.name}`, holds: code === 0 });
        assert.equal(code, 0, said);
      });
  });
