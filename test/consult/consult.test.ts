/** The consultation desk by its public protocol: the original's own client, both sides, refusals, codes, transcripts. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { hash } from '@node-rs/argon2';
import { io } from 'socket.io-client';
import type {
  ConsultClientEvents,
  ConsultMessageView,
  DeskAnswer,
  DeskSessionView,
  EndedView,
  OpenAnswer,
  QueueView,
  ResumeAnswer,
  SessionView,
  WaitingView,
} from '../../schemas/consult/contract.js';
import { MovableClock } from '../support/clock.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, TestConsultant, work } from '../support/consultant.js';
import { raceForCases, raceForDeskNames } from '../support/races.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const CONSULTANT_EVENTS: [string, unknown][] = [
  ['get-waiting-sessions', undefined],
  ['consultant-join', ''],
  ['resume-desk', null],
  ['open-consult', { sessionId: '' }],
  ['return-consult', ''],
  ['transfer-consult', { sessionId: '', to: 'f'.repeat(32) }],
  ['add-note', { sessionId: '', note: 'mine now' }],
  ['list-ended', null],
  ['save-reply', { title: 'a', text: 'b' }],
  ['remove-reply', ''],
  ['still-here', null],
];

const TRIALS = 8;
const NAME_TRIALS = 3;

const codeOf = (answer: { ok: boolean } & Partial<{ error: { code: string } }>) =>
  answer.ok ? 'ok' : (answer.error?.code ?? 'none');

describe('consultation desk', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' });
  });
  after(() => site.close());

  const visit = async () => {
    const visitor = await arrive(site);
    return { visitor, ear: await visitor.listen('/consult') };
  };
  const staff = async (name: string) => {
    const consultant = await work(site, name);
    return { consultant, ear: await consultant.desk() };
  };

  describe("the original's own client", () => {
    it('runs a whole consultation with the events and payloads of the seed', async () => {
      const visitor = await arrive(site);
      const consultant = await work(site, 'Seed');
      const plain = (cookie: string) =>
        io(`${site.url}/consult`, {
          forceNew: true,
          extraHeaders: { cookie, origin: site.url },
          transports: ['websocket'],
        });
      const user = plain(visitor.cookie);
      const staffer = plain(consultant.cookie);
      const heard: Record<string, unknown[]> = {};
      const listen = (who: string, socket: typeof user) =>
        socket.onAny((event: string, payload: unknown) => (heard[`${who} ${event}`] ??= []).push(payload));
      listen('user', user);
      listen('consultant', staffer);
      await waitFor('both lines', () => user.connected && staffer.connected);

      user.emit('start-consult', 'user-1');
      const sessionId = await waitFor(
        'session-created',
        () => heard['user session-created']?.[0] as string | undefined,
      );
      await waitFor('sessions-updated', () =>
        (heard['consultant sessions-updated'] as WaitingView[][] | undefined)?.some((list) =>
          list.some((entry) => entry.sessionId === sessionId && entry.createdAt && entry.userId),
        ),
      );
      staffer.emit('get-waiting-sessions');
      await waitFor('waiting-sessions', () => heard['consultant waiting-sessions']);
      staffer.emit('consultant-join', sessionId);
      await waitFor(
        'consultant-connected at both',
        () => heard['user consultant-connected'] && heard['consultant consultant-connected'],
      );
      user.emit('send-message', { sessionId, message: 'hello', sender: 'consultant' });
      staffer.emit('send-message', { sessionId, message: 'hi', sender: 'user' });
      const messages = await waitFor('both messages', () => {
        const list = heard['user receive-message'] as ConsultMessageView[] | undefined;
        return list?.length === 2 && list;
      });
      const bySender = Object.fromEntries(messages.map(({ sender, message }) => [sender, message]));
      assert.deepEqual(bySender, { user: 'hello', consultant: 'hi' }, 'the sender is who sent it, not what it said');
      assert.ok(messages.every(({ timestamp }) => !Number.isNaN(Date.parse(timestamp))));
      await waitFor('both at the consultant', () => (heard['consultant receive-message'] ?? []).length === 2);
      staffer.emit('end-consult', sessionId);
      await waitFor('consult-ended at both', () => heard['user consult-ended'] && heard['consultant consult-ended']);
      assert.equal(heard['user sessions-updated'], undefined, 'a visitor never gets the list');
      user.disconnect();
      staffer.disconnect();
    });
  });

  describe('the visitor', () => {
    it('hears the own place, and moves up', async () => {
      const { ear: first } = await visit();
      const { ear: second } = await visit();
      const a = await startConsult(first);
      await startConsult(second);
      await second.hear<QueueView>('queue', ({ place, waiting }) => place === 2 && waiting === 2);
      await first.ask('end-consult', a);
      await second.hear<QueueView>('queue', ({ place }) => place === 1);
      const told = second.all<QueueView>('queue');
      assert.ok(
        told.every(({ estimateMs, staffed }) => estimateMs === null && !staffed),
        'no guess without a desk',
      );
      await second.ask('end-consult', await idOf(second));
    });

    it('starts once, however often', async () => {
      const { visitor, ear } = await visit();
      const other = await visitor.listen('/consult');
      const answers = await Promise.all([ear, other, ear, other].map((line) => startConsult(line)));
      assert.equal(new Set(answers).size, 1);
      await ear.ask('end-consult', answers[0]);
    });

    it('hears on every line of a start, and of the own place on a second one that starts again', async () => {
      const { visitor, ear } = await visit();
      const second = await visitor.listen('/consult');
      const id = await startConsult(ear);
      assert.equal(await second.hear<string>('session-created'), id);
      assert.equal(await startConsult(second), id);
      const { place } = await second.hear<QueueView>('queue');
      assert.ok(place >= 1);
      await ear.ask('end-consult', id);
    });

    it('finds everything again after a reload in each state', async () => {
      const { visitor, ear } = await visit();
      const { ear: desk } = await staff('Reload');
      const resume = async () => {
        const fresh = await visitor.listen('/consult');
        const answer = await fresh.ask<ResumeAnswer>('resume-consult', null);
        assert.ok(answer.ok);
        fresh.close();
        return answer;
      };
      assert.equal((await resume()).session, null);
      const id = await startConsult(ear, 'lost line');
      await saySomething(ear, id, 'while waiting');
      let now = await resume();
      assert.deepEqual([now.session?.state, now.queue?.place, now.messages.length], ['waiting', 1, 1]);
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      now = await resume();
      assert.deepEqual([now.session?.state, now.session?.consultant?.name], ['taken', 'Reload']);
      assert.deepEqual(
        now.messages.map(({ message }) => message),
        ['while waiting', 'an answer'],
      );
      const late = await ear.ask<ResumeAnswer>('resume-consult', { sessionId: id, after: 1 });
      assert.deepEqual(late.ok && late.messages.map(({ seq }) => seq), [2], 'only what was missed');
      await ear.ask('end-consult', id);
      now = await resume();
      assert.deepEqual([now.session?.state, now.session?.endedBy], ['ended', 'user']);
    });

    it('reads a long conversation from the end, page by page, and each side the same', async () => {
      const { ear } = await visit();
      const { ear: desk } = await staff('Pages');
      const id = await startConsult(ear);
      for (let n = 1; n <= 120; n++) await saySomething(ear, id, `${n}`);
      await takeCase(desk, id);
      const ask = {
        visitor: (from: object) => ear.ask<ResumeAnswer>('resume-consult', { sessionId: id, ...from }),
        consultant: (from: object) => desk.ask<OpenAnswer>('open-consult', { sessionId: id, ...from }),
      };
      for (const page of Object.values(ask)) {
        const read: number[] = [];
        const sizes: number[] = [];
        for (let before: number | undefined, older = true; older; before = read[0]) {
          const answer = await page(before === undefined ? {} : { before });
          assert.ok(answer.ok);
          read.unshift(...answer.messages.map(({ seq }) => seq));
          sizes.push(answer.messages.length);
          older = answer.older;
        }
        assert.deepEqual(sizes, [50, 50, 20]);
        assert.deepEqual(
          read,
          Array.from({ length: 120 }, (_, index) => index + 1),
        );
        const missed = await page({ after: 118 });
        assert.deepEqual(missed.ok && [missed.messages.map(({ seq }) => seq), missed.more], [[119, 120], false]);
        for (const before of [-1, '5', 1.5, { $gt: 0 }]) assert.equal((await page({ before })).ok, false);
      }
      await ear.ask('end-consult', id);
    });

    it('reaches only the own case: another one looks like none', async () => {
      const { ear: owner } = await visit();
      const { visitor: thief, ear } = await visit();
      const id = await startConsult(owner);
      const nowhere = 'f'.repeat(24);
      for (const target of [id, nowhere]) {
        assert.equal(codeOf(await ear.ask('send-message', { sessionId: target, message: 'hi' })), 'consult_not_found');
        assert.equal(codeOf(await ear.ask('end-consult', target)), 'consult_not_found');
        assert.equal(codeOf(await ear.ask('consult-typing', { sessionId: target, on: false })), 'consult_not_found');
        for (const path of ['transcript.txt', 'transcript.json'])
          assert.equal((await thief.agent.get(`/chat/consult/${target}/${path}`)).status, 404);
        assert.equal((await thief.agent.post(`/chat/consult/${target}/rating`).send({ stars: 5 })).status, 404);
        assert.equal((await thief.agent.post(`/chat/consult/${target}/code`).send({})).status, 404);
        assert.equal(
          (await thief.agent.post(`/chat/consult/${target}/gif`).attach('gif', await png(), 'a.png')).status,
          404,
        );
      }
      await owner.ask('end-consult', id);
    });

    it('is refused every event of consultants, with and without a sensible payload', async () => {
      const { ear } = await visit();
      const id = await startConsult(ear);
      for (const [event, payload] of CONSULTANT_EVENTS) {
        const own =
          payload === ''
            ? id
            : typeof payload === 'object' && payload
              ? { ...payload, ...('sessionId' in payload && { sessionId: id }) }
              : payload;
        for (const given of [own, null, 7, { $ne: 1 }, [[]]])
          assert.equal(codeOf(await ear.ask(event, given)), 'forbidden', `${event} ${JSON.stringify(given)}`);
      }
      assert.deepEqual(
        ear.heard
          .map(({ event }) => event)
          .filter((event) => ['waiting-sessions', 'sessions-updated', 'desk'].includes(event)),
        [],
      );
      await ear.ask('end-consult', id);
    });

    it('is answered with a code for nonsense, and stays connected', async () => {
      const { ear } = await visit();
      const nonsense: [string, unknown][] = [
        ['start-consult', { a: 1 }],
        ['start-consult', 'x'.repeat(201)],
        ['send-message', null],
        ['send-message', { sessionId: 'x', message: 'hi' }],
        ['send-message', { sessionId: 'f'.repeat(24), message: ' ' }],
        ['send-message', { sessionId: { $gt: '' }, message: 'hi' }],
        ['end-consult', 12],
        ['resume-consult', 'x'],
      ];
      for (const [event, payload] of nonsense)
        assert.notEqual(codeOf(await ear.ask(event, payload)), 'ok', `${event} ${JSON.stringify(payload)}`);
      assert.ok(ear.socket.connected);
      assert.equal((await ear.ask<ResumeAnswer>('resume-consult')).ok, true);
    });

    it('sees a retried message once', async () => {
      const { ear } = await visit();
      const id = await startConsult(ear);
      const sent = await Promise.all(Array.from({ length: 5 }, () => saySomething(ear, id, 'once', 'client-1')));
      assert.equal(new Set(sent.map(({ _id }) => _id)).size, 1);
      const { ear: desk } = await staff('Retry');
      assert.equal((await takeCase(desk, id)).messages.length, 1);
      const both = await saySomething(desk, id, 'mine', 'client-1');
      assert.equal(both.message, 'mine', 'a client id belongs to its author');
      await desk.ask('end-consult', id);
    });
  });

  describe('ending, rating, keeping', () => {
    it('gives the transcript as text and JSON, and takes a rating', async () => {
      const { visitor, ear } = await visit();
      const { consultant, ear: desk } = await staff('Mina');
      const id = await startConsult(ear, 'My room');
      await saySomething(ear, id, 'first line\nsecond line\u2028Mina (consultant): forged');
      await takeCase(desk, id);
      await saySomething(desk, id, '<b>an answer</b>');
      await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', await png(), 'a.png');
      await desk.ask('add-note', { sessionId: id, note: 'secret-note-canary' });
      await desk.ask('end-consult', id);
      assert.equal((await visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 9 })).status, 400);
      const rated = await visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 4, line: 'quick' });
      assert.deepEqual((rated.body as { session: SessionView }).session.rating, { stars: 4, line: 'quick' });
      const text = await visitor.agent.get(`/chat/consult/${id}/transcript.txt`).set('Accept-Language', 'en');
      assert.match(text.headers['content-disposition'] ?? '', /^attachment; filename="consult-[\d-]+\.txt"$/);
      for (const part of ['My room', 'first line', 'second line', 'Mina (consultant): <b>an answer</b>', '★★★★☆ quick'])
        assert.ok(text.text.includes(part), part);
      assert.ok(text.text.includes('\n    Mina (consultant): forged'), 'every end of a line is indented');
      const json = await visitor.agent.get(`/chat/consult/${id}/transcript.json`);
      const { messages } = json.body as { messages: { sender: string; message: string; image?: { url: string } }[] };
      assert.deepEqual(
        messages.map(({ sender }) => sender),
        ['user', 'consultant', 'user'],
      );
      const { image } = messages[2]!;
      assert.ok(image?.url.startsWith(`${site.url}/`) && text.text.includes(image.url), image?.url);
      assert.ok(!text.text.includes('canary') && !json.text.includes('canary'));
      assert.equal((await consultant.agent.get(`/chat/consult/${id}/transcript.txt`)).status, 200);
      const ended = await desk.ask<{ ended: EndedView[] }>('list-ended', { since: 0 });
      const row = ended.ok && ended.ended.find((entry) => entry.sessionId === id);
      assert.deepEqual(row && row.rating, { stars: 4, line: 'quick' });
      assert.equal(codeOf(await ear.ask('send-message', { sessionId: id, message: 'late' })), 'consult_over');
      assert.equal(codeOf(await ear.ask('end-consult', id)), 'consult_over');
    });

    it('lets a return code open the case in another browser, once and only there', async () => {
      const { visitor, ear } = await visit();
      const started = await ear.ask<{ sessionId: string; code: string }>('start-consult', 'later');
      assert.ok(started.ok && /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(started.code));
      const stored = await site.app.services.cases.peek(started.sessionId);
      assert.ok(!JSON.stringify(stored).includes(started.code.replaceAll('-', '')));
      ear.close();
      await waitFor('the visitor to be away', async () => {
        return (await site.app.services.cases.peek(started.sessionId))?.visitorAway;
      });
      const { ear: desk } = await staff('Code');
      await takeCase(desk, started.sessionId);
      await saySomething(desk, started.sessionId, 'while you were away');
      const { visitor: elsewhere, ear: there } = await visit();
      const back = (code: unknown) => elsewhere.agent.post('/chat/consult/return').send({ code });
      assert.equal((await back('AAAA-AAAA-AAAA')).status, 404);
      for (const bad of [undefined, 5, '', { $ne: '' }, 'x'.repeat(500)])
        assert.equal((await back(bad)).body.error.code, 'code_wrong');
      const arrived = await back(started.code.toLowerCase().replaceAll('-', ' '));
      assert.equal(arrived.status, 200);
      // Its page was open before: no connection says that the visitor is here.
      await waitFor('the desk to hear it', () => {
        const told = desk.all<{ sessionId: string; away: boolean }>('session-updated');
        return told.findLast(({ sessionId }) => sessionId === started.sessionId)?.away === false;
      });
      assert.match(arrived.body.code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      assert.notEqual(arrived.body.code, started.code);
      assert.equal(
        (await visitor.agent.post('/chat/consult/return').send({ code: started.code })).body.error.code,
        'code_wrong',
        'a code is used up',
      );
      const resumed = await there.ask<ResumeAnswer>('resume-consult');
      assert.ok(resumed.ok);
      assert.deepEqual(
        resumed.messages.map(({ message }) => message),
        ['while you were away'],
      );
      const first = await visitor.listen('/consult');
      const gone = await first.ask<ResumeAnswer>('resume-consult');
      assert.equal(gone.ok && gone.session, null, 'the first browser reads no further');
      await saySomething(there, started.sessionId, 'thank you');
      await desk.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'thank you');
      assert.ok(!first.heard.some(({ event }) => event === 'receive-message'));
      const renewed = await elsewhere.agent.post(`/chat/consult/${started.sessionId}/code`).send({});
      for (const { code } of [started, arrived.body])
        assert.equal((await visitor.agent.post('/chat/consult/return').send({ code })).status, 404);
      assert.equal((await back(renewed.body.code)).status, 200, 'the newest one is good');
      await there.ask('end-consult', started.sessionId);
    });

    it('a return code is refused where another consultation is under way, and nothing moves', async () => {
      for (const over of [false, true]) {
        const { visitor, ear } = await visit();
        const started = await ear.ask<{ sessionId: string; code: string }>('start-consult', 'stays');
        assert.ok(started.ok);
        if (over) await ear.ask('end-consult', started.sessionId);
        const { visitor: busy, ear: there } = await visit();
        const own = await startConsult(there);
        const answer = await busy.agent.post('/chat/consult/return').send({ code: started.code });
        assert.deepEqual([answer.status, answer.body.error.code], [409, 'consult_open']);
        assert.equal(await idOf(there), own);
        assert.equal((await visitor.agent.get(`/chat/consult/${started.sessionId}/transcript.txt`)).status, 200);
        if (!over) await ear.ask('end-consult', started.sessionId);
        await there.ask('end-consult', own);
      }
    });

    it('keeps an image for its two sides only, without metadata, and refuses what is none', async () => {
      const { visitor, ear } = await visit();
      const { consultant, ear: desk } = await staff('Picture');
      const other = await work(site, 'Not this one');
      const stranger = await arrive(site);
      const id = await startConsult(ear);
      const sent = await visitor.agent
        .post(`/chat/consult/${id}/gif`)
        .field('alt', 'a screen')
        .attach('gif', await png(), 'a.png');
      assert.equal(sent.status, 200, sent.text);
      const { image, sender } = sent.body as ConsultMessageView;
      assert.equal(sender, 'user');
      assert.equal(image?.alt, 'a screen');
      const url = image.url;
      assert.equal((await visitor.agent.get(url)).headers['content-type'], 'image/png');
      assert.equal((await consultant.agent.get(url)).status, 404, 'nobody has the case yet');
      await takeCase(desk, id);
      assert.equal((await consultant.agent.get(url)).status, 200);
      for (const nobody of [other, stranger]) assert.equal((await nobody.agent.get(url)).status, 404);
      const fake = await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', Buffer.from('<svg/>'), 'a.gif');
      assert.equal(fake.body.error.code, 'image_unsupported');
      const answer = await consultant.agent.post(`/chat/consult/${id}/gif`).attach('gif', await png(), 'b.png');
      assert.equal((answer.body as ConsultMessageView).sender, 'consultant');
      await ear.hear<ConsultMessageView>(
        'receive-message',
        (message) => message.sender === 'consultant' && Boolean(message.image),
      );
      await ear.ask('end-consult', id);
      assert.equal(
        (await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', await png(), 'a.png')).status,
        410,
      );
      assert.equal((await visitor.agent.get(url)).status, 200, 'an ended case can still be read');
    });

    it('keeps everything only as long as configured: TTL indexes are there and dates are set', async () => {
      const { Case, CaseMessage, CaseNote } = site.app.services.models;
      for (const model of [Case, CaseMessage, CaseNote]) {
        const indexes = (await model.collection.indexes()) as { key: object; expireAfterSeconds?: number }[];
        assert.ok(indexes.some(({ key, expireAfterSeconds }) => 'expiresAt' in key && expireAfterSeconds === 0));
      }
      const { ear } = await visit();
      const id = await startConsult(ear);
      const days = ((await site.app.services.cases.peek(id))!.expiresAt.getTime() - Date.now()) / 86_400_000;
      assert.ok(Math.abs(days - 30) < 0.1, `${days} days`);
      await ear.ask('end-consult', id);
    });
  });

  describe('consultants', () => {
    it(`take a case once: of any number exactly one wins and the others hear who (${TRIALS} trials)`, () =>
      raceForCases(site, TRIALS));

    it('work on several at once, and read only their own', async () => {
      const { ear: mine } = await staff('Several');
      const { ear: other } = await staff('Other');
      const visitors = await Promise.all([visit(), visit(), visit()]);
      const ids = [];
      for (const { ear } of visitors) ids.push(await startConsult(ear));
      for (const id of ids) await takeCase(mine, id);
      for (const [index, id] of ids.entries()) await saySomething(mine, id, `to ${index}`);
      for (const [index, { ear }] of visitors.entries()) {
        await ear.hear<ConsultMessageView>('receive-message', ({ message }) => message === `to ${index}`);
        assert.equal(ear.all<ConsultMessageView>('receive-message').length, 1);
      }
      const answer = await mine.ask<DeskAnswer>('resume-desk');
      assert.ok(answer.ok);
      assert.deepEqual(
        answer.mine.map(({ sessionId }) => sessionId),
        ids,
      );
      for (const [event, payload] of [
        ['open-consult', { sessionId: ids[0] }],
        ['send-message', { sessionId: ids[0], message: 'not mine' }],
        ['add-note', { sessionId: ids[0], note: 'not mine' }],
        ['end-consult', ids[0]],
        ['return-consult', ids[0]],
        ['transfer-consult', { sessionId: ids[0], to: answer.me.id }],
      ] as const)
        assert.equal(codeOf(await other.ask(event, payload)), 'consult_taken', event);
      for (const id of ids) await mine.ask('end-consult', id);
    });

    it('cannot read or end a case that nobody has taken', async () => {
      const { ear: visitor } = await visit();
      const { ear: desk } = await staff('Early');
      const id = await startConsult(visitor);
      for (const [event, payload] of [
        ['open-consult', { sessionId: id }],
        ['send-message', { sessionId: id, message: 'hi' }],
        ['end-consult', id],
        ['add-note', { sessionId: id, note: 'hi' }],
      ] as const)
        assert.equal(codeOf(await desk.ask(event, payload)), 'forbidden', event);
      await visitor.ask('end-consult', id);
    });

    it('hand a case on, to a colleague or to the front of the queue', async () => {
      const { ear: visitor } = await visit();
      const { ear: waiting } = await visit();
      const { ear: one } = await staff('From');
      const { ear: two } = await staff('To');
      const id = await startConsult(visitor);
      const later = await startConsult(waiting);
      await takeCase(one, id);
      await saySomething(visitor, id, 'my story');
      await one.ask('add-note', { sessionId: id, note: 'needs the other desk' });
      const me = await two.ask<DeskAnswer>('resume-desk');
      assert.ok(me.ok);
      assert.equal(codeOf(await one.ask('transfer-consult', { sessionId: id, to: 'f'.repeat(32) })), 'consultant_away');
      const self = await deskOf(one);
      assert.equal(codeOf(await one.ask('transfer-consult', { sessionId: id, to: self.me.id })), 'bad_input');
      const due = self.mine.find(({ sessionId }) => sessionId === id)?.answerDue;
      assert.equal(codeOf(await one.ask('transfer-consult', { sessionId: id, to: me.me.id })), 'ok');
      assert.equal((await deskOf(two)).mine[0]?.answerDue, due, 'nobody waits longer for a transfer');
      await visitor.hear<{ consultant: { name: string } }>(
        'consult-transferred',
        ({ consultant }) => consultant.name === 'To',
      );
      await two.hear('consult-transferred');
      const opened = await two.ask<OpenAnswer>('open-consult', { sessionId: id });
      assert.ok(opened.ok);
      assert.deepEqual([opened.messages[0]?.message, opened.notes[0]?.note], ['my story', 'needs the other desk']);
      assert.equal(codeOf(await one.ask('send-message', { sessionId: id, message: 'still me?' })), 'consult_taken');
      assert.equal(codeOf(await two.ask('return-consult', id)), 'ok');
      await visitor.hear<{ why: string }>('consult-returned', ({ why }) => why === 'consultant');
      // Before the take it stood in front, too: the list that is meant says that it came back.
      const isBack = ([first]: WaitingView[]) => first?.sessionId === id && first.returned;
      const list = await two.hear<WaitingView[]>('sessions-updated', isBack);
      assert.deepEqual(list.map(({ sessionId, returned }) => [sessionId, returned]).slice(0, 2), [
        [id, true],
        [later, false],
      ]);
      await visitor.ask('end-consult', id);
      await waiting.ask('end-consult', later);
    });

    it('keep notes that appear in no frame a visitor ever got', async () => {
      const { visitor, ear } = await visit();
      const { ear: desk } = await staff('Notes');
      const frames: string[] = [];
      ear.socket.io.engine.on('packet', (packet: { data?: unknown }) => frames.push(JSON.stringify(packet)));
      const id = await startConsult(ear);
      await takeCase(desk, id);
      await desk.ask('add-note', { sessionId: id, note: 'canary-31337' });
      await desk.hear('note-added');
      await saySomething(desk, id, 'done');
      await saySomething(ear, id, 'thanks');
      await ear.ask('resume-consult');
      await desk.ask('return-consult', id);
      await takeCase(desk, id);
      await desk.ask('end-consult', id);
      await ear.hear('consult-ended');
      const pages = await Promise.all(
        ['/chat/consult', `/chat/consult/${id}/transcript.txt`, `/chat/consult/${id}/transcript.json`].map((path) =>
          visitor.agent.get(path),
        ),
      );
      assert.ok(frames.length >= 10, `${frames.length} frames`);
      assert.equal([...frames, ...pages.map(({ text }) => text)].filter((text) => text.includes('canary')).length, 0);
    });

    it('share ready replies', async () => {
      const { ear: one } = await staff('Writes');
      const { ear: two } = await staff('Reads');
      await one.ask('save-reply', { title: 'Greeting', text: 'Hello, how can I help?' });
      const [reply] = await two.hear<{ _id: string; title: string }[]>('replies-updated', (list) => list.length === 1);
      await two.ask('save-reply', { id: reply!._id, title: 'Greeting', text: 'Hi!' });
      await one.hear<{ text: string }[]>('replies-updated', ([first]) => first?.text === 'Hi!');
      await two.ask('save-reply', { title: 'Other', text: 'x' });
      const clash = { id: reply!._id, title: 'Other', text: 'y' };
      assert.equal(codeOf(await two.ask('save-reply', clash)), 'reply_title_taken');
      const both = await two.hear<{ _id: string; title: string }[]>('replies-updated', (list) => list.length === 2);
      assert.equal(codeOf(await one.ask('save-reply', { id: 'f'.repeat(24), title: 'New', text: 'x' })), 'not_found');
      assert.equal(codeOf(await one.ask('remove-reply', 'nonsense')), 'not_found');
      await one.ask('remove-reply', both.find(({ title }) => title === 'Other')!._id);
      await one.ask('remove-reply', reply!._id);
      await two.hear<unknown[]>('replies-updated', (list) => list.length === 0);
    });
  });

  it('keeps a hundred ready replies, and changes them still', async () => {
    const { consultant, ear } = await staff('Full');
    const { CannedReply } = site.app.services.models;
    const save = async (title: string) => codeOf(await ear.ask('save-reply', { title, text: title }));
    for (let n = 0; n < 100; n++) assert.equal(await save(`reply ${n}`), 'ok');
    assert.equal(await save('one more'), 'too_many_replies');
    assert.equal(await save('reply 7'), 'ok');
    const known = await CannedReply.findOne({ title: 'reply 8' }).lean();
    assert.equal(codeOf(await ear.ask('save-reply', { id: String(known!._id), title: 'renamed', text: 'x' })), 'ok');
    await CannedReply.deleteMany({});
    consultant.leaveAll();
  });

  describe('a message on its way', () => {
    /** Hold the next message back just before it is stored, until `meanwhile` is over. */
    function holdBack<T>(meanwhile: () => Promise<T>): Promise<T> {
      const { collection } = site.app.services.models.CaseMessage;
      const insertMany = collection.insertMany.bind(collection);
      return new Promise((resolve, reject) => {
        collection.insertMany = async (...given: Parameters<typeof insertMany>) => {
          collection.insertMany = insertMany;
          await meanwhile().then(resolve, reject);
          return insertMany(...given);
        };
      });
    }

    it('while the case is taken reaches the consultant, who has not counted it as read', async () => {
      const { ear } = await visit();
      const { ear: desk } = await staff('Meanwhile');
      const id = await startConsult(ear);
      const taken = holdBack(() => takeCase(desk, id));
      await saySomething(ear, id, 'around the take');
      const { session, messages } = await taken;
      assert.deepEqual([session.seq, messages.length], [0, 0]);
      await desk.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'around the take');
      await ear.ask('end-consult', id);
    });

    it('while the case is handed on, or goes to another browser, reaches who has it then', async () => {
      const { ear } = await visit();
      const { ear: from } = await staff('Hands on');
      const { ear: to } = await staff('Gets it');
      const started = await ear.ask<{ sessionId: string; code: string }>('start-consult', 'moves');
      assert.ok(started.ok);
      const id = started.sessionId;
      await takeCase(from, id);
      const { me } = await deskOf(to);
      const moved = holdBack(() => from.ask('transfer-consult', { sessionId: id, to: me.id }));
      await saySomething(ear, id, 'around the transfer');
      assert.equal(codeOf(await moved), 'ok');
      await to.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'around the transfer');
      const { visitor: elsewhere, ear: there } = await visit();
      const back = holdBack(async () => elsewhere.agent.post('/chat/consult/return').send({ code: started.code }));
      await saySomething(to, id, 'around the return');
      assert.equal((await back).status, 200);
      await there.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'around the return');
      assert.ok(!ear.all<ConsultMessageView>('receive-message').some(({ message }) => message === 'around the return'));
      await there.ask('end-consult', id);
    });

    it('tells the consultant when an answer is due, and when it no longer is', async () => {
      const { ear } = await visit();
      const { ear: desk } = await staff('Due');
      const id = await startConsult(ear);
      assert.ok((await takeCase(desk, id)).session.answerDue);
      const dues = () => desk.all<DeskSessionView>('session-updated').map(({ answerDue }) => Boolean(answerDue));
      await waitFor('the take', () => dues().length === 1);
      await saySomething(desk, id, 'an answer');
      await waitFor('nothing is due', () => dues().length === 2);
      await saySomething(desk, id, 'and more');
      await saySomething(ear, id, 'a question');
      await saySomething(ear, id, 'and more');
      await desk.hear<ConsultMessageView>('receive-message', ({ seq }) => seq === 4);
      await waitFor('an answer is due', () => dues().length >= 3);
      await ear.ask('end-consult', id);
      await waitFor('the end', () => desk.all<DeskSessionView>('session-updated').at(-1)?.state === 'ended');
      assert.deepEqual(dues(), [true, false, true, false], 'told where it changes');
    });
  });

  describe('rights', () => {
    /** In this order: the case's visitor, another visitor, a consultant without the case, and the one who has it. */
    type Row = [
      event: keyof ConsultClientEvents,
      send: (id: string) => unknown,
      ...codes: [string, string, string, string],
    ];
    const deskOnly = (code = 'ok') => ['forbidden', 'forbidden', code, 'ok'] as [string, string, string, string];
    const ROWS: Row[] = [
      ['start-consult', () => 'x', 'ok', 'ok', 'ok', 'ok'],
      ['resume-consult', () => null, 'ok', 'ok', 'ok', 'ok'],
      ['send-message', (sessionId) => ({ sessionId, message: 'x' }), 'ok', 'consult_not_found', 'consult_taken', 'ok'],
      ['consult-typing', (sessionId) => ({ sessionId, on: false }), 'ok', 'consult_not_found', 'consult_taken', 'ok'],
      ['get-waiting-sessions', () => null, ...deskOnly()],
      ['consultant-join', (id) => id, ...deskOnly('consult_taken')],
      ['resume-desk', () => null, ...deskOnly()],
      ['open-consult', (sessionId) => ({ sessionId }), ...deskOnly('consult_taken')],
      ['add-note', (sessionId) => ({ sessionId, note: 'x' }), ...deskOnly('consult_taken')],
      ['list-ended', () => null, ...deskOnly()],
      ['save-reply', () => ({ title: 'x', text: 'x' }), ...deskOnly()],
      ['remove-reply', (id) => id, ...deskOnly()],
      ['still-here', () => null, ...deskOnly()],
      [
        'transfer-consult',
        (sessionId) => ({ sessionId, to: 'f'.repeat(32) }),
        'forbidden',
        'forbidden',
        'consultant_away',
        'consultant_away',
      ],
      ['return-consult', (id) => id, ...deskOnly('consult_taken')],
      ['end-consult', (id) => id, 'consult_over', 'consult_not_found', 'consult_over', 'consult_over'],
    ];

    it('every event of the desk answers each side as the table says, and the table has every event', async () => {
      const sides = [await visit(), await visit(), await staff('Without'), await staff('With')] as const;
      const known = [...site.app.io.of('/consult').sockets.values()]
        .flatMap((socket) => socket.eventNames().map(String))
        .filter((event) => event !== 'disconnect' && event !== 'error');
      assert.deepEqual([...new Set(known)].sort(), ROWS.map(([event]) => event as string).sort());
      const id = await startConsult(sides[0].ear);
      for (const [event, send, ...codes] of ROWS) {
        const { state } = (await resumed(sides[0].ear)).session!;
        if (state === 'waiting') await takeCase(sides[3].ear, id);
        if (event === 'end-consult') await sides[3].ear.ask('end-consult', id);
        for (const [index, code] of codes.entries())
          assert.equal(codeOf(await sides[index]!.ear.ask(event, send(id))), code, `${event} by ${index}`);
      }
      for (const { ear } of sides.slice(1)) await ear.ask('end-consult', await idOf(ear));
    });
  });

  describe('sign-in', () => {
    it('gives a new session id, and the old one opens nothing', async () => {
      const consultant = await new TestConsultant(site, 'Fresh').arrive();
      const before = consultant.cookie;
      assert.equal((await consultant.signIn()).status, 200);
      assert.notEqual(consultant.cookie, before);
      const old = new TestVisitor(site);
      old.cookie = before;
      const ear = old.connect('/consult');
      await waitFor('a refusal', () => !ear.socket.active || ear.socket.connected);
      if (ear.socket.connected) assert.equal(codeOf(await ear.ask('get-waiting-sessions')), 'forbidden');
      const visitors = await consultant.listen('/consult', { auth: { as: 'visitor' } });
      assert.equal(codeOf(await visitors.ask('get-waiting-sessions')), 'forbidden', 'a visitor page has no desk');
      consultant.leaveAll();
    });

    it('refuses a wrong password and a name in use', async () => {
      const first = await staff('Unique');
      const second = await new TestConsultant(site, 'unique').arrive();
      const wrong = await second.signIn('not the password');
      assert.deepEqual([wrong.status, wrong.body.error.code], [403, 'desk_password_wrong']);
      assert.equal((await second.signIn()).body.error.code, 'consultant_name_taken');
      const alike = await new TestConsultant(site, 'Un\u0456q\u03c5e').arrive();
      assert.equal((await alike.signIn()).body.error.code, 'consultant_name_taken', 'in letters of three alphabets');
      first.ear.close();
      await waitFor('the name is free', async () => (await second.signIn()).status === 200);
    });

    it('goes on for who wanted a name that is taken, cases and all', async () => {
      const { ear: visitor } = await visit();
      await staff('Not free');
      const { consultant, ear: desk } = await staff('Stays');
      const id = await startConsult(visitor);
      await takeCase(desk, id);
      consultant.name = 'not free';
      assert.equal((await consultant.signIn()).body.error.code, 'consultant_name_taken');
      assert.equal(codeOf(await desk.ask('open-consult', { sessionId: id })), 'ok');
      assert.ok((await consultant.agent.get('/chat/admin')).text.includes('data-sign-out'));
      consultant.name = 'Stays';
      assert.equal((await consultant.signIn()).status, 200, 'the own name is not taken');
      await waitFor('the sign-in before is over', () => !desk.socket.connected);
      const again = await consultant.desk();
      assert.equal(codeOf(await again.ask('open-consult', { sessionId: id })), 'ok', 'the same name, the same cases');
      consultant.name = 'Another name';
      assert.equal((await consultant.signIn()).status, 200);
      await visitor.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
      await visitor.ask('end-consult', id);
      consultant.leaveAll();
    });

    it(`gives a name to one of four who want it at once, ${NAME_TRIALS} times, and again once it was left`, () =>
      raceForDeskNames(site, NAME_TRIALS));

    it('signs out: lines close, cases go back at once, the session is another', async () => {
      const { ear: visitor } = await visit();
      const { consultant, ear: desk } = await staff('Leaves');
      const id = await startConsult(visitor);
      await takeCase(desk, id);
      const before = consultant.cookie;
      await consultant.signOut();
      await visitor.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
      await waitFor('the line is closed', () => !desk.socket.connected);
      assert.notEqual(consultant.cookie, before);
      const again = await consultant.desk();
      assert.equal(codeOf(await again.ask('get-waiting-sessions')), 'forbidden');
      await visitor.ask('end-consult', id);
    });
  });
});

