/** What one connection may cost the site: pipelined requests, readers that do not read, connections without end. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { startProcess } from '../support/process.js';
import { head, Wire } from '../support/raw.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

describe('one connection', () => {
  let site: TestSite;
  let requests = 0;

  before(async () => {
    site = await startSite();
    site.app.server.on('request', () => requests++);
  });
  after(() => site.close());

  const get = (path: string) => head(site.port, `GET ${path}`, { Connection: 'keep-alive' });
  const SCRIPT = '/assets/x/vendor/socket.io.js';
  const answers = (wire: Wire) => wire.heard.split('HTTP/1.1 ').length - 1;
  const connections = () =>
    new Promise<number>((resolve) => site.app.server.getConnections((_error, count) => resolve(count)));
  /** Descriptors that this process, the site's, has open. */
  const descriptors = async () => (await readdir('/dev/fd')).length;

  it('gets the answers to a few pipelined requests, each one, in order', async () => {
    const wire = new Wire(site.port).send(['/healthz', '/nowhere', SCRIPT, '/readyz'].map(get).join(''));
    await waitFor('four answers', () => answers(wire) === 4 && wire.heard.includes('\r\n\r\nready'));
    const statuses = [...wire.heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    assert.deepEqual(statuses, [200, 404, 200, 200]);
    wire.send(get('/healthz'));
    await waitFor('another one', () => answers(wire) === 5);
    wire.cut();
  });

  it('is closed when more than a few requests wait on it, and leaves nothing open', async () => {
    const before = await descriptors();
    for (let round = 0; round < 20; round++) {
      const wire = new Wire(site.port);
      wire.socket.pause();
      const seen = requests;
      wire.send(get(SCRIPT).repeat(1_000));
      await waitFor('requests to arrive', () => requests > seen + 9);
      await waitFor('the site to close it', async () => (await connections()) === 0);
      wire.cut();
    }
    await waitFor('its descriptors to be free', async () => (await descriptors()) <= before + 2);
    const fresh = await fetch(`${site.url}/healthz`);
    assert.equal(fresh.status, 200);
  });

  it('that goes while its requests wait leaves nothing open', async () => {
    const before = await descriptors();
    for (let round = 0; round < 50; round++) {
      const wire = new Wire(site.port);
      wire.socket.pause();
      const seen = requests;
      wire.send(get(SCRIPT).repeat(9));
      await waitFor('requests to arrive', () => requests === seen + 9);
      wire.cut();
    }
    await waitFor('its descriptors to be free', async () => (await descriptors()) <= before + 2);
  });
});

describe('more connections than there are descriptors for', () => {
  it('are refused, with a line in the log, while the others go on', async () => {
    const dir = await temporaryFolder();
    const site = await startProcess(dir, { MAX_CONNECTIONS: '20', LOG_LEVEL: 'warn' });
    const port = Number(new URL(site.url).port);
    const wires = Array.from({ length: 40 }, () => new Wire(port));
    try {
      await waitFor('half of them to be closed', () => wires.filter((wire) => wire.closed).length >= 20);
      await waitFor('a line in the log', () => site.stderr().includes('connections were refused'));
      const kept = wires.find((wire) => !wire.closed);
      kept?.send(head(port, 'GET /healthz'));
      await waitFor('an answer', () => kept?.status === 200);
    } finally {
      for (const wire of wires) wire.cut();
      await site.end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    }
  });
});
