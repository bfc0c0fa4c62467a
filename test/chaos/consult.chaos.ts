/**
 * The desk's promise at its real default (CONSULT_LINE_MS of 55 s): a consultant who is gone holds a case for a minute at
 * the most. Killed while taking, killed while chatting, gone without a word, and together with the node.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ResumeAnswer } from '../../schemas/consult/contract.js';
import { ROOT } from '../../services/site/root.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, work } from '../support/consultant.js';
import { distantStore } from '../support/distant-store.js';
import { startProcess } from '../support/process.js';
import { Proxy } from '../support/proxy.js';
import { temporaryFolder } from '../support/site.js';
import { arrive, type Ear, type Reachable } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { inTime } from './in-time.js';
import { record } from './record.js';

const LIMIT_MS = 60_000;
const OF_EACH = 5;
const CHILD = path.join(ROOT, 'dist/test/support/desk-child.js');

interface Seen {
  /** From the consultant's end to the queue; 0: the take never arrived. */
  ms: number;
  lost: number;
}

describe('R12', () => {
  it('a consultant who is gone: the case is back in the queue within a minute, with every word', () =>
    inTime(async () => {
      const [dir, store] = [await temporaryFolder(), await distantStore()];
      const env = {
        MONGO_URL: store.url,
        COOKIE_SECRET: 'one-secret-for-both-of-the-two-nodes',
        CONSULT_PASSWORD: DESK_PASSWORD,
        LIMITS: 'off',
      };
      const site = await startProcess(dir, env);
      const doomed = await startProcess(dir, env);
      const proxy = await Proxy.open({ port: Number(new URL(site.url).port), host: '127.0.0.1' });
      const ears: Ear[] = [];

      async function question(): Promise<{ ear: Ear; id: string }> {
        const ear = await (await arrive(site)).listen('/consult');
        ears.push(ear);
        const id = await startConsult(ear);
        await saySomething(ear, id, 'before');
        return { ear, id };
      }
      const stateOf = async (ear: Ear) => {
        const answer = await ear.ask<ResumeAnswer>('resume-consult');
        assert.ok(answer.ok && answer.session);
        return { ...answer.session, said: answer.messages.map(({ message }) => message) };
      };
      /** Watch a case from its consultant's end on. */
      async function watched(ear: Ear, id: string, said: string[]): Promise<Seen> {
        const since = performance.now();
        await saySomething(ear, id, 'after');
        await ear
          .hear<{ why: string }>('consult-returned', ({ why }) => why === 'line', 2 * LIMIT_MS)
          .catch(() => undefined);
        const ms = performance.now() - since;
        const now = await stateOf(ear);
        assert.equal(now.state, 'waiting', `${ms} ms after its consultant's end`);
        const expected = [...said, 'after'];
        const arrivedToo = now.trail.some(({ what }) => what === 'returned');
        return { ms: arrivedToo ? ms : 0, lost: expected.filter((text) => !now.said.includes(text)).length };
      }
      async function killed(at: 'taking' | 'chatting', number: number): Promise<Seen> {
        const { ear, id } = await question();
        const { cookie } = await work(site, `${at} ${number}`);
        const child = spawn(process.execPath, [CHILD, site.url, cookie, id], { stdio: ['ignore', 'pipe', 'inherit'] });
        let heard = '';
        child.stdout.on('data', (data: Buffer) => (heard += data.toString()));
        await waitFor(at, () => heard.includes(at), 20_000);
        child.kill('SIGKILL');
        await once(child, 'exit');
        return watched(ear, id, at === 'taking' ? ['before'] : ['before', 'from the child']);
      }
      async function chatting(where: Reachable, name: string, options: object = {}) {
        const asked = await question();
        const desk = await (await work(where, name)).desk(options);
        await takeCase(desk, asked.id);
        await saySomething(desk, asked.id, 'an answer');
        return asked;
      }

      const numbers = Array.from({ length: OF_EACH }, (_, index) => index);
      const silent = await Promise.all(numbers.map((n) => chatting(site, `silent ${n}`, { through: proxy.port })));
      const onNode = await Promise.all(numbers.map((n) => chatting(doomed, `with the node ${n}`)));
      proxy.freeze();
      const noWord = Promise.all(silent.map(({ ear, id }) => watched(ear, id, ['before', 'an answer'])));
      await doomed.end('SIGKILL');
      const node = Promise.all(onNode.map(({ ear, id }) => watched(ear, id, ['before', 'an answer'])));
      const taking = Promise.all(numbers.map((n) => killed('taking', n)));
      const chattingKilled = Promise.all(numbers.map((n) => killed('chatting', n)));
      const all = {
        'killed taking': await taking,
        'killed chatting': await chattingKilled,
        'gone without a word': await noWord,
        'node killed': await node,
      };
      const figures = Object.fromEntries(
        Object.entries(all).map(([name, list]) => [
          name,
          {
            cases: list.length,
            takesThatArrived: list.filter(({ ms }) => ms > 0).length,
            slowestMs: Math.round(Math.max(...list.map(({ ms }) => ms))),
            lost: list.reduce((sum, { lost }) => sum + lost, 0),
          },
        ]),
      );
      record('R12', figures);
      for (const ear of ears) ear.close();
      await proxy.close();
      await site.end('SIGTERM');
      await store.close();
      await rm(dir, { recursive: true, force: true });
      for (const [name, { lost }] of Object.entries(figures)) assert.equal(lost, 0, name);
      for (const name of ['killed chatting', 'gone without a word', 'node killed'])
        assert.equal(figures[name]?.takesThatArrived, OF_EACH, name);
      return Object.entries(figures).flatMap(([name, { slowestMs }]) =>
        slowestMs < LIMIT_MS ? [] : [`${name}: ${slowestMs} ms`],
      );
    }));
});
