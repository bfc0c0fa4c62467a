/** Removed and banned: on every node, with every socket and picture; who may, whom it meets, and how it is undone. */
import assert from 'node:assert/strict';
import type { BanView, MessageView, Roles } from '../../schemas/rooms/contract.js';
import { raceOfBans } from '../support/ban-race.js';
import { type Cluster, seenFrom, startCluster } from '../support/cluster.js';
import { gif } from '../support/pictures.js';
import { ask } from '../support/program.js';
import { arriveFrom, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

interface Removed {
  ok: boolean;
  ban?: BanView;
  others?: { id: string }[];
}

describe('somebody who is made to leave a room', () => {
  let nodes: Cluster;
  let host: TestVisitor;
  let guest: TestVisitor;
  let room: string;
  let mine: Ear;
  let visitors: TestVisitor[] = [];

  before(async () => {
    nodes = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '60000', TRUST_PROXY: '1' });
    await nodes.crossing();
  });
  beforeEach(async () => {
    host = await from('192.0.2.1');
    room = (await host.createRoom({ title: 'Bans' }))._id;
    mine = await host.sit(room);
    guest = await from('192.0.2.2');
    await guest.open(room);
  });
  afterEach(() => {
    for (const visitor of visitors) visitor.leaveAll();
    visitors = [];
  });
  after(() => nodes.close());

  /** Somebody new at this address. */
  async function from(address: string): Promise<TestVisitor> {
    const visitor = await arriveFrom(address, nodes.one);
    visitors.push(visitor);
    return visitor;
  }
  /** The same person at the other node. */
  function there(visitor: TestVisitor): TestVisitor {
    const other = seenFrom(nodes.two, visitor);
    visitors.push(other);
    return other;
  }
  /** A socket of theirs in the room, from their address. */
  const sit = async (visitor: TestVisitor, address = '192.0.2.2') => {
    const headers = { cookie: visitor.cookie, origin: new URL(visitor.site.url).origin, 'x-forwarded-for': address };
    const ear = await visitor.listen('/chat', { extraHeaders: headers });
    const answer = await ear.join(room);
    assert.ok(answer.ok);
    return ear;
  };
  const remove = (by: TestVisitor, whom: { id: string }, wish: object = {}) =>
    by.agent.post(`/room/${room}/people/${whom.id}/remove`).send(wish);
  const code = (answer: { body: { error?: { code: string } } }) => answer.body.error?.code;
  const joinCode = async (ear: Ear) => {
    const answer = await ear.join(room);
    return answer.ok ? 'ok' : answer.error.code;
  };

  it('with every socket on every node: told so, out of the list, and back only by opening the page again', async () => {
    const [here, elsewhere] = [await sit(guest), await sit(there(guest))];
    const idle = await guest.listen();
    assert.deepEqual((await remove(host, guest)).body, { ok: true });
    for (const ear of [here, elsewhere, idle]) assert.deepEqual(await ear.hear('closed'), { room, reason: 'removed' });
    const exit = await mine.hear<{ who: { id: string }; reason: string }>('exit');
    assert.deepEqual([exit.who.id, exit.reason], [guest.id, 'removed']);
    assert.equal(code(await guest.post(room, 'still here')), 'not_admitted');
    assert.equal(await joinCode(elsewhere), 'not_admitted');
    assert.equal(code(await guest.history(room)), 'not_admitted');
    assert.equal((await guest.open(room)).status, 200);
    assert.equal(await joinCode(elsewhere), 'ok');
    assert.equal((await guest.post(room, 'back')).status, 200);
    assert.ok(!elsewhere.all<MessageView>('chat').some(({ chat }) => chat === 'while away'));
  });

  it('banned: every door is shut on both nodes, pictures are gone, others stay; undone, they may come in again', async () => {
    const picture = (await host.postGif(room, await gif())).body as MessageView;
    const other = await from('192.0.2.2');
    await other.open(room);
    const [theirs, others] = [await sit(there(guest)), await sit(other)];
    assert.equal((await guest.agent.get(picture.gif?.url ?? '')).status, 200);
    const answer = (await remove(host, guest, { ban: true })).body as Removed;
    assert.deepEqual([answer.ban?.person.id, answer.ban?.byAddress, answer.others], [guest.id, false, []]);
    assert.deepEqual(await theirs.hear('closed'), { room, reason: 'banned' });
    for (const visitor of [guest, there(guest)]) {
      assert.equal((await visitor.open(room)).status, 403);
      assert.equal(code(await visitor.agent.post(`/room/${room}/enter`).send({ password: 'any' })), 'banned');
      assert.equal(code(await visitor.agent.post(`/room/${room}/sit`).send({})), 'banned');
      assert.equal(code(await visitor.agent.get(`/room/${room}/log`).set('Accept', 'application/json')), 'banned');
      assert.equal(code(await visitor.post(room, 'no')), 'banned');
      assert.equal(code(await visitor.history(room)), 'banned');
      assert.equal((await visitor.agent.get(picture.gif?.url ?? '')).status, 404);
    }
    assert.equal(await joinCode(theirs), 'banned');
    assert.equal((await other.post(room, 'still here')).status, 200);
    assert.equal(others.all('closed').length, 0);
    const { bans } = (await host.agent.get(`/room/${room}/bans`)).body as { bans: BanView[] };
    assert.deepEqual(bans, [answer.ban]);
    assert.equal((await host.agent.delete(`/room/${room}/bans/${bans[0]?._id}`)).status, 200);
    assert.equal(code(await host.agent.delete(`/room/${room}/bans/${bans[0]?._id}`)), 'person_not_found');
    assert.equal((await guest.open(room)).status, 200);
  });

  it('by address: everybody behind it who is not in charge, also who comes new; the host is told whom it met', async () => {
    const [neighbour, helper] = [await from('192.0.2.2'), await from('192.0.2.2')];
    for (const visitor of [neighbour, helper]) await visitor.open(room);
    await host.agent.put(`/room/${room}/people/${helper.id}/role`).send({ role: 'helper' });
    await sit(guest);
    const [theirs, helping] = [await sit(there(neighbour)), await sit(helper)];
    const { others = [], ban } = (await remove(helper, guest, { ban: true, byAddress: true })).body as Removed;
    assert.deepEqual([others.map(({ id }) => id), ban?.byAddress], [[neighbour.id], true]);
    assert.deepEqual(await theirs.hear('closed'), { room, reason: 'banned' });
    assert.equal(helping.all('closed').length, 0);
    assert.equal((await helper.open(room)).status, 200);
    assert.equal((await (await from('192.0.2.2')).open(room)).status, 403);
    assert.equal((await (await from('192.0.2.3')).open(room)).status, 200);
    const { token } = (await ask(nodes.two, 'POST', '/visitors', undefined, { 'X-Forwarded-For': '192.0.2.2' })).body;
    const enterFrom = (address: string, body?: object) => {
      const headers = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': address };
      return ask(nodes.two, 'POST', `/rooms/${room}/enter`, body, headers);
    };
    for (const body of [undefined, { password: 'any' }])
      assert.equal(code(await enterFrom('192.0.2.2', body)), 'banned');
    assert.equal((await enterFrom('192.0.2.3')).status, 200);
    const stored = JSON.stringify(await nodes.one.app.services.models.Ban.find({ room }).lean());
    assert.ok(!stored.includes('192.0.2.2'));
    await host.remove(room);
    await waitFor('no bans', async () => (await nodes.one.app.services.models.Ban.countDocuments({ room })) === 0);
  });

  it('with what they posted: texts and pictures go, in the history and for everybody who is there', async () => {
    const [said, shown] = [
      await guest.say(room, 'bad words'),
      (await guest.postGif(room, await gif())).body as MessageView,
    ];
    await host.say(room, 'good words');
    assert.equal((await remove(host, guest, { ban: true, erase: true })).status, 200);
    for (const { _id } of [said, shown]) {
      const left = await mine.hear<MessageView>('chatChanged', (message) => message._id === _id);
      assert.deepEqual([left.removed, left.chat, left.gif], ['host', undefined, undefined]);
    }
    assert.equal((await host.agent.get(shown.gif?.url ?? '')).status, 404);
    assert.deepEqual(
      (await host.readAll(room)).map(({ chat }) => chat),
      [undefined, undefined, 'good words'],
    );
  });

  it('although they have left already: what they posted or that they were there is enough', async () => {
    (await sit(guest)).close();
    await mine.hear('exit');
    const { ban } = (await remove(host, guest, { ban: true, byAddress: true })).body as Removed;
    assert.equal(ban?.byAddress, true);
    assert.equal((await guest.open(room)).status, 403);
  });

  it('a helper helps no more; the host cannot be removed, and nobody else may; forms work', async () => {
    const helper = await from('192.0.2.4');
    await helper.open(room);
    await host.agent.put(`/room/${room}/people/${helper.id}/role`).send({ role: 'helper' });
    const stranger = await from('192.0.2.5');
    for (const [by, whom, refusal] of [
      [helper, host, 'not_host'],
      [host, host, 'not_host'],
      [guest, helper, 'not_host'],
      [stranger, guest, 'not_host'],
      [host, stranger, 'person_not_found'],
    ] as const)
      assert.equal(code(await remove(by, whom, { ban: true })), refusal);
    assert.equal(code(await remove(host, guest, { ban: 'perhaps' })), 'bad_input');
    assert.equal(code(await guest.agent.get(`/room/${room}/bans`)), 'not_host');
    const form = await host.agent
      .post(`/room/${room}/people/${helper.id}/remove`)
      .type('form')
      .set('Accept', 'text/html')
      .send({ ban: 'on' });
    assert.deepEqual([form.status, form.headers['location']], [303, `/room/${room}`]);
    await mine.hear<Roles>('roles', (roles) => roles[helper.id] === undefined && roles[host.id] === 'host');
    assert.equal((await helper.open(room)).status, 403);
  });

  it('in the middle of a post: what is sent after the ban was answered is neither stored nor told', async () => {
    const { trials } = await raceOfBans(nodes.one, nodes.two, 3);
    assert.equal(trials, 3);
  });
});
