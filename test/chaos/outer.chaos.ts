/**
 * The same rows on FerretDB 1.24 with SQLite, a server that shares no line with the embedded store. It is built with Go from the module
 * proxy where Go is installed; where it is not, or the build fails, one line says so. Left out is what FerretDB cannot keep:
 * docs/operations.md.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { ROOT } from '../../services/site/root.js';
import { steadyPort } from '../support/ports.js';
import { temporaryFolder } from '../support/site.js';
import { waitFor } from '../support/wait.js';
import { record } from './record.js';
import { type Row, runRow } from './run-row.js';

const SOURCE = path.join(ROOT, 'test/chaos/ferretdb');
/** Milliseconds for the first build, which fetches the modules; later ones take two seconds. */
const BUILD_MS = 8 * 60_000;
const ROWS: Row[] = [
  { file: 'rooms', name: '^R13,' },
  { file: 'seats', name: 'on one node' },
  { file: 'uploads', name: '^R39 ' },
  { file: 'privacy', name: '^R50 ' },
];

/** Build FerretDB. @returns why it cannot be had, or null. */
async function build(binary: string): Promise<string | null> {
  const env = { ...process.env, GOFLAGS: '-mod=readonly' };
  try {
    await promisify(execFile)('go', ['build', '-o', binary, '.'], { cwd: SOURCE, env, timeout: BUILD_MS });
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'ENOENT' ? 'Go is not installed' : message.split('\n').slice(0, 2).join(' ');
  }
}

describe('outer', () => {
  let dir: string;
  let server: ChildProcess | undefined;
  let env: Record<string, string> = {};
  before(async function () {
    this.timeout(BUILD_MS + 60_000);
    dir = await temporaryFolder();
    const binary = path.join(dir, 'ferretdb');
    const missing = await build(binary);
    if (missing !== null) return console.log(`FerretDB is left out: ${missing}`);
    const port = await steadyPort();
    server = spawn(binary, [`127.0.0.1:${port}`, dir], { cwd: dir, stdio: 'ignore' });
    const url = `mongodb://127.0.0.1:${port}/`;
    await waitFor('FerretDB', () =>
      MongoClient.connect(url, { serverSelectionTimeoutMS: 500 }).then(
        (client) => client.close().then(() => true),
        () => false,
      ),
    );
    env = { STORE_TEST_URL: url, STORE_TEST_GAPS: 'ferretdb', CHAOS: '0.1' };
  });
  after(async () => {
    if (server) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await rm(dir, { recursive: true, force: true });
  });

  for (const row of ROWS)
    it(`FerretDB 1.24: ${row.file}.chaos.ts, "${row.name}"`, async () => {
      if (!server) return;
      const { code, said } = await runRow(row, env);
      const lines = said.split('\n').filter((line) => line.startsWith('{'));
      console.log(lines.join('\n'));
      record('outer', { server: 'FerretDB 1.24', row: `${row.file}: ${row.name}`, holds: code === 0 });
      assert.equal(code, 0, said);
    });
});
