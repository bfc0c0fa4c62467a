/** Consultants who fall silent: killed while taking, killed while chatting, with their node, or just not answering. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedStore } from 'mongoose-embedded-store';
import type { DeskAnswer, QueueView, ResumeAnswer } from '../../schemas/consult/contract.js';
import { ROOT } from '../../services/site/root.js';
import { HOUR, MINUTE, MovableClock } from '../support/clock.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, TestConsultant, work } from '../support/consultant.js';
import { steadyPort } from '../support/ports.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const LINE_MS = 1_000;
const children = new Set<ChildProcess>();

/** Run a compiled file until it says a word on standard output. */
async function run(file: string, args: string[], env: NodeJS.ProcessEnv, word: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.join(ROOT, 'dist', file), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  await waitFor(`${file} to say ${word}`, () => said.includes(word));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  children.delete(child);
}

const resume = async (ear: Ear): Promise<ResumeAnswer> => {
  const answer = await ear.ask<ResumeAnswer>('resume-consult');
  assert.ok(answer.ok);
  return answer;
};

describe('a silent consultant', () => {
  after(async () => {
    for (const child of children) await kill(child);
  });

  describe('on one node', () => {
    let site: TestSite;
    before(async () => {
      site = await startSite({
        CONSULT_PASSWORD: DESK_PASSWORD,
        LIMITS: 'off',
        CONSULT_LINE_MS: String(LINE_MS),
        CONSULT_ANSWER_MS: '60000',
      });
    });
    after(() => site.close());

    it('killed while chatting: the case is back in front, both are told, nothing is lost', async () => {
      const ear = await (await arrive(site)).listen('/consult');
      const behind = await (await arrive(site)).listen('/consult');
      const id = await startConsult(ear);
      const other = await startConsult(behind);
      await saySomething(ear, id, 'before');
      const consultant = await work(site, 'Killed');
      const child = await run('test/support/desk-child.js', [site.url, consultant.cookie, id], process.env, 'chatting');
      await kill(child);
      await saySomething(ear, id, 'after');
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'line');
      await ear.hear<QueueView>('queue', ({ place }) => place === 1);
      const { session, messages, queue } = await resume(ear);
      assert.deepEqual([session?.state, queue?.place], ['waiting', 1]);
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['before', 'from the child', 'after'],
      );
      const back = await consultant.desk();
      const desk = await back.ask<DeskAnswer>('resume-desk');
      assert.deepEqual(desk.ok && [desk.mine.length, desk.waiting[0]?.sessionId], [0, id]);
      assert.equal((await takeCase(back, id)).messages.length, 3);
      await back.ask('end-consult', id);
      await behind.ask('end-consult', other);
    });

    it('killed while taking: the case is in the queue again and can be taken', async () => {
      const ear = await (await arrive(site)).listen('/consult');
      const id = await startConsult(ear, 'soon taken');
      const consultant = await work(site, 'Taking');
      const child = await run('test/support/desk-child.js', [site.url, consultant.cookie, id], process.env, 'taking');
      await kill(child);
      const rescue = await work(site, 'Rescue');
      const desk = await rescue.desk();
      await waitFor('the case to be free again', async () => (await desk.ask('consultant-join', id)).ok);
      assert.equal((await resume(ear)).session?.consultant?.name, 'Rescue');
      await desk.ask('end-consult', id);
      rescue.leaveAll();
    });
  });

  it('with a line that comes back in time: keeps the case', async () => {
    const clock = new MovableClock();
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' }, { clock });
    try {
      const ear = await (await arrive(site)).listen('/consult');
      const consultant = await work(site, 'Blink');
      const first = await consultant.desk();
      const id = await startConsult(ear);
      await takeCase(first, id);
      await saySomething(first, id, 'an answer');
      first.close();
      const second = await consultant.desk();
      await saySomething(second, id, 'here again');
      clock.pass(2 * MINUTE); // longer than a lost line may be
      await site.app.services.desk.watch();
      assert.equal((await resume(ear)).session?.state, 'taken');
      assert.ok(!ear.heard.some(({ event }) => event === 'consult-returned'));
    } finally {
      await site.close();
    }
  });

  it('who does not answer in time loses the case, who answers keeps it', async () => {
    const clock = new MovableClock();
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off' }, { clock });
    try {
      const ear = await (await arrive(site)).listen('/consult');
      const desk = await (await work(site, 'Slow')).desk();
      const id = await startConsult(ear);
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      clock.pass(HOUR / 4);
      assert.equal((await desk.ask('still-here')).ok, true);
      await saySomething(ear, id, 'a question');
      clock.pass(5 * MINUTE - 1);
      await site.app.services.desk.watch();
      assert.equal((await resume(ear)).session?.state, 'taken', 'the time is not over');
      clock.pass(1);
      await site.app.services.desk.watch();
      await desk.hear<{ why: string }>('consult-returned', ({ why }) => why === 'answer');
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'answer');
      const { session, messages } = await resume(ear);
      assert.equal(session?.state, 'waiting');
      assert.deepEqual(
        session.trail.map(({ what }) => what),
        ['started', 'taken', 'returned'],
      );
      assert.equal(messages.length, 2);
    } finally {
      await site.close();
    }
  });

  it('whose node dies: another node puts the case back, and nothing is lost', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'gif-chat-nodes-'));
    const store = await startEmbeddedStore({ dir: path.join(dir, 'store'), database: 'gifchat' });
    const node = async () => {
      const port = await steadyPort();
      const env = {
        ...process.env,
        PORT: String(port),
        MONGO_URL: store.url,
        DATA_DIR: dir,
        UPLOADS_DIR: path.join(dir, 'uploads'),
        COOKIE_SECRET: 'a secret that two nodes share and that is long enough',
        CONSULT_PASSWORD: DESK_PASSWORD,
        CONSULT_LINE_MS: '6000',
        NODE_LEASE_MS: '4000',
        LIMITS: 'off',
        LOG_LEVEL: 'silent',
      };
      return { url: `http://127.0.0.1:${port}`, child: await run('app.js', [], env, 'is ready') };
    };
    const [one, two] = [await node(), await node()];
    try {
      const ear = await (await arrive(two)).listen('/consult');
      const id = await startConsult(ear);
      await saySomething(ear, id, 'before');
      const gone = await (await arrive(one)).listen('/consult');
      const absent = await startConsult(gone, 'on the node that dies');
      const both = await arrive(two);
      await both.listen('/consult');
      const elsewhere = new TestVisitor(one);
      elsewhere.cookie = both.cookie;
      const stays = await startConsult(await elsewhere.listen('/consult'), 'on both nodes');
      const desk = await (await work(one, 'On the first node')).desk();
      await takeCase(desk, id);
      await saySomething(desk, id, 'an answer');
      await kill(one.child);
      await ear.hear<{ why: string }>('consult-returned', ({ why }) => why === 'line');
      const { session, messages } = await resume(ear);
      assert.equal(session?.state, 'waiting');
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['before', 'an answer'],
      );
      const rescue = await new TestConsultant(two, 'On the second node').arrive();
      assert.equal((await rescue.signIn()).status, 200);
      const rescuing = await rescue.desk();
      await waitFor('the visitor whose node died is away, the one with a page elsewhere is not', async () => {
        const answer = await rescuing.ask<DeskAnswer>('resume-desk');
        assert.ok(answer.ok);
        const away = answer.waiting.filter((row) => row.away).map(({ sessionId }) => sessionId);
        return away.includes(absent) && !away.includes(stays) && !away.includes(id);
      });
      await takeCase(rescuing, id);
      rescue.leaveAll();
      both.leaveAll();
      ear.close();
    } finally {
      for (const { child } of [one, two]) await kill(child);
      await store.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
