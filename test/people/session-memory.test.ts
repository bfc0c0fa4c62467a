/** Sessions come from the node's memory while nothing changes them, and are forgotten at once when something does. */
import assert from 'node:assert/strict';
import { startSite, type TestSite } from '../support/site.js';
import { DESK_PASSWORD, work } from '../support/consultant.js';
import { Store } from '../support/store.js';
import { arrive } from '../support/visitor.js';

describe('a session', () => {
  let site: TestSite;
  let store: Store;
  before(async () => {
    site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    store = await Store.open(site.databaseUrl);
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  /** Queries that the database has answered so far. */
  async function queries(): Promise<number> {
    const { opcounters } = await store.client.db().command({ serverStatus: 1 });
    return (opcounters as { query: number }).query;
  }

  it('is read once for many posts: a post asks for the seat and the room only', async () => {
    const visitor = await arrive(site);
    const room = await visitor.createRoom({ title: 'Many posts' });
    await visitor.sit(room._id);
    await visitor.say(room._id, 'first');
    const before = await queries();
    const posts = 30;
    for (let n = 0; n < posts; n++) await visitor.say(room._id, `${n}`);
    const asked = (await queries()) - before;
    assert.ok(asked < posts * 2.5, `${asked} queries for ${posts} posts`);
    visitor.leaveAll();
  });

  it('that was regenerated is another one at once, and the one before is none', async () => {
    const consultant = await work(site, 'Mina');
    const before = consultant.cookie;
    assert.equal((await consultant.agent.get('/chat/admin').set('Accept', 'text/html')).status, 200);
    await consultant.signOut();
    const [old, now] = await Promise.all(
      [before, consultant.cookie].map((cookie) =>
        fetch(`${site.url}/api/messages`, { headers: { cookie, accept: 'application/json' } }),
      ),
    );
    assert.notEqual(before, consultant.cookie);
    assert.deepEqual([old?.status, now?.status], [401, 200]);
  });
});
