/** The two clients of docs/gateway.md, taken from the page and run, over TLS where a certificate can be made. */
import assert from 'node:assert/strict';
import { makeCertificate } from '../support/certificate.js';
import { Client, type Printed } from '../support/clients.js';
import { someone, type Someone, write } from '../support/direct.js';
import { Proxy } from '../support/proxy.js';
import { startSite, type TestSite } from '../support/site.js';
import { toolsFor } from '../support/tools.js';
import { waitFor } from '../support/wait.js';

const PAGE = 'gateway.md';
const node: Printed = { page: PAGE, language: 'js', file: 'client.mjs', command: [process.execPath] };
/** Without packages. */
const python: Printed = { page: PAGE, language: 'python', file: 'client.py', command: ['python3'] };

describe('the clients of docs/gateway.md', () => {
  let site: TestSite;
  let network: Proxy;
  let address: string;
  let trust: Record<string, string> = {};
  const running: Client[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    const tools = toolsFor('TLS', 'openssl');
    const tls = tools ? makeCertificate(tools.openssl, site.dir) : undefined;
    network = await Proxy.open({ host: '127.0.0.1', port: site.port }, tls);
    address = `${tls ? 'wss' : 'ws'}://localhost:${network.port}/ws`;
    if (tls) trust = { NODE_EXTRA_CA_CERTS: tls.certificate, SSL_CERT_FILE: tls.certificate };
  });
  after(async () => {
    for (const client of running) client.kill();
    await network.close();
    await site.close();
  });

  async function start(who: Someone, printed: Printed) {
    const { token } = (await who.visitor.agent.post('/api/token')).body as { token: string };
    const client = new Client(printed, [address, token], trust);
    running.push(client);
    await waitFor('a ready client', () => {
      assert.equal(client.child.exitCode, null, client.complained);
      return client.said.includes(who.id);
    });
    return client;
  }

  for (const printed of [node, python]) {
    it(`${printed.language}: says who it is, sends, receives`, async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const client = await start(a, printed);
      const ear = await b.visitor.listen('/direct');
      client.type(`${b.id} from a program ✓`);
      const { message } = await ear.hear<{ message: string }>('newMessage');
      assert.equal(message, 'from a program ✓');
      await write(b, a, 'to a program ✓');
      await waitFor('the answer', () => client.said.includes(`${b.id}: to a program ✓`));
      ear.close();
    });
  }

  it('js: comes back after the site restarts, with what it missed, once; what was refused for good is not sent again', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const client = await start(a, node);
    client.type(`${b.id} ${'x'.repeat(4001)}`);
    await waitFor('a refusal', () => client.complained !== '');
    const complaint = client.complained;
    await write(b, a, 'before');
    await waitFor('the first', () => client.said.includes('before'));
    await site.restart();
    await write(b, a, 'after');
    await waitFor('the second', () => client.said.includes('after'));
    assert.equal(client.count('before'), 1);
    assert.equal(client.count('after'), 1);
    assert.equal(client.complained, complaint);
  });
});
