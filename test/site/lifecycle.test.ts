/** Beginnings and ends: a calm stop, a start without a database, and a database that goes away and comes back. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { MongoClient } from 'mongodb';
import { type App, createApp } from '../../app.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Failure } from '../../schemas/site/contract.js';
import { parseConfig } from '../../services/site/config.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { startLine } from '../support/line.js';
import { oldServer } from '../support/old-server.js';
import { steadyPort } from '../support/ports.js';
import { spawnSite, startProcess } from '../support/process.js';
import { portOf, temporaryFolder, testEnv } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const status = async (address: string, headers: Record<string, string> = {}) =>
  (await fetch(address, { headers })).status;

describe('a signal to end', () => {
  it('in the middle of posting: exit 0, every answered post is there afterwards, the room lives', async () => {
    const dir = await temporaryFolder();
    const env = { LIMITS: 'off', ROOM_GRACE_MS: '60000' };
    const first = await startProcess(dir, env);
    const posters = await Promise.all([arrive(first), arrive(first), arrive(first)]);
    const { _id } = await posters[0].createRoom({ title: 'Calm end' });
    for (const poster of posters) await poster.sit(_id);
    const answered: MessageView[] = [];
    const statuses = new Set<number>();
    let posting = true;
    const loops = posters.map(async (poster, who) => {
      for (let number = 0; posting; number++) {
        const answer = await poster.post(_id, `${who}:${number}`).catch(() => null);
        if (answer) statuses.add(answer.status);
        if (answer?.status === 200) answered.push(answer.body as MessageView);
      }
    });
    await waitFor('some answers', () => answered.length > 30);
    assert.deepEqual(await first.end('SIGTERM'), { code: 0, signal: null });
    posting = false;
    await Promise.all(loops);
    posters.forEach((poster) => poster.leaveAll());
    assert.ok(
      [...statuses].every((code) => code === 200 || code === 503),
      [...statuses].join(),
    );
    const second = await startProcess(dir, { ...env, PORT: new URL(first.url).port });
    const stored = await posters[0].readAll(_id);
    for (const message of answered)
      assert.deepEqual(
        stored.find(({ seq }) => seq === message.seq),
        message,
      );
    assert.equal((await posters[1].post(_id, 'afterwards')).status, 200);
    await second.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  it('or SIGINT: a socket sees its line end, and comes back to its seat when the site does', async () => {
    const dir = await temporaryFolder();
    const first = await startProcess(dir);
    const visitor = await arrive(first);
    const { _id } = await visitor.createRoom({ title: 'Back again' });
    const ear = await visitor.listen('/chat', { reconnectionDelay: 50, reconnectionDelayMax: 200 });
    assert.ok((await ear.join(_id)).ok);
    assert.deepEqual(await first.end('SIGINT'), { code: 0, signal: null });
    await waitFor('the drop', () => !ear.socket.connected);
    const second = await startProcess(dir, { PORT: new URL(first.url).port });
    await waitFor('the line', () => ear.socket.connected);
    const answer = await ear.join({ room: _id, after: 0 });
    assert.ok(answer.ok && answer.people === 1);
    visitor.leaveAll();
    await second.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });
});

describe('a signal to end with everybody there', () => {
  it('is no error: what they held is given back before the database is left', async () => {
    const dir = await temporaryFolder();
    const site = await startProcess(dir, { LIMITS: 'off', LOG_LEVEL: 'warn' });
    const visitors = await Promise.all(Array.from({ length: 4 }, () => arrive(site)));
    for (const [at, visitor] of visitors.entries()) {
      for (const place of ['/', '/room', '/chat', '/direct']) await visitor.listen(place, { reconnection: false });
      const lobby = await visitor.listen('/lobby', { reconnection: false });
      assert.equal((await lobby.ask('join', `name ${at}`)).ok, true);
      await startLine(visitor);
    }
    assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
    assert.doesNotMatch(site.stdout() + site.stderr(), /"level":[56]0/);
    visitors.forEach((visitor) => visitor.leaveAll());
    await rm(dir, { recursive: true, force: true });
  });
});

describe('a signal to end before the database has ever answered', () => {
  it('is obeyed: exit 0, for nothing was begun', async () => {
    const [dir, port, nobody] = [await temporaryFolder(), await steadyPort(), await steadyPort()];
    const site = spawnSite(dir, { PORT: String(port), MONGO_URL: `mongodb://127.0.0.1:${nobody}/x` });
    const url = `http://127.0.0.1:${port}/healthz`;
    await waitFor('the port', async () => (await fetch(url).catch(() => null))?.status === 200);
    assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
    await rm(dir, { recursive: true, force: true });
  });
});

describe('a database that refuses what the site needs', () => {
  let store: DistantStore;
  let dir: string;
  before(async () => {
    store = await distantStore();
    dir = await temporaryFolder();
  });
  after(async () => {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function refusalOf(MONGO_URL: string): Promise<string> {
    const site = spawnSite(dir, { MONGO_URL });
    assert.deepEqual(await site.ended, { code: 1, signal: null });
    assert.equal(site.stdout(), '');
    return site.stderr().trim();
  }

  it('an index that is there with other options: the end, with the name of the collection and the reason', async () => {
    const client = await MongoClient.connect(store.url);
    await client.db().collection('chats').createIndex({ somethingElse: 1 }, { name: 'room_1_seq_1' }, {});
    await client.close();
    const said = await refusalOf(store.url);
    assert.match(said, /^The database refused the indexes of "chats": .*room_1_seq_1.*\(IndexKeySpecsConflict 86\)\. /);
    assert.ok(!said.includes('\n'), said);
  });

  it('a setting in the URL that the driver does not know: the end, without the URL and its password', async () => {
    const said = await refusalOf(`${store.url.replace('//', '//me:hunter2@')}?nonsense=1`);
    assert.match(said, /^The database refused the connection: .*nonsense/);
    assert.ok(!said.includes('hunter2'), said);
  });

  it('a server of a time before this driver: the end, with what it is too old for', async () => {
    const old = await oldServer();
    const said = await refusalOf(`mongodb://127.0.0.1:${old.port}/x`);
    assert.match(said, /^The database refused the connection: .*maximum wire version 8.*at least 9/);
    await old.close();
  });
});

describe('without its database', () => {
  let store: DistantStore;
  let dir: string;
  let app: App;
  let url: string;
  let visitor: TestVisitor;

  before(async () => {
    store = await distantStore();
    store.proxy.cut();
    dir = await temporaryFolder();
  });
  after(async () => {
    visitor.leaveAll();
    store.proxy.restore();
    await app.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function assertAway(cookie = ''): Promise<void> {
    assert.equal(await status(`${url}/healthz`), 200);
    const ready = await fetch(`${url}/readyz`);
    assert.equal(ready.status, 503);
    assert.ok(Number(ready.headers.get('retry-after')) > 0);
    const page = await fetch(`${url}/`, { headers: { Accept: 'text/html', 'Accept-Language': 'en' } });
    const text = await page.text();
    assert.equal(page.status, 503);
    assert.ok(Number(page.headers.get('retry-after')) > 0);
    assert.match(text, /<html/);
    assert.ok(!/Mongo|ECONN|\.js:\d/.test(text));
    const json = await fetch(`${url}/room`, {
      method: 'POST',
      body: '{"title":"x"}',
      headers: { 'Content-Type': 'application/json', ...(cookie && { cookie }) },
    });
    assert.equal(json.status, 503);
    assert.equal(((await json.json()) as { error: { code: string } }).error.code, 'unavailable');
  }

  it('the site starts: alive, not ready, pages say 503 and when to come back; then it recovers by itself', async () => {
    app = await createApp(parseConfig({ ...testEnv(dir), PORT: '0', LIMITS: 'off', MONGO_URL: store.url }));
    const starting = app.start();
    await waitFor('the port', () => app.server.listening);
    url = `http://localhost:${portOf(app)}`;
    await assertAway();
    store.proxy.restore();
    assert.equal(await starting, url);
    await waitFor('readiness', async () => (await status(`${url}/readyz`)) === 200);
    visitor = await arrive({ url });
    const { _id } = await visitor.createRoom({ title: 'At last' });
    assert.equal((await visitor.post(_id, 'hello')).status, 200);
  });

  it('gone in the middle of posting: no answer is false, the process lives, and all goes on when it is back', async () => {
    const { _id } = await visitor.createRoom({ title: 'Interrupted' });
    const ear = await visitor.sit(_id);
    await visitor.say(_id, 'before');
    store.proxy.cut();
    const during = await Promise.all([1, 2, 3].map((number) => visitor.post(_id, `during ${number}`, `id-${number}`)));
    for (const answer of during) assert.deepEqual([answer.status, answer.body.error?.code], [503, 'unavailable']);
    const asked = await ear.ask('join', _id);
    assert.ok(!asked.ok && asked.error.code === 'unavailable', JSON.stringify(asked));
    await waitFor('the site to notice', async () => (await status(`${url}/readyz`)) === 503);
    await waitFor('pages to say so', async () => (await status(`${url}/`)) === 503);
    await assertAway(visitor.cookie);
    store.proxy.restore();
    await waitFor('readiness', async () => (await status(`${url}/readyz`)) === 200);
    for (const number of [1, 2, 3]) await visitor.say(_id, `during ${number}`, `id-${number}`);
    const stored = await visitor.readAll(_id);
    assert.deepEqual(stored.map(({ chat }) => chat).sort(), ['before', 'during 1', 'during 2', 'during 3']);
    assert.ok((await ear.join({ room: _id, after: 1 })).ok);
    await visitor.say(_id, 'after');
    await ear.hear('chat', ({ chat }: MessageView) => chat === 'after');
  });

  it('gone while a new session is being kept: the refusal is whole, and the line of the browser goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const view = (path: string) =>
      new Promise<{ status: number | undefined; text: string; reused: boolean }>((resolve, reject) => {
        const request = get(`${url}${path}`, { agent, headers: { Accept: 'text/html' } }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode, text, reused: request.reusedSocket }));
        }).on('error', reject);
      });
    assert.equal((await view('/healthz')).status, 200);
    const { onRequest } = store.proxy;
    store.proxy.onRequest = (chunk) => {
      if (chunk.includes('sessions') && chunk.includes('update')) store.proxy.cut();
    };
    const page = await view('/');
    store.proxy.onRequest = onRequest;
    assert.deepEqual([page.status, page.reused, page.text.trimEnd().endsWith('</html>')], [503, true, true]);
    const next = await view('/healthz');
    assert.deepEqual([next.status, next.reused], [200, true]);
    store.proxy.restore();
    await waitFor('readiness', async () => (await status(`${url}/readyz`)) === 200);
    agent.destroy();
  });

  it('silent instead of gone: not ready, and ready again when it speaks', async () => {
    const { _id } = await visitor.createRoom({ title: 'In silence' });
    const ear = await visitor.sit(_id);
    store.proxy.freeze();
    // More than the pool has lines: whoever waits for one must hear as well, long before the 20 seconds are over.
    const waiting = Array.from({ length: 30 }, (_, number) => visitor.post(_id, `unheard ${number}`, `u-${number}`));
    const answers = await Promise.all([...waiting, visitor.open(_id), ear.ask('join', _id)]);
    for (const answer of answers.slice(0, 30) as Awaited<(typeof waiting)[0]>[])
      assert.deepEqual([answer.status, answer.body.error?.code], [503, 'unavailable']);
    assert.equal((answers[30] as { status: number }).status, 503);
    assert.deepEqual((answers[31] as Failure).error.code, 'unavailable');
    await waitFor('the site to notice', async () => (await status(`${url}/readyz`)) === 503);
    assert.equal(await status(`${url}/healthz`), 200);
    store.proxy.restore();
    await waitFor('readiness', async () => (await status(`${url}/readyz`)) === 200);
    await waitFor('pages', async () => (await status(`${url}/`)) === 200);
  });
});
