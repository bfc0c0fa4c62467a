/** The test run itself: nothing that goes wrong in a test file is passed over, in one process or in parallel workers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { temporaryFolder } from '../support/site.js';

const MOCHA = path.join(ROOT, 'node_modules/mocha/bin/mocha.js');
const REJECTION = "Promise.reject(new Error('left behind'))";

const FILES = {
  good: "it('one', () => {}); it('two', () => {});",
  fine: "it('one', () => {}); it('two', () => {});",
  rejection: `it('one', () => {}); it('last', () => void ${REJECTION});`,
  beside: `it('one', () => {}); it('two', () => new Promise(() => void setTimeout(() => ${REJECTION})));`,
  loading: `void ${REJECTION}; it('one', () => {});`,
  tooSoon: `void ${REJECTION}; it('one', () => {});`,
  broken: "throw new Error('does not load');",
  worse: "throw new Error('does not load, either');",
  hook: "describe('it', () => { before(() => { throw new Error('no beginning'); }); it('one', () => {}); });",
  skipped: "it('one', () => {}); it.skip('two', () => {});",
  only: "it.only('one', () => {}); it('two', () => {});",
  exit: "it('one', () => process.exit(0));",
  // The file is done and its worker idle when the error comes; the other file goes on until that worker is gone.
  idle: `import { writeFileSync } from 'node:fs';
    it('one', () => void setTimeout(() => {
      writeFileSync(new URL('idle.pid', import.meta.url), String(process.pid));
      throw new Error('after its file');
    }, 50));`,
  waits: `import { readFileSync } from 'node:fs';
    it('one', async () => {
      for (let gone = false; !gone;) {
        await new Promise((later) => setTimeout(later, 20));
        try { process.kill(Number(readFileSync(new URL('idle.pid', import.meta.url), 'utf8')) || process.pid, 0); }
        catch ({ code }) { gone = code === 'ESRCH'; }
      }
    });`,
};

describe('the test run', () => {
  let dir: string;
  before(async () => {
    dir = await temporaryFolder();
    for (const [name, text] of Object.entries(FILES)) await writeFile(path.join(dir, `${name}.test.mjs`), text);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  /** Run some of the files as `npm test` would. @returns every closing line, and the exit code. */
  async function run(names: (keyof typeof FILES)[], ...options: string[]) {
    const files = names.map((name) => path.join(dir, `${name}.test.mjs`));
    const child = spawn(process.execPath, [MOCHA, ...options, ...files], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (out += data.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { lines: out.match(/^\d+ passed, \d+ failed$/gm) ?? [], code, out };
  }

  for (const [mode, options] of [
    ['in one process', []],
    ['in parallel', ['--parallel', '--jobs', '2']],
  ] as const) {
    for (const [what, names, line] of [
      ['all well', ['good', 'fine'], '4 passed, 0 failed'],
      // What fails after it passed is counted as both.
      ['a rejection in the last test', ['good', 'rejection'], '4 passed, 1 failed'],
      ['a rejection beside a test that goes on', ['good', 'beside'], '3 passed, 1 failed'],
      ['a test that is skipped', ['good', 'skipped'], '3 passed, 1 failed'],
      ['a test that ends its process', ['good', 'exit'], '2 passed, 1 failed'],
      ['a hook that fails', ['good', 'hook'], '2 passed, 1 failed'],
    ] as const) {
      it(`${mode}: ${what}`, async () => {
        const { lines, code, out } = await run([...names], ...options);
        assert.deepEqual([lines, code], [[line], Number(/, (\d+)/.exec(line)?.[1])], out);
        assert.ok(out.endsWith(`\n${line}\n`), out);
      });
    }
  }

  for (const [what, names, line] of [
    ['a rejection as a file loads, first or later', ['loading', 'good', 'skipped', 'tooSoon'], '3 passed, 3 failed'],
    ['files that do not load', ['broken', 'good', 'worse'], '2 passed, 2 failed'],
    ['a file whose error comes after it', ['idle', 'waits'], '2 passed, 1 failed'],
    ['a test that would be the only one', ['only', 'good'], '2 passed, 1 failed'],
  ] as const) {
    it(`in parallel: ${what}`, async () => {
      const { lines, code, out } = await run([...names], '--parallel', '--jobs', '2');
      assert.deepEqual([lines, code], [[line], Number(/, (\d+)/.exec(line)?.[1])], out);
      if (names.includes('broken' as never)) assert.match(out, /broken\.test\.mjs[^]*worse\.test\.mjs/);
    });
  }
});
