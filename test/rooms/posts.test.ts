/** Posts over the socket, and what a post asks the store: once, and by a right that holds after it was stored. */
import assert from 'node:assert/strict';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { seenFrom } from '../support/cluster.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

interface Posted {
  message: MessageView;
}

const post = (ear: Ear, room: string, chat: unknown, more: object = {}) =>
  ear.ask<Posted>('post', { room, chat, ...more });

/** `ok`, or the code of the refusal. */
const outcome = (answer: Awaited<ReturnType<typeof post>>): string => (answer.ok ? 'ok' : answer.error.code);

const texts = (messages: MessageView[]) => messages.map(({ chat }) => chat);

describe('a post', () => {
  let site: TestSite;
  let store: Store;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    store = await Store.open(site.databaseUrl);
    [owner, guest] = await Promise.all([arrive(site), arrive(site)]);
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Posts' });
    await guest.open(room._id);
  });
  afterEach(() => {
    owner.leaveAll();
    guest.leaveAll();
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  describe('over the socket', () => {
    it('is answered with what was stored, and heard by all inside, also by who posted it', async () => {
      const [mine, theirs] = [await owner.sit(room._id), await guest.sit(room._id)];
      const answer = await post(mine, room._id, ' Hello ', { clientId: 'c-1' });
      assert.ok(answer.ok);
      assert.deepEqual(Object.keys(answer).sort(), ['message', 'ok']);
      const { message } = answer;
      assert.deepEqual([message.chat, message.seq, message.author.id], ['Hello', 1, owner.id]);
      for (const ear of [mine, theirs]) assert.deepEqual(await ear.hear('chat'), message);
      assert.deepEqual((await guest.history(room._id)).body, { chats: [message], more: false });
    });

    it('is the same message as a retry of it over HTTP, and the other way round', async () => {
      const mine = await owner.sit(room._id);
      const first = await post(mine, room._id, 'first', { clientId: 'c-1' });
      assert.ok(first.ok);
      assert.deepEqual(await owner.say(room._id, 'again', 'c-1'), first.message);
      const second = await owner.say(room._id, 'second', 'c-2');
      const retried = await post(mine, room._id, 'again', { clientId: 'c-2' });
      assert.ok(retried.ok);
      assert.deepEqual(retried.message, second);
      await owner.say(room._id, 'fence');
      await mine.hear<MessageView>('chat', ({ chat }) => chat === 'fence');
      assert.deepEqual(texts(mine.all('chat')), ['first', 'second', 'fence']);
    });

    it('many without waiting: stored in the order in which they were sent', async () => {
      const mine = await owner.sit(room._id);
      const sent = Array.from({ length: 40 }, (_, number) => `${number}`);
      const answers = await Promise.all(sent.map((text) => post(mine, room._id, text)));
      assert.deepEqual(
        answers.map((answer) => answer.ok && answer.message.seq),
        sent.map((_, number) => number + 1),
      );
      assert.deepEqual(texts(await owner.readAll(room._id)), sent);
    });

    it('is refused to who is not in the room with this very socket', async () => {
      const other = await owner.createRoom({ title: 'Other' });
      const [mine, second] = [await owner.sit(room._id), await owner.listen()];
      assert.equal(outcome(await post(mine, other._id, 'x')), 'not_admitted');
      assert.equal(outcome(await post(second, room._id, 'x')), 'not_admitted');
      assert.equal(outcome(await post(mine, '0'.repeat(24), 'x')), 'not_admitted');
      assert.equal(outcome(await post(mine, room._id, 'x')), 'ok');
      const theirs = await guest.sit(room._id);
      assert.ok((await theirs.ask('leave')).ok);
      assert.equal(outcome(await post(theirs, room._id, 'x')), 'not_admitted');
      await theirs.join(room._id);
      assert.equal(outcome(await post(theirs, room._id, 'back')), 'ok');
      // Left in another tab: with all of them.
      await guest.agent.post(`/room/${room._id}/leave`).set('Accept', 'application/json');
      await guest.open(room._id);
      assert.equal(outcome(await post(theirs, room._id, 'x')), 'not_admitted');
      assert.deepEqual(texts(await owner.readAll(room._id)), ['x', 'back']);
    });

    it('is refused in a room that has ended', async () => {
      const theirs = await guest.sit(room._id);
      await owner.remove(room._id);
      await theirs.hear('closed');
      assert.equal(outcome(await post(theirs, room._id, 'late')), 'room_closed');
      assert.deepEqual(await store.traces(room._id), {});
    });

    it('of bad input changes nothing', async () => {
      const mine = await owner.sit(room._id);
      const valid = { room: room._id, chat: 'x' };
      const CASES: [payload: unknown, code: string][] = [
        [undefined, 'bad_input'],
        [null, 'bad_input'],
        [room._id, 'bad_input'],
        [[valid], 'bad_input'],
        [{ ...valid, room: 7 }, 'bad_input'],
        [{ ...valid, room: { $ne: null } }, 'bad_input'],
        [{ room: room._id }, 'chat_required'],
        [{ ...valid, chat: ' \u200b ' }, 'chat_required'],
        [{ ...valid, chat: 'x'.repeat(4_001) }, 'chat_too_long'],
        [{ ...valid, chat: ['x'] }, 'bad_input'],
        [{ ...valid, clientId: 'with blanks' }, 'bad_input'],
        [{ ...valid, clientId: 7 }, 'bad_input'],
        // A reply must not become a message that replies to nothing.
        [{ ...valid, replyTo: '0'.repeat(24) }, 'message_not_found'],
        [{ ...valid, replyTo: 'the last one' }, 'bad_input'],
        [{ ...valid, author: { id: guest.id } }, 'bad_input'],
      ];
      for (const [payload, code] of CASES)
        assert.equal(
          outcome(await mine.ask<Posted>('post', payload)),
          code,
          JSON.stringify(payload ?? null).slice(0, 60),
        );
      mine.socket.emit('post');
      mine.socket.emit('post', { ...valid, chat: 'no acknowledgement' });
      await mine.hear('chat');
      assert.deepEqual(texts(await owner.readAll(room._id)), ['no acknowledgement']);
    });

    it('counts against the same limits as over HTTP', async () => {
      const strict = await startSite({ LIMITS: 'chat=4/60' });
      try {
        const visitor = await arrive(strict);
        const { _id } = await visitor.createRoom({ title: 'Strict' });
        const ear = await visitor.sit(_id);
        for (const text of ['1', '3']) {
          assert.equal(outcome(await post(ear, _id, text)), 'ok');
          await visitor.say(_id, `${Number(text) + 1}`);
        }
        assert.equal(outcome(await post(ear, _id, '5')), 'rate_limited');
        assert.equal((await visitor.post(_id, '6')).status, 429);
        assert.deepEqual(texts(await visitor.readAll(_id)), ['1', '2', '3', '4']);
        visitor.leaveAll();
      } finally {
        await strict.close();
      }
    });
  });

  describe('asks the store', () => {
    /** Reads and writes that the store has answered so far. */
    async function operations(): Promise<number> {
      const { opcounters } = await store.client.db().command({ serverStatus: 1 });
      const counts = Object.entries(opcounters as Record<string, number>);
      return counts.reduce((sum, [name, count]) => sum + (name === 'command' ? 0 : count), 0);
    }

    for (const [door, say] of [
      ['HTTP', (visitor: TestVisitor, _ear: Ear, id: string, text: string) => visitor.say(id, text)],
      ['the socket', (_visitor: TestVisitor, ear: Ear, id: string, text: string) => post(ear, id, text)],
    ] as const) {
      it(`to store it, and nothing else, where no other process could end its right: over ${door}`, async () => {
        const mine = await owner.sit(room._id);
        await say(owner, mine, room._id, 'first');
        const before = await operations();
        for (let number = 0; number < 30; number++) await say(owner, mine, room._id, `${number}`);
        const asked = (await operations()) - before;
        // Background work asks now and then.
        assert.ok(asked >= 30 && asked < 45, `${asked} operations for 30 posts`);
      });
    }
  });
});

