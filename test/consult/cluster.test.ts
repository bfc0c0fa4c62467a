/** The desk on two nodes with Redis between them: visitors on the first, consultants on the second, or on both. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import type {
  ConsultMessageView,
  DeskAnswer,
  DeskView,
  OpenAnswer,
  QueueView,
  ResumeAnswer,
  WaitingView,
} from '../../schemas/consult/contract.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, TestConsultant, work } from '../support/consultant.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, type Ear, type Reachable, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const TRIALS = 4;

describe('the desk on two nodes', () => {
  let store: DistantStore;
  let redis: RedisServer;
  let env: Record<string, string>;
  let one: TestSite;
  let two: TestSite;
  const people: TestVisitor[] = [];

  before(async () => {
    [store, redis] = await Promise.all([distantStore(), startRedis()]);
    env = {
      MONGO_URL: store.url,
      REDIS_URL: redis.url,
      COOKIE_SECRET: 'one-secret-for-both-of-the-two-nodes',
      CONSULT_PASSWORD: DESK_PASSWORD,
      CONSULT_LINE_MS: '6000',
      NODE_LEASE_MS: '4000',
      LIMITS: 'off',
    };
    one = await startSite(env);
    two = await startSite({ ...env, UPLOADS_DIR: one.uploads });
  });
  afterEach(() => {
    for (const visitor of people.splice(0)) visitor.leaveAll();
  });
  after(async () => {
    await Promise.all([one.close(), two.close()]);
    await Promise.all([store.close(), redis.close()]);
  });

  const known = <T extends TestVisitor>(visitor: T): T => {
    people.push(visitor);
    return visitor;
  };
  async function visit(site: Reachable = one): Promise<{ visitor: TestVisitor; ear: Ear }> {
    const visitor = known(await arrive(site));
    return { visitor, ear: await visitor.listen('/consult') };
  }
  async function staff(name: string, site: Reachable = two) {
    const consultant = known(await work(site, name));
    const desk = await consultant.desk();
    const answer = await desk.ask<DeskAnswer>('resume-desk');
    assert.ok(answer.ok);
    return { consultant, desk, id: answer.me.id };
  }
  const listed = (desk: Ear, id: string) =>
    desk.hear<WaitingView[]>('sessions-updated', (list) => list.some(({ sessionId }) => sessionId === id));
  const resume = async (ear: Ear): Promise<ResumeAnswer> => {
    const answer = await ear.ask<ResumeAnswer>('resume-consult');
    assert.ok(answer.ok);
    return answer;
  };

  it('the desk hears who waits elsewhere, the queue hears that the desk is staffed, and then where it stands', async () => {
    const { desk } = await staff('Hears');
    const { ear } = await visit();
    const { ear: behind } = await visit();
    const id = await startConsult(ear, 'across');
    const later = await startConsult(behind);
    await listed(desk, id);
    await desk.hear<DeskView>('desk', ({ waiting }) => waiting === 2);
    await behind.hear<QueueView>('queue', ({ place, staffed }) => place === 2 && staffed);
    await takeCase(desk, id);
    await ear.hear<{ consultant: { name: string } }>('consultant-connected', ({ consultant }) => {
      return consultant.name === 'Hears';
    });
    await behind.hear<QueueView>('queue', ({ place }) => place === 1);
    await ear.ask('end-consult', id);
    await behind.ask('end-consult', later);
  });

  it('words, images and typing pass both ways, in order, and notes do not', async () => {
    const { consultant, desk } = await staff('Talks');
    const { visitor, ear } = await visit();
    const id = await startConsult(ear);
    await takeCase(desk, id);
    for (let n = 0; n < 10; n++) {
      await saySomething(ear, id, `visitor ${n}`);
      await saySomething(desk, id, `consultant ${n}`);
    }
    // It may be dropped where the way is busy, so it is said now and then until it is heard.
    let turn = 0;
    await waitFor('the consultant to be seen typing', () => {
      if (turn++ % 20 === 0) desk.socket.emit('consult-typing', { sessionId: id, on: false });
      return ear.all('consult-typing').length > 0;
    });
    await desk.ask('add-note', { sessionId: id, note: 'canary-across' });
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#333' } })
      .png()
      .toBuffer();
    const sent = await visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', picture, 'a.png');
    const { image } = await desk.hear<ConsultMessageView>('receive-message', (said) => Boolean(said.image));
    assert.deepEqual(image, (sent.body as ConsultMessageView).image);
    assert.equal((await consultant.agent.get(image!.url)).status, 200);
    const expected = Array.from({ length: 21 }, (_, index) => index + 1);
    for (const side of [ear, desk]) {
      const heard = side.all<ConsultMessageView>('receive-message').map(({ seq }) => seq);
      assert.deepEqual(
        heard.sort((a, b) => a - b),
        expected,
      );
    }
    await desk.ask('end-consult', id);
    await ear.hear<{ by: string }>('consult-ended', ({ by }) => by === 'consultant');
    assert.ok(!ear.frames.some((frame) => frame.includes('canary-across')));
    await visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 5 });
    await desk.hear('ended-updated');
  });

  it(`two on each node want the same case: one gets it, ${TRIALS} times`, async () => {
    const desks = await Promise.all(
      ['Ann', 'Ben', 'Cho', 'Dan'].map((name, index) => staff(name, index % 2 ? one : two)),
    );
    const { ear } = await visit();
    for (let trial = 0; trial < TRIALS; trial++) {
      const id = await startConsult(ear);
      const answers = await Promise.all(desks.map(({ desk }) => desk.ask<OpenAnswer>('consultant-join', id)));
      const won = answers.flatMap((answer, index) => (answer.ok ? [desks[index]!.consultant.name] : []));
      assert.equal(won.length, 1, won.join());
      for (const answer of answers)
        if (!answer.ok) assert.deepEqual([answer.error.code, answer.error.by], ['consult_taken', won[0]]);
      await ear.ask('end-consult', id);
    }
  });

  it('one name, wanted on both at once, is given to one', async () => {
    for (let trial = 0; trial < 4; trial++) {
      const rivals = await Promise.all(
        [one, two, one, two].map((site) => new TestConsultant(site, `Both ${trial}`).arrive()),
      );
      const answers = await Promise.all(rivals.map((rival) => rival.signIn()));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    }
  });

  it('a case is handed to a consultant on the other node, who reads it all and can send it back', async () => {
    const from = await staff('From', one);
    const to = await staff('To', two);
    const { ear } = await visit();
    const id = await startConsult(ear);
    await takeCase(from.desk, id);
    await saySomething(ear, id, 'my story');
    await from.desk.ask('add-note', { sessionId: id, note: 'for the other' });
    assert.equal((await from.desk.ask('transfer-consult', { sessionId: id, to: to.id })).ok, true);
    await ear.hear<{ consultant: { name: string } }>(
      'consult-transferred',
      ({ consultant }) => consultant.name === 'To',
    );
    await to.desk.hear('session-updated');
    const opened = await to.desk.ask<OpenAnswer>('open-consult', { sessionId: id });
    assert.deepEqual(opened.ok && [opened.messages.length, opened.notes.length], [1, 1]);
    await saySomething(to.desk, id, 'from the other node');
    await ear.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'from the other node');
    assert.equal((await from.desk.ask('open-consult', { sessionId: id })).ok, false);
    assert.equal((await to.desk.ask('return-consult', id)).ok, true);
    await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'consultant');
    await listed(from.desk, id);
    await ear.ask('end-consult', id);
  });

  it('signed out on one: the case goes back at once and lines on the other close, too', async () => {
    const { consultant, desk } = await staff('Leaves', two);
    const twin = known(new TestVisitor(one));
    twin.cookie = consultant.cookie;
    const there = await twin.listen('/consult');
    const { ear } = await visit();
    const id = await startConsult(ear);
    await takeCase(desk, id);
    await consultant.signOut();
    await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'signed-out');
    await waitFor('both lines to close', () => !desk.socket.connected && !there.socket.connected);
    await ear.ask('end-consult', id);
  });

  it('a visitor with a page on each node is away only when both are closed', async () => {
    const { desk } = await staff('Watches');
    const { visitor, ear } = await visit(one);
    const twin = known(new TestVisitor(two));
    twin.cookie = visitor.cookie;
    const there = await twin.listen('/consult');
    const id = await startConsult(ear);
    const awayIn = (list: WaitingView[]) => list.find(({ sessionId }) => sessionId === id)?.away;
    await listed(desk, id);
    ear.close();
    await saySomething(there, id, 'still here');
    const after = await startConsult((await visit(one)).ear); // whatever the first close did is told by now
    await listed(desk, after);
    await desk.ask('get-waiting-sessions');
    assert.equal(awayIn(desk.all<WaitingView[]>('waiting-sessions').at(-1) ?? []), false);
    there.close();
    await desk.hear<WaitingView[]>('sessions-updated', (list) => awayIn(list) === true);
  });

  it('the node of the consultant is killed: the case is back in front and another takes it, with every word', async () => {
    const dir = await temporaryFolder();
    const third: SiteProcess = await startProcess(dir, env);
    const { desk } = await staff('On the third', third);
    const rescue = await staff('On the second', two);
    const { ear } = await visit(one);
    const { ear: behind } = await visit(one);
    const id = await startConsult(ear);
    await startConsult(behind);
    await saySomething(ear, id, 'before');
    await takeCase(desk, id);
    await saySomething(desk, id, 'an answer');
    await ear.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'an answer');
    await third.end('SIGKILL');
    await saySomething(ear, id, 'after');
    await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'line');
    await rescue.desk.hear<WaitingView[]>('sessions-updated', ([first]) => first?.sessionId === id);
    assert.equal((await resume(ear)).queue?.place, 1);
    const { messages } = await takeCase(rescue.desk, id);
    assert.deepEqual(
      messages.map(({ message }) => message),
      ['before', 'an answer', 'after'],
    );
    await saySomething(rescue.desk, id, 'I have it');
    await ear.hear<ConsultMessageView>('receive-message', ({ message }) => message === 'I have it');
    assert.equal(ear.all('consult-returned').length, 1, 'however many nodes watch, it is returned once');
    await ear.ask('end-consult', id);
    await rm(dir, { recursive: true, force: true });
  });

  it('without Redis for a while: each node serves, takes are still one, and what was missed is read', async () => {
    const { desk } = await staff('Alone', two);
    const { ear } = await visit(one);
    const id = await startConsult(ear);
    await redis.kill();
    const answers = await Promise.all([
      desk.ask<OpenAnswer>('consultant-join', id),
      (await staff('Beside', one)).desk.ask<OpenAnswer>('consultant-join', id),
    ]);
    assert.equal(answers.filter(({ ok }) => ok).length, 1);
    await saySomething(ear, id, 'stored anyway');
    await redis.start();
    const { session, messages } = await resume(ear);
    assert.deepEqual([session?.state, messages.at(-1)?.message], ['taken', 'stored anyway']);
    await ear.ask('end-consult', id);
  });
});
