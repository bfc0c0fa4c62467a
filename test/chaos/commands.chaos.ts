/**
 * A bare machine follows README.md and docs/operations.md word for word: the commands are read out of the documents and run
 * in a fresh clone with an environment of a path and a home. Only addresses that cannot be the same are put in: the port,
 * the repository, the MongoDB.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { type Box, boxesOf } from '../support/documented-commands.js';
import { steadyPort } from '../support/ports.js';
import { temporaryFolder } from '../support/site.js';
import { start } from '../support/small-project.js';
import { waitFor } from '../support/wait.js';

const START = 'npm start';
const STORE = /npm run store$/;
const MINUTES_MS = 300_000;

describe('the documents, followed word for word on a bare machine', () => {
  let folder: string;
  let site: string;
  let port: string;
  let running: ReturnType<typeof start> | null = null;
  let isSite = false;
  let target: ReturnType<typeof start>;
  let targetUrl: string;
  before(async () => {
    folder = await temporaryFolder();
    site = path.join(folder, 'gif-chat');
    port = String(await steadyPort());
    target = start(folder, process.execPath, [path.join(ROOT, 'dist/scripts/store.js')], {
      DATA_DIR: path.join(folder, 'target'),
      ENV_FILE: '/dev/null',
      STORE_SECRET: 'what the MongoDB asks for',
      STORE_PORT: '0',
    });
    targetUrl = await waitFor('the database to move to', () => /^(mongodb:\/\/\S+)\n$/.exec(target.said())?.[1]);
  });
  after(async () => {
    await stop();
    target.kill('SIGTERM');
    await target.ended;
    await rm(folder, { recursive: true, force: true });
  });

  /** A command with the addresses of this machine in it. */
  const here = (command: string) =>
    command
      .replaceAll('<the address of this repository>', ROOT)
      .replaceAll('8005', port)
      .replace(/mongodb:\/\/gifchat:PASSWORD@\S+/, targetUrl);
  const shell = (cwd: string, command: string) =>
    start(cwd, 'bash', ['-c', here(command)], { PORT: port, STORE_PORT: String(Number(port) + 1), HOME: folder });

  async function stop(): Promise<void> {
    running?.kill('SIGTERM');
    const ended = await running?.ended;
    if (ended) assert.equal(ended.code, 0, ended.said);
    running = null;
  }

  async function serve(command: string, ready: RegExp): Promise<void> {
    await stop();
    isSite = command === START;
    running = shell(site, `exec ${command}`.replace(/^exec (\w+=\S+) /, '$1 exec '));
    await waitFor(command, () => ready.exec(running?.said() ?? ''), MINUTES_MS);
  }

  async function run({ at, mark, commands }: Box): Promise<void> {
    if (mark === 'run, site running' && !(running && isSite)) await serve(START, /ready: /);
    if (mark === 'run, site stopped') await stop();
    for (const command of commands) {
      if (command === START) await serve(START, /ready: /);
      else if (STORE.test(command)) await serve(command, /^mongodb:\/\//m);
      else {
        const { code, said } = await shell(existsSync(site) ? site : folder, command).ended;
        assert.equal(code, 0, `${at}: ${command}\n${said}`);
      }
    }
  }

  it('README.md: the site is cloned, installed and started', async () => {
    const [install] = boxesOf('README.md');
    assert.equal(install?.mark, 'in full');
    const [clone = '', rest = ''] = install.commands;
    await run({ ...install, commands: [clone] });
    const [installing, starting] = rest.split(' && ');
    assert.equal(starting, START);
    await run({ ...install, commands: [installing ?? '', START] });
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  });

  it('docs/operations.md: each box after the other', async () => {
    const boxes = boxesOf('docs/operations.md').filter(({ mark }) => mark?.startsWith('run') || mark === 'in full');
    for (const box of boxes) {
      if (box.commands.some((command) => command.startsWith('git clone'))) continue; // as the README does
      if (box.mark === 'in full' && !running) await serve(START, /ready: /);
      await run(box);
    }
    assert.ok(existsSync(path.join(folder, 'gif-chat-backup', 'backup.json')));
  });
});
