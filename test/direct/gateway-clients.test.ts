/** The two clients of docs/gateway.md, taken from the page and run. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { someone, type Someone, write } from '../support/direct.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

const page = readFileSync(path.join(ROOT, 'docs', 'gateway.md'), 'utf8');
const code = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

const CLIENTS = [
  { language: 'js', file: 'client.mjs', command: process.execPath },
  { language: 'python', file: 'client.py', command: 'python3' },
];

describe('the clients of docs/gateway.md', () => {
  let site: TestSite;
  const running: ChildProcess[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'off' });
  });
  after(async () => {
    for (const child of running) child.kill();
    await site.close();
  });

  async function start(who: Someone, { language, file, command }: (typeof CLIENTS)[number]) {
    const folder = path.join(ROOT, 'test-results', 'clients');
    mkdirSync(folder, { recursive: true });
    const script = path.join(folder, file);
    writeFileSync(script, code(language));
    const { token } = (await who.visitor.agent.post('/api/token')).body as { token: string };
    const child = spawn(command, [script, `${site.url.replace('http', 'ws')}/ws`, token], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    running.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('a ready client', () => said.includes(who.id));
    return { child, said: () => said };
  }

  for (const client of CLIENTS) {
    it(`${client.language}: says who it is, sends, receives`, async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const { child, said } = await start(a, client);
      const ear = await b.visitor.listen('/direct');
      child.stdin.write(`${b.id} from a program ✓\n`);
      const { message } = await ear.hear<{ message: string }>('newMessage');
      assert.equal(message, 'from a program ✓');
      await write(b, a, 'to a program ✓');
      await waitFor('the answer', () => said().includes(`${b.id}: to a program ✓`));
      child.kill();
      ear.close();
    });
  }

  it('js: comes back after the site restarts, with what it missed, once', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const { said } = await start(a, CLIENTS[0]!);
    await write(b, a, 'before');
    await waitFor('the first', () => said().includes('before'));
    await site.restart();
    await write(b, a, 'after');
    await waitFor('the second', () => said().includes('after'));
    assert.equal(said().split('before').length, 2);
    assert.equal(said().split('after').length, 2);
  });
});
