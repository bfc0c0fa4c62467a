/** R19, R24: posts against what ends their right on another node: a room that is closed, a seat that is left. */
import assert from 'node:assert/strict';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type Cluster, seenFrom, startCluster } from '../support/cluster.js';
import { Store } from '../support/store.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record } from './record.js';

const TRIALS = 60;
const POSTERS = 4;

interface Tried {
  text: string;
  /** Begun after the end of the right had been answered. */
  isLate: boolean;
  status: number;
  message: MessageView | undefined;
}

describe('posts', () => {
  let cluster: Cluster;
  let store: Store;
  let host: TestVisitor;
  let hostThere: TestVisitor;
  let posters: TestVisitor[];
  before(async () => {
    cluster = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    store = await Store.open(cluster.one.databaseUrl);
    host = await arrive(cluster.one);
    hostThere = seenFrom(cluster.two, host);
    posters = await Promise.all(Array.from({ length: POSTERS }, () => arrive(cluster.one)));
  });
  after(async () => {
    for (const visitor of [host, hostThere, ...posters]) visitor.leaveAll();
    await store.close();
    await cluster.close();
  });

  /** Post on node one until a moment after `end`, on node two, was answered. */
  async function race(room: string, author: TestVisitor, end: () => Promise<unknown>): Promise<Tried[]> {
    const tried: Tried[] = [];
    const state = { isOver: false };
    const posting = (async () => {
      for (let late = 0, number = 0; late < 3; number++) {
        const { isOver: isLate } = state;
        if (isLate) late++;
        const text = `${author.id} ${number}`;
        const { status, body } = await author.post(room, text);
        tried.push({ text, isLate, status, message: status === 200 ? (body as MessageView) : undefined });
      }
    })();
    await waitFor('a post', () => tried.length > 1);
    await end();
    state.isOver = true;
    await posting;
    return tried;
  }

  it(`${TRIALS} rooms closed on another node under posts: none is accepted afterwards, nothing stays`, async () => {
    let accepted = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { _id } = await host.createRoom({ title: `closing ${trial}` });
      for (const poster of posters) {
        await poster.open(_id);
        await poster.sit(_id);
      }
      let ending: Promise<unknown> | undefined;
      const end = () => (ending ??= hostThere.remove(_id).then(({ status }) => assert.equal(status, 200)));
      const tried = (await Promise.all(posters.map((poster) => race(_id, poster, end)))).flat();
      assert.deepEqual([...new Set(tried.filter(({ isLate }) => isLate).map(({ status }) => status))], [410]);
      accepted += tried.filter(({ status }) => status === 200).length;
      assert.deepEqual(await store.traces(_id), {});
      for (const poster of posters) poster.leaveAll();
    }
    record('R19', { against: 'close', trials: TRIALS, accepted, late: 0, left: 0 });
  });

  it(`${TRIALS} seats left on another node under posts: none is accepted afterwards, none that was is lost`, async () => {
    let accepted = 0;
    const { _id } = await host.createRoom({ title: 'leaving' });
    const listener = await host.sit(_id);
    for (let trial = 0; trial < TRIALS; trial++) {
      const author = posters[trial % POSTERS]!;
      listener.heard.length = 0;
      await author.open(_id);
      await author.sit(_id);
      const there = seenFrom(cluster.two, author);
      const leave = async () => {
        const { status } = await there.agent.post(`/room/${_id}/leave`).set('Accept', 'application/json');
        assert.equal(status, 200);
      };
      const before = (await host.readAll(_id)).at(-1)?.seq ?? 0;
      const tried = await race(_id, author, leave);
      assert.deepEqual([...new Set(tried.filter(({ isLate }) => isLate).map(({ status }) => status))], [403]);
      const kept = tried.flatMap(({ message }) => message ?? []);
      assert.deepEqual(await host.readAll(_id, before), kept);
      await waitFor('everybody to hear', () => listener.all('chat').length >= kept.length);
      assert.deepEqual(listener.all('chat'), kept);
      accepted += kept.length;
      author.leaveAll();
    }
    record('R19', { against: 'leave', trials: TRIALS, accepted, late: 0, lost: 0 });
  });
});
