/** `npm start` and `npm run upgrade`: signals reach the server, its death is said, and a new version is swapped in calmly. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { steadyPort } from '../support/ports.js';
import { temporaryFolder, testEnv } from '../support/site.js';
import { childOf, commitVersion, createProject, git, start } from '../support/small-project.js';
import { waitFor } from '../support/wait.js';

const answers = async (url: string) => (await fetch(url).catch(() => null))?.text();
const isGone = (pid: number) => !existsSync(`/proc/${pid}`);

describe('npm start', () => {
  it('passes SIGTERM on to the site, ends after it with its exit code, and leaves nobody on the port', async () => {
    const dir = await temporaryFolder();
    const npm = start(ROOT, 'npm', ['start'], {
      ...testEnv(dir),
      HOME: dir,
      PORT: String(await steadyPort()),
    });
    const url = await npm.ready();
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    npm.kill('SIGTERM');
    const { code, said } = await npm.ended;
    assert.equal(code, 0, said);
    assert.equal(await answers(url), undefined);
    await rm(dir, { recursive: true, force: true });
  });
});

describe('the systemd unit', () => {
  it('is what systemd-analyze takes, where there is one', async () => {
    const unit = await readFile(path.join(ROOT, 'deploy', 'gif-chat.service'), 'utf8');
    const dir = await temporaryFolder();
    const file = path.join(dir, 'gif-chat.service');
    await writeFile(file, unit.replace('/usr/bin/node', process.execPath));
    const { said } = await start(dir, 'sh', ['-c', 'command -v systemd-analyze || echo none']).ended;
    if (said.trim() === 'none') console.log('      systemd-analyze is not on this machine: the unit was not verified');
    else assert.deepEqual(await start(dir, 'systemd-analyze', ['verify', file]).ended, { code: 0, said: '' });
    const allowed = /^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1];
    assert.ok(Number(allowed) > 10, 'longer than the site takes to end');
    await rm(dir, { recursive: true, force: true });
  });
});

describe('the starter', () => {
  let folder: string;
  let site: string;
  before(async () => {
    folder = await temporaryFolder();
    const origin = await createProject(folder);
    site = path.join(folder, 'site');
    await git(folder, 'clone', '--quiet', origin, site);
    const built = await start(site, 'npm', ['ci']).ended;
    assert.equal(built.code, 0, built.said);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const begin = async (command = process.execPath, args = ['scripts/start.mjs']) => {
    const starter = start(site, command, args, { PORT: String(await steadyPort()) });
    const url = await starter.ready();
    return { starter, url, server: await childOf(starter.pid) };
  };

  it('says in one line that the server was ended by a signal, and ends with its number', async () => {
    const { starter, server } = await begin();
    process.kill(server, 'SIGBUS');
    const { code, said } = await starter.ended;
    assert.equal(code, 128 + 7);
    assert.match(said, /^GIF Chat was ended by SIGBUS: the disk under DATA_DIR failed .*docs\/operations\.md$/m);
  });

  it('takes the server with it when it is killed itself, and so does npm', async () => {
    const alone = await begin();
    alone.starter.kill('SIGKILL');
    await waitFor('the end of the server', () => isGone(alone.server));
    assert.match(alone.starter.said(), /ended calmly/);
    const { starter, url } = await begin('npm', ['start']);
    starter.kill('SIGKILL');
    await waitFor('the end of the server', async () => (await answers(url)) === undefined);
  });

  it('says what to do where nothing was built', async () => {
    const empty = path.join(folder, 'empty');
    await git(folder, 'clone', '--quiet', 'origin', empty);
    const { code, said } = await start(empty, process.execPath, ['scripts/start.mjs']).ended;
    assert.equal(code, 1);
    assert.match(said, /run npm ci/);
  });

  describe('and npm run upgrade', () => {
    const upgrade = (...args: string[]) => start(site, process.execPath, ['scripts/upgrade.mjs', ...args]).ended;
    const origin = () => path.join(folder, 'origin');

    it('refuse without a site to end, and where files were changed', async () => {
      assert.match((await upgrade()).said, /No site .* --stopped/);
      await writeFile(path.join(site, 'build.mjs'), '// mine');
      const { code, said } = await upgrade('--stopped');
      assert.equal(code, 1);
      assert.match(said, /were changed/);
      await git(site, 'checkout', '--quiet', 'build.mjs');
      assert.match((await upgrade('--stopped')).said, /that version already/);
      assert.match((await upgrade('--stopped', 'v9')).said, /There is no version v9/);
      assert.match((await upgrade('--stopped', '--back')).said, /nothing to go back to/);
    });

    it('go to the new version under the same starter, keep settings and data, and go back', async () => {
      await mkdir(path.join(site, 'data'));
      await writeFile(path.join(site, 'data', 'store.mdb'), 'stored by one');
      await writeFile(path.join(site, '.env'), 'KEPT=1');
      const { starter, url, server } = await begin();
      await commitVersion(origin(), 'two');
      const there = await upgrade();
      assert.equal(there.code, 0, there.said + starter.said());
      assert.match(there.said, new RegExp(`It runs: ${url}\\nTo go back: npm run upgrade -- --back`));
      assert.equal(await answers(url), 'two');
      assert.notEqual(await childOf(starter.pid), server);
      assert.equal(starter.said().match(/ended calmly/g)?.length, 1);
      const kept = await readFile(path.join(site, '.upgrade', 'previous', 'store.mdb'), 'utf8');
      assert.equal(kept, 'stored by one');
      assert.equal(await readFile(path.join(site, '.env'), 'utf8'), 'KEPT=1');

      const back = await upgrade('--back');
      assert.equal(back.code, 0, back.said);
      assert.equal(await answers(url), 'one');
      assert.equal((await upgrade()).code, 0);
      assert.equal(await answers(url), 'two');

      await commitVersion(origin(), 'three', 'node no-such-file.mjs');
      const failed = await upgrade();
      assert.notEqual(failed.code, 0);
      assert.equal(await answers(url), 'two', 'a version that cannot be built changes nothing');

      await commitVersion(origin(), 'four', 'mkdir dist && echo "process.exit(3)" > dist/app.js');
      const silent = await upgrade();
      assert.equal(silent.code, 1);
      assert.match(silent.said, /did not start.*\nTo go back: npm run upgrade -- --back --stopped/);
      assert.equal((await starter.ended).code, 3);
      assert.equal((await upgrade('--back', '--stopped')).code, 0);
      const again = await begin();
      assert.equal(await answers(again.url), 'two');
      again.starter.kill('SIGTERM');
      assert.equal((await again.starter.ended).code, 0);
    });
  });
});
