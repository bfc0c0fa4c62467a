// Embedded only: an index of a large collection is built a slice at a time, whatever is written or happens meanwhile.
import { strict as assert } from 'node:assert';
import { type Collection, MongoClient } from 'mongodb';
import { checkStore, type EmbeddedStore } from '../../src/index.js';
import { child, kill } from '../support/kill.js';
import { describeEmbedded, eventually, failure, startStore, temporaryDir } from '../support/store.js';

const COUNT = 20_000;

interface Doc {
  n: number;
  tags?: string[];
}

describeEmbedded('an index of a large collection', () => {
  let place: ReturnType<typeof temporaryDir>;
  let store: EmbeddedStore;
  let client: MongoClient;
  let docs: Collection<Doc>;
  const connect = async (url: string) => {
    client = await new MongoClient(url, { serverSelectionTimeoutMS: 2000 }).connect();
    docs = client.db().collection<Doc>('docs');
  };
  beforeEach(async () => {
    place = temporaryDir();
    store = await startStore(place.dir);
    await connect(store.url);
    for (let from = 0; from < COUNT; from += 10_000)
      await docs.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ n: from + i })));
  });
  afterEach(async () => {
    await client.close();
    await store.close();
    place.remove();
  });

  const commits = async () =>
    ((await client.db().admin().command({ serverStatus: 1 })).embedded as { commits: number }).commits;

  /** Every index holds what its documents say, and nothing else. */
  const assertWhole = async () => {
    const { problems, collections } = await checkStore({ dir: place.dir });
    assert.deepEqual(problems, []);
    return collections;
  };

  it('has what was written, changed and deleted while it was built; a second request for it waits', async () => {
    const state = { building: true };
    const built = docs.createIndexes([{ key: { n: 1 }, unique: true }, { key: { tags: 1 } }]);
    const again = docs.createIndex({ tags: 1 }, {}, {}).finally(() => (state.building = false));
    let turns = 0;
    for (; state.building || turns === 0; turns++) {
      const [low, high] = [turns * 3, COUNT - 10 - turns * 3];
      await docs.insertOne({ n: COUNT + turns, tags: ['new'] });
      await docs.updateMany({ n: { $in: [low, high] } }, { $set: { tags: ['a', 'b'] } });
      await docs.deleteMany({ n: { $in: [low + 1, high + 1] } });
    }
    assert.deepEqual([await built, await again], [['n_1', 'tags_1'], 'tags_1']);
    assert.equal(await docs.countDocuments({ tags: 'new' }, { hint: 'tags_1' }), turns);
    assert.equal((await failure(docs.insertOne({ n: COUNT }))).code, 11000);
    await store.close();
    assert.equal((await assertWhole())[0]?.indexes, 3);
  });

  it('is not made where a document refuses it, nor where its collection is dropped; nothing of it stays', async () => {
    await docs.insertOne({ n: COUNT - 1 });
    assert.equal((await failure(docs.createIndex({ n: 1 }, { unique: true }, {}))).code, 11000);
    assert.deepEqual(
      (await docs.indexes()).map(({ name }) => name),
      ['_id_'],
    );
    const before = await commits();
    const [building] = await Promise.allSettled([
      docs.createIndex({ n: 1 }, {}, {}),
      eventually(async () => (await commits()) > before + 2).then(() => client.db().dropCollection('docs')),
    ]);
    // it may have been faster than the drop
    if (building.status === 'rejected') assert.equal((building.reason as { code?: unknown }).code, 276);
    await store.close();
    assert.deepEqual(await assertWhole(), []);
  });

  it('is gone after kill -9 in the middle of its building, and can be made again', async () => {
    await client.close();
    await store.close();
    const victim = await child(place.dir);
    await connect(victim.url ?? '');
    const before = await commits();
    const built = Promise.allSettled([docs.createIndex({ n: 1 }, {}, {})]);
    await eventually(async () => (await commits()) > before + 2);
    await kill(victim.process);
    const [{ status }] = await built;
    assert.equal((await assertWhole())[0]?.indexes, status === 'rejected' ? 1 : 2);
    await client.close();
    store = await startStore(place.dir);
    await connect(store.url);
    await docs.createIndex({ n: 1 }, {}, {});
    assert.equal(await docs.countDocuments({ n: { $gte: 0 } }), COUNT);
    await store.close();
    assert.equal((await assertWhole())[0]?.indexes, 2);
  });
});
