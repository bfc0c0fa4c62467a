/** A node that died: what its sockets kept is released everywhere before the node is forgotten, and then ends. */
import assert from 'node:assert/strict';
import { createVisitor, type Visitor } from '../../services/people/visitors.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const DEAD = 'dead-node';

describe('the sweep of a dead node', () => {
  let site: TestSite;
  let store: Store;
  let visitor: Visitor;
  let room: string;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '200' });
    store = await Store.open(site.databaseUrl);
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  /** How many documents name a socket of the node, in the order in which they are released. */
  const kept = () =>
    Promise.all(['seats', 'presences', 'lobbyusers'].map((name) => store.count(name, { 'sockets.node': DEAD })));
  const registered = () => store.count('nodes', { _id: DEAD });
  const register = (until: number) =>
    store.collection('nodes').insertOne({ _id: DEAD as never, until: new Date(until) });

  beforeEach(async () => {
    const { seats, presence, lobby, rooms } = site.app.services;
    const owner = await arrive(site);
    room = (await owner.createRoom({ title: 'On a node that dies' }))._id;
    visitor = createVisitor('en');
    const ref = { node: DEAD, socket: 'its-socket' };
    await seats.take(await rooms.find(room), visitor, ref, '127.0.0.1');
    await presence.take(visitor.id, ref);
    await lobby.join(visitor, `at ${visitor.id.slice(0, 8)}`, ref);
    assert.deepEqual(await kept(), [1, 1, 1]);
  });

  it('releases its sockets everywhere, then forgets it; its visitors go when the grace time is over', async () => {
    const { sweeper, nodes, lobby, presence, rooms } = site.app.services;
    const forget = nodes.forget.bind(nodes);
    let atTheEnd: number[] | undefined;
    nodes.forget = async (id) => {
      if (id === DEAD) atTheEnd = await kept();
      await forget(id);
    };
    await register(0);
    await sweeper.sweep();
    nodes.forget = forget;
    assert.deepEqual([atTheEnd, await registered()], [[0, 0, 0], 0]);
    await waitFor('the room to end', async () => (await rooms.receipt(room)) !== null);
    await waitFor('them offline', async () => !(await presence.isOnline(visitor.id)));
    await waitFor('them away', async () => (await lobby.user(visitor.id))?.online === false);
  });

  it('keeps it in mind while a release fails, and forgets it at the next sweep', async () => {
    const { sweeper, lobby } = site.app.services;
    const release = lobby.releaseNode.bind(lobby);
    lobby.releaseNode = () => Promise.reject(new Error('no database'));
    await register(0);
    await assert.rejects(sweeper.sweep(), /no database/);
    assert.deepEqual([await kept(), await registered()], [[0, 0, 1], 1]);
    lobby.releaseNode = release;
    await sweeper.sweep();
    assert.deepEqual([await kept(), await registered()], [[0, 0, 0], 0]);
    await waitFor('them away', async () => (await lobby.user(visitor.id))?.online === false);
  });

  it('leaves nodes that renewed in time, and their visitors, alone', async () => {
    const { sweeper, presence } = site.app.services;
    await register(Date.now() + 60_000);
    await sweeper.sweep();
    assert.deepEqual([await kept(), await registered()], [[1, 1, 1], 1]);
    assert.equal(await presence.hasSocket(visitor.id), true);
  });
});
