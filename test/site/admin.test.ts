/** /admin: sign-in, what it shows and what not, closing a room, the audit list, without a script. */
import assert from 'node:assert/strict';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const PASSWORD = 'the operator alone';
const html = { Accept: 'text/html', 'Accept-Language': 'en' };

describe('the site admin', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ ADMIN_PASSWORD: PASSWORD, CONSULT_IDLE_MS: '1000000', LIMITS: 'desk_password=3/900' });
  });
  after(() => site.close());

  const signIn = (visitor: TestVisitor, password: string) =>
    visitor.agent.post('/admin/sign-in').type('form').set(html).send({ password });
  const page = async (visitor: TestVisitor, lang = 'en') =>
    (await visitor.agent.get('/admin').set({ ...html, 'Accept-Language': lang })).text;

  it('asks for the password, refuses a wrong one, and then too many', async () => {
    const visitor = await arrive(site);
    assert.match(await page(visitor), /name="password"/);
    for (const left of [2, 1, 0]) {
      const wrong = await signIn(visitor, 'not the operator');
      assert.equal(wrong.status, 403);
      assert.match(wrong.text, new RegExp(left === 1 ? '1 try' : `${left} tries`));
    }
    const late = await signIn(visitor, PASSWORD);
    assert.equal(late.status, 429);
    assert.ok(late.headers['retry-after']);
    assert.equal((await visitor.agent.post('/admin/sign-in').send({})).status, 400);
    assert.doesNotMatch(await page(visitor), /admin-room|audit/);
  });

  it('shows rooms with people, size and age, and no message; closes one, and everybody in it is told', async () => {
    const [operator, host] = [await arrive(site), await arrive(site)];
    const { _id } = await host.createRoom({ title: 'A <b>room</b>', password: 'a secret word', max: 7 });
    const ear = await host.listen('/chat');
    assert.ok((await ear.join(_id)).ok);
    await host.say(_id, 'a private sentence');
    assert.equal((await operator.agent.post(`/admin/rooms/${_id}/close`)).status, 401, 'before the sign-in');

    const before = operator.cookie;
    const signed = await signIn(operator, PASSWORD);
    assert.deepEqual([signed.status, signed.headers['location']], [303, '/admin']);
    assert.ok(!String(signed.headers['set-cookie']).includes(before), 'a session id of its own');
    const shown = await page(operator);
    assert.match(shown, /A &lt;b&gt;room&lt;\/b&gt;/);
    assert.match(shown, /1 of 7 people · messages: 1 · pictures: 0 MB/);
    assert.ok(!shown.includes('a private sentence') && !shown.includes('a secret word'));
    assert.match(await page(operator, 'ko'), /사이트 관리/);

    const closed = await operator.agent.post(`/admin/rooms/${_id}/close`).type('form').set(html);
    assert.deepEqual([closed.status, closed.headers['location']], [303, '/admin']);
    assert.deepEqual(await ear.hear('closed'), { room: _id, reason: 'admin' });
    assert.match((await host.agent.get(`/room/${_id}/closed`).set(html)).text, /operator of the site/);
    assert.equal((await operator.agent.post(`/admin/rooms/${_id}/close`)).status, 410);
    assert.equal((await operator.agent.post('/admin/rooms/nonsense/close')).status, 404);
    const after = await page(operator);
    assert.match(after, /Closed the room A &lt;b&gt;room/);
    assert.match(after, /wrong password/);

    assert.equal((await operator.agent.post('/admin/sign-out').set(html)).status, 303);
    assert.match(await page(operator), /name="password"/);
    host.leaveAll();
  });

  it('works for programs, and forgets a sign-in when the password is taken away', async () => {
    const operator = await arrive(site);
    const answer = await operator.agent
      .post('/admin/sign-in')
      .send({ password: PASSWORD })
      .set('Accept', 'application/json');
    assert.deepEqual([answer.status, answer.body], [200, { ok: true }]);
    await site.restart({ ADMIN_PASSWORD: '' });
    for (const path of ['/admin', '/admin/rooms/x']) assert.equal((await operator.agent.get(path)).status, 404);
    for (const path of ['/admin/sign-in', '/admin/sign-out', '/admin/rooms/x/close'])
      assert.equal((await operator.agent.post(path).send({ password: PASSWORD })).status, 404, path);
  });
});
