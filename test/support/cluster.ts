/** Two nodes that share one site: a database and a Redis between them. */
import { distantStore } from './distant-store.js';
import { type Someone, someone } from './direct.js';
import { type RedisServer, startRedis } from './redis-server.js';
import { startSite, type TestSite } from './site.js';
import { type Reachable, TestVisitor } from './visitor.js';
import { waitFor } from './wait.js';

export interface Cluster {
  one: TestSite;
  two: TestSite;
  redis: RedisServer;
  /** Until domain events of each node reach the other. */
  crossing(): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(env: Record<string, string>): Promise<Cluster> {
  const [store, redis] = await Promise.all([distantStore(), startRedis()]);
  const shared = {
    MONGO_URL: store.url,
    REDIS_URL: redis.url,
    COOKIE_SECRET: 'one-secret-for-both-of-the-nodes',
    ...env,
  };
  const one = await startSite(shared);
  const two = await startSite({ ...shared, UPLOADS_DIR: one.uploads });
  const cluster: Cluster = {
    one,
    two,
    redis,
    async crossing() {
      const [here, there] = [await someone(one), await someone(two)];
      const ears = [await here.visitor.listen('/direct'), await there.visitor.listen('/direct')];
      const fromEach = [here, there].map(({ visitor }) => visitor.agent);
      await waitFor('the nodes to hear each other', async () => {
        await fromEach[0]?.post(`/api/messages/send/${there.id}`).send({ message: 'over' });
        await fromEach[1]?.post(`/api/messages/send/${here.id}`).send({ message: 'back' });
        return ears.every(
          (ear) => new Set(ear.all<{ message: string }>('newMessage').map((m) => m.message)).size === 2,
        );
      });
      for (const ear of ears) ear.close();
    },
    async close() {
      await Promise.all([one.close(), two.close()]);
      await Promise.all([store.close(), redis.close()]);
    },
  };
  await cluster.crossing();
  return cluster;
}

/** The same visitor, as another node sees them. */
export function seenFrom(site: Reachable, visitor: TestVisitor): TestVisitor {
  const twin = new TestVisitor(site);
  twin.cookie = visitor.cookie;
  twin.id = visitor.id;
  void twin.agent.set('Cookie', visitor.cookie);
  return twin;
}

/** The same, for somebody with an address. */
export const someoneFrom = (site: Reachable, { visitor, id }: Someone): Someone => ({
  visitor: seenFrom(site, visitor),
  id,
});
