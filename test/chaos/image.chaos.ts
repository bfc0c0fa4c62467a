/** What the Dockerfile makes, made by hand: it starts, takes a picture, ends by SIGTERM, and is small. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build, execForm, stages } from '../support/dockerfile.js';
import * as pictures from '../support/pictures.js';
import { steadyPort } from '../support/ports.js';
import { filesUnder, temporaryFolder } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const MB = 1_000_000;
/** What an image of 250 MB has beside its base. */
const IMAGE_MB = 105;

async function megabytes(folder: string): Promise<number> {
  const sizes = (await filesUnder(folder)).map(async (file) => (await lstat(path.join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / MB;
}

describe('the image, made by hand', () => {
  it('holds what the site needs, and little else', async () => {
    const dir = await temporaryFolder();
    const [first, second] = [path.join(dir, 'build'), path.join(dir, 'image')];
    const [compile, image] = stages();
    await build(compile ?? [], first);
    await build(image ?? [], second, first);
    await rm(first, { recursive: true });

    const env = Object.fromEntries(
      image
        ?.find(({ name }) => name === 'ENV')
        ?.rest.split(' ')
        .map((pair) => pair.split('=')) ?? [],
    ) as Record<string, string>;
    const port = String(await steadyPort());
    const command = execForm(image?.find(({ name }) => name === 'CMD')?.rest ?? '');
    const below = {
      DATA_DIR: path.join(second, env['DATA_DIR'] ?? ''),
      UPLOADS_DIR: path.join(second, env['UPLOADS_DIR'] ?? ''),
    };
    const [whole, modules] = [await megabytes(second), await megabytes(path.join(second, 'site', 'node_modules'))];
    process.stdout.write(`      ${whole.toFixed(1)} MB, of which packages ${modules.toFixed(1)} MB\n`);
    assert.ok(whole < IMAGE_MB, `${whole} MB`);

    await mkdir(path.join(dir, 'tmp'));
    // Nothing of the machine's environment: the image has none.
    const server = spawn(process.execPath, command, {
      cwd: path.join(second, 'site'),
      env: {
        ...env,
        ...below,
        TMPDIR: path.join(dir, 'tmp'),
        HOST: '127.0.0.1',
        PORT: port,
        GIT_COMMIT: '',
        LOG_LEVEL: 'warn',
      },
      stdio: 'inherit',
    });
    const site = { url: `http://127.0.0.1:${port}` };
    try {
      await waitFor('readiness', () => {
        assert.equal(server.exitCode, null);
        return fetch(`${site.url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      });
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: 'In a container', password: 'a password' });
      const posted = await visitor.postGif(_id, await pictures.gif());
      assert.equal(posted.status, 200, posted.text);
      const page = (await visitor.open(_id)).text;
      for (const [, asset] of page.matchAll(/(?:src|href)="(\/assets\/[^"#]+)/g))
        assert.equal((await fetch(`${site.url}${asset ?? ''}`)).status, 200, asset);
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    } finally {
      server.kill('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    }
  });
});