describe('a post, and what another node does meanwhile', () => {
  let store: DistantStore;
  let one: TestSite;
  let two: TestSite;
  let look: Store;
  let host: TestVisitor;
  let there: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  // No Redis between them: neither ever hears what the other did, however late.
  before(async () => {
    store = await distantStore();
    const env = { MONGO_URL: store.url, COOKIE_SECRET: 'one-secret-for-both-of-the-nodes', LIMITS: 'off' };
    one = await startSite(env);
    two = await startSite(env);
    look = await Store.open(store.url);
    host = await arrive(one);
    guest = await arrive(one);
    there = seenFrom(two, host);
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Two nodes' });
    await guest.open(room._id);
  });
  afterEach(() => {
    for (const visitor of [host, there, guest]) visitor.leaveAll();
  });
  after(async () => {
    await look.close();
    await Promise.all([one.close(), two.close()]);
    await store.close();
  });

  it('its author leaves: refused, deleted, told to nobody; and welcome again once they came back', async () => {
    const [mine, theirs] = [await host.sit(room._id), await guest.sit(room._id)];
    assert.equal(outcome(await post(theirs, room._id, 'inside')), 'ok');
    await seenFrom(two, guest).agent.post(`/room/${room._id}/leave`).set('Accept', 'application/json');
    assert.equal(outcome(await post(theirs, room._id, 'outside')), 'not_admitted');
    assert.equal((await guest.post(room._id, 'outside')).status, 403);
    await guest.open(room._id);
    assert.ok((await theirs.join(room._id)).ok);
    assert.equal(outcome(await post(theirs, room._id, 'back')), 'ok');
    await mine.hear<MessageView>('chat', ({ chat }) => chat === 'back');
    assert.deepEqual(texts(mine.all('chat')), ['inside', 'back']);
    assert.deepEqual(texts(await host.readAll(room._id)), ['inside', 'back']);
  });

  it('a retry of what was heard is answered, not deleted, when its author has left', async () => {
    const [mine, theirs] = [await host.sit(room._id), await guest.sit(room._id)];
    const said = await post(theirs, room._id, 'heard', { clientId: 'c-1' });
    assert.ok(said.ok);
    await seenFrom(two, guest).agent.post(`/room/${room._id}/leave`).set('Accept', 'application/json');
    assert.equal(outcome(await post(theirs, room._id, 'heard', { clientId: 'c-1' })), 'not_admitted');
    assert.deepEqual(await host.readAll(room._id), [said.message]);
    assert.equal(mine.all('chat').length, 1);
  });

  it('its seat has ended although its author has not left: stored once, from the seat that they get then', async () => {
    const [mine, theirs] = [await host.sit(room._id), await guest.sit(room._id)];
    // As another node does with the sockets of one that slept, and a node's own sweep with a lease that runs out under a post.
    await look.collection('seats').deleteOne({ room: room._id, visitor: guest.id });
    assert.equal(outcome(await post(theirs, room._id, 'still here', { clientId: 'c-1' })), 'ok');
    await mine.hear<MessageView>('chat', ({ chat }) => chat === 'still here');
    assert.deepEqual(texts(await host.readAll(room._id)), ['still here']);
    assert.equal(await look.count('seats', { room: room._id, visitor: guest.id }), 1);
  });

  it('its room is closed: refused with 410, and nothing of it stays', async () => {
    const [mine, theirs] = [await host.sit(room._id), await guest.sit(room._id)];
    assert.equal(outcome(await post(theirs, room._id, 'in time')), 'ok');
    assert.equal((await there.remove(room._id)).status, 200);
    assert.equal(outcome(await post(theirs, room._id, 'late')), 'room_closed');
    assert.equal((await guest.post(room._id, 'late')).status, 410);
    await waitFor('the room to be erased', async () => (await look.count('chats', { room: room._id })) === 0);
    assert.deepEqual(texts(mine.all('chat')), ['in time']);
  });

  it('both number the same rooms: each number once, none left out, in one order', async () => {
    const rooms = await Promise.all([1, 2, 3].map((number) => host.createRoom({ title: `Numbers ${number}` })));
    const away = await arrive(two);
    for (const { _id } of rooms) {
      await host.sit(_id);
      await away.open(_id);
      await away.sit(_id);
    }
    const sent = rooms.flatMap(({ _id }) =>
      [host, away].flatMap((who) => Array.from({ length: 20 }, () => who.say(_id, who.id))),
    );
    const answered = await Promise.all(sent);
    for (const { _id } of rooms) {
      const stored = await host.readAll(_id);
      assert.deepEqual(
        stored.map(({ seq }) => seq),
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      const byNumber = answered.filter((message) => message.room === _id).sort((a, b) => a.seq - b.seq);
      assert.deepEqual(stored, byNumber);
    }
    away.leaveAll();
  });
});
