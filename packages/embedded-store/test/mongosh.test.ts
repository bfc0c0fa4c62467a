// What mongosh sends when somebody looks around: `show dbs`, `show collections`, db.stats(), db.c.stats(), db.c.getIndexes().
import { strict as assert } from 'node:assert';
import type { Document } from 'bson';
import { failure, openSuite, type Suite } from './support/store.js';

describe('what a person at mongosh asks', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('c').insertMany([{ a: 1 }, { a: 2 }]);
    await suite.db.collection('c').createIndex({ a: 1 }, {}, {});
  });
  after(() => suite.close());

  const admin = (command: Document) => suite.client.db('admin').command(command);

  it('greets, and tells its release, settings and state', async () => {
    assert.equal((await admin({ hello: 1, client: {} })).isWritablePrimary, true);
    assert.match((await admin({ buildInfo: 1 })).version as string, /^\d+\.\d+\.\d+$/);
    assert.ok((await admin({ getParameter: 1, featureCompatibilityVersion: 1 })).featureCompatibilityVersion);
    assert.ok(Array.isArray((await admin({ getLog: 'startupWarnings' })).log));
    assert.ok((await admin({ connectionStatus: 1 })).authInfo);
    assert.ok(((await admin({ serverStatus: 1 })).opcounters as Document).query >= 0);
  });

  it('lists databases, with sizes or names only, and collections', async () => {
    const name = suite.db.databaseName;
    const sizes = (await admin({ listDatabases: 1, nameOnly: false })).databases as Document[];
    assert.ok(Number(sizes.find((db) => db.name === name)?.sizeOnDisk) > 0);
    const names = (await admin({ listDatabases: 1, nameOnly: true, filter: { name } })).databases as Document[];
    assert.deepEqual(names, [{ name }]);
    const { cursor } = await suite.db.command({ listCollections: 1, nameOnly: true, authorizedCollections: true });
    const first = (cursor as { firstBatch: Document[] }).firstBatch;
    assert.deepEqual(
      first.map((collection) => [collection.name, collection.type] as unknown),
      [['c', 'collection']],
    );
  });

  it('sums a database up, in bytes and in a larger unit', async () => {
    const stats = await suite.db.command({ dbStats: 1, scale: 1 });
    assert.deepEqual([stats.collections, stats.objects, stats.indexes], [1, 2, 2]);
    assert.ok(Number(stats.dataSize) > 0);
    assert.ok(Number((await suite.db.command({ dbStats: 1, scale: 1024 })).dataSize) < 1);
    assert.ok((await failure(suite.db.command({ dbStats: 1, scale: 0 }))).code);
  });

  it('sums a collection up, by the stage that db.c.stats() uses and by the command', async () => {
    const [stats] = await suite.db
      .collection('c')
      .aggregate([{ $collStats: { storageStats: { scale: 1 } } }])
      .toArray();
    const storage = stats?.storageStats as Document;
    assert.equal(stats?.ns, `${suite.db.databaseName}.c`);
    assert.deepEqual([storage.count, storage.nindexes], [2, 2]);
    const command = await suite.db.command({ collStats: 'c', scale: 1 });
    assert.deepEqual([command.count, command.size], [storage.count, storage.size]);
  });

  it('explains a find', async () => {
    const explained = await suite.db.command({ explain: { find: 'c', filter: { a: 1 } }, verbosity: 'queryPlanner' });
    assert.match(JSON.stringify(explained.queryPlanner), /"indexName":"a_1"/);
  });
});
