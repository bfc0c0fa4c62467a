/** A store whose files are broken: the start says which file and what to do, and the check says what is whole. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { outerUrl } from '../support/outer-store.js';
import { spawnSite, startProcess } from '../support/process.js';
import { temporaryFolder, testEnv } from '../support/site.js';
import { start } from '../support/small-project.js';
import { arrive } from '../support/visitor.js';

const CHECK = path.join(import.meta.dirname, '../../scripts/check.js');

/** `npm run check` on a folder. */
async function check(dir: string): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [CHECK], { cwd: dir, env: { ...testEnv(dir) } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, said };
}

// Only where the embedded store is what the suite runs on; a suite that is merely skipped would fail the run.
if (outerUrl('') === null)
  describe('a damaged store', () => {
    let dir: string;
    before(async () => {
      dir = await temporaryFolder();
      const site = await startProcess(dir);
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: 'Kept' });
      await visitor.sit(_id);
      await visitor.post(_id, 'a word that lies on the disk');
      const running = await check(dir);
      assert.equal(running.code, 1);
      assert.match(running.said, /in use by another process/);
      await site.end('SIGTERM');
      visitor.leaveAll();
    });
    after(() => rm(dir, { recursive: true, force: true }));

    it('is whole before anything happens to it', async () => {
      const { code, said } = await check(dir);
      assert.equal(code, 0, said);
      assert.match(said, /gifchat\.chats: \d+ documents/);
      assert.match(said, /is whole\./);
    });

    for (const [file, what, breaking] of [
      ['store.mdb', 'emptied', () => Buffer.alloc(0)],
      ['store.mdb', 'pages overwritten', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 8192)],
      ['owner.mdb', 'a text', (bytes: Buffer) => Buffer.alloc(bytes.length, 'text')],
    ] as const)
      it(`ends the start with one sentence about ${file} (${what}), and exit code 1`, async () => {
        const at = path.join(dir, 'data', file);
        const sound = await readFile(at);
        await writeFile(at, breaking(sound));
        const site = spawnSite(dir);
        assert.deepEqual(await site.ended, { code: 1, signal: null });
        const [line = '', ...rest] = site.stderr().trim().split('\n');
        assert.ok(line.startsWith(`${at} is damaged: `), site.stderr());
        assert.deepEqual(rest, []);
        assert.equal(site.stdout(), '');
        const { code, said } = await check(dir);
        assert.equal(code, 1);
        assert.match(said, file === 'store.mdb' ? /NOT WHOLE/ : /owner\.mdb is damaged/);
        await writeFile(at, sound);
      });

    it('that is cut short under the running site ends it with one line by the starter, and the next start with a sentence', async () => {
      const at = path.join(dir, 'data', 'store.mdb');
      const sound = await readFile(at);
      const starter = start(dir, process.execPath, [path.join(ROOT, 'scripts/start.mjs')], {
        ...testEnv(dir),
        PORT: '0',
      });
      const url = await starter.ready();
      await truncate(at, 8192);
      await fetch(url).catch(() => undefined);
      const { code, said } = await starter.ended;
      assert.equal(code, 128 + constants.signals.SIGBUS, said);
      assert.match(said, /^GIF Chat was ended by SIGBUS: .*docs\/operations\.md$/m);
      const site = spawnSite(dir);
      assert.deepEqual(await site.ended, { code: 1, signal: null });
      assert.match(site.stderr(), /store\.mdb is damaged: it is cut short/);
      await writeFile(at, sound);
    });

    it('names the collection of which a document changed, and serves all else', async () => {
      const at = path.join(dir, 'data', 'store.mdb');
      const bytes = await readFile(at);
      // also where it lay before: pages that are free keep their old bytes
      for (let found = bytes.indexOf('a word that lies'); found >= 0; found = bytes.indexOf('a word that lies'))
        bytes.write('A', found);
      await writeFile(at, bytes);
      const { code, said } = await check(dir);
      assert.equal(code, 1);
      assert.match(said, /NOT WHOLE: the collection gifchat\.chats is damaged: document \d+: .*checksum/);
      const site = await startProcess(dir);
      assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
    });
  });
