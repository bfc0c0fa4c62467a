// connect-mongo 6 on the store, by express-session's store interface.
import { strict as assert } from 'node:assert';
import MongoStore from 'connect-mongo';
import type { SessionData } from 'express-session';
import { openSuite, type Suite } from './support/store.js';

describe('connect-mongo', () => {
  let suite: Suite;
  let store: MongoStore;
  before(async () => {
    suite = await openSuite();
    store = MongoStore.create({
      client: suite.client,
      dbName: suite.db.databaseName,
      ttl: 3600,
      touchAfter: 0,
    });
  });
  after(() => suite.close());

  const call = <T = unknown>(
    run: (done: (error: unknown, value?: T | null) => void) => void,
  ): Promise<T | null | undefined> =>
    new Promise((resolve, reject) =>
      run((error, value) => {
        if (error) reject(error instanceof Error ? error : new Error('the store failed', { cause: error }));
        else resolve(value);
      }),
    );
  const session = (n: number) => ({ cookie: { originalMaxAge: 1000 }, n }) as unknown as SessionData & { n: number };

  it('sets, gets, touches, lists, counts and destroys sessions', async () => {
    await call((done) => store.set('one', session(1), done));
    await call((done) => store.set('one', session(2), done));
    await call((done) => store.set('two', session(3), done));
    const found = await call<SessionData>((done) => store.get('one', done));
    assert.equal((found as unknown as { n: number }).n, 2);
    await call((done) => store.touch('one', session(2), done));
    assert.equal(await call<number>((done) => store.length(done)), 2);
    await call((done) => store.destroy('one', done));
    assert.ok(!(await call<SessionData>((done) => store.get('one', done))));
    await call((done) => store.clear(done));
    assert.equal(await call<number>((done) => store.length(done)), 0);
  });

  it('makes the index by which sessions expire', async () => {
    const indexes = await suite.db.collection('sessions').indexes();
    assert.ok(
      indexes.some(
        ({ key, expireAfterSeconds }) => (key as { expires?: number }).expires === 1 && expireAfterSeconds === 0,
      ),
    );
  });
});
