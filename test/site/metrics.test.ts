/** /metrics and /version: who may read them, and that they say what happened. The access log's fields. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { startLine } from '../support/line.js';
import * as pictures from '../support/pictures.js';
import { startProcess } from '../support/process.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const TOKEN = 'a-token-for-prometheus';

describe('metrics', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ METRICS_TOKEN: TOKEN });
  });
  after(() => site.close());

  const at = (headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${site.port}/metrics`, { headers });
  const read = async () => (await at()).text();
  const value = async (name: string) =>
    Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(await read())?.[1]);

  it('are for loopback and for the token, and nothing is there for anybody else', async () => {
    assert.equal((await at()).status, 200);
    const proxied = { 'X-Forwarded-For': '192.0.2.1' };
    assert.equal((await at(proxied)).status, 404);
    assert.equal((await at({ Forwarded: 'for=127.0.0.1' })).status, 404);
    assert.equal((await at({ ...proxied, Authorization: 'Bearer wrong' })).status, 404);
    assert.equal((await at({ ...proxied, Authorization: `Basic ${TOKEN}` })).status, 404);
    assert.equal((await at({ ...proxied, Authorization: `Bearer ${TOKEN}` })).status, 200);
    await site.restart({ METRICS_TOKEN: '', TRUST_PROXY: '1' });
    assert.equal((await at(proxied)).status, 404);
    assert.equal((await at({ ...proxied, Authorization: `Bearer ${TOKEN}` })).status, 404);
    assert.equal((await at({ 'X-Forwarded-For': '127.0.0.1' })).status, 200, 'the client after TRUST_PROXY');
    assert.equal((await at()).status, 200);
    await site.restart();
  });

  it('count rooms, people, sockets, posts, deliveries, pictures and refusals', async () => {
    const text = await read();
    assert.match((await at()).headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    for (const [name, type] of Object.entries({
      gifchat_rooms: 'gauge',
      gifchat_people: 'gauge',
      gifchat_sockets: 'gauge',
      gifchat_posts_total: 'counter',
      gifchat_batch_messages: 'histogram',
      gifchat_request_seconds: 'histogram',
      gifchat_store_ping_seconds: 'gauge',
      gifchat_uploads_free_bytes: 'gauge',
      nodejs_eventloop_lag_p99_seconds: 'gauge',
    }))
      assert.match(text, new RegExp(`^# TYPE ${name} ${type}$`, 'm'));
    const [posts, uploads] = [await value('gifchat_posts_total'), await value('gifchat_uploads_total')];
    assert.equal(await value('gifchat_sockets'), 0);
    const visitor = await arrive(site);
    const { _id } = await visitor.createRoom({ title: 'Watched' });
    const ear = await visitor.listen('/chat');
    assert.ok((await ear.join(_id)).ok);
    const raw = await startLine(visitor);
    assert.equal(await value('gifchat_sockets'), 2);
    assert.deepEqual([await value('gifchat_rooms'), await value('gifchat_people')], [1, 1]);
    await visitor.say(_id, 'counted');
    assert.equal((await visitor.postGif(_id, await pictures.gif())).status, 200);
    await ear.hear<MessageView>('chat', ({ gif }) => gif !== undefined);
    assert.equal((await visitor.post(_id, '')).status, 400);
    assert.equal((await ear.ask('join', 'x')).ok, false);
    assert.deepEqual(
      [await value('gifchat_posts_total'), await value('gifchat_uploads_total')],
      [posts + 2, uploads + 1],
    );
    const after = await read();
    assert.match(after, /^gifchat_deliveries_total 2$/m);
    assert.match(after, /^gifchat_refusals_total\{code="chat_required"\} 1$/m);
    assert.match(after, /^gifchat_requests_total\{method="POST",status="400"\} \d+$/m);
    visitor.leaveAll();
    raw.ws.close();
    await waitFor('the end of both', async () => (await value('gifchat_sockets')) === 0);
  });

  it('the version is for everybody', async () => {
    const answer = await fetch(`http://127.0.0.1:${site.port}/version`, {
      headers: { 'X-Forwarded-For': '192.0.2.1' },
    });
    const { name, version, commit, ...rest } = (await answer.json()) as Record<string, string>;
    assert.deepEqual([answer.status, name, rest], [200, 'gif-chat', {}]);
    assert.match(version ?? '', /^\d+\.\d+\.\d+/);
    assert.match(commit ?? '0'.repeat(40), /^[0-9a-f]{40}$/);
  });
});

describe('the access log', () => {
  it('has a line of fields for each request: template, status, visitor hash and id, and says start and stop', async () => {
    const dir = await temporaryFolder();
    const child = await startProcess(dir, { LOG_LEVEL: 'info' });
    const visitor = await arrive(child);
    const { _id } = await visitor.createRoom({ title: 'Logged' });
    await visitor.sit(_id);
    await visitor.say(_id, 'once');
    const wrong = await visitor.post(_id, '');
    await visitor.agent.get('/no/such/page');
    await fetch(`${child.url}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: 'https://evil.example' } });
    visitor.leaveAll();
    await child.end('SIGTERM');
    const lines = child
      .stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const posts = lines.filter(({ method, route }) => method === 'POST' && route === '/room/:id/chat');
    assert.deepEqual(
      posts.map(({ status }) => status),
      [200, 400],
      child.stderr(),
    );
    for (const { ms, visitor: hash, id } of posts) {
      assert.equal(typeof ms, 'number');
      assert.match(String(hash), /^[\w-]{12}$/);
      assert.match(String(id), /^[\w-]{36}$/);
    }
    assert.equal(posts[0]?.['visitor'], posts[1]?.['visitor']);
    assert.equal(posts[1]?.['id'], wrong.headers['x-request-id']);
    assert.deepEqual(
      lines.filter(({ route }) => route === '(none)').map(({ status }) => status),
      [404],
    );
    assert.ok(lines.some(({ route, status }) => route === '/' && status === 200));
    const said = lines.map(({ msg }) => msg);
    for (const text of ['started', 'stopping', 'connections were refused']) assert.ok(said.includes(text), text);
    assert.ok(!child.stderr().includes(visitor.id));
    await rm(dir, { recursive: true, force: true });
  });
});
