/** Ways into a room that others may try to shut: pages of other sites, guessers, and neighbours at one address. */
import assert from 'node:assert/strict';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, TestVisitor } from '../support/visitor.js';

const PASSWORD = 'open sesame';

/** What a browser says when a page of another site embeds, frames or fetches one of ours. */
const EMBEDDED = [
  ['an image', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
  ['a frame', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }],
  ['an object', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'object' }],
  ['a fetch', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' }],
  ['a neighbour', { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
] as const;

describe('the way into a room', () => {
  let site: TestSite;
  let store: Store;
  let owner: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ ROOM_GRACE_MS: '60000', TRUST_PROXY: '1' });
    store = await Store.open(site.databaseUrl);
    owner = await arrive(site);
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Locked', password: PASSWORD });
  });
  after(async () => {
    owner.leaveAll();
    await store.close();
    await site.close();
  });

  /** Try a password from an address. */
  const tryFrom = (address: string, visitor: TestVisitor, password: string, at = room._id) =>
    visitor.enter(at, password).set('X-Forwarded-For', address);

  /** So many wrong passwords from an address, by visitors who each try at most four times. @returns the statuses. */
  async function guess(address: string, count: number): Promise<number[]> {
    const statuses: number[] = [];
    let guesser = new TestVisitor(site);
    for (let tries = 0; tries < count; tries++) {
      if (tries % 4 === 0) guesser = await arrive(site);
      statuses.push((await tryFrom(address, guesser, `guess ${tries}`)).status);
    }
    return statuses;
  }

  describe('from pages of other sites', () => {
    for (const [what, headers] of EMBEDDED) {
      it(`${what} is refused: 403 cross_site, with no try counted, no seat and no session`, async () => {
        for (const path of ['', `/log`, `?password=wrong`]) {
          const answer = await owner.agent.get(`/room/${room._id}${path}`).set(headers);
          assert.deepEqual([answer.status, answer.body.error?.code], [403, 'cross_site'], path);
        }
        const stranger = await new TestVisitor(site).agent.get('/').set(headers);
        assert.deepEqual([stranger.status, stranger.headers['set-cookie']], [403, undefined]);
        assert.equal(await store.count('seats', { room: room._id }), 0);
      });
    }

    it('images with wrong passwords, a hundred of them, stop nobody', async () => {
      const headers = EMBEDDED[0][1];
      // Browsers send no cookie with them: each would be a visitor's first try.
      for (let tries = 0; tries < 100; tries++)
        await fetch(`${site.url}/room/${room._id}?password=guess-${tries}`, { headers, redirect: 'manual' });
      const visitor = await arrive(site);
      const wrong = await visitor.agent.post(`/room/${room._id}/enter`).send({ password: 'nope' });
      assert.deepEqual([wrong.status, wrong.body.error], [403, { ...wrong.body.error, triesLeft: 4 }]);
      assert.equal((await visitor.enter(room._id, PASSWORD)).status, 303);
    });

    it('a link leads in, and so do our own frame, an address that was typed, and a program', async () => {
      const open = await owner.createRoom({ title: 'Open' });
      for (const headers of [
        { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
        { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
        { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
        {},
      ]) {
        const answer = await owner.agent.get(`/room/${open._id}`).set('Accept', 'text/html').set(headers);
        assert.equal(answer.status, 200, JSON.stringify(headers));
      }
      const linked = await (
        await arrive(site)
      ).agent
        .get(`/room/${room._id}`)
        .query({ password: PASSWORD })
        .set({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' });
      assert.deepEqual([linked.status, linked.headers['location']], [302, `/room/${room._id}`]);
    });
  });

  it('no page view takes a seat, the log neither; a post does, or sitting down, and then the log keeps it', async () => {
    const reader = await arrive(site);
    const open = await owner.createRoom({ title: 'Open' });
    const seats = () => store.count('seats', { room: open._id });
    const offer = async () => (await reader.open(open._id)).text.includes(`/room/${open._id}/sit`);
    assert.equal(await offer(), true);
    assert.equal((await reader.agent.get(`/room/${open._id}/log`)).status, 200);
    assert.equal(await seats(), 0);
    const sat = await reader.agent.post(`/room/${open._id}/sit`).set('Accept', 'text/html');
    assert.deepEqual([sat.status, sat.headers['location']], [303, `/room/${open._id}`]);
    assert.equal(await seats(), 1);
    assert.equal(await offer(), false);
    const until = async () => (await store.collection('seats').findOne({ room: open._id }))?.['until'] as Date;
    const before = await until();
    assert.equal((await reader.agent.get(`/room/${open._id}/log`)).status, 200);
    assert.ok((await until()) > before);
  });

  describe('where a stranger has guessed', () => {
    it('at the same address: a newcomer who knows the password enters, one who guesses is told to wait minutes', async () => {
      assert.deepEqual(new Set(await guess('10.0.0.1', 20)), new Set([403]));
      const guesser = await arrive(site);
      const refused = await tryFrom('10.0.0.1', guesser, 'guess');
      assert.equal(refused.status, 429);
      const wait = Number(refused.headers['retry-after']);
      assert.ok(wait > 0 && wait <= 900, `${wait}`);
      assert.equal((await tryFrom('10.0.0.1', guesser, PASSWORD)).status, 429, 'a second try is not compared');
      assert.equal((await tryFrom('10.0.0.1', await arrive(site), PASSWORD)).status, 303);
    });

    it('at the same address: newcomers buy ten more guesses and not one beyond', async () => {
      await guess('10.0.0.2', 20);
      for (let tries = 0; tries < 10; tries++) await tryFrom('10.0.0.2', await arrive(site), 'guess');
      assert.equal((await tryFrom('10.0.0.2', await arrive(site), PASSWORD)).status, 429);
      assert.equal((await tryFrom('10.0.0.3', await arrive(site), PASSWORD)).status, 303);
    });

    it('in many rooms: the address waits minutes, not a day', async () => {
      for (let count = 0; count < 5; count++) {
        room = await owner.createRoom({ title: 'One of many', password: PASSWORD });
        await guess('10.0.0.4', 20);
      }
      room = await owner.createRoom({ title: 'The next', password: PASSWORD });
      const refused = await tryFrom('10.0.0.4', await arrive(site), 'guess');
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers['retry-after']) <= 900);
    });

    it('from many addresses: each has three tries left at this room, others none; who is in notices nothing', async () => {
      const member = await arrive(site);
      assert.equal((await tryFrom('10.0.1.1', member, PASSWORD)).status, 303);
      for (const address of ['10.0.1.2', '10.0.1.3', '10.0.1.4']) await guess(address, 20);
      assert.deepEqual(await guess('10.0.1.5', 3), [403, 403, 403]);
      const guesser = await arrive(site);
      assert.equal((await tryFrom('10.0.1.5', guesser, 'guess')).status, 429);
      assert.equal((await tryFrom('10.0.1.6', await arrive(site), PASSWORD)).status, 303);
      assert.equal((await member.open(room._id)).status, 200);
      assert.equal((await member.post(room._id, 'still here')).status, 200);
    });
  });

  it('five wrong ones of a visitor: a minute to wait at first', async () => {
    const visitor = await arrive(site);
    for (let tries = 0; tries < 5; tries++) await tryFrom('10.0.2.1', visitor, 'guess');
    const refused = await tryFrom('10.0.2.1', visitor, PASSWORD);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers['retry-after']) <= 60);
  });

  it('one address takes only its share of the seats of a room; another still finds one', async () => {
    const strict = await startSite({ TRUST_PROXY: '1', LIMITS: 'seats_ip=2/0,seat_ip=5/60' });
    try {
      const host = await arrive(strict);
      const { _id } = await host.createRoom({ title: 'Shared', max: 5 });
      const sit = async (address: string, id = _id) => {
        const visitor = await arrive(strict);
        await visitor.open(id);
        const ear = await visitor.listen('/chat', {
          extraHeaders: { cookie: visitor.cookie, origin: strict.url, 'X-Forwarded-For': address },
        });
        const answer = await ear.join(id);
        return { ear, visitor, code: answer.ok ? 'ok' : answer.error.code };
      };
      const seated = [await sit('10.0.0.1'), await sit('10.0.0.1')];
      assert.deepEqual(
        seated.map(({ code }) => code),
        ['ok', 'ok'],
      );
      const third = await sit('10.0.0.1');
      assert.equal(third.code, 'too_many_seats');
      const post = third.visitor.agent.post(`/room/${_id}/chat`).set('X-Forwarded-For', '10.0.0.1');
      const posted = await post.send({ chat: 'x' });
      assert.deepEqual([posted.status, posted.body.error.code], [409, 'too_many_seats']);
      assert.equal((await sit('10.0.0.2')).code, 'ok');
      assert.equal((await seated[0]!.ear.join(_id)).ok, true, 'who has a seat keeps it');
      await seated[0]!.ear.ask('leave');
      assert.equal((await third.ear.join(_id)).ok, true, 'when one leaves there is room');
      const rooms = await Promise.all(['a', 'b', 'c'].map((title) => host.createRoom({ title })));
      const codes: string[] = [];
      for (const room of rooms) codes.push((await sit('10.0.0.1', room._id)).code);
      assert.deepEqual(codes, ['ok', 'ok', 'rate_limited']);
      const kept = await strict.app.services.seats.find(_id, third.visitor.id);
      assert.ok(!JSON.stringify(kept).includes('10.0.0'), 'no address is stored');
    } finally {
      await strict.close();
    }
  });

  describe('costs a hash', () => {
    it('nobody who is in already: sixty forms at once are all led in', async () => {
      const member = await arrive(site);
      await member.enter(room._id, PASSWORD);
      const again = Array.from({ length: 60 }, (_, index) => member.enter(room._id, index % 2 ? PASSWORD : 'other'));
      for (const { status } of await Promise.all(again)) assert.equal(status, 303);
    });

    it('each of a class that enters at once from one address, in turn: nobody hears that the site is busy', async () => {
      const pupils = await Promise.all(Array.from({ length: 26 }, () => arrive(site)));
      const answers = await Promise.all(pupils.map((pupil) => tryFrom('10.0.4.1', pupil, PASSWORD)));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
    });

    it('others no more than twenty times in ten minutes, also when they are right', async () => {
      const visitor = await arrive(site);
      for (let times = 0; times < 20; times++) {
        assert.equal((await tryFrom('10.0.3.1', visitor, PASSWORD)).status, 303);
        await visitor.agent.post(`/room/${room._id}/leave`);
      }
      assert.equal((await tryFrom('10.0.3.1', visitor, PASSWORD)).status, 429);
    });
  });
});
