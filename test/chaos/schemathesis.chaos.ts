/** The API held against its own OpenAPI document by schemathesis (PyPI), which makes requests of it, good and bad. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../services/site/root.js';
import { type Program, program } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';

const run = promisify(execFile);
/** The release that the settings below were written for. */
const VERSION = '4.32.5';
const FOLDER = path.join(ROOT, 'test-results', 'tools', 'schemathesis');
const COMMAND = path.join(FOLDER, 'bin', 'schemathesis');
/** Requests of each kind, at each operation. */
const EXAMPLES = Number(process.env['SCHEMATHESIS_EXAMPLES'] ?? 40);
/**
 * Left out: positive_data_acceptance, since not every rule is one of JSON Schema (a text of blanks, `before` and `after` at once, a
 * picture that is none), and unsupported_method, since a method that is not there is 404 here.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'missing_required_header',
  'ignored_auth',
];

/** Have it in a folder of its own. @returns whether it is there. */
async function install(): Promise<boolean> {
  if (existsSync(COMMAND)) return true;
  try {
    await run('python3', ['-m', 'venv', FOLDER]);
    await run(path.join(FOLDER, 'bin', 'pip'), ['install', '--quiet', '--retries', '1', `schemathesis==${VERSION}`]);
    return existsSync(COMMAND);
  } catch {
    return false;
  }
}

describe('schemathesis', () => {
  let site: TestSite;
  let host: Program;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    host = await program(site);
  });
  after(() => site.close());

  /** @param settings lines of TOML. */
  async function check(name: string, settings: string, ...more: string[]): Promise<void> {
    if (!(await install())) {
      process.stdout.write('      schemathesis: not run, for it is not here and could not be installed by pip\n');
      return;
    }
    const file = path.join(site.dir, `${name}.toml`);
    await writeFile(file, settings);
    const how = [
      '--max-examples',
      String(EXAMPLES),
      '--seed',
      '7',
      '--checks',
      CHECKS.join(),
      '--phases',
      'examples,coverage,fuzzing',
    ];
    const quiet = ['--no-color', '--warnings', 'off', '--generation-database', 'none', '--continue-on-failure'];
    const args = ['--config-file', file, 'run', `${site.url}/api/v1/openapi.json`, ...how, ...quiet, ...more];
    const child = spawn(COMMAND, args, { cwd: site.dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(code, 0, said);
    process.stdout.write(`      ${/(\d+ generated.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1) ?? ''}\n`);
  }

  it('finds every answer as the document says, for somebody who knows no room', () =>
    check('stranger', `[auth.openapi.token]\nbearer = "${host.token}"\n`));

  it('finds it so for the host of a room', async () => {
    const { _id } = await host.createRoom({ title: 'Held against its description', max: 100 });
    const { key } = (await host.ask('POST', `/rooms/${_id}/bots`, { name: 'Bot' })).body as { key: string };
    // Somebody is there for as long as it is asked about.
    const ear = host.connect();
    assert.ok((await ear.join(_id)).ok);
    const settings = `[parameters]\n"path.id" = "${_id}"\n"path.key" = "${key}"\n`;
    const lasting = ['closeRoom', 'leaveRoom'].flatMap((id) => ['--exclude-operation-id', id]);
    await check('host', settings, '--header', `Authorization: Bearer ${host.token}`, ...lasting);
    ear.close();
  });
});
