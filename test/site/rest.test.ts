/** A site at rest has not loaded what only some visits need. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { spawnSite } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';

/** Loaded before the site: writes the paths of all CommonJS modules of its main thread when it ends. */
const WATCH = (list: string) => `
  const { isMainThread } = require('node:worker_threads');
  if (isMainThread) process.on('exit', () =>
    require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`;

describe('a site that was only started', () => {
  let dir: string;
  beforeEach(async () => (dir = await temporaryFolder()));
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('has loaded what every page needs, and nothing for pictures, passwords, codes to scan, Redis or its store', async () => {
    const [watch, list] = [path.join(dir, 'watch.cjs'), path.join(dir, 'modules.json')];
    await writeFile(watch, WATCH(list));
    const site = spawnSite(dir, { NODE_OPTIONS: `--require ${watch}` });
    await site.ready();
    assert.equal((await site.end('SIGTERM')).code, 0);
    const modules = JSON.parse(await readFile(list, 'utf8')) as string[];
    const isLoaded = (name: string) => modules.some((file) => file.includes(path.join('node_modules', name, path.sep)));
    assert.ok(isLoaded('express') && isLoaded('mongoose'), 'the list is of the site');
    for (const name of ['sharp', '@node-rs/argon2', 'qrcode', 'redis', '@redis', 'typescript', 'msgpackr-extract'])
      assert.ok(!isLoaded(name), `${name} was loaded`);
  });
});
