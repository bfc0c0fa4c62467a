/** What a host does against what others do at the same moment on another node: one write settles each. */
import assert from 'node:assert/strict';
import type { ErasedView, MemberRoomView, MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { type Cluster, seenFrom, startCluster } from '../support/cluster.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('a host on one node of two', () => {
  let cluster: Cluster;
  let store: Store;
  let host: TestVisitor;
  /** Visitors of the two nodes in turn. */
  let crowd: TestVisitor[];
  let room: RoomView;

  before(async () => {
    cluster = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    store = await Store.open(cluster.one.databaseUrl);
    host = await arrive(cluster.one);
    const { one, two } = cluster;
    crowd = await Promise.all(Array.from({ length: 8 }, (_, at) => arrive(at % 2 ? one : two)));
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Races' });
  });
  afterEach(() => {
    for (const visitor of [host, ...crowd]) visitor.leaveAll();
  });
  after(async () => {
    await store.close();
    await cluster.close();
  });

  const set = (settings: object) => host.agent.patch(`/room/${room._id}`).send(settings);
  const join = async (visitor: TestVisitor): Promise<string> => {
    const answer = await (await visitor.listen()).join(room._id);
    return answer.ok ? 'ok' : answer.error.code;
  };
  const seats = () => store.count('seats', { room: room._id });

  it('fewer seats against those who come in: nobody sits beyond them', async () => {
    await Promise.all(crowd.slice(0, 3).map((visitor) => visitor.open(room._id)));
    const coming = Promise.all(crowd.map(join));
    const { status } = await set({ max: 4 });
    const joined = (await coming).filter((code) => code === 'ok').length;
    const { max } = (await store.collection('rooms').findOne({ title: 'Races', max: 4 })) ?? { max: 10 };
    assert.equal(status, max === 4 ? 200 : 409);
    assert.equal(await seats(), joined);
    assert.ok(joined <= (max as number), `${joined} of ${max}`);
    assert.equal(await store.count('seats', { room: room._id, slot: { $gte: max as number } }), 0);
  });

  it('a closed door against those who come in: nobody new once it was answered', async () => {
    const coming = Promise.all(crowd.slice(0, 6).map(join));
    assert.equal((await set({ closedDoor: true })).status, 200);
    const codes = await coming;
    assert.ok(
      codes.every((code) => code === 'ok' || code === 'door_closed'),
      codes.join(),
    );
    for (const visitor of crowd.slice(6)) {
      assert.equal(await join(visitor), 'door_closed');
      assert.equal((await visitor.open(room._id)).status, 403);
    }
    assert.equal(await seats(), codes.filter((code) => code === 'ok').length);
  });

  describe('who is asked by those who knock', () => {
    beforeEach(async () => {
      assert.equal((await set({ approval: true })).status, 200);
      for (const visitor of crowd) assert.equal((await visitor.open(room._id)).status, 202);
    });

    const knocks = (visitor: TestVisitor, admit: boolean, by = host) =>
      by.agent.post(`/room/${room._id}/knocks/${visitor.id}`).send({ admit });
    const isIn = async (visitor: TestVisitor) => (await visitor.open(room._id)).status === 200;

    it('two who admit and refuse the same: one is answered 200, and that is what holds', async () => {
      const twin = seenFrom(cluster.two, host);
      for (const [at, visitor] of crowd.entries()) {
        const answers = [knocks(visitor, true, at % 2 ? twin : host), knocks(visitor, false, at % 2 ? host : twin)];
        const [admitted, refused] = (await Promise.all(answers)).map(({ status }) => status);
        assert.deepEqual([admitted, refused].toSorted(), [200, 404]);
        assert.equal(await isIn(visitor), admitted === 200);
      }
    });

    it('bans and a closed door: nobody is in once that was answered, whatever was admitted', async () => {
      const twin = seenFrom(cluster.two, host);
      const ban = (visitor: TestVisitor) =>
        twin.agent.post(`/room/${room._id}/people/${visitor.id}/remove`).send({ ban: true });
      const [early, late] = [crowd.slice(0, 4), crowd.slice(4)];
      await Promise.all(
        early.flatMap((visitor) => [knocks(visitor, true), ban(visitor)].map(async (answer) => (await answer).status)),
      );
      for (const visitor of early) assert.equal(await join(visitor), 'banned');
      const admitting = Promise.all(late.map((visitor) => knocks(visitor, true)));
      assert.equal((await twin.agent.patch(`/room/${room._id}`).send({ closedDoor: true })).status, 200);
      const admitted = await store.count('admissions', { room: room._id, removed: { $ne: true } });
      const statuses = (await admitting).map(({ status }) => status);
      const { length } = statuses.filter((status) => status === 200);
      assert.ok(length <= admitted, `${length} of ${admitted}`);
      assert.equal(await store.count('admissions', { room: room._id, removed: { $ne: true } }), 1 + length);
      const codes = await Promise.all(late.map(join));
      assert.deepEqual(
        codes.map((code) => code === 'ok'),
        statuses.map((status) => status === 200),
      );
    });

    it('the last seat: of those admitted at once, as many sit as there are seats', async () => {
      assert.equal((await set({ max: 3 })).status, 200);
      await host.sit(room._id);
      await Promise.all(crowd.map((visitor) => knocks(visitor, true)));
      const codes = await Promise.all(crowd.map(join));
      assert.equal(codes.filter((code) => code === 'ok').length, 2);
      assert.equal(await seats(), 3);
    });

    it('asking that is switched on against those who come in: nobody new once it was answered', async () => {
      const other = await host.createRoom({ title: 'Races' });
      const enter = ({ agent }: TestVisitor) => agent.post(`/api/v1/rooms/${other._id}/enter`).send({});
      const coming = Promise.all(crowd.map(enter));
      assert.equal((await host.agent.patch(`/room/${other._id}`).send({ approval: true })).status, 200);
      const admitted = (await coming).filter(({ status }) => status === 200).length;
      assert.equal(await store.count('admissions', { room: other._id }), 1 + admitted);
    });
  });

  it('only hosts write: no post of another node is stored once that was answered', async () => {
    const [guest] = crowd as [TestVisitor];
    await guest.open(room._id);
    const ear = await guest.sit(room._id);
    await guest.say(room._id, 'before');
    assert.equal((await set({ hostsOnly: true })).status, 200);
    for (const text of ['after', 'again']) {
      const { status, body } = await guest.post(room._id, text);
      assert.deepEqual([status, (body as { error: { code: string } }).error.code], [403, 'not_host']);
    }
    assert.equal((await set({ hostsOnly: false })).status, 200);
    await guest.say(room._id, 'free');
    await ear.hear<MessageView>('chat', ({ chat }) => chat === 'free');
    assert.deepEqual(
      (await guest.readAll(room._id)).map(({ chat }) => chat),
      ['before', 'free'],
    );
  });

  it('the pinned message: both nodes follow its edit at once, and pin nothing once it is removed', async () => {
    const [, guest] = crowd as [TestVisitor, TestVisitor];
    await guest.open(room._id);
    const ears = [await host.sit(room._id), await guest.sit(room._id)];
    const { _id } = await host.say(room._id, 'Bring pens');
    await host.agent.put(`/room/${room._id}/pinned`).send({ chat: _id });
    await host.agent.patch(`/room/${room._id}/chat/${_id}`).send({ chat: 'Bring ink' });
    for (const ear of ears) await ear.hear<MemberRoomView>('room', ({ pinned }) => pinned?.chat === 'Bring ink');
    await host.agent.delete(`/room/${room._id}/chat/${_id}`);
    const isUnpinned = (ear: Ear) => () => ear.all<MemberRoomView>('room').at(-1)?.pinned === null;
    for (const ear of ears) await waitFor('nothing pinned', isUnpinned(ear));
  });

  it('slow mode: of posts of one person on both nodes at once, one is stored', async () => {
    const [guest] = crowd as [TestVisitor];
    const twin = seenFrom(cluster.one, guest);
    await guest.open(room._id);
    await guest.sit(room._id);
    assert.equal((await set({ slow: 300 })).status, 200);
    const answers = await Promise.all([guest, twin, guest, twin].map((visitor) => visitor.post(room._id, 'now')));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429, 429, 429]);
    assert.equal((await guest.readAll(room._id)).length, 1);
  });

  it('the end of a poll against votes: each that was answered is counted, and none after it', async () => {
    await Promise.all(crowd.map((visitor) => visitor.open(room._id)));
    const ear = await crowd[0]!.sit(room._id);
    const path = `/room/${room._id}/polls`;
    const { body: asked } = await host.agent.post(path).send({ question: 'Now?', options: ['Yes', 'No'] });
    const { _id } = asked as MessageView;
    const votes = Promise.all(crowd.map(({ agent }) => agent.put(`${path}/${_id}/vote`).send({ options: [0] })));
    const { body: ended } = await host.agent.post(`${path}/${_id}/end`).set('Accept', 'application/json');
    const statuses = (await votes).map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 200 || status === 409),
      statuses.join(),
    );
    const counted = (ended as MessageView).poll?.options[0]?.votes;
    assert.equal(counted, statuses.filter((status) => status === 200).length);
    await ear.hear<MessageView>(
      'chatChanged',
      ({ poll }) => poll?.endedAt != null && poll.options[0]?.votes === counted,
    );
  });

  it('erasing everything against posts and reactions of both nodes: what is younger stays, and the nodes agree', async () => {
    const [here, there] = crowd as [TestVisitor, TestVisitor];
    await Promise.all(crowd.map((visitor) => visitor.open(room._id)));
    const ears = [await here.sit(room._id), await there.sit(room._id)];
    const { _id } = await here.say(room._id, 'before');
    const during = Promise.all([
      ...crowd.map((visitor) => visitor.post(room._id, 'meanwhile')),
      ...crowd.map(({ agent }) => agent.put(`/room/${room._id}/chat/${_id}/reactions/%F0%9F%98%84`)),
    ]);
    const { status } = await host.agent.delete(`/room/${room._id}/chats`).set('Accept', 'application/json');
    const after = await there.say(room._id, 'after');
    const statuses = (await during).map((answer) => answer.status);
    assert.equal(status, 200);
    assert.ok(
      statuses.every((each) => each === 200 || each === 410),
      statuses.join(),
    );
    const heard = await Promise.all(ears.map((ear) => ear.hear<ErasedView>('erased')));
    assert.deepEqual(heard[0], heard[1]);
    const { upTo, rev, since } = heard[0]!;
    const all = await host.readAll(room._id);
    assert.deepEqual(
      all.map(({ seq }) => seq),
      all.map((_, index) => index + 1),
    );
    assert.deepEqual(
      all.filter(({ removed }) => removed).map(({ seq }) => seq),
      all.map(({ seq }) => seq).filter((seq) => seq <= upTo),
    );
    assert.ok(after.seq > upTo);
    const revs = all.slice(0, upTo).map((message) => message.rev);
    assert.ok(revs.every((each) => each > since && each <= rev) && new Set(revs).size === upTo, revs.join());
    assert.equal(await store.count('chats', { room: room._id, chat: 'before' }), 0);
  });

  it('erasing everything against posts that the other node has stored: each is told before its end', async () => {
    const [there, here] = crowd as [TestVisitor, TestVisitor];
    await Promise.all([there, here].map((visitor) => visitor.open(room._id)));
    await there.sit(room._id);
    const ear = await here.sit(room._id);
    const posts = Promise.all(['one', 'two', 'three'].map((chat) => there.post(room._id, chat)));
    await waitFor('a post to be stored', async () => (await store.count('chats', { room: room._id })) > 0);
    assert.equal((await host.agent.delete(`/room/${room._id}/chats`).set('Accept', 'application/json')).status, 200);
    await posts;
    await there.say(room._id, 'after');
    await ear.hear<MessageView>('chat', ({ chat }) => chat === 'after');
    const at = ear.heard.findIndex(({ event }) => event === 'erased');
    const { upTo } = ear.heard[at]!.args[0] as ErasedView;
    const late = ear.heard
      .slice(at)
      .flatMap(({ event, args }) => (event === 'chat' ? (args[0] as MessageView).seq : []));
    assert.ok(
      late.every((seq) => seq > upTo),
      `erased up to ${upTo}, then heard ${late.join()}`,
    );
  });

  it('the end of the room against all of it: nothing is left', async () => {
    const [guest, other] = crowd as [TestVisitor, TestVisitor];
    await Promise.all([guest.open(room._id), other.open(room._id)]);
    await guest.sit(room._id);
    await set({ slow: 1 });
    const path = `/room/${room._id}/polls`;
    const { body } = await host.agent.post(path).send({ question: 'Now?', options: ['Yes', 'No'] });
    await Promise.all([
      host.remove(room._id),
      set({ max: 5, title: 'Late' }),
      guest.post(room._id, 'late'),
      other.post(room._id, 'late'),
      guest.agent.put(`${path}/${(body as MessageView)._id}/vote`).send({ options: [0] }),
      join(other),
    ]);
    await waitFor('nothing to be left', async () => Object.keys(await store.traces(room._id)).length === 0);
    assert.equal((await set({ slow: 5 })).status, 410);
  });
});
