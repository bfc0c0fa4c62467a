/** Two nodes, one site: a database and a Redis between them, and what happens when Redis is not there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from 'redis';
import WebSocket from 'ws';
import type { MessageView, PresenceView, RoomView } from '../../schemas/rooms/contract.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { startLine } from '../support/line.js';
import * as pictures from '../support/pictures.js';
import { startProcess } from '../support/process.js';
import { Proxy } from '../support/proxy.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, arriveFrom, type Ear, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const TRIALS = 3;
const ADMIN_PASSWORD = 'the operator alone';
/** Changes of the operator, and a time in which they are not told of by each node's reading them anew every five seconds. */
const CHANGES = 12;
const AT_ONCE_MS = 45_000;
const SECRET = 'one-secret-for-both-of-the-two-nodes';

describe('two nodes', () => {
  let store: DistantStore;
  let redis: RedisServer;
  let one: TestSite;
  let two: TestSite;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    [store, redis] = await Promise.all([distantStore(), startRedis()]);
    const env = {
      MONGO_URL: store.url,
      REDIS_URL: redis.url,
      COOKIE_SECRET: SECRET,
      ROOM_GRACE_MS: '60000',
      TRUST_PROXY: '1',
      ADMIN_PASSWORD,
    };
    one = await startSite(env);
    two = await startSite({ ...env, UPLOADS_DIR: one.uploads });
    [owner, guest] = [await arrive(one), await arrive(two)];
    await crossing();
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Across' });
    await guest.open(room._id);
  });
  afterEach(() => {
    owner.leaveAll();
    guest.leaveAll();
  });
  after(async () => {
    owner.leaveAll();
    guest.leaveAll();
    await Promise.all([one.close(), two.close()]);
    await Promise.all([store.close(), redis.close()]);
  });

  /** Until what happens on one node is heard on the other, both ways. */
  async function crossing(): Promise<void> {
    const { _id } = await owner.createRoom({ title: 'Crossing' });
    await guest.open(_id);
    const ears = [await owner.sit(_id), await guest.sit(_id)];
    await waitFor('the nodes to hear each other', async () => {
      await Promise.all([owner.say(_id, 'from one'), guest.say(_id, 'from two')]);
      return ears.every((ear) => new Set(ear.all<MessageView>('chat').map(({ chat }) => chat)).size === 2);
    });
    await owner.remove(_id);
    owner.leaveAll();
    guest.leaveAll();
  }

  /** The same visitor, as the other node sees them. */
  function onOther(visitor: TestVisitor): TestVisitor {
    const twin = new TestVisitor(visitor.site === one ? two : one);
    twin.cookie = visitor.cookie;
    twin.id = visitor.id;
    void twin.agent.set('Cookie', visitor.cookie);
    return twin;
  }

  it('messages come in batches on both to those who ask, each once, in order, before the room is closed', async () => {
    const ears = [await owner.listen(), await guest.listen()];
    for (const ear of ears) assert.ok((await ear.join({ room: room._id, batch: true })).ok);
    const single = await guest.sit(room._id);
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const number of numbers) await owner.say(room._id, `number ${number}`);
    await waitFor('the last one', () => single.all('chat').length === 20);
    await owner.remove(room._id);
    for (const ear of ears) {
      await ear.hear('closed');
      const seqs = ear.all<MessageView[]>('chats').flatMap((messages) => messages.map(({ seq }) => seq));
      assert.deepEqual(seqs, numbers);
      assert.deepEqual(ear.all('chat'), []);
    }
    assert.deepEqual(single.all('chats'), []);
  });

  it('the raw gateway: a room joined on either is heard on both, each message once and in order, to its end', async () => {
    const lines = [await startLine(owner), await startLine(guest)];
    for (const line of lines) {
      line.send({ type: 'join', room: room._id });
      await line.hear('joined');
    }
    lines[0]?.send({ type: 'post', room: room._id, chat: 'from one', clientId: 'one' });
    lines[1]?.send({ type: 'post', room: room._id, chat: 'from two', clientId: 'two' });
    for (const [line, clientId] of [
      [lines[0], 'one'],
      [lines[1], 'two'],
    ] as const)
      await line?.hear('posted', (frame) => frame.clientId === clientId);
    await guest.say(room._id, 'from a page');
    for (const line of lines) {
      await waitFor('all three', () => line.all('room').length === 3);
      assert.deepEqual(
        line.all('room').map(({ message }) => message.seq),
        [1, 2, 3],
      );
    }
    lines[1]?.drop();
    await owner.say(room._id, 'meanwhile');
    const back = await startLine(onOther(guest));
    back.send({ type: 'join', room: room._id, after: 3 });
    assert.deepEqual(
      (await back.hear('joined')).missed.map(({ chat }) => chat),
      ['meanwhile'],
    );
    await owner.remove(room._id);
    for (const line of [lines[0], back])
      assert.deepEqual(await line?.hear('closed'), { type: 'closed', room: room._id, reason: 'owner' });
    for (const line of [lines[0], back]) line?.drop();
  });

  it('who comes, what is said, who types and who goes is heard on both', async () => {
    const [here, there] = [await owner.sit(room._id), await guest.sit(room._id)];
    const came = await here.hear<PresenceView>('join');
    assert.deepEqual([came.who.id, came.people], [guest.id, 2]);
    const said = [await owner.say(room._id, 'from one'), await guest.say(room._id, 'from two')];
    for (const ear of [here, there])
      for (const message of said) {
        assert.deepEqual(await ear.hear<MessageView>('chat', ({ seq }) => seq === message.seq), message);
      }
    there.socket.emit('typing', true);
    await here.hear('typing');
    there.close();
    const went = await here.hear<PresenceView>('exit');
    assert.deepEqual([went.who.id, went.people], [guest.id, 1]);
  });

  it('the list of each tells of rooms on the other', async () => {
    const list = await guest.listen('/room');
    const made = await owner.createRoom({ title: 'Told', password: 'not-told' });
    assert.deepEqual(await list.hear<RoomView>('newRoom', ({ _id }) => _id === made._id), made);
    // A page that was drawn before it opened, and connected only now, is told by the node that did not open it.
    const late = await guest.listen('/room');
    await waitFor('what was missed', async () => {
      const answer = await late.ask('catchUp', { since: Date.parse(made.createdAt) });
      return answer.ok && late.all<RoomView>('newRoom').some(({ _id }) => _id === made._id);
    });
    await owner.sit(made._id);
    await list.hear<RoomView>('updateRoom', ({ _id, people }) => _id === made._id && people === 1);
    await owner.remove(made._id);
    await list.hear('removeRoom', (id) => id === made._id);
    assert.ok(!list.frames.some((frame) => frame.includes('not-told') || frame.includes('argon2')));
  });

  it('twenty senders on both: numbered without a double or a gap, and the same in both histories', async () => {
    const ears = [await owner.sit(room._id), await guest.sit(room._id)];
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? owner : guest).say(room._id, `${index}`)));
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const ear of ears) {
      await waitFor('all of them', () => ear.all('chat').length >= 40);
      const heard = ear.all<MessageView>('chat').map(({ seq }) => seq);
      assert.deepEqual(
        heard.sort((a, b) => a - b),
        numbers,
      );
    }
    const histories = [await owner.readAll(room._id), await guest.readAll(room._id)];
    assert.deepEqual(histories[0], histories[1]);
    assert.deepEqual(
      histories[0]!.map(({ seq }) => seq),
      numbers,
    );
  });

  it('a retry on the other node is no second message', async () => {
    const twin = onOther(owner);
    await owner.sit(room._id);
    const answers = await Promise.all([
      owner.say(room._id, 'once', 'same'),
      twin.say(room._id, 'once', 'same'),
      owner.say(room._id, 'once', 'same'),
    ]);
    assert.equal(new Set(answers.map(({ _id }) => _id)).size, 1);
    assert.equal((await guest.readAll(room._id)).length, 1);
  });

  it('changes from both: one number each; whoever asks again and again is told of each message, never of less', async () => {
    const messages = await Promise.all(Array.from({ length: 4 }, (_, index) => owner.say(room._id, `m${index}`)));
    const twin = onOther(owner);
    const watcher = await guest.listen();
    const known = new Map<string, number>();
    let cursor = 0;
    const look = async () => {
      const answer = await watcher.join({ room: room._id, after: 4, rev: cursor });
      assert.ok(answer.ok);
      for (const { _id, rev } of answer.changed) known.set(_id, rev);
      cursor = answer.rev;
    };
    const edit = async (number: number) => {
      const { agent } = number % 2 ? owner : twin;
      const path = `/room/${room._id}/chat/${messages[number % 4]?._id}`;
      const { status, body } = await agent.patch(path).send({ chat: `edit ${number}` });
      assert.equal(status, 200);
      return (body as MessageView).rev;
    };
    const looking = (async () => {
      for (let looks = 0; looks < 20; looks++) await look();
    })();
    const revs = await Promise.all(Array.from({ length: 24 }, (_, number) => edit(number)));
    await looking;
    await look();
    assert.equal(new Set(revs).size, revs.length);
    const { chats } = (await guest.history(room._id)).body as { chats: MessageView[] };
    for (const { _id, rev } of chats) assert.equal(known.get(_id), rev, 'the reader knows the latest change');
  });

  it('tabs of one visitor on both are one seat', async () => {
    const witness = await guest.sit(room._id);
    const twin = onOther(owner);
    const [here, there] = [await owner.sit(room._id), await twin.sit(room._id)];
    assert.equal((await there.join(room._id)).ok, true);
    here.close();
    await twin.say(room._id, 'still here');
    await witness.hear('chat');
    assert.deepEqual([witness.all('join').length, witness.all('exit').length], [1, 0]);
    there.close();
    await witness.hear('exit');
  });

  it(`the last seat, wanted by five on each: one gets it, in each of ${TRIALS} trials`, async () => {
    const crowd = await Promise.all(Array.from({ length: 10 }, (_, index) => arrive(index % 2 ? one : two)));
    const ears = await Promise.all(crowd.map((visitor) => visitor.listen()));
    const keeper = await owner.listen();
    for (let trial = 0; trial < TRIALS; trial++) {
      const { _id } = await owner.createRoom({ title: `Last seat ${trial}`, max: 2 });
      await keeper.join(_id);
      const answers = await Promise.all(ears.map((ear) => ear.join(_id)));
      const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.error.code));
      assert.equal(codes.filter((code) => code === 'ok').length, 1, codes.join());
      assert.equal(codes.filter((code) => code === 'room_full').length, 9, codes.join());
      await Promise.all([...ears, keeper].map((ear) => ear.ask('leave')));
    }
    crowd.forEach((visitor) => visitor.leaveAll());
  });

  it('what the operator decides on one, announcements and who is kept out, holds on the other at once', async function () {
    this.timeout(AT_ONCE_MS);
    const operator = await arrive(one);
    const act = async (path: string, body: object = {}) => {
      const { status } = await operator.agent.post(`/admin/${path}`).set('Accept', 'application/json').send(body);
      assert.equal(status, 200, path);
    };
    await act('sign-in', { password: ADMIN_PASSWORD });
    const reader = await guest.listen('/');
    for (let number = 1; number <= CHANGES; number++) {
      await act('announcement', { text: `Number ${number}` });
      await reader.hear('announcement', (text) => text === `Number ${number}`);
    }
    const page = () => guest.agent.get('/').set('Accept', 'text/html');
    assert.match((await page()).text, new RegExp(`data-announcement>Number ${CHANGES}<`));
    await act('announcement/end');
    await waitFor('its end', () => reader.all('announcement').at(-1) === null);

    for (const address of ['203.0.113.7', '203.0.113.8', '2001:db8:0:2::9']) {
      const stranger = await arriveFrom(address, two, room._id);
      const headers = { cookie: stranger.cookie, origin: two.url, 'x-forwarded-for': address };
      const ears = [
        await stranger.listen('/', { extraHeaders: headers }),
        await stranger.listen('/chat', { extraHeaders: headers }),
      ];
      assert.ok((await ears[1]!.join(room._id)).ok);
      const raw = new WebSocket(`${two.url.replace('http', 'ws')}/ws`, { headers });
      await once(raw, 'open');
      const closed = once(raw, 'close');
      await act('bans', { address, minutes: 60 });
      await waitFor('the end of both sockets', () => ears.every(({ socket }) => !socket.connected));
      assert.equal((await closed)[0], 4403);
      const refused = await stranger.post(room._id, 'still?');
      assert.deepEqual([refused.status, refused.body.error.code], [403, 'site_banned']);
      assert.equal(await stranger.connect('/chat', { extraHeaders: headers }).refused(), 'site_banned');
    }
    assert.ok(reader.socket.connected, 'nobody else is cut off');
    reader.close();
  });

  it('a node subscribes to the rooms that it serves, and to no other', async () => {
    const client = createClient({ url: redis.url });
    await client.connect();
    const subscribers = async () => {
      const names = await client.sendCommand<string[]>(['PUBSUB', 'SHARDCHANNELS', `*${room._id}*`]);
      const counts = await Promise.all(
        names.map(async (name) => Number((await client.sendCommand<string[]>(['PUBSUB', 'SHARDNUMSUB', name]))[1])),
      );
      return Math.max(0, ...counts);
    };
    assert.equal(await subscribers(), 0);
    await owner.sit(room._id);
    assert.equal(await subscribers(), 1);
    const there = await guest.sit(room._id);
    assert.equal(await subscribers(), 2);
    await there.ask('leave');
    await waitFor('the other node to unsubscribe', async () => (await subscribers()) === 1);
    await owner.remove(room._id);
    await waitFor('this node to unsubscribe', async () => (await subscribers()) === 0);
    client.destroy();
  });

  describe('and a third, which Redis is slow to answer', () => {
    let network: Proxy;
    let three: TestSite;
    let far: TestVisitor;
    let ear: Ear;

    before(async () => {
      network = await Proxy.open({ port: Number(new URL(redis.url).port), host: '127.0.0.1' });
      three = await startSite({
        MONGO_URL: store.url,
        REDIS_URL: `redis://127.0.0.1:${network.port}`,
        COOKIE_SECRET: SECRET,
        ROOM_GRACE_MS: '60000',
        UPLOADS_DIR: one.uploads,
        LIMITS: 'off', // they are counted in Redis
      });
      far = await arrive(three);
    });
    beforeEach(async () => {
      await far.open(room._id);
      await owner.sit(room._id);
      ear = await far.listen();
      assert.ok((await ear.join(room._id)).ok);
      await owner.say(room._id, 'heard over there');
      await ear.hear<MessageView>('chat');
    });
    after(async () => {
      far.leaveAll();
      await three.close();
      await network.close();
    });

    /** Join the room while Redis is silent, until the seat is taken. */
    async function join(from?: { after: number }) {
      const answer = ear.join({ room: room._id, ...from });
      await waitFor('the seat to be taken', async () => (await one.app.services.seats.count(room._id)) === 2);
      return { answer };
    }

    it('who leaves and comes back at once hears what is said elsewhere', async () => {
      network.freeze();
      await ear.ask('leave');
      const { answer } = await join();
      network.restore();
      assert.ok((await answer).ok);
      await owner.say(room._id, 'welcome back');
      await ear.hear<MessageView>('chat', ({ chat }) => chat === 'welcome back');
    });

    it('nothing falls between what a join brings and what is heard after it', async () => {
      await ear.ask('leave');
      network.freeze();
      const { answer } = await join({ after: 1 });
      await owner.say(room._id, 'meanwhile');
      network.restore();
      const joined = await answer;
      assert.ok(joined.ok);
      const brought = joined.missed.map(({ chat }) => chat);
      const heard = ear.all<MessageView>('chat').map(({ chat }) => chat);
      assert.ok([...brought, ...heard].includes('meanwhile'));
    });

    it('serves its own while Redis is silent', async () => {
      network.freeze();
      await far.say(room._id, 'alone');
      await ear.hear<MessageView>('chat', ({ chat }) => chat === 'alone');
      network.restore();
    });
  });

  it('deleted on one, closed for all on both, once', async () => {
    const ears = [await owner.sit(room._id), await guest.sit(room._id)];
    const list = await guest.listen('/room');
    assert.equal((await onOther(owner).remove(room._id)).status, 200);
    for (const ear of ears) assert.deepEqual(await ear.hear('closed'), { room: room._id, reason: 'owner' });
    await list.hear('removeRoom', (id) => id === room._id);
    assert.equal((await owner.post(room._id, 'late')).status, 410);
    assert.equal((await guest.post(room._id, 'late')).status, 410);
    assert.deepEqual(
      ears.map((ear) => ear.all('closed').length),
      [1, 1],
    );
  });

  it('left by the last one on either: gone on both', async () => {
    const [here, there] = [await owner.sit(room._id), await guest.sit(room._id)];
    const list = await owner.listen('/room');
    await here.ask('leave');
    await there.hear('exit');
    await there.ask('leave');
    await list.hear('removeRoom', (id) => id === room._id);
    assert.equal((await owner.post(room._id, 'late')).status, 410);
  });

  it('a picture posted on one is shown by the other, from the folder they share', async () => {
    const posted = await owner.postGif(room._id, await pictures.gif());
    assert.equal(posted.status, 200);
    const served = await guest.agent.get((posted.body as MessageView).gif!.url);
    assert.deepEqual([served.status, served.headers['content-type']], [200, 'image/gif']);
    assert.ok(path.isAbsolute(one.uploads));
  });

  it('limits are shared: wrong passwords on both count as one', async () => {
    const locked = await owner.createRoom({ title: 'Guess', password: 'right-one' });
    const guesser = await arrive(one);
    const twin = onOther(guesser);
    for (let tries = 0; tries < 5; tries++)
      assert.equal((await (tries % 2 ? guesser : twin).enter(locked._id, 'wrong')).status, 403);
    assert.equal((await guesser.enter(locked._id, 'right-one')).status, 429);
    assert.equal((await twin.enter(locked._id, 'right-one')).status, 429);
    assert.equal((await guest.enter(locked._id, 'right-one')).status, 303);
  });

  it('a node that stops calmly gives its visitors to the other: their room and seats stay', async () => {
    const third = await startSite({
      MONGO_URL: store.url,
      REDIS_URL: redis.url,
      COOKIE_SECRET: SECRET,
      ROOM_GRACE_MS: '60000',
      UPLOADS_DIR: one.uploads,
    });
    const visitor = await arrive(third);
    const { _id } = await visitor.createRoom({ title: 'Handed over' });
    await visitor.sit(_id);
    await visitor.say(_id, 'before');
    await third.close();
    visitor.leaveAll();
    const twin = new TestVisitor(one);
    twin.cookie = visitor.cookie;
    void twin.agent.set('Cookie', visitor.cookie);
    const answer = await (await twin.listen()).join({ room: _id, after: 0 });
    assert.ok(answer.ok);
    assert.deepEqual([answer.people, answer.missed.length], [1, 1]);
    twin.leaveAll();
  });

  it('a process that shares Redis ends as calmly as one alone: SIGTERM, exit 0', async () => {
    const dir = await temporaryFolder();
    const third = await startProcess(dir, { MONGO_URL: store.url, REDIS_URL: redis.url, COOKIE_SECRET: SECRET });
    const visitor = await arrive(third);
    await visitor.listen('/room');
    assert.deepEqual(await third.end('SIGTERM'), { code: 0, signal: null }, third.stderr());
    visitor.leaveAll();
    await rm(dir, { recursive: true, force: true });
  });

  it('Redis killed: each serves its own, nothing is lost, limits still limit; back again, they hear each other', async () => {
    const [here, there] = [await owner.sit(room._id), await guest.sit(room._id)];
    const locked = await owner.createRoom({ title: 'Guess', password: 'right-one' });
    const neighbour = await arrive(one);
    await neighbour.open(room._id);
    const beside = await neighbour.sit(room._id);
    await redis.kill();
    const own = (ear: Ear, text: string) => ear.hear<MessageView>('chat', ({ chat }) => chat === text);
    for (let number = 1; number <= 5; number++) {
      await owner.say(room._id, `one ${number}`);
      await guest.say(room._id, `two ${number}`);
      await Promise.all([own(here, `one ${number}`), own(beside, `one ${number}`), own(there, `two ${number}`)]);
    }
    const late = await arrive(two);
    assert.equal((await late.open(room._id)).status, 200);
    const joined = await (await late.listen()).join({ room: room._id, after: 0 });
    assert.ok(joined.ok);
    assert.equal(joined.missed.length, 10, 'what the other node stored is in the history');
    const guesser = await arrive(one);
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries++) statuses.push((await guesser.enter(locked._id, 'wrong')).status);
    assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429]);
    for (const site of [one, two]) assert.equal((await fetch(`${site.url}/readyz`)).status, 200);
    await redis.start();
    await crossing();
    const caught = await (await guest.listen()).join({ room: room._id, after: 0 });
    assert.ok(caught.ok);
    assert.deepEqual(
      caught.missed.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    late.leaveAll();
    neighbour.leaveAll();
  });
});
