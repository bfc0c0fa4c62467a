/** Direct messages over HTTP and Socket.IO: delivery, order, history, read marks, blocks, and who may not see what. */
import assert from 'node:assert/strict';
import type { ConversationView, DirectView } from '../../schemas/direct/contract.js';
import { pairKey } from '../../schemas/direct/direct.js';
import { Conversations } from '../../services/direct/conversations.js';
import { list, post, readPage, someone, write } from '../support/direct.js';
import { DAY, MINUTE, MovableClock } from '../support/clock.js';
import { openLine, startLine } from '../support/line.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

describe('direct messages', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '200' });
  });
  after(() => site.close());

  describe('sending', () => {
    it('stores a message and tells every tab of both people, once', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const tabs = await Promise.all([a, a, b, b].map(({ visitor }) => visitor.listen('/direct')));
      const sent = await write(a, b, 'hello');
      assert.deepEqual(
        { senderId: sent.senderId, receiverId: sent.receiverId, message: sent.message, seq: sent.seq },
        { senderId: a.id, receiverId: b.id, message: 'hello', seq: 1 },
      );
      for (const tab of tabs) assert.deepEqual(await tab.hear<DirectView>('newMessage'), sent);
      for (const tab of tabs) assert.equal(tab.all('newMessage').length, 1);
      assert.deepEqual((await readPage(b, a)).messages, [sent]);
      a.visitor.leaveAll();
      b.visitor.leaveAll();
    });

    it('keeps a message for somebody who is away, and counts it', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'one');
      await write(a, b, 'two');
      const { conversations, unread } = await list(b);
      assert.equal(unread, 2);
      assert.equal(conversations.length, 1);
      assert.equal(conversations[0]!.unread, 2);
      assert.equal(conversations[0]!.last!.message, 'two');
      assert.equal(conversations[0]!.with.id, a.id);
      assert.deepEqual(
        (await readPage(b, a)).messages.map(({ message }) => message),
        ['one', 'two'],
      );
    });

    it('stores a retried message once and answers with the first', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const tries = await Promise.all([1, 2, 3].map(() => write(a, b, 'again', 'same-id')));
      assert.equal(new Set(tries.map(({ _id }) => _id)).size, 1);
      assert.equal((await write(a, b, 'other words', 'same-id')).message, 'again');
      assert.equal((await readPage(a, b)).messages.length, 1);
    });

    it('numbers a conversation without gaps under load, in one order for all', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const ear = await b.visitor.listen('/direct');
      await Promise.all(Array.from({ length: 150 }, (_, i) => (i % 2 ? write(a, b, `a${i}`) : write(b, a, `b${i}`))));
      const seqs = ear.all<DirectView>('newMessage').map(({ seq }) => seq);
      await waitFor('all messages', () => ear.all('newMessage').length === 150);
      assert.deepEqual(
        seqs,
        [...seqs].sort((x, y) => x - y),
      );
      const { messages, more } = await readPage(a, b, '?limit=100');
      assert.equal(more, true);
      assert.deepEqual(
        messages.map(({ seq }) => seq),
        Array.from({ length: 100 }, (_, i) => i + 51),
      );
      const older = await readPage(a, b, `?limit=100&before=51`);
      assert.equal(older.messages.length, 50);
      assert.equal(older.more, false);
      ear.close();
    });

    it('makes one conversation when both write first, whoever wins', async () => {
      for (let round = 0; round < 20; round++) {
        const [a, b] = [await someone(site), await someone(site)];
        await Promise.all([write(a, b, '1'), write(b, a, '2'), write(a, b, '3'), write(b, a, '4')]);
        const pair = pairKey(a.id, b.id);
        assert.equal(await site.app.database.models.Conversation.countDocuments({ people: a.id }), 1);
        assert.equal((await readPage(a, b)).messages.length, 4, pair);
        assert.equal((await list(a)).conversations.length, 1);
      }
    });

    for (const [what, body] of [
      ['nothing', {}],
      ['a number', { message: 5 }],
      ['an object', { message: { $ne: null } }],
      ['a list', { message: ['x'] }],
      ['white space', { message: ' \n\t ' }],
      ['4,001 characters', { message: 'x'.repeat(4001) }],
      ['a lone surrogate', { message: '\ud800' }],
      ['a null character', { message: 'a\0b' }],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const [a, b] = [await someone(site), await someone(site)];
        const response = await a.visitor.agent.post(`/api/messages/send/${b.id}`).send(body);
        assert.equal(response.status, 400);
        assert.equal((await list(b)).unread, 0);
      });
    }
  });

  describe('read marks', () => {
    it('tell both people, and take the count away', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const [ofA, ofB] = [await a.visitor.listen('/direct'), await b.visitor.listen('/direct')];
      await write(a, b, 'one');
      const second = await write(a, b, 'two');
      assert.deepEqual(await ofB.ask('read', { with: a.id, upTo: second.seq }), { ok: true });
      const mark = { by: b.id, with: a.id, upTo: second.seq };
      assert.deepEqual(await ofA.hear('read'), mark);
      assert.deepEqual(await ofB.hear('read'), mark);
      assert.equal((await list(b)).unread, 0);
      assert.equal((await readPage(a, b)).conversation.theirReadUpTo, 2);
      ofA.close();
      ofB.close();
    });

    it('never go back, and never past what was sent', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'one');
      const read = (upTo: unknown) => b.visitor.agent.post(`/api/messages/${a.id}/read`).send({ upTo });
      assert.equal((await read(1e15)).status, 200);
      assert.equal((await readPage(a, b)).conversation.theirReadUpTo, 1);
      await write(a, b, 'two');
      assert.equal((await read(0)).status, 200);
      assert.equal((await readPage(a, b)).conversation.theirReadUpTo, 1);
      assert.equal((await list(b)).unread, 1);
      for (const bad of [-1, 1.5, '1', null, { $gt: 0 }]) assert.equal((await read(bad)).status, 400);
    });

    it('reach the header of every page as a count', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const pulse = await b.visitor.listen('/');
      await write(a, b, 'one');
      await pulse.hear<number>('unread', (count) => count === 1);
      await b.visitor.agent.post(`/api/messages/${a.id}/read`).send({ upTo: 1 });
      await waitFor('none', () => pulse.all<number>('unread').at(-1) === 0);
      pulse.close();
      await write(a, b, 'while the line was gone');
      const back = await b.visitor.listen('/');
      await back.hear<number>('unread', (count) => count === 1);
      back.close();
    });
  });

  describe('blocking', () => {
    it('ends what the blocked person can send and see, and lets it begin again', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const [ofA, ofB] = [await a.visitor.listen('/direct'), await b.visitor.listen('/direct')];
      await write(a, b, 'before');
      await ofA.hear<string[]>('getOnlineUsers', (ids) => ids.includes(b.id));
      const block = (on: boolean) => b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on });
      assert.equal((await block(true)).status, 200);

      const missing = await a.visitor.agent.get(`/api/messages/${'0'.repeat(32)}`);
      const gone = await a.visitor.agent.get(`/api/messages/${b.id}`);
      assert.equal(gone.status, 404);
      assert.deepEqual(gone.body, missing.body);
      const refused = await post(a, b.id, 'after');
      assert.equal(refused.status, 404);
      assert.deepEqual(refused.body, missing.body);
      assert.deepEqual((await list(a)).conversations, []);
      assert.deepEqual(
        ((await a.visitor.agent.get('/api/users')).body as { users: { id: string }[] }).users.filter(
          ({ id }) => id === b.id,
        ),
        [],
      );
      await waitFor('a list without them', () => !ofA.all<string[]>('getOnlineUsers').at(-1)!.includes(b.id));
      const read = (await ofA.ask('read', { with: b.id, upTo: 1 })) as { error: { code: string } };
      assert.equal(read.error.code, 'person_not_found');
      await ofA.ask('typing', { to: b.id, on: true });

      assert.equal((await post(b, a.id, 'from the one who blocks')).status, 403);
      assert.equal((await readPage(b, a)).conversation.blocked, true);
      assert.equal(ofB.all('typing').length, 0);

      assert.equal((await block(false)).status, 200);
      await ofA.hear<string[]>('getOnlineUsers', (ids) => ids.includes(b.id));
      await waitFor('them in the list again', () => ofA.all<string[]>('getOnlineUsers').at(-1)!.includes(b.id));
      assert.equal((await write(a, b, 'again')).seq, 2);
      ofA.close();
      ofB.close();
    });

    it('hides the one who blocks from every tab of the other, and says nothing to who types', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const ofB = await b.visitor.listen('/direct');
      await ofB.hear<string[]>('getOnlineUsers', (ids) => ids.includes(b.id));
      await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: true });
      const tabs = await Promise.all([1, 2, 3, 4].map(() => a.visitor.listen('/direct')));
      for (const tab of tabs) await tab.hear('getOnlineUsers');
      // Everybody is told of somebody new: what every tab hears then is without the one who blocks.
      const c = await someone(site);
      const ofC = await c.visitor.listen('/direct');
      for (const tab of tabs) {
        await tab.hear<string[]>('getOnlineUsers', (ids) => ids.includes(c.id));
        assert.ok(tab.all<string[]>('getOnlineUsers').every((ids) => !ids.includes(b.id)));
      }
      assert.deepEqual(
        await tabs[0]!.ask('typing', { to: b.id, on: true }),
        await tabs[1]!.ask('typing', { to: '0'.repeat(32), on: true }),
      );
      for (const ear of [...tabs, ofB, ofC]) ear.close();
    });

    it('may be mutual, and ends for each on their own word', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'hello');
      await a.visitor.agent.post(`/api/messages/${b.id}/block`).send({ on: true });
      const second = await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: true });
      assert.equal(second.status, 200);
      assert.equal((second.body as ConversationView).blocked, true);
      const mute = await b.visitor.agent.post(`/api/messages/${a.id}/mute`).send({ on: true });
      assert.equal(mute.status, 404, 'a block is all that one may say of somebody who hides');
      await a.visitor.agent.post(`/api/messages/${b.id}/block`).send({ on: false });
      assert.equal((await post(a, b.id, 'hi')).status, 404, 'the second block holds');
      assert.equal((await post(b, a.id, 'hi')).status, 403);
      const undone = await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: false });
      assert.equal((undone.body as ConversationView).blocked, false);
      assert.equal((await write(b, a, 'hi')).seq, 2);
      assert.equal((await write(a, b, 'hi')).seq, 3);
    });

    it('of both at the same moment can be undone by both', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'hello');
      for (const on of [true, false]) {
        const [one, other] = await Promise.all([
          a.visitor.agent.post(`/api/messages/${b.id}/block`).send({ on }),
          b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on }),
        ]);
        assert.deepEqual([one.status, other.status], [200, 200]);
      }
      assert.equal((await write(b, a, 'hi')).seq, 2);
      assert.equal((await write(a, b, 'hi')).seq, 3);
    });

    it('is the end also of what was on its way', async () => {
      const [a, b, c] = [await someone(site), await someone(site), await someone(site)];
      await write(a, b, 'before');
      const [ear, raw] = [await b.visitor.listen('/direct'), await startLine(b.visitor)];
      const ofA = await startLine(a.visitor);
      const { conversations } = site.app.services;
      let [looked, goOn] = [0, () => {}];
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      conversations.reach = async (...who) => {
        const found = await Conversations.prototype.reach.apply(conversations, who);
        looked++;
        await gate;
        return found;
      };
      const sending = post(a, b.id, 'too late').then(({ status }) => status);
      ofA.send({ type: 'chat', toUserId: b.id, message: 'too late', clientId: 'c1' });
      await waitFor('two looks', () => looked === 2);
      Reflect.deleteProperty(conversations, 'reach');
      assert.equal((await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: true })).status, 200);
      goOn();
      assert.equal(await sending, 201);
      await ofA.hear('sent', ({ clientId }) => clientId === 'c1');
      await write(c, b, 'from another');
      await ear.hear<DirectView>('newMessage', ({ message }) => message === 'from another');
      await raw.hear('chat', ({ message }) => message === 'from another');
      assert.ok(ear.all<DirectView>('newMessage').every(({ message }) => message !== 'too late'));
      assert.ok(raw.all('chat').every(({ message }) => message !== 'too late'));
      await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: false });
      assert.equal((await list(b)).unread, 2, 'the first, and the one from another');
      ear.close();
      for (const each of [raw, ofA]) each.drop();
    });

    it('is possible before the first message', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: true });
      assert.equal((await post(a, b.id, 'hello')).status, 404);
    });
  });

  it('leaves a muted conversation out of the count, and in the list', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const muted = await b.visitor.agent.post(`/api/messages/${a.id}/mute`).send({ on: true });
    assert.equal((muted.body as { muted: boolean }).muted, true);
    await write(a, b, 'psst');
    const { conversations, unread } = await list(b);
    assert.equal(unread, 0);
    assert.equal(conversations[0]!.unread, 1);
    await b.visitor.agent.post(`/api/messages/${a.id}/mute`).send({ on: false });
    assert.equal((await list(b)).unread, 1);
  });

  it('says that the other is typing, to the other only', async () => {
    const [a, b, c] = [await someone(site), await someone(site), await someone(site)];
    const [ofA, ofB, ofC] = await Promise.all([a, b, c].map(({ visitor }) => visitor.listen('/direct')));
    await write(a, b, 'x');
    await write(a, c, 'x');
    assert.deepEqual(await ofA!.ask('typing', { to: b.id, on: true }), { ok: true });
    assert.deepEqual(await ofB!.hear('typing'), { from: a.id, on: true });
    assert.equal(ofC!.all('typing').length, 0);
    for (const each of [a, b, c]) each.visitor.leaveAll();
  });

  describe('a third person', () => {
    it('finds nothing under any address, and hears nothing', async () => {
      const [a, b, c] = [await someone(site), await someone(site), await someone(site)];
      const ofC = await c.visitor.listen('/direct');
      const sent = await write(a, b, 'between us');
      const pair = pairKey(a.id, b.id);
      const { agent } = c.visitor;
      for (const id of [
        pair,
        encodeURIComponent(pair),
        sent._id,
        '0'.repeat(32),
        'x',
        '%00',
        '[object Object]',
        c.id,
      ]) {
        for (const path of [`/api/messages/${id}`, `/messages/${id}`]) {
          assert.equal((await agent.get(path)).status, 404, path);
        }
        assert.equal((await agent.post(`/api/messages/send/${id}`).send({ message: 'x' })).status, 404);
        for (const what of ['read', 'block', 'mute']) {
          const answer = await agent.post(`/api/messages/${id}/${what}`).send({ on: true, upTo: 1 });
          assert.equal(answer.status, 404, `${what} ${id}`);
        }
      }
      for (const other of [a, b]) {
        assert.deepEqual((await readPage(c, other)).messages, []);
        const read = (await ofC.ask('read', { with: other.id, upTo: 1 })) as { ok: boolean };
        assert.equal(read.ok, false);
        await ofC.ask('typing', { to: other.id, on: true });
      }
      assert.deepEqual((await list(c)).conversations, []);
      assert.equal((await readPage(a, b)).conversation.theirReadUpTo, 0);
      const heard = ofC.heard.filter(({ event }) => event !== 'getOnlineUsers');
      assert.deepEqual(heard, []);
      ofC.close();
    });

    it('is nobody without a session', async () => {
      const a = await someone(site);
      const { default: request } = await import('supertest');
      const stranger = request(site.url);
      for (const path of ['/api/users', '/api/messages', `/api/messages/${a.id}`]) {
        assert.equal((await stranger.get(path)).status, 401, path);
      }
      for (const path of [`/api/messages/send/${a.id}`, `/api/messages/${a.id}/read`, '/api/token']) {
        assert.equal((await stranger.post(path).send({ message: 'x', upTo: 1 })).status, 401, path);
      }
    });
  });

  it('opens a list of 1,000 conversations by page, each once, the latest first', async () => {
    const me = await someone(site);
    const { models } = site.app.database;
    const ids = Array.from({ length: 1_000 }, (_, i) => `e${i.toString(16).padStart(31, '0')}`);
    const at = Date.now();
    await models.Person.insertMany(
      ids.map((id) => ({
        _id: id,
        name: id,
        color: '#123456',
        lang: 'en',
        lastSeen: new Date(),
        until: new Date(at + 1e7),
      })),
    );
    await models.Conversation.insertMany(
      ids.map((id, i) => ({
        _id: pairKey(me.id, id),
        people: [me.id, id].sort(),
        members: [me.id, id].sort().map((member) => ({ id: member, name: member, color: '#123456', readUpTo: 0 })),
        lastSeq: 1,
        last: { from: id, message: 'x' },
        lastAt: new Date(at - (i % 500) * 1000),
        until: new Date(at + 1e7),
      })),
    );
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page = await list(me, `?limit=100${next ? `&before=${next}` : ''}`);
      assert.ok(page.conversations.length <= 100);
      seen.push(...page.conversations.map((conversation) => conversation.with.id));
      next = page.next;
    } while (next);
    assert.equal(seen.length, 1_000);
    assert.equal(new Set(seen).size, 1_000);
  });

  it('ends a conversation when both visits are over, and not before', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    await write(a, b, 'x');
    const { services, database } = site.app;
    const { models } = database;
    const pair = pairKey(a.id, b.id);
    const past = new Date(Date.now() - 1000);
    await models.Conversation.updateOne({ _id: pair }, { $set: { until: past } });
    await models.Person.updateOne({ _id: a.id }, { $set: { until: past } });
    await services.conversations.sweep();
    assert.equal((await readPage(b, a)).conversation.ended, true);
    assert.equal((await post(b, a.id, 'too late')).status, 404);
    await models.Conversation.updateOne({ _id: pair }, { $set: { until: past } });
    await models.Person.updateOne({ _id: b.id }, { $set: { until: past } });
    await services.conversations.sweep();
    assert.equal(await models.Conversation.countDocuments({ _id: pair }), 0);
    assert.equal(await models.Direct.countDocuments({ pair }), 0);
  });

  it('goes on while a session does, whatever prolongs that, and for seven days at most', async () => {
    const clock = new MovableClock();
    const other = await startSite({ LIMITS: 'off' }, { clock });
    const a = await someone(other);
    const { models } = other.app.database;
    const sessions = models.Person.db.collection('sessions');
    const until = async () => (await models.Person.findOne({ _id: a.id }).lean())!.until.getTime();
    const before = await until();
    const aged = (field: string, ms: number) =>
      sessions.updateOne({ 'session.visitor.id': a.id }, { $set: { [`session.${field}`]: Date.now() - ms } });
    clock.pass(6 * MINUTE);
    await aged('seenAt', 6 * MINUTE);
    await a.visitor.agent.post('/preferences').type('form').send({ theme: 'dark' });
    assert.ok((await until()) >= before + 6 * MINUTE);
    const session = (await sessions.findOne({ 'session.visitor.id': a.id }))!;
    assert.ok((await until()) > (session['expires'] as Date).getTime());
    const ear = await a.visitor.listen('/direct');
    ear.close();
    await aged('bornAt', 7 * DAY + MINUTE);
    clock.pass(MINUTE);
    assert.equal(await a.visitor.connect('/direct').refused(), 'no_session');
    const line = await openLine(a.visitor);
    line.send({ type: 'init' });
    assert.equal(await line.end(), 4401);
    assert.equal((await a.visitor.agent.get('/api/messages')).status, 401);
    assert.equal(await sessions.countDocuments({ 'session.visitor.id': a.id }), 0);
    await other.close();
  });
});
