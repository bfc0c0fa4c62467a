/** The clients of docs/programs.md, taken from the page and run. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const page = readFileSync(path.join(ROOT, 'docs', 'programs.md'), 'utf8');
const code = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
const hasWebsockets = spawnSync('python3', ['-c', 'import websockets']).status === 0;

describe('the clients of docs/programs.md', () => {
  let site: TestSite;
  let host: TestVisitor;
  const running: ChildProcess[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    host = await arrive(site);
  });
  after(async () => {
    for (const { pid } of running) if (pid) process.kill(-pid);
    host.leaveAll();
    await site.close();
  });

  async function start(file: string, language: string, [command, ...before]: readonly string[]) {
    const room = (await host.createRoom({ title: file }))._id;
    await host.open(room);
    const folder = path.join(ROOT, 'test-results', 'clients');
    mkdirSync(folder, { recursive: true });
    const script = path.join(folder, file);
    writeFileSync(script, code(language));
    const child = spawn(command ?? '', [...before, script, site.url, room], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true, // a group of its own: `go run` starts the program that it has made
    });
    running.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('a joined client', () => said.includes('joined'));
    return { child, room, said: () => said };
  }

  for (const [name, file, language, command, missing] of [
    ['Node', 'room.mjs', 'js', [process.execPath], ''],
    ['Python', 'room.py', 'python', ['python3'], hasWebsockets ? '' : 'no python3 with the package websockets'],
    ['Go', 'room.go', 'go', ['go', 'run'], process.env['TEST_GO'] ? '' : 'no TEST_GO=1'],
  ] as const)
    it(`${name}: makes a visitor, joins, posts, hears, and after a cut misses nothing`, async () => {
      if (missing) {
        process.stdout.write(`      ${missing}: this client is not run\n`);
        return;
      }
      const { child, room, said } = await start(file, language, command);
      child.stdin.write('from a program ✓\n');
      await waitFor('its text', async () => (await host.readAll(room)).some(({ chat }) => chat === 'from a program ✓'));
      await host.say(room, 'to a program ✓');
      await waitFor('the answer', () => said().includes('to a program ✓'));
      await site.restart();
      await host.say(room, 'after the cut');
      await waitFor('what came after the cut', () => said().includes('after the cut'));
      assert.equal(said().split('from a program ✓').length, 2);
      assert.equal(said().split('to a program ✓').length, 2);
      assert.equal(said().split('after the cut').length, 2);
    });
});
