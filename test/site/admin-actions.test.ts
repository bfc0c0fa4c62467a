/** What the operator can do at /admin: announce, maintain, keep somebody out, and who did it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';
import { DAY, MINUTE, MovableClock } from '../support/clock.js';
import { documented } from '../support/pages.js';
import { program } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, arriveFrom, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const PASSWORD = 'the operator alone';
const html = { Accept: 'text/html', 'Accept-Language': 'en' };

describe('the operator', () => {
  const clock = new MovableClock();
  let site: TestSite;
  let operator: TestVisitor;
  before(async () => {
    const settings = { ADMIN_PASSWORD: PASSWORD, LIMITS: 'off', TRUST_PROXY: '1', CONSULT_IDLE_MS: '43200000' };
    site = await startSite({ ...settings, CONSULT_SHIFT_MS: '86400000' }, { clock });
    operator = await signedIn();
  });
  after(() => site.close());

  async function signedIn(): Promise<TestVisitor> {
    const visitor = await arrive(site);
    const answer = await visitor.agent.post('/admin/sign-in').type('form').send({ password: PASSWORD, name: 'Ada' });
    assert.equal(answer.status, 303);
    return visitor;
  }
  const act = (path: string, body: object = {}) =>
    operator.agent.post(`/admin${path}`).type('form').set(html).send(body);
  const done = async (path: string, body?: object) => {
    const { status, headers } = await act(path, body);
    assert.deepEqual([status, headers['location']], [303, '/admin'], path);
  };
  const page = async () => (await operator.agent.get('/admin').set(html)).text;
  const codeOf = async (visitor: TestVisitor, path = '/api/users') => {
    const { status, body } = await visitor.agent.get(path);
    return `${status} ${(body as { error?: { code: string } }).error?.code ?? ''}`.trim();
  };
  const banOf = async (name: string) => {
    const row = (await page()).split('<li').find((text) => text.includes(name) && text.includes('/lift'));
    return /bans\/([0-9a-f]{24})\/lift/.exec(row ?? '')?.[1] ?? '';
  };

  it('announces to every page, at once and for who comes later, until it is ended', async () => {
    const reader = await arrive(site);
    const ear = await reader.listen('/');
    await ear.hear<string | null>('announcement', (text) => text === null);
    await done('/announcement', { text: 'Back at <b>nine</b>\r\n아홉 시에 와요' });
    await ear.hear('announcement', (text) => text === 'Back at <b>nine</b>\n아홉 시에 와요');
    for (const lang of ['en', 'ko']) {
      const shown = (await reader.agent.get('/room').set({ ...html, 'Accept-Language': lang })).text;
      assert.match(shown, /data-announcement>Back at &lt;b&gt;nine&lt;\/b&gt;\n아홉 시에 와요</);
    }
    const late = await (await arrive(site)).listen('/');
    await late.hear('announcement', (text) => text !== null);
    assert.match((await reader.agent.get('/no/such/page').set(html)).text, /data-announcement>Back/);
    await done('/announcement/end');
    await waitFor('the end', () => ear.all('announcement').at(-1) === null);
    assert.match((await reader.agent.get('/').set(html)).text, /data-announcement hidden>/);
    for (const [text, code] of [
      ['', 'announcement_required'],
      ['\u200b', 'announcement_required'],
      ['x'.repeat(301), 'announcement_too_long'],
    ] as const) {
      const refused = await act('/announcement', { text });
      assert.equal(refused.headers['location'], `/admin?error=${code}`);
      assert.match((await operator.agent.get(`/admin?error=${code}`).set(html)).text, /data-banner/);
    }
    assert.equal((await operator.agent.post('/admin/announcement').send({ text: 7 })).status, 400);
    reader.leaveAll();
  });

  it('lets no new rooms be made while the site is maintained, and those that are open go on', async () => {
    const host = await arrive(site);
    const { _id } = await host.createRoom({ title: 'Open before' });
    await host.sit(_id);
    const client = await program(site);
    await done('/maintenance', { on: 'on' });
    const refused = await host.agent.post('/room').send({ title: 'Too late' });
    assert.deepEqual([refused.status, refused.body.error.code], [503, 'maintenance']);
    assert.ok(refused.headers['retry-after']);
    assert.equal((await client.ask('POST', '/rooms', { title: 'Too late', max: 5 })).status, 503);
    const form = await host.agent.post('/room').type('form').set(html).send({ title: 'Too late' });
    assert.equal(form.status, 503);
    assert.match(form.text, /value="Too late"/);
    for (const path of ['/', '/room'])
      assert.match((await host.agent.get(path).set(html)).text, /data-banner>.*being maintained/, path);
    assert.equal((await host.post(_id, 'still here')).status, 200);
    await site.restart();
    assert.equal((await host.agent.post('/room').send({ title: 'Too late' })).status, 503, 'after a restart');
    await done('/maintenance', { on: '' });
    assert.equal((await host.agent.post('/room').send({ title: 'In time' })).status, 201);
    assert.equal((await act('/maintenance')).headers['location'], '/admin?error=bad_input');
    host.leaveAll();
  });

  it('keeps a visitor out of every door at once, until the ban ends by itself or is lifted', async () => {
    const [host, guest] = [await arrive(site), await arrive(site)];
    const { _id } = await host.createRoom({ title: 'With a guest' });
    const ear = await host.sit(_id);
    await guest.open(_id);
    const sockets = [await guest.sit(_id), await guest.listen('/')];
    const { token } = (await guest.agent.post('/api/token')).body as { token: string };
    const raw = new WebSocket(`${site.url.replace('http', 'ws')}/ws`);
    await once(raw, 'open');
    raw.send(JSON.stringify({ type: 'init', token }));
    await once(raw, 'message');
    const shown = (await operator.agent.get(`/admin/people?room=${_id}`).set(html)).text;
    assert.ok(shown.includes(guest.id) && shown.includes(host.id));

    const closed = once(raw, 'close');
    await done('/bans', { visitor: guest.id, minutes: '60' });
    await waitFor('the end of both sockets', () => sockets.every(({ socket }) => !socket.connected));
    assert.equal((await closed)[0], 4403);
    await ear.hear<{ who: { id: string } }>('exit', ({ who }) => who.id === guest.id);
    assert.equal(await codeOf(guest), '403 site_banned');
    assert.equal(await codeOf(guest, `/room/${_id}/chats`), '403 site_banned');
    assert.equal((await guest.post(_id, 'still?')).status, 403);
    const words = await guest.agent.get('/').set(html);
    assert.deepEqual([words.status, words.headers['retry-after']], [403, '3600']);
    assert.match(words.text, /operator of this site has kept you out/);
    assert.equal(await guest.connect('/chat').refused(), 'site_banned');
    assert.equal(await guest.connect('/', { extraHeaders: {}, auth: { token } }).refused(), 'site_banned');
    const again = new WebSocket(`${site.url.replace('http', 'ws')}/ws`);
    await once(again, 'open');
    const ended = once(again, 'close');
    again.send(JSON.stringify({ type: 'init', token }));
    const [frame] = (await once(again, 'message')) as [Buffer];
    assert.equal((JSON.parse(frame.toString()) as { code: string }).code, 'site_banned');
    assert.equal((await ended)[0], 4403);
    assert.equal(await codeOf(host), '200', 'the others go on');

    await site.restart();
    assert.equal(await codeOf(guest), '403 site_banned', 'after a restart');
    clock.pass(60 * MINUTE);
    assert.equal(await codeOf(guest), '200', 'an hour later');
    await done('/bans', { visitor: guest.id, minutes: 10 });
    assert.equal(await codeOf(guest), '403 site_banned');
    await done(`/bans/${await banOf(nameOf(shown, guest.id))}/lift`);
    assert.equal(await codeOf(guest), '200');
    for (const visitor of [host, guest]) visitor.leaveAll();
  });

  it('keeps an address out, of which a hash is kept, and still reaches /admin from there', async () => {
    assert.match(documented('configuration.md'), /An address is one\nIPv4 address or one \/56 of IPv6/);
    const [one, house, nextDoor, other] = [
      await arriveFrom('::ffff:203.0.113.7', site),
      await arriveFrom('2001:db8:0:ff::7', site),
      await arriveFrom('2001:db8:0:100::7', site),
      await arriveFrom('203.0.113.8', site),
    ];
    const ear = await one.listen('/', { extraHeaders: headers(one, '203.0.113.7') });
    await done('/bans', { address: ' 203.0.113.7 ', minutes: 1440 });
    await done('/bans', { address: '2001:db8:0:2::9', minutes: 1440 });
    await waitFor('the end of the socket', () => !ear.socket.connected);
    assert.deepEqual(
      [await codeOf(one), await codeOf(house), await codeOf(nextDoor), await codeOf(other)],
      ['403 site_banned', '403 site_banned', '200', '200'],
    );
    const stranger = new TestVisitor(site);
    stranger.agent.set('X-Forwarded-For', '203.0.113.7');
    assert.equal((await stranger.agent.get('/').set(html)).status, 403, 'a new session does not help');
    assert.equal((await stranger.agent.get('/admin').set(html)).status, 200);
    assert.equal(await one.connect('/', { extraHeaders: headers(one, '203.0.113.7') }).refused(), 'site_banned');
    const raw = new WebSocket(`${site.url.replace('http', 'ws')}/ws`, {
      headers: { 'X-Forwarded-For': '203.0.113.7' },
    });
    const [error] = (await once(raw, 'error')) as [Error];
    assert.match(error.message, /403/);
    const store = await Store.open(site.databaseUrl);
    const kept = JSON.stringify(await store.collection('sitebans').find().toArray());
    const noted = JSON.stringify(await store.collection('admindeeds').find().toArray());
    await store.close();
    assert.doesNotMatch(kept + noted, /203\.0\.113|2001/);
    clock.pass(DAY);
    assert.deepEqual([await codeOf(one), await codeOf(house)], ['200', '200']);
    operator = await signedIn();
    for (const visitor of [one, house, nextDoor, other]) visitor.leaveAll();
  });

  it('finds visitors by name, refuses what is nobody, and is refused what is nothing', async () => {
    const visitor = await arrive(site);
    const own = (await visitor.agent.get('/').set(html)).text;
    const name = /data-name="([^"]+)"/.exec(own)?.[1] ?? '';
    const search = async (q: string) => (await operator.agent.get('/admin/people').query({ q }).set(html)).text;
    assert.ok((await search(name.slice(1, -1).toUpperCase())).includes(visitor.id));
    assert.match(await search('.*'), /Nobody of that name/);
    for (const [body, code] of [
      [{ visitor: visitor.id, minutes: 11 }, 'bad_input'],
      [{ visitor: visitor.id }, 'bad_input'],
      [{ minutes: 60 }, 'bad_input'],
      [{ address: '203.0.113', minutes: 60 }, 'address_invalid'],
    ] as const)
      assert.equal((await act('/bans', body)).headers['location'], `/admin?error=${code}`);
    const unknown = { visitor: 'f'.repeat(32), minutes: 60 };
    assert.equal((await act('/bans', unknown)).status, 404);
    assert.equal((await act(`/bans/${'f'.repeat(24)}/lift`)).status, 404);
    assert.equal((await act('/bans/nonsense/lift')).status, 404);
    const paths = ['/bans', '/bans/x/lift', '/announcement', '/announcement/end', '/maintenance'];
    for (const path of paths) assert.equal((await visitor.agent.post(`/admin${path}`).send(unknown)).status, 401, path);
    assert.equal((await visitor.agent.get('/admin/people?q=a')).status, 401);
  });

  it('is named in the list of what was done', async () => {
    const list = (await page()).split('id="deeds-title"')[1] ?? '';
    for (const deed of ['Announced: Back at', 'Ended the announcement', 'Began maintenance', 'Ended maintenance'])
      assert.match(list, new RegExp(`Ada · ${deed}`));
    assert.match(list, /Ada · Kept \w+ \w+ out/);
    assert.match(list, /Ada · Kept an address out/);
    assert.match(list, /Ada · Let \w+ \w+ in again/);
  });

  function headers(visitor: TestVisitor, address: string): Record<string, string> {
    return { cookie: visitor.cookie, origin: site.url, 'x-forwarded-for': address };
  }

  /** The name of a visitor on the page of people. */
  function nameOf(shown: string, id: string): string {
    const row = shown.split('<li').find((text) => text.includes(id)) ?? '';
    return /<span>([^<]+)<\/span>/.exec(row)?.[1] ?? '';
  }
});