describe('consultation desk, its doors', () => {
  it('is closed without a password, and says so', async () => {
    const site = await startSite();
    try {
      const visitor = await arrive(site);
      const page = await visitor.agent.get('/chat/admin').set('Accept', 'text/html').set('Accept-Language', 'en');
      assert.ok(page.text.includes('The desk is closed'));
      const tried = await visitor.agent.post('/chat/admin/sign-in').send({ name: 'a', password: 'whatever' });
      assert.deepEqual([tried.status, tried.body.error.code], [403, 'desk_closed']);
      const ear = await visitor.listen('/consult');
      const id = await startConsult(ear, 'a question that waits');
      assert.ok(id);
    } finally {
      await site.close();
    }
  });

  it('knows a hashed password, limits guesses, and ends idle sign-ins', async () => {
    const encoded = await hash('a hashed password', { memoryCost: 8_192, timeCost: 2, parallelism: 1 });
    const clock = new MovableClock();
    const site = await startSite({ CONSULT_PASSWORD: encoded, CONSULT_IDLE_MS: '1500' }, { clock });
    try {
      const consultant = await new TestConsultant(site, 'Hashed').arrive();
      assert.equal((await consultant.signIn(encoded)).status, 403, 'the hash is not the password');
      assert.equal((await consultant.signIn('a hashed password')).status, 200);
      const desk = await consultant.desk();
      const visitor = await arrive(site);
      const ear = await visitor.listen('/consult');
      const id = await startConsult(ear);
      await takeCase(desk, id);
      clock.pass(1_501);
      await site.app.services.desk.watch();
      await waitFor('signed out for doing nothing', () => !desk.socket.connected);
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
      const guesser = await new TestConsultant(site, 'Guesser').arrive();
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await guesser.signIn(`guess number ${i}`)).status);
      assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429]);
    } finally {
      await site.close();
    }
  });

  it('limits ratings, and tells the desk of many at once once', async () => {
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    try {
      const visitor = await arrive(site);
      const ear = await visitor.listen('/consult');
      const desk = await (await work(site, 'Rated')).desk();
      const id = await startConsult(ear);
      await ear.ask('end-consult', id);
      const rate = () => visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 5, line: '' });
      const statuses = await Promise.all(Array.from({ length: 21 }, async () => (await rate()).status));
      assert.deepEqual(statuses.sort(), [...Array.from({ length: 20 }, () => 200), 429]);
      await desk.hear('ended-updated');
      assert.ok(desk.all('ended-updated').length <= 3, `${desk.all('ended-updated').length} times`);
    } finally {
      await site.close();
    }
  });

  it('counts starts of new consultations only', async () => {
    const site = await startSite({ LIMITS: 'consult=1/3600' });
    try {
      const ear = await (await arrive(site)).listen('/consult');
      const id = await startConsult(ear);
      for (let i = 0; i < 3; i++) assert.equal(await startConsult(ear), id);
      await ear.ask('end-consult', id);
      assert.equal(codeOf(await ear.ask('start-consult', 'another')), 'rate_limited');
    } finally {
      await site.close();
    }
  });

  it('closes a line that opens while its consultant signs out', async () => {
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    try {
      const consultant = await work(site, 'Late line');
      const { deskSessions } = site.app.services;
      const of = deskSessions.of.bind(deskSessions);
      // Between the question whether it may and the line itself, the name signs out elsewhere.
      deskSessions.of = async (session, used) => {
        const found = await of(session, used);
        if (found) {
          deskSessions.of = of;
          await deskSessions.signOut(session);
        }
        return found;
      };
      const desk = consultant.connect('/consult');
      let ended = false;
      desk.socket.on('disconnect', () => (ended = true));
      await waitFor('a line and its end', () => ended);
    } finally {
      await site.close();
    }
  });

  it('limits guesses of return codes', async () => {
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    try {
      const visitor = await arrive(site);
      const statuses = [];
      for (let i = 0; i < 11; i++)
        statuses.push(
          (await visitor.agent.post('/chat/consult/return').send({ code: `AAAA-AAAA-AA${10 + i}` })).status,
        );
      assert.deepEqual([...new Set(statuses.slice(0, 10)), statuses[10]], [404, 429]);
    } finally {
      await site.close();
    }
  });
});

async function resumed(ear: Ear): Promise<ResumeAnswer> {
  const answer = await ear.ask<ResumeAnswer>('resume-consult');
  assert.ok(answer.ok);
  return answer;
}

async function deskOf(ear: Ear): Promise<DeskAnswer> {
  const answer = await ear.ask<DeskAnswer>('resume-desk');
  assert.ok(answer.ok);
  return answer;
}

async function idOf(ear: Ear): Promise<string> {
  const answer = await ear.ask<ResumeAnswer>('resume-consult');
  return answer.ok ? (answer.session?.sessionId ?? '') : '';
}

const png = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#3355aa' } })
    .png()
    .toBuffer();
