/** What the desk does with time, on a clock that the test moves: sign-ins, codes, retention and estimates, at their defaults. */
import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { ConsultMessageView, OpenAnswer, QueueView, ResumeAnswer } from '../../schemas/consult/contract.js';
import { DAY, HOUR, MINUTE, MovableClock } from '../support/clock.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, TestConsultant, work } from '../support/consultant.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const SECOND = 1_000;

describe('the desk and time', () => {
  let site: TestSite;
  let clock: MovableClock;
  const people: TestVisitor[] = [];
  beforeEach(async () => {
    clock = new MovableClock();
    site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' }, { clock });
  });
  afterEach(async () => {
    for (const visitor of people.splice(0)) visitor.leaveAll();
    await site.close();
  });

  async function visit(): Promise<{ visitor: TestVisitor; ear: Ear }> {
    const visitor = await arrive(site);
    people.push(visitor);
    return { visitor, ear: await visitor.listen('/consult') };
  }
  async function staff(name: string): Promise<{ consultant: TestConsultant; desk: Ear }> {
    const consultant = await work(site, name);
    people.push(consultant);
    return { consultant, desk: await consultant.desk() };
  }
  const resume = async (ear: Ear): Promise<ResumeAnswer> => {
    const answer = await ear.ask<ResumeAnswer>('resume-consult');
    assert.ok(answer.ok);
    return answer;
  };
  /** Pass so much time that the desk stays in use, a quarter of an hour at a time. */
  async function usedFor(desk: Ear, ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 15 * MINUTE) {
      clock.pass(Math.min(left, 15 * MINUTE));
      assert.equal((await desk.ask('still-here')).ok, true, `${left / MINUTE} minutes before the end`);
    }
  }
  const page = async (consultant: TestConsultant) =>
    (await consultant.agent.get('/chat/admin').set('Accept', 'text/html')).text;
  const isDoor = (html: string) => html.includes('/chat/admin/sign-in');

  describe('a sign-in', () => {
    it('in use for nearly half an hour at a time goes on, and ends half an hour after the last use', async () => {
      const { consultant, desk } = await staff('Idle');
      const { ear } = await visit();
      const id = await startConsult(ear);
      await usedFor(desk, 2 * HOUR);
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      assert.ok(!isDoor(await page(consultant)));
      clock.pass(30 * MINUTE - 5 * SECOND);
      await site.app.services.desk.watch();
      assert.ok(desk.socket.connected, 'half an hour is not over');
      clock.pass(10 * SECOND);
      await waitFor('signed out for doing nothing', () => !desk.socket.connected);
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
      assert.ok(isDoor(await page(consultant)));
      assert.equal((await consultant.signIn()).status, 200);
    });

    it('is not kept by what a desk page asks by itself', async () => {
      const { consultant, desk } = await staff('Absent');
      const { ear } = await visit();
      const id = await startConsult(ear);
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      const again = await consultant.desk();
      for (let asked = 0; asked < 3; asked++) {
        clock.pass(9 * MINUTE);
        for (const event of ['resume-desk', 'list-ended', 'get-waiting-sessions'])
          assert.equal((await again.ask(event, null)).ok, true);
        assert.equal((await again.ask('open-consult', { sessionId: id })).ok, true);
        (await consultant.desk()).close();
      }
      clock.pass(3 * MINUTE + SECOND);
      await waitFor('signed out for doing nothing', () => !desk.socket.connected && !again.socket.connected);
    });

    it('ends after twelve hours, however much it is used, and the case goes back', async () => {
      const { consultant, desk } = await staff('Shift');
      await usedFor(desk, 12 * HOUR - MINUTE);
      const { ear } = await visit();
      const id = await startConsult(ear);
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      clock.pass(MINUTE + SECOND);
      assert.equal((await desk.ask('get-waiting-sessions')).ok, false, 'no right outlives the shift');
      await waitFor('signed out', () => !desk.socket.connected);
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
      assert.ok(isDoor(await page(consultant)));
    });
  });

  describe('a return code', () => {
    async function left() {
      const { ear } = await visit();
      const started = await ear.ask<{ sessionId: string; code: string }>('start-consult', 'later');
      assert.ok(started.ok);
      const { visitor: elsewhere } = await visit();
      const back = () => elsewhere.agent.post('/chat/consult/return').send({ code: started.code });
      return { ...started, ear, back };
    }

    it('opens the case until seven days after the last thing said', async () => {
      const { sessionId, ear, back } = await left();
      clock.pass(3 * DAY);
      await saySomething(ear, sessionId, 'still there?');
      clock.pass(7 * DAY - MINUTE);
      assert.equal((await back()).status, 200);
    });

    it('opens nothing after that', async () => {
      const { sessionId, ear, back } = await left();
      clock.pass(3 * DAY);
      await saySomething(ear, sessionId, 'still there?');
      clock.pass(7 * DAY + SECOND);
      const answer = await back();
      assert.deepEqual([answer.status, answer.body.error.code], [404, 'code_wrong']);
      assert.equal((await resume(ear)).session?.sessionId, sessionId, 'where it was made, it can still be read');
    });
  });

  describe('retention', () => {
    const picture = () =>
      sharp({ create: { width: 40, height: 30, channels: 3, background: '#3355aa' } })
        .png()
        .toBuffer();
    const images = () => filesUnder(path.join(site.uploads, 'consult'));

    it('forgets a case after thirty days: case, messages, notes, rating and images', async () => {
      const { visitor, ear } = await visit();
      const { visitor: other, ear: stays } = await visit();
      const { consultant, desk } = await staff('Kept');
      const id = await startConsult(ear, 'forget-me-topic');
      await takeCase(desk, id);
      await saySomething(ear, id, 'forget-me-text');
      await desk.ask('add-note', { sessionId: id, note: 'forget-me-note' });
      const sent = await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', await picture(), 'a.png');
      assert.equal(sent.status, 200);
      const { url } = (sent.body as ConsultMessageView).image!;
      await desk.ask('end-consult', id);
      await visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 5, line: 'forget-me-line' });
      clock.pass(30 * DAY - HOUR);
      const kept = await startConsult(stays, 'stays');
      await other.agent.post(`/chat/consult/${kept}/gif`).attach('gif', await picture(), 'b.png');
      await site.app.services.desk.watch();
      const { session, messages } = await resume(ear);
      assert.deepEqual([session?.rating?.line, messages.length], ['forget-me-line', 2]);
      assert.equal((await visitor.agent.get(url)).status, 200);
      assert.equal((await images()).length, 2);

      clock.pass(HOUR + SECOND);
      await waitFor('the case to be forgotten', async () => (await resume(ear)).session === null);
      await waitFor('its image to be gone', async () => (await images()).length === 1);
      for (const gone of [url, `/chat/consult/${id}/transcript.json`])
        assert.equal((await visitor.agent.get(gone)).status, 404);
      const store = await Store.open(site.databaseUrl);
      try {
        for (const name of ['cases', 'casemessages', 'casenotes'])
          assert.ok(!JSON.stringify(await store.collection(name).find().toArray()).includes('forget-me'), name);
      } finally {
        await store.close();
      }
      assert.equal((await resume(stays)).messages.length, 1, 'another case is none of it');
      consultant.leaveAll();
    });

    it('keeps the beginning of a conversation that goes on for longer than that', async () => {
      const { ear } = await visit();
      const id = await startConsult(ear);
      await saySomething(ear, id, 'day 0');
      for (const day of [20, 40, 60]) {
        clock.pass(20 * DAY);
        await saySomething(ear, id, `day ${day}`);
      }
      const { messages } = await resume(ear);
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['day 0', 'day 20', 'day 40', 'day 60'],
      );
      const { CaseMessage } = site.app.services.models;
      const first = await CaseMessage.findOne({ case: id, seq: 1 }).lean();
      assert.ok(first!.expiresAt.getTime() > clock.now() + 29 * DAY, 'its TTL was moved along');
    });

    it('tells the desk that a forgotten question waits no more', async () => {
      const { visitor, ear } = await visit();
      await startConsult(ear);
      visitor.leaveAll();
      clock.pass(30 * DAY - MINUTE);
      const { desk } = await staff('Looks');
      await desk.ask('get-waiting-sessions');
      await desk.hear<unknown[]>('waiting-sessions', (list) => list.length === 1);
      clock.pass(MINUTE + SECOND);
      await desk.hear<unknown[]>('sessions-updated', (list) => list.length === 0);
    });

    it('at start: images whose case, or whose message, a crash left unwritten are gone', async () => {
      const { visitor, ear } = await visit();
      const id = await startConsult(ear);
      const sent = await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', await picture(), 'a.png');
      const name = (sent.body as ConsultMessageView).image!.url.split('/').at(-1)!;
      const folder = path.join(site.uploads, 'consult');
      await mkdir(path.join(folder, 'f'.repeat(24)));
      const [old, fresh, orphan] = [
        path.join(folder, id, 'old.png'),
        path.join(folder, id, 'fresh.png'),
        path.join(folder, 'f'.repeat(24), 'a.png'),
      ];
      for (const file of [old, fresh, orphan]) await writeFile(file, 'x');
      await utimes(old, new Date(0), new Date(0));
      await utimes(fresh, new Date(Date.now() + HOUR), new Date(Date.now() + HOUR)); // written by another node
      visitor.leaveAll();
      await site.restart();
      assert.deepEqual(await images(), [path.join(id, name), path.join(id, 'fresh.png')].sort());
    });
  });

  describe('the estimate', () => {
    /** One waits for so long and is taken. Estimates are told in steps of ten seconds, upwards. */
    async function served(desk: Ear, ms: number): Promise<void> {
      const { visitor, ear } = await visit();
      const id = await startConsult(ear);
      clock.pass(ms);
      await takeCase(desk, id);
      await ear.ask('end-consult', id);
      visitor.leaveAll();
    }

    it('is the mean of the latest takes times the place, none before there are three, and none without a desk', async () => {
      const { consultant, desk } = await staff('Pace');
      await served(desk, 58 * SECOND);
      await served(desk, 118 * SECOND);
      const { ear: first } = await visit();
      await startConsult(first);
      assert.deepEqual((await resume(first)).queue?.estimateMs, null, 'two takes tell too little');
      await first.ask('end-consult', (await resume(first)).session!.sessionId);
      await served(desk, 178 * SECOND);

      const id = await startConsult(first);
      const { ear: second } = await visit();
      await startConsult(second);
      assert.equal((await resume(first)).queue?.estimateMs, 120 * SECOND);
      assert.equal((await resume(second)).queue?.estimateMs, 240 * SECOND);
      await first.hear<QueueView>('queue', ({ place, estimateMs }) => place === 1 && estimateMs === 120 * SECOND);
      await second.hear<QueueView>('queue', ({ place, estimateMs }) => place === 2 && estimateMs === 240 * SECOND);

      // Nobody is taken for twelve minutes: a mean of two minutes is true no more.
      clock.pass(12 * MINUTE - 6 * SECOND);
      assert.equal((await resume(first)).queue?.estimateMs, 12 * MINUTE, 'never less than what was waited already');
      assert.equal((await resume(second)).queue?.estimateMs, 18 * MINUTE - 10 * SECOND);
      const opened = await desk.ask<OpenAnswer>('consultant-join', id);
      assert.ok(opened.ok);
      assert.equal((await resume(second)).queue?.estimateMs, 4.5 * MINUTE, 'and it is a take like the others then');

      consultant.leaveAll();
      const alone = await second.hear<QueueView>('queue', ({ staffed }) => !staffed);
      assert.equal(alone.estimateMs, null);
    });

    it('forgets takes that are two hours old', async () => {
      const { desk } = await staff('Yesterday');
      for (const seconds of [8, 8, 8]) await served(desk, seconds * SECOND);
      const { ear } = await visit();
      await startConsult(ear);
      assert.equal((await resume(ear)).queue?.estimateMs, 10 * SECOND);
      await usedFor(desk, 2 * HOUR);
      assert.equal((await resume(ear)).queue?.estimateMs, null);
    });

    it('does not count the time in which nobody waited', async () => {
      const { desk } = await staff('Quiet');
      for (const seconds of [18, 18, 18]) {
        await served(desk, seconds * SECOND);
        await usedFor(desk, 20 * MINUTE);
      }
      const { ear } = await visit();
      await startConsult(ear);
      assert.equal((await resume(ear)).queue?.estimateMs, 20 * SECOND);
    });
  });

  it('a name is kept for half a minute for who signed in, then free unless the page has its line', async () => {
    const first = await work(site, 'Claimed');
    people.push(first);
    const second = new TestConsultant(site, 'claimed');
    await second.arrive();
    people.push(second);
    assert.equal((await second.signIn()).body.error.code, 'consultant_name_taken');
    clock.pass(31 * SECOND);
    assert.equal((await second.signIn()).status, 200, 'nobody came');
    assert.ok(isDoor(await page(first)), 'one name, one sign-in');
    const desk = await second.desk();
    clock.pass(MINUTE);
    assert.equal((await desk.ask('still-here')).ok, true);
    assert.equal((await first.signIn()).body.error.code, 'consultant_name_taken');
  });
});
