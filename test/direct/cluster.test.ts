/** The lobby, direct messages and presence on two nodes with a Redis between them, Socket.IO and raw lines alike. */
import assert from 'node:assert/strict';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { LobbyAnswer, LobbyMessageView, LobbyUserView } from '../../schemas/lobby/contract.js';
import { type Cluster, seenFrom, someoneFrom, startCluster } from '../support/cluster.js';
import { list, post, someone, write } from '../support/direct.js';
import { type Raw, startLine } from '../support/line.js';
import { pace } from '../support/pace.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const TRIALS = 5;

const texts = (raw: Raw) => raw.all('chat').map(({ message }) => message);
const heard = (ear: Ear) => ear.all<DirectView>('newMessage').map(({ message }) => message);
const lastList = (ear: Ear) => ear.all<string[]>('getOnlineUsers').at(-1) ?? [];
const lastOnline = (raw: Raw) => raw.all('online').at(-1)?.online ?? raw.all('ready').at(-1)?.online ?? [];

describe('two nodes', () => {
  let nodes: Cluster;
  before(async () => {
    nodes = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '300' });
  });
  after(() => nodes.close());

  /** Somebody who came to one node, and how the other sees them. */
  async function both(home: 'one' | 'two' = 'one') {
    const here = await someone(nodes[home]);
    return { here, there: someoneFrom(nodes[home === 'one' ? 'two' : 'one'], here) };
  }

  describe('direct messages', () => {
    it('go from Socket.IO on one to a raw line on the other and back, to every tab of both on both, once', async () => {
      const [a, b] = [await both('one'), await both('two')];
      const tabs = [await a.here.visitor.listen('/direct'), await a.there.visitor.listen('/direct')];
      const lines = [await startLine(b.here.visitor), await startLine(b.there.visitor)];
      await write(a.here, b.here, 'over');
      for (const line of lines) await line.hear('chat', ({ message }) => message === 'over');
      lines[0]!.send({ type: 'chat', toUserId: a.here.id, message: 'and back', clientId: 'c1' });
      for (const tab of tabs) await tab.hear<DirectView>('newMessage', ({ message }) => message === 'and back');
      for (const line of lines) await line.hear('sent', ({ message }) => message.message === 'and back');
      await write(a.there, b.here, 'from the other tab');
      for (const line of lines) await line.hear('chat', ({ message }) => message === 'from the other tab');
      for (const tab of tabs)
        await tab.hear<DirectView>('newMessage', ({ message }) => message === 'from the other tab');
      for (const tab of tabs) assert.deepEqual(heard(tab), ['over', 'and back', 'from the other tab']);
      for (const line of lines) {
        assert.deepEqual(texts(line), ['over', 'from the other tab']);
        assert.equal(line.all('notification').length, 0, 'they are not away, they are on the other node');
        line.drop();
      }
      for (const tab of tabs) tab.close();
    });

    it('sent on both at once come to one line in order, without a gap or a double', async () => {
      const [a, b, to] = [await someone(nodes.one), await someone(nodes.two), await someone(nodes.one)];
      const line = await startLine(to.visitor, { after: 0 });
      await Promise.all(Array.from({ length: 80 }, (_, i) => write(i % 2 ? a : b, to, `${i}`)));
      await waitFor('all of them', () => texts(line).length >= 80);
      assert.deepEqual(
        line.all('chat').map(({ mail }) => mail),
        Array.from({ length: 80 }, (_, i) => i + 1),
      );
      assert.equal(new Set(texts(line)).size, 80);
      line.drop();
    });

    it('a first word from both at the same moment is one conversation', async () => {
      const [a, b] = [await someone(nodes.one), await someone(nodes.two)];
      const [one, two] = await Promise.all([write(a, b, 'hello'), write(b, a, 'hello')]);
      assert.deepEqual([one.seq, two.seq].sort(), [1, 2]);
      for (const each of [a, b]) assert.equal((await list(each)).conversations.length, 1);
    });

    it('a retry on the other node is no second message', async () => {
      const [a, b] = [await both('one'), await someone(nodes.two)];
      const answers = await Promise.all([a.here, a.there, a.here].map((from) => write(from, b, 'once', 'same')));
      assert.equal(new Set(answers.map(({ _id }) => _id)).size, 1);
      assert.equal((await list(b)).unread, 1);
    });

    it('are read and typed on one, seen so on the other, and leave the count of both', async () => {
      const [a, b] = [await someone(nodes.one), await both('two')];
      const [ear, tab] = [await a.visitor.listen('/direct'), await b.there.visitor.listen('/direct')];
      const pulse = await b.there.visitor.listen('/');
      const line = await startLine(b.here.visitor);
      const { seq } = await write(a, b.here, 'read me');
      await pulse.hear<number>('unread', (count) => count === 1);
      await line.hear('chat');
      line.send({ type: 'typing', to: a.id, on: true });
      assert.deepEqual(await ear.hear('typing'), { from: b.here.id, on: true });
      line.send({ type: 'read', with: a.id, upTo: seq });
      const mark = { by: b.here.id, with: a.id, upTo: seq };
      assert.deepEqual(await ear.hear('read'), mark);
      assert.deepEqual(await tab.hear('read'), mark);
      await pulse.hear<number>('unread', (count) => count === 0);
      for (const each of [ear, tab, pulse]) each.close();
      line.drop();
    });

    it('end for a blocked person on both, and begin again', async () => {
      const [a, b] = [await both('one'), await someone(nodes.two)];
      const tabs = [await a.here.visitor.listen('/direct'), await a.there.visitor.listen('/direct')];
      const line = await startLine(a.here.visitor);
      const [tabB, watcher] = [await b.visitor.listen('/direct'), await someone(nodes.one)];
      const eye = await watcher.visitor.listen('/direct');
      await write(a.here, b, 'before');
      for (const tab of tabs) await waitFor('them in the list', () => lastList(tab).includes(b.id));
      const block = (on: boolean) => b.visitor.agent.post(`/api/messages/${a.here.id}/block`).send({ on });
      assert.equal((await block(true)).status, 200);
      for (const tab of tabs) await waitFor('a list without them', () => !lastList(tab).includes(b.id));
      await waitFor('a line without them', () => !lastOnline(line).includes(b.id));
      assert.ok(lastList(eye).includes(b.id), 'others still see them');
      for (const from of [a.here, a.there]) assert.equal((await post(from, b.id, 'after')).status, 404);
      line.send({ type: 'chat', toUserId: b.id, message: 'after' });
      assert.equal((await line.hear('error')).code, 'person_not_found');
      assert.deepEqual(heard(tabB), ['before']);
      assert.equal((await block(false)).status, 200);
      for (const tab of tabs) await waitFor('them there again', () => lastList(tab).includes(b.id));
      await waitFor('them there on the line', () => lastOnline(line).includes(b.id));
      await write(a.there, b, 'again');
      await tabB.hear<DirectView>('newMessage', ({ message }) => message === 'again');
      for (const each of [...tabs, tabB, eye]) each.close();
      line.drop();
    });
  });

  describe('presence', () => {
    it('is told to both, and lasts until the last tab on either has gone', async () => {
      const [watchers, a] = [await Promise.all([someone(nodes.one), someone(nodes.two)]), await both('one')];
      const [eye, line] = [await watchers[0].visitor.listen('/direct'), await startLine(watchers[1].visitor)];
      const [tab, raw] = [await a.here.visitor.listen('/direct'), await startLine(a.there.visitor)];
      await waitFor('them in both lists', () =>
        [lastList(eye), lastOnline(line)].every((ids) => ids.includes(a.here.id)),
      );
      const before = [eye.all('getOnlineUsers').length, line.all('online').length];
      tab.close();
      const { Presence } = nodes.one.app.database.models;
      const sockets = async () => (await Presence.findOne({ _id: a.here.id }).lean())?.sockets.length ?? 0;
      await waitFor('one hold left', async () => (await sockets()) === 1);
      await write(watchers[0], a.here, 'still there?');
      await raw.hear('chat');
      raw.drop();
      await waitFor('them gone from both', () =>
        [lastList(eye), lastOnline(line)].every((ids) => !ids.includes(a.here.id)),
      );
      // Gone once, and not on and off with every tab.
      const seen = [
        eye.all<string[]>('getOnlineUsers').slice(before[0]),
        line
          .all('online')
          .slice(before[1])
          .map(({ online }) => online),
      ];
      for (const lists of seen) {
        const turns = lists
          .map((ids) => ids.includes(a.here.id))
          .filter((is, at, all) => at === 0 || is !== all[at - 1]);
        assert.deepEqual(turns.slice(-1), [false]);
        assert.ok(turns.length <= 2, `${turns.length} turns`);
      }
      eye.close();
      line.drop();
    });

    it('is the truth on both again after Redis was away, and lines have what they missed', async () => {
      const [a, b] = [await someone(nodes.one), await someone(nodes.two)];
      const eye = await a.visitor.listen('/direct');
      const line = await startLine(b.visitor);
      await waitFor('them in the list', () => lastList(eye).includes(b.id));
      await nodes.redis.kill();
      await write(a, b, 'while Redis was away');
      const late = await someone(nodes.two);
      const lateLine = await startLine(late.visitor);
      assert.deepEqual(texts(line), []);
      await nodes.redis.start();
      await line.hear('chat', ({ message }) => message === 'while Redis was away');
      await waitFor('who came meanwhile', () => lastList(eye).includes(late.id));
      await nodes.crossing();
      eye.close();
      for (const each of [line, lateLine]) each.drop();
    });
  });

  describe('the lobby', () => {
    let count = 0;
    const fresh = () => `cluster${++count}`;
    const ask = async (ear: Ear, name: unknown) => (await ear.ask('join', name)) as unknown as LobbyAnswer;
    const enter = async (visitor: TestVisitor, name = fresh()) => {
      const ear = await visitor.listen('/lobby');
      const answer = await ask(ear, name);
      assert.equal(answer.ok, true, JSON.stringify(answer));
      return { ear, name, visitor };
    };
    const lastUsers = (ear: Ear) => ear.all<LobbyUserView[]>('users').at(-1) ?? [];
    const events = (ear: Ear, id: string) =>
      ear.all<LobbyMessageView>('message').flatMap(({ event, who }) => (who?.id === id && event ? [event] : []));

    it(`gives a name to one of two who claim it on two nodes, in each of ${TRIALS} trials`, async () => {
      const ears = [await (await arrive(nodes.one)).listen('/lobby'), await (await arrive(nodes.two)).listen('/lobby')];
      for (let trial = 0; trial < TRIALS; trial++) {
        const names = trial % 2 ? [`Race ${trial}`, `race${trial}`] : [`race${trial}`, `ＲＡＣＥ${trial}`];
        const answers = await Promise.all(ears.map((ear, at) => ask(ear, names[at])));
        const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort();
        assert.deepEqual(codes, ['name_taken', 'ok'], `trial ${trial}`);
      }
      for (const ear of ears) ear.close();
    });

    it('has one stream and one list of people', async () => {
      const [one, two] = [await enter(await arrive(nodes.one)), await enter(await arrive(nodes.two))];
      const ids = [one, two].map(({ visitor }) => visitor.id);
      for (const { ear } of [one, two]) {
        await waitFor('both in the list', () =>
          ids.every((id) => lastUsers(ear).some((user) => user.id === id && user.online)),
        );
      }
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).ear.ask('sendMessage', `${one.name} ${i}`)),
      );
      const said = (ear: Ear) =>
        ear.all<LobbyMessageView>('message').filter(({ chat, event }) => !event && chat?.startsWith(`${one.name} `));
      for (const { ear } of [one, two]) {
        await waitFor('all of them', () => said(ear).length >= 40);
        const seqs = said(ear).map(({ seq }) => seq);
        assert.equal(new Set(seqs).size, 40);
        // Somebody of the test before may leave meanwhile, which takes a number, too.
        const heard = new Set(ear.all<LobbyMessageView>('message').map(({ seq }) => seq));
        for (let seq = Math.min(...seqs); seq <= Math.max(...seqs); seq++) assert.ok(heard.has(seq), `no ${seq}`);
      }
      two.ear.close();
      await waitFor('them away', () => lastUsers(one.ear).some(({ id, online }) => id === ids[1] && !online));
      one.ear.close();
    });

    it('with tabs on both is one coming and one going', async () => {
      const watchers = [await enter(await arrive(nodes.one)), await enter(await arrive(nodes.two))];
      const visitor = await arrive(nodes.one);
      const here = await enter(visitor);
      const there = await enter(seenFrom(nodes.two, visitor), here.name);
      here.ear.close();
      assert.equal((await there.ear.ask('sendMessage', 'still here')).ok, true);
      for (const { ear } of watchers) {
        await ear.hear<LobbyMessageView>('message', ({ chat }) => chat === 'still here');
        assert.deepEqual(events(ear, visitor.id), ['joined']);
      }
      there.ear.close();
      for (const { ear } of watchers) {
        await waitFor('a goodbye', () => events(ear, visitor.id).includes('left'));
        assert.deepEqual(events(ear, visitor.id), ['joined', 'left']);
        ear.close();
      }
    });

    it('left by the button on one is left with the tabs on the other', async () => {
      const watcher = await enter(await arrive(nodes.two));
      const visitor = await arrive(nodes.one);
      const here = await enter(visitor);
      const there = await enter(seenFrom(nodes.two, visitor), here.name);
      assert.equal((await here.ear.ask('leave')).ok, true);
      await waitFor('a goodbye', () => events(watcher.ear, visitor.id).includes('left'));
      const refused = (await there.ear.ask('sendMessage', 'from behind')) as { error: { code: string } };
      assert.equal(refused.error.code, 'lobby_name_required');
      assert.equal((await ask(there.ear, here.name)).ok, true);
      assert.equal((await there.ear.ask('sendMessage', 'back again')).ok, true);
      for (const { ear } of [watcher, here, there]) ear.close();
    });

    it('tells of many changes on both by at most two lists a second, the last of them true', async () => {
      const [one, two] = [await enter(await arrive(nodes.one)), await enter(await arrive(nodes.two))];
      const atMost = pace(() => one.ear.all('users').length);
      let names: string[] = [];
      for (let round = 0; round < 40; round++) {
        names = [`left ${round}`, `right ${round}`];
        await Promise.all([ask(one.ear, names[0]), ask(two.ear, names[1])]);
      }
      await waitFor('the truth', () => names.every((name) => lastUsers(one.ear).some((user) => user.name === name)));
      atMost(2);
      for (const { ear } of [one, two]) ear.close();
    });
  });
});
