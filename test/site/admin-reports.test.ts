/** /admin: the reports of all open rooms, what the operator does about them, and nothing else of a room. */
import assert from 'node:assert/strict';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { gif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const PASSWORD = 'the operator alone';
const html = { Accept: 'text/html', 'Accept-Language': 'en' };
const json = { Accept: 'application/json' };
type Refusable = { status: number; body: { error?: { code: string } } };
const codeOf = ({ status, body }: Refusable) => [status, body.error?.code];

describe('the operator and reports', () => {
  let site: TestSite;
  let operator: TestVisitor;
  let host: TestVisitor;
  let guest: TestVisitor;
  let rude: TestVisitor;
  let room: RoomView;
  let message: MessageView;
  before(async () => {
    site = await startSite({ ADMIN_PASSWORD: PASSWORD, LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    [operator, host, guest] = [await arrive(site), await arrive(site), await arrive(site)];
    const signed = await operator.agent.post('/admin/sign-in').type('form').send({ password: PASSWORD, name: 'Ada' });
    assert.equal(signed.status, 303);
  });
  beforeEach(async () => {
    rude = await arrive(site);
    room = await host.createRoom({ title: 'A <i>noisy</i> room' });
    for (const visitor of [host, guest, rude]) await visitor.open(room._id);
    await rude.say(room._id, 'a private sentence');
    message = await rude.say(room._id, 'something <b>rude</b>');
  });
  afterEach(async () => {
    for (const visitor of [host, guest, rude]) visitor.leaveAll();
    await host.remove(room._id);
  });
  after(() => site.close());

  const report = async (path: string, why = '') => {
    const { status } = await guest.agent.post(`/room/${room._id}/${path}/report`).set(json).send({ why });
    assert.equal(status, 202);
  };
  const reportMessage = () => report(`chat/${message._id}`, 'it is <em>rude</em>');
  const act = (tail: string, who = operator, target = message._id) =>
    who.agent.post(`/admin/reports/${room._id}/${target}/${tail}`).set(json);
  /** The list of reports alone. */
  const shown = async (lang = 'en') => {
    const { text } = await operator.agent.get('/admin').set({ ...html, 'Accept-Language': lang });
    assert.ok(!text.includes('a private sentence'));
    return text.split('id="reports-title"')[1]?.split('</section>')[0] ?? '';
  };
  const deeds = async () => (await operator.agent.get('/admin').set(html)).text.split('id="deeds-title"')[1] ?? '';
  const waiting = async () => {
    const { status, body } = await host.agent.get(`/room/${room._id}/reports`).set(json);
    assert.equal(status, 200, JSON.stringify(body));
    return (body as { reports: { target: string }[] }).reports.map(({ target }) => target);
  };

  it('are listed with room, reason and the message, in both languages, not by whom; nothing else of the room', async () => {
    assert.match(await shown(), /Nothing is reported/);
    await reportMessage();
    await report(`people/${rude.id}`);
    const list = await shown();
    for (const part of [
      'A &lt;i&gt;noisy&lt;/i&gt; room',
      'something &lt;b&gt;rude&lt;/b&gt;',
      'it is &lt;em&gt;rude&lt;/em&gt;',
      message.author.name,
      'Reported as a person',
      `/admin/reports/${room._id}/${rude.id}/dismiss`,
    ])
      assert.ok(list.includes(part), part);
    assert.ok(!list.includes(guest.id));
    assert.ok(!list.includes(`${rude.id}/delete`), 'a person is no message');
    assert.match(await shown('ko'), /메시지 지우기/);
  });

  it('name a picture, and show one that was removed as removed', async () => {
    const posted = await rude.postGif(room._id, await gif(), { fields: { alt: 'a rude picture' } });
    const { _id } = posted.body as MessageView;
    await report(`chat/${_id}`);
    const list = await shown();
    assert.match(list, /Picture: a rude picture/);
    assert.doesNotMatch(list, /<img[^>]+gif/);
    assert.equal((await rude.agent.delete(`/room/${room._id}/chat/${_id}`)).status, 200);
    assert.match(await shown(), /Message removed/);
    assert.equal((await act('dismiss', operator, _id)).status, 200);
  });

  it('are dismissed, for the host as well, and noted', async () => {
    await reportMessage();
    const done = await operator.agent.post(`/admin/reports/${room._id}/${message._id}/dismiss`).type('form').set(html);
    assert.deepEqual([done.status, done.headers['location']], [303, '/admin']);
    assert.deepEqual(await waiting(), []);
    assert.match(await shown(), /Nothing is reported/);
    assert.match(await deeds(), new RegExp(`Ada · Dismissed a report: ${message.author.name} · A &lt;i&gt;noisy`));
    assert.deepEqual(codeOf(await act('dismiss')), [404, 'report_not_found']);
    const { body } = await host.history(room._id);
    assert.match(JSON.stringify(body), /something <b>rude/, 'the message stands');
  });

  it('end with the message, which the operator removes for everybody', async () => {
    const ear = await host.sit(room._id);
    await reportMessage();
    assert.deepEqual((await act('delete')).body, { ok: true });
    const changed = await ear.hear<MessageView>('chatChanged', ({ _id }) => _id === message._id);
    assert.deepEqual([changed.removed, changed.byOperator, changed.chat], ['host', true, undefined]);
    for (const path of ['', '/transcript.txt'])
      assert.match((await host.agent.get(`/room/${room._id}${path}`).set(html)).text, /Removed by the operator/, path);
    assert.deepEqual(await waiting(), []);
    assert.match(await deeds(), new RegExp(`Ada · Removed a reported message: ${message.author.name}`));
    assert.deepEqual(codeOf(await act('delete')), [404, 'report_not_found']);
  });

  it('of a person end when the operator keeps them out of the site', async () => {
    await host.sit(room._id);
    await report(`people/${rude.id}`);
    await reportMessage();
    const banned = await operator.agent.post('/admin/bans').set(json).send({ visitor: rude.id, minutes: 60 });
    assert.equal(banned.status, 200);
    assert.deepEqual(await waiting(), [message._id], 'what they said is still to be looked at');
  });

  it('are nobody else’s, and only what is reported can be removed', async () => {
    for (const tail of ['dismiss', 'delete']) {
      assert.deepEqual(codeOf(await act(tail)), [404, 'report_not_found'], 'not reported');
      assert.deepEqual(codeOf(await act(tail, operator, 'nonsense')), [404, 'report_not_found']);
      const nowhere = await operator.agent.post(`/admin/reports/${'0'.repeat(24)}/${message._id}/${tail}`).set(json);
      assert.deepEqual(codeOf(nowhere), [404, 'room_not_found']);
      assert.equal((await operator.agent.get(`/admin/reports/${room._id}/${message._id}/${tail}`)).status, 404);
    }
    await reportMessage();
    await report(`people/${rude.id}`);
    for (const tail of ['dismiss', 'delete'])
      for (const who of [host, guest]) assert.deepEqual(codeOf(await act(tail, who)), [401, 'signed_out']);
    assert.deepEqual(codeOf(await act('delete', operator, rude.id)), [404, 'report_not_found'], 'a person');
    assert.deepEqual(await waiting(), [message._id, rude.id]);
    await host.remove(room._id);
    assert.match(await shown(), /Nothing is reported/, 'a room that has ended');
    assert.equal((await act('dismiss')).body.error.code, 'room_closed');
  });
});

describe('a new room that maintenance refuses', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ ADMIN_PASSWORD: PASSWORD, LIMITS: 'room=1/3600,room_ip=2/3600' });
  });
  after(() => site.close());

  it('counts against no limit', async () => {
    const [operator, host, other] = [await arrive(site), await arrive(site), await arrive(site)];
    assert.equal((await operator.agent.post('/admin/sign-in').type('form').send({ password: PASSWORD })).status, 303);
    const maintain = async (on: string) =>
      assert.equal((await operator.agent.post('/admin/maintenance').type('form').send({ on })).status, 303);
    const open = async (visitor: TestVisitor) => {
      const { status, body } = await visitor.agent.post('/room').set(json).send({ title: 'Of many' });
      return [status, (body as { error?: { code: string } }).error?.code];
    };
    await maintain('on');
    for (let count = 0; count < 3; count += 1) assert.deepEqual(await open(host), [503, 'maintenance']);
    await maintain('');
    assert.deepEqual(await open(host), [201, undefined]);
    assert.deepEqual(await open(host), [429, 'too_many_rooms'], 'the visitor’s limit');
    assert.deepEqual(await open(other), [429, 'too_many_rooms'], 'the address’ limit, of which that took one, too');
  });
});
