// Embedded only: whoever reads very much lets the others have their turns, and reads one moment all the same.
import { strict as assert } from 'node:assert';
import { type Collection, MongoClient, type ObjectId } from 'mongodb';
import { describeEmbedded, failure, openSuite, startStore, temporaryDir, type Suite } from '../support/store.js';

interface Doc {
  n: number;
  late?: boolean;
  done?: number;
  a?: number;
}

const COUNT = 100_000;
/** Without turns one or two of each would be answered during a scan, those that came before it. An insert waits for the disk. */
const FINDS = 20;
const INSERTS = 2;

/**
 * Finds by index and inserts go on until the work is done, and enough of both are answered meanwhile.
 * @returns what the work returns
 */
async function letThrough<T>(db: Suite['db'], work: (big: Collection<Doc>) => Promise<T>): Promise<T> {
  const [big, own] = [db.collection<Doc>('big'), db.collection('own')];
  let working = true;
  const answer = work(big).finally(() => (working = false));
  const inserted: unknown[] = [];
  let finds = 0;
  const finding = async () => {
    for (; working; finds++) assert.equal(await own.findOne({ k: -1 }), null);
  };
  const inserting = async () => {
    // those that come after the start are not seen by the scan
    while (working) inserted.push((await big.insertOne({ n: -1, late: true })).insertedId);
  };
  await Promise.all([finding(), inserting()]);
  const result = await answer;
  await big.deleteMany({ _id: { $in: inserted as ObjectId[] } });
  assert.ok(finds > FINDS && inserted.length > INSERTS, `${finds} finds, ${inserted.length} inserts`);
  return result;
}

describeEmbedded('a scan of 100,000 documents', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    const big = suite.db.collection('big');
    const block = Array.from({ length: 10_000 }, (_, i) => i);
    for (let from = 0; from < COUNT; from += block.length) await big.insertMany(block.map((i) => ({ n: from + i })));
    await suite.db.collection('own').createIndex({ k: 1 }, {}, {});
  });
  after(() => suite.close());

  for (const [name, scan, expected] of [
    ['find', (big) => big.find({ n: { $lt: -1 } }).toArray(), []],
    [
      'find and sort',
      (big) =>
        big
          .find({ n: { $in: [0, 1, 2] } }, { projection: { _id: 0 } })
          .sort({ n: -1 })
          .toArray(),
      [{ n: 2 }, { n: 1 }, { n: 0 }],
    ],
    ['count', (big) => big.countDocuments({ n: { $gte: 10 } }), COUNT - 10],
    ['distinct', (big) => big.distinct('n', { n: { $lt: 2 } }), [0, 1]],
    [
      'group',
      (big) => big.aggregate([{ $group: { _id: '$late', sum: { $sum: 1 } } }]).toArray(),
      [{ _id: null, sum: COUNT }],
    ],
    [
      'updateMany',
      async (big) => (await big.updateMany({ n: { $gte: COUNT - 5 } }, { $inc: { n: 10 } })).modifiedCount,
      5,
    ],
    ['deleteMany', async (big) => (await big.deleteMany({ n: { $gte: COUNT - 5 } })).deletedCount, 5],
    [
      'findAndModify',
      (big) =>
        big.findOneAndUpdate({ n: { $gte: 0 } }, { $inc: { n: 1 } }, { sort: { n: -1 }, projection: { _id: 0 } }),
      { n: COUNT - 6 },
    ],
    [
      'a bulk write',
      async (big) => {
        const many = [1, 2, 3].map((n) => ({ updateOne: { filter: { n: COUNT + n }, update: { $set: { n } } } }));
        return (await big.bulkWrite([...many, { deleteOne: { filter: { n: COUNT - 5 } } }])).deletedCount;
      },
      1,
    ],
    [
      'createIndexes',
      async (big) => {
        const name = await big.createIndex({ n: 1 }, {}, {});
        await big.dropIndex(name);
        return name;
      },
      'n_1',
    ],
  ] as [string, (big: Collection<Doc>) => Promise<unknown>, unknown][])
    it(`lets inserts and finds by index through: ${name}`, async () => {
      assert.deepEqual(await letThrough(suite.db, scan), expected);
    });

  it('changes each document once, if it still matches at its turn, and none that came meanwhile', async () => {
    const big = suite.db.collection<Doc>('big');
    const some = { n: { $lt: 5_000 }, done: { $exists: false } };
    const [changed] = await Promise.all([
      letThrough(suite.db, () => big.updateMany(some, { $inc: { done: 1 } })),
      big.updateMany({ n: { $gt: 4_900, $lt: 5_000 } }, { $set: { done: 100 } }),
    ]);
    assert.ok(changed.modifiedCount >= 4_901, `${changed.modifiedCount}`);
    assert.ok((await big.countDocuments({ done: 1 })) <= changed.modifiedCount);
    assert.equal(await big.countDocuments({ done: { $in: [1, 100] } }), 5_000);
    assert.equal(await big.countDocuments({ done: { $gt: 1, $ne: 100 } }), 0);
  });

  it('inserts once where several upserts search the whole collection', async () => {
    const big = suite.db.collection<Doc>('big');
    const upserts = [1, 2, 3].map(() => big.updateOne({ n: -7 }, { $inc: { a: 1 } }, { upsert: true }));
    assert.equal((await Promise.all(upserts)).filter(({ upsertedCount }) => upsertedCount === 1).length, 1);
    assert.deepEqual(await big.find({ n: -7 }, { projection: { _id: 0 } }).toArray(), [{ n: -7, a: 3 }]);
  });

  it('can be killed in the middle, and refuses a second getMore meanwhile', async () => {
    const reply = await suite.db.command({ find: 'big', filter: { n: { $in: [0, COUNT - 10] } }, batchSize: 1 });
    const id = (reply['cursor'] as { id: unknown }).id;
    const more = { getMore: id, collection: 'big', batchSize: 10 };
    const outcomes = await Promise.allSettled([
      suite.db.command(more, { promoteLongs: false }),
      suite.db.command(more, { promoteLongs: false }),
      suite.db.command({ killCursors: 'big', cursors: [id] }),
    ]);
    const codes = outcomes.map((one) => (one.status === 'rejected' ? (one.reason as { code: unknown }).code : 0));
    assert.ok(
      codes.slice(0, 2).some((code) => code === 12051 || code === 43),
      JSON.stringify(codes),
    );
    assert.equal((await failure(suite.db.command(more))).code, 43);
  });

  it('does not keep the store from closing', async () => {
    const place = temporaryDir();
    const store = await startStore(place.dir);
    const client = await new MongoClient(store.url, { serverSelectionTimeoutMS: 500 }).connect();
    const docs = client.db().collection('c');
    for (let i = 0; i < 5; i++) await docs.insertMany(Array.from({ length: 10_000 }, (_, n) => ({ n })));
    const scans = Promise.allSettled([1, 2, 3].map(() => docs.find({ n: -1 }).toArray()));
    await docs.findOne({});
    await store.close();
    await scans;
    await client.close();
    const again = await startStore(place.dir);
    await again.close();
    place.remove();
  });
});
