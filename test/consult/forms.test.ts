/** A consultation without JavaScript: plain forms, a frame that reloads, and a desk that sees it live. */
import assert from 'node:assert/strict';
import type { ConsultMessageView, DeskSessionView, ResumeAnswer, WaitingView } from '../../schemas/consult/contract.js';
import { STAY_MS } from '../../services/consult/visitors.js';
import { MovableClock } from '../support/clock.js';
import {
  DESK_PASSWORD,
  saySomething,
  startConsult,
  takeCase,
  work,
  type TestConsultant,
} from '../support/consultant.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('a consultation by plain forms', () => {
  let site: TestSite;
  let clock: MovableClock;
  let consultant: TestConsultant;
  let desk: Ear;
  let visitor: TestVisitor;
  before(async () => {
    clock = new MovableClock();
    site = await startSite(
      { CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'consult=3/3600', CONSULT_LINE_MS: '600000' },
      { clock },
    );
    consultant = await work(site, 'Kim');
    desk = await consultant.desk();
  });
  beforeEach(async () => {
    visitor = await arrive(site);
  });
  after(async () => {
    consultant.leaveAll();
    await site.close();
  });

  const post = (path: string, fields: Record<string, string> = {}, who = visitor) =>
    who.agent.post(`/chat/consult${path}`).type('form').set('Accept', 'text/html').send(fields);
  const get = (path = '', who = visitor) =>
    who.agent.get(`/chat/consult${path}`).set('Accept', 'text/html').set('Accept-Language', 'en');
  const led = ({ status, headers }: { status: number; headers: Record<string, string> }) => [
    status,
    headers['location'],
  ];
  /** Start by the form. @returns the id, as the page's form for messages names it. */
  const start = async (topic = 'a topic') => {
    assert.deepEqual(led(await post('', { topic })), [303, '/chat/consult']);
    return /consult\/([0-9a-f]{24})\/messages"/.exec((await get()).text)?.[1] ?? '';
  };
  const awayOf = (id: string) => {
    const told = desk.all<DeskSessionView>('session-updated').findLast(({ sessionId }) => sessionId === id);
    return told?.away;
  };

  it('is started, answered, ended and rated, and the page says where it stands', async () => {
    assert.match((await get()).text, /<form[^>]* method="post" action="\/chat\/consult" data-start/);
    const id = await start('my room does not open');
    const [waiting] = (
      await desk.hear<WaitingView[]>('sessions-updated', (list) => list.some((one) => one.sessionId === id))
    ).filter(({ sessionId }) => sessionId === id);
    assert.deepEqual([waiting?.topic, waiting?.away], ['my room does not open', false]);
    const waits = await get(`/${id}/log`);
    assert.equal(waits.headers['x-frame-options'], 'SAMEORIGIN');
    assert.match(waits.text, /http-equiv="refresh" content="20"/);
    assert.match(waits.text, /You are next/);

    await takeCase(desk, id);
    clock.pass(1_000);
    assert.deepEqual(led(await post(`/${id}/messages`, { message: 'it says **full**' })), [303, '/chat/consult']);
    const said = await desk.hear<ConsultMessageView>('receive-message', ({ sessionId }) => sessionId === id);
    assert.deepEqual([said.message, said.sender, said.author.id], ['it says **full**', 'user', visitor.id]);
    await saySomething(desk, id, 'look now');
    const live = (await get(`/${id}/log`)).text;
    assert.match(live, /Consultant Kim/);
    assert.match(live, /Kim is here for you[^]*it says <strong>full<\/strong>[^]*look now/);

    assert.match((await get('?ask=end')).text, new RegExp(`action="/chat/consult/${id}/end"`));
    assert.deepEqual(led(await post(`/${id}/end`)), [303, '/chat/consult']);
    await desk.hear<{ sessionId: string; by: string }>(
      'consult-ended',
      (end) => end.sessionId === id && end.by === 'user',
    );
    const over = (await get(`/${id}/log`)).text;
    assert.doesNotMatch(over, /http-equiv="refresh"/);
    assert.match(over, /The consultation has ended/);
    assert.deepEqual(led(await post(`/${id}/rating`, { stars: '5', line: 'quick' })), [303, '/chat/consult']);
    assert.match((await get()).text, /<form[^>]*data-rating hidden>[^]*data-thanks>/);
  });

  it('is one with what a socket of the same browser began, and is told to it', async () => {
    const ear = await visitor.listen('/consult');
    const id = await startConsult(ear);
    const answer = await visitor.agent.post('/chat/consult').send({ topic: 'another' });
    assert.deepEqual([answer.status, answer.body.session.sessionId, answer.body.code], [200, id, null]);
    const say = (clientId: string) =>
      visitor.agent.post(`/chat/consult/${id}/messages`).send({ message: 'once', clientId });
    const [first, again] = [await say('said-once'), await say('said-once')];
    assert.deepEqual([first.status, again.body], [200, first.body]);
    assert.deepEqual(await ear.hear('receive-message'), first.body);
    const resumed = await ear.ask<ResumeAnswer>('resume-consult');
    assert.deepEqual(resumed.ok && resumed.messages, [first.body]);

    const ended = await visitor.agent.post(`/chat/consult/${id}/end`).send({});
    assert.deepEqual([ended.body.session.state, ended.body.session.endedBy], ['ended', 'user']);
    const { body } = await visitor.agent.post('/chat/consult').send({});
    assert.equal(await ear.hear('session-created', (created) => created !== id), body.session.sessionId);
    assert.match(String(body.code), /^[0-9A-Z-]{14}$/);
    ear.close();
  });

  it('refuses on the page, and stores nothing', async () => {
    const tooLong = { topic: 'x'.repeat(201) };
    assert.deepEqual(led(await post('', tooLong)), [303, '/chat/consult?error=topic_too_long&new=1']);
    const id = await start();
    for (const [fields, code] of [
      [{ message: ' ' }, 'chat_required'],
      [{ message: 'x'.repeat(4_001) }, 'chat_too_long'],
      [{}, 'bad_input'],
    ] as const)
      assert.deepEqual(led(await post(`/${id}/messages`, fields)), [303, `/chat/consult?error=${code}`]);
    assert.match((await get('?error=chat_too_long')).text, /data-banner[^]*Keep it within 4,000/);
    const picture = visitor.agent.post(`/chat/consult/${id}/gif?as=visitor`).set('Accept', 'text/html');
    assert.deepEqual(led(await picture.attach('gif', Buffer.from('none'), 'a.gif')), [
      303,
      '/chat/consult?error=image_unsupported',
    ]);

    const stranger = await arrive(site);
    for (const path of ['messages', 'end']) {
      assert.deepEqual(led(await post(`/${id}/${path}`, { message: 'mine' }, stranger)), [
        303,
        '/chat/consult?error=consult_not_found',
      ]);
      assert.equal((await stranger.agent.post(`/chat/consult/${id}/${path}`).send({ message: 'mine' })).status, 404);
    }
    const foreign = await get(`/${id}/log`, stranger);
    assert.equal(foreign.status, 404);
    assert.match(foreign.text, /href="\/chat\/consult" target="_top"/);

    await post(`/${id}/end`);
    assert.deepEqual(led(await post(`/${id}/messages`, { message: 'late' })), [
      303,
      '/chat/consult?error=consult_over',
    ]);
    assert.match(
      (await get('?error=consult_over')).text,
      /data-banner[^]*data-state="ended"|data-state="ended"[^]*data-banner/,
    );
    for (let more = 0; more < 2; more++) await post(`/${await start()}/end`);
    assert.deepEqual(led(await post('', { topic: 'once more' })), [
      303,
      '/chat/consult?error=rate_limited&new=1&topic=once+more',
    ]);
    assert.match((await get('?error=rate_limited&new=1&topic=once+more')).text, /id="topic"[^>]*value="once more"/);
    const { body } = await visitor.agent.get(`/chat/consult/${id}/transcript.json`);
    assert.deepEqual((body as { messages: unknown[] }).messages, []);
  });

  it('shows its visitor as here for a minute after each look, and a socket for as long as it lasts', async () => {
    const id = await start();
    await takeCase(desk, id);
    clock.pass(STAY_MS - 1);
    await get(`/${id}/log`);
    clock.pass(STAY_MS - 1);
    await site.app.services.desk.watch();
    assert.notEqual(awayOf(id), true);
    clock.pass(1);
    await waitFor('the visitor to be away', () => awayOf(id) === true);
    await get(`/${id}/log`);
    await waitFor('the visitor to be back', () => awayOf(id) === false);
    const ear = await visitor.listen('/consult');
    clock.pass(STAY_MS);
    await site.app.services.desk.watch();
    ear.close();
    await waitFor('the visitor to have gone', () => awayOf(id) === true);
    const timesAway = () =>
      desk.all<DeskSessionView>('session-updated').filter(({ sessionId, away }) => sessionId === id && away).length;
    assert.equal(timesAway(), 2);

    // A page that is opened while the end of a stay is being noted.
    await get(`/${id}/log`);
    const { consultVisitors } = site.app.services;
    const setHere = consultVisitors.setHere.bind(consultVisitors);
    let opened: Ear | undefined;
    let noted = () => {};
    const isNoted = new Promise<void>((resolve) => (noted = resolve));
    consultVisitors.setHere = async (who, here) => {
      if (!here && !opened) {
        opened = await visitor.listen('/consult');
        await isNoted;
      }
      await setHere(who, here);
      if (here) noted();
    };
    clock.pass(STAY_MS);
    await site.app.services.desk.watch();
    await waitFor('the visitor to be back once more', () => timesAway() === 3 && awayOf(id) === false);
    consultVisitors.setHere = setHere;
    opened?.close();
  });

  it('goes on in another browser by a code that is shown once', async () => {
    const id = await start();
    assert.match((await get('?ask=code')).text, new RegExp(`action="/chat/consult/${id}/code"`));
    const code = /value="([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})"/.exec((await post(`/${id}/code`)).text)?.[1] ?? '';
    const elsewhere = await arrive(site);
    assert.deepEqual(led(await post('/return', { code: '0000-0000-0000' }, elsewhere)), [
      303,
      '/chat/consult?error=code_wrong&new=1',
    ]);
    assert.deepEqual(led(await post('/return', { code }, elsewhere)), [303, '/chat/consult']);
    assert.equal((await get(`/${id}/log`, elsewhere)).status, 200);
    assert.equal((await get(`/${id}/log`)).status, 404);
  });
});
