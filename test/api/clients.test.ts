/** The clients of a room in docs/programs.md, taken from the page and run, over TLS where a certificate can be made. */
import assert from 'node:assert/strict';
import { makeCertificate } from '../support/certificate.js';
import { Client, type Printed } from '../support/clients.js';
import { crowded } from '../support/crowded.js';
import { Proxy } from '../support/proxy.js';
import { startSite, type TestSite } from '../support/site.js';
import { toolsFor } from '../support/tools.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const PAGE = 'programs.md';
const node: Printed = { page: PAGE, language: 'js', file: 'room.mjs', command: [process.execPath] };
const python = (command: string): Printed => ({
  page: PAGE,
  language: 'python',
  file: 'room.py',
  command: [command],
});
const go = (command: string): Printed => ({ page: PAGE, language: 'go', file: 'room.go', command: [command, 'run'] });

const waitForJoined = (client: Client) =>
  waitFor('a client that has joined', () => {
    assert.equal(client.child.exitCode, null, client.complained);
    return client.said.includes('joined');
  });

describe('the clients of docs/programs.md', () => {
  let site: TestSite;
  let host: TestVisitor;
  let network: Proxy;
  let address: string;
  let trust: Record<string, string> = {};
  const running: Client[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    host = await arrive(site);
    const tools = toolsFor('TLS', 'openssl');
    const tls = tools ? makeCertificate(tools.openssl, site.dir) : undefined;
    network = await Proxy.open({ host: '127.0.0.1', port: site.port }, tls);
    address = `${tls ? 'https' : 'http'}://localhost:${network.port}`;
    // How Node, and Python and Go, are told of an authority that only we know.
    if (tls) trust = { NODE_EXTRA_CA_CERTS: tls.certificate, SSL_CERT_FILE: tls.certificate };
  });
  after(async () => {
    for (const client of running) client.kill();
    host.leaveAll();
    await network.close();
    await site.close();
  });

  const start = (printed: Printed, args: string[], env: Record<string, string> = {}) => {
    const client = new Client(printed, args, { ...trust, ...env });
    running.push(client);
    return client;
  };

  /** From making a visitor to the end of the room. */
  async function live(printed: Printed): Promise<void> {
    const room = (await host.createRoom({ title: printed.file }))._id;
    await host.open(room);
    const client = start(printed, [address, room]);
    await waitForJoined(client);
    const texts = async () => (await host.readAll(room)).map(({ chat }) => chat);
    client.type('x'.repeat(4001)); // refused for good: said once and not sent again, whatever follows
    client.type('from a program ✓');
    await waitFor('its text', async () => (await texts()).includes('from a program ✓'));
    await host.say(room, 'to a program ✓');
    await waitFor('the answer', () => client.said.includes('to a program ✓'));
    network.cut();
    await host.say(room, 'during the cut');
    client.type('typed during the cut');
    network.restore();
    await waitFor('what it missed', () => client.said.includes('during the cut'));
    await waitFor('what waited', async () => (await texts()).includes('typed during the cut'));
    await host.say(room, 'after the cut');
    await waitFor('what came after', () => client.said.includes('after the cut'));
    for (const text of ['from a program ✓', 'to a program ✓', ': during the cut', ': typed during the cut'])
      assert.equal(client.count(text), 1, client.said);
    assert.equal(client.complained.match(/chat_too_long/g)?.length, 1, client.complained);
    await host.remove(room);
    assert.equal(await client.ended(), 0, client.complained);
  }

  const LIVES = 'makes a visitor, joins, posts, hears, misses nothing through a cut, and ends with its room';

  it(`Node: ${LIVES}`, () => live(node));

  it(`Python: ${LIVES}`, async () => {
    const tools = toolsFor('the client in Python', 'python');
    if (tools) await live(python(tools.python));
  });

  it(`Go: ${LIVES}`, async () => {
    if (!process.env['TEST_GO']) process.stdout.write('      the client in Go: run with TEST_GO=1\n');
    const tools = process.env['TEST_GO'] ? toolsFor('the client in Go', 'go') : null;
    if (tools) await live(go(tools.go));
  });

  /** A site that is too full at first: the client comes back later, and is let in; then its token is good no more. */
  async function comeBack(printed: Printed): Promise<void> {
    const full = await crowded();
    try {
      const client = start(printed, [full.url, 'a'.repeat(24)]);
      await waitForJoined(client);
      assert.deepEqual(full.ends, [429, 4429]);
      full.end(4401);
      await client.ended();
    } finally {
      await full.close();
    }
  }

  it('Node: comes back after 429 and 4429, and not after 4401', () => {
    const hurry = [
      'const wait = setTimeout;',
      'globalThis.setTimeout = (work, ms, ...rest) => wait(work, ms >= 1000 && ms < 60000 ? ms / 100 : ms, ...rest);',
    ].join('\n');
    return comeBack({
      ...node,
      command: [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(hurry)}`],
    });
  });

  it('Python: comes back after 429 and 4429, and not after 4401', async () => {
    const tools = toolsFor('the client in Python', 'python');
    const hurry = [
      'import asyncio, runpy, sys',
      'wait = asyncio.sleep',
      'asyncio.sleep = lambda seconds: wait(seconds / 100)',
      'sys.argv.pop(0)',
      'runpy.run_path(sys.argv[0], run_name="__main__")',
    ].join('\n');
    if (tools) await comeBack({ ...python(tools.python), command: [tools.python, '-c', hurry] });
  });
});
