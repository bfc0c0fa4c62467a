/** Reports: anybody inside tells those in charge of a message or a person; they look, act or dismiss. */
import assert from 'node:assert/strict';
import type { MessageView, ReportView, RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

type Refusable = { status: number; body: { error?: { code: string } } };
const codeOf = ({ status, body }: Refusable) => [status, body.error?.code];

describe('a report', () => {
  let site: TestSite;
  let store: Store;
  let host: TestVisitor;
  let helper: TestVisitor;
  let guest: TestVisitor;
  let rude: TestVisitor;
  let room: RoomView;
  let message: MessageView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    store = await Store.open(site.databaseUrl);
    [host, helper, guest, rude] = await Promise.all([arrive(site), arrive(site), arrive(site), arrive(site)]);
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Reports' });
    for (const visitor of [helper, guest, rude]) await visitor.open(room._id);
    await host.agent.put(at(`/people/${helper.id}/role`)).send({ role: 'helper' });
    message = await rude.say(room._id, 'something rude');
  });
  afterEach(() => {
    for (const visitor of [host, helper, guest, rude]) visitor.leaveAll();
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  const at = (path: string) => `/room/${room._id}${path}`;
  const reportMessage = (who = guest, body: object = { why: ' not  nice ' }, id = message._id) =>
    who.agent
      .post(at(`/chat/${id}/report`))
      .set('Accept', 'application/json')
      .send(body);
  const reportPerson = (who = guest, id = rude.id) => who.agent.post(at(`/people/${id}/report`)).send({});
  const list = async (who = host): Promise<ReportView[]> => {
    const { status, body } = await who.agent.get(at('/reports'));
    assert.equal(status, 200);
    return (body as { reports: ReportView[] }).reports;
  };
  const targets = async () => (await list()).map(({ target }) => target);

  it('of a message or a person reaches those in charge, who hear how many there are', async () => {
    const [ear, helpers, others] = [await host.sit(room._id), await helper.sit(room._id), await guest.sit(room._id)];
    const answer = await reportMessage();
    assert.deepEqual([answer.status, answer.body], [202, { ok: true }]);
    assert.equal((await reportPerson(helper)).status, 202);
    for (const hears of [ear, helpers]) {
      const told = await hears.hear<{ room: string; count: number }>('reports', ({ count }) => count === 2);
      assert.equal(told.room, room._id);
    }
    const [of, about] = await list(helper);
    const person = { id: rude.id, name: message.author.name, color: message.user };
    assert.deepEqual(
      [of?.target, of?.person, of?.chat, of?.count, of?.whys],
      [message._id, person, message, 1, ['not nice']],
    );
    assert.deepEqual([about?.target, about?.person, about?.chat, about?.whys], [rude.id, person, null, []]);
    assert.ok(!JSON.stringify(await list()).includes(guest.id), 'nobody is told by whom');
    assert.deepEqual(others.all('reports'), []);
    assert.match((await host.open(room._id)).text, /data-reports-count>2</);
    assert.match((await guest.open(room._id)).text, /data-reports-count hidden>0</);
    // Whatever came between a page and its socket: the socket is told as it joins.
    const [again, stranger] = [await (await host.listen()).join(room._id), await (await guest.listen()).join(room._id)];
    assert.deepEqual([again.ok && again.reports, stranger.ok && stranger.reports], [2, undefined]);
  });

  it('counts once a person, with the first reason', async () => {
    await Promise.all([reportMessage(), reportMessage(guest, { why: 'again' }), reportMessage(helper, {})]);
    const [report] = await list();
    assert.equal(report?.count, 2);
    assert.equal(report.whys.length, 1);
  });

  it('is refused outside, about what is not there, and with a reason that is none', async () => {
    const stranger = await arrive(site);
    assert.deepEqual(codeOf(await reportMessage(stranger)), [403, 'not_admitted']);
    assert.deepEqual(codeOf(await reportPerson(stranger)), [403, 'not_admitted']);
    assert.deepEqual(codeOf(await reportPerson(guest, stranger.id)), [404, 'person_not_found']);
    assert.deepEqual(codeOf(await reportMessage(guest, {}, '0'.repeat(24))), [404, 'message_not_found']);
    for (const why of ['x'.repeat(301), 7, ['a']])
      assert.deepEqual(codeOf(await reportMessage(guest, { why })), [400, 'bad_input']);
    await rude.agent.delete(at(`/chat/${message._id}`));
    assert.deepEqual(codeOf(await reportMessage()), [410, 'message_removed']);
    assert.deepEqual(await list(), []);
    assert.deepEqual(codeOf(await guest.agent.get(at('/reports'))), [403, 'not_host']);
    assert.deepEqual(codeOf(await guest.agent.delete(at(`/reports/${message._id}`))), [403, 'not_host']);
  });

  it('is settled by dismissing it, by removing its message or its person, by erasing everything', async () => {
    const ear = await host.sit(room._id);
    await reportMessage();
    assert.equal((await helper.agent.delete(at(`/reports/${message._id}`))).status, 200);
    assert.deepEqual(codeOf(await host.agent.delete(at(`/reports/${message._id}`))), [404, 'report_not_found']);
    assert.deepEqual(codeOf(await host.agent.delete(at('/reports/none'))), [404, 'report_not_found']);
    await ear.hear<{ count: number }>('reports', ({ count }) => count === 0);

    const second = await rude.say(room._id, 'again');
    await Promise.all([
      reportMessage(),
      reportMessage(guest, {}, second._id),
      reportPerson(),
      reportPerson(guest, host.id),
    ]);
    await host.agent.delete(at(`/chat/${message._id}`)).set('Accept', 'application/json');
    assert.deepEqual((await targets()).sort(), [second._id, rude.id, host.id].sort());
    await host.agent.post(at(`/people/${rude.id}/remove`)).send({ erase: false });
    assert.deepEqual((await targets()).sort(), [second._id, host.id].sort());
    await host.agent.delete(at('/chats')).set('Accept', 'application/json');
    assert.deepEqual(await targets(), [host.id]);
  });

  it('ends with the room', async () => {
    await reportMessage();
    await host.remove(room._id);
    await waitFor('no report to be left', async () => (await store.count('reports', { room: room._id })) === 0);
    assert.deepEqual(codeOf(await reportMessage()), [410, 'room_closed']);
  });

  it('works by plain forms, in the page of the room’s settings', async () => {
    const form = (path: string, who = guest) =>
      who.agent.post(at(path)).type('form').set('Accept', 'text/html').send('why=rude');
    const shown = (query: string) => guest.agent.get(at(query)).set('Accept', 'text/html').set('Accept-Language', 'en');
    const offered = (text: string) => text.includes(`action="${at(`/chat/${message._id}/report`)}"`);
    assert.ok(offered((await shown(`?message=${message._id}`)).text));
    assert.ok(
      !offered((await rude.agent.get(at(`?message=${message._id}`)).set('Accept', 'text/html')).text),
      'my own',
    );
    const sent = await form(`/chat/${message._id}/report`);
    assert.equal(sent.headers['location'], at('?done=reported'));
    assert.match((await shown('?done=reported')).text, /role="status"[^]*Reported to the host\./);
    for (const none of ['?done=none', '?done=toString', '?done=a&done=b'])
      assert.doesNotMatch((await shown(none)).text, /is-done/);
    const refused = await form(`/chat/${'0'.repeat(24)}/report`);
    assert.equal(refused.headers['location'], at('?error=message_not_found'));
    assert.match((await shown('?error=message_not_found')).text, /That message is not here any more/);
    const page = () => host.agent.get(at('/settings')).set('Accept', 'text/html').set('Accept-Language', 'en');
    const { text } = await page();
    assert.match(text, /<blockquote>something rude<\/blockquote>/);
    assert.match(text, /Why: rude/);
    assert.ok(text.includes(`action="${at(`/chat/${message._id}/delete`)}"`));
    assert.ok(text.includes(`action="${at(`/people/${rude.id}/remove`)}"`));
    const dismissed = await form(`/reports/${message._id}/dismiss`, host);
    assert.deepEqual([dismissed.status, dismissed.headers['location']], [303, at('/settings')]);
    assert.match((await page()).text, /data-reports hidden/);
  });

  it('is told to who is in charge from now on', async () => {
    await reportMessage();
    const ear = await guest.sit(room._id);
    await host.agent.put(at(`/people/${guest.id}/role`)).send({ role: 'host' });
    assert.equal((await ear.hear<{ count: number }>('reports')).count, 1);
  });
});
