/** A signal to end, whatever clients do: exit 0, without an error in the log, and the next start finds all in order. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type SiteProcess, startProcess } from '../support/process.js';
import { head, Wire } from '../support/raw.js';
import { filesUnder, temporaryFolder } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('a signal to end', () => {
  let dir: string;
  let site: SiteProcess;
  let port: number;
  const wires: Wire[] = [];
  const visitors: TestVisitor[] = [];

  beforeEach(async () => {
    dir = await temporaryFolder();
    site = await startProcess(dir, { LIMITS: 'off', LOG_LEVEL: 'warn', ROOM_GRACE_MS: '60000' });
    port = Number(new URL(site.url).port);
  });
  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.cut();
    for (const visitor of visitors.splice(0)) visitor.leaveAll();
    await site.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  async function come(): Promise<TestVisitor> {
    const visitor = await arrive(site);
    visitors.push(visitor);
    return visitor;
  }

  function connect(): Wire {
    const wire = new Wire(port);
    wires.push(wire);
    return wire;
  }

  /** A WebSocket whose client answers nothing, a close frame neither, and reads nothing from now on. */
  async function deafSocket(address: string, cookie: string): Promise<Wire> {
    const wire = connect().send(
      head(port, `GET ${address}`, {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        Origin: site.url,
        Cookie: cookie,
      }),
    );
    await waitFor('the upgrade', () => wire.status === 101);
    wire.socket.pause();
    return wire;
  }

  async function endsCalmly(): Promise<void> {
    assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
    assert.doesNotMatch(site.stderr(), /"level":[56]0/);
  }

  const incoming = () => filesUnder(path.join(dir, 'uploads', '.tmp'));

  /** Begin to upload a picture, and send no more. */
  async function uploadSlowly(): Promise<void> {
    const visitor = await come();
    const { _id } = await visitor.createRoom({ title: 'Slow' });
    await visitor.sit(_id);
    const part = 'Content-Disposition: form-data; name="gif"; filename="a.gif"\r\nContent-Type: image/gif';
    const request = head(port, `POST /room/${_id}/gif`, {
      Cookie: visitor.cookie,
      Origin: site.url,
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': '100000',
    });
    connect().send(`${request}--x\r\n${part}\r\n\r\nGIF89a`);
    await waitFor('the file', async () => (await incoming()).length === 1);
  }

  it('during an upload that does not end: its connection is closed, and nothing of it is left', async () => {
    await uploadSlowly();
    await endsCalmly();
    assert.deepEqual(await incoming(), []);
  });

  it('twice: the second one does not cut the first short', async () => {
    await uploadSlowly();
    void site.end('SIGINT');
    await endsCalmly();
    assert.deepEqual(await incoming(), []);
  });

  it('with clients that read nothing: Socket.IO, the gateway, pipelined requests', async () => {
    const { cookie } = await come();
    await deafSocket('/socket.io/?EIO=4&transport=websocket', cookie);
    await deafSocket('/ws', cookie);
    const reader = connect();
    reader.socket.pause();
    reader.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(8));
    await endsCalmly();
  });

  it('just after more than a hundred sockets have left: their seats, names and presences are released first', async () => {
    const everybody = await Promise.all(Array.from({ length: 4 }, come));
    const { _id } = await everybody[0]!.createRoom({ title: 'Full', max: 20 });
    await Promise.all(
      everybody.map(async (visitor, who) => {
        await visitor.open(_id);
        for (let tab = 0; tab < 10; tab++) await visitor.sit(_id);
        for (const place of ['/direct', '/consult']) for (let tab = 0; tab < 10; tab++) await visitor.listen(place);
        for (let tab = 0; tab < 5; tab++) await (await visitor.listen('/lobby')).ask('join', `name ${who}`);
      }),
    );
    for (const visitor of everybody) visitor.leaveAll();
    await endsCalmly();
    site = await startProcess(dir, { LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    const guest = await come();
    await guest.open(_id);
    assert.ok((await (await guest.listen()).join(_id)).ok);
  });
});
