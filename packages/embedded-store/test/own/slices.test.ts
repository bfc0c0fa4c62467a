// Embedded only: whoever reads very much lets the others have their turns, and reads one moment all the same.
import { strict as assert } from 'node:assert';
import { MongoClient } from 'mongodb';
import { describeEmbedded, failure, openSuite, startStore, temporaryDir, type Suite } from '../support/store.js';

const COUNT = 200_000;
/** Without turns one or two of each would be answered during a scan, those that came before it. An insert waits for the disk. */
const FINDS = 20;
const INSERTS = 2;

describeEmbedded('a scan of 200,000 documents', () => {
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
    [
      'find',
      (db) =>
        db
          .collection('big')
          .find({ n: { $lt: 0 } })
          .toArray(),
      [],
    ],
    [
      'find and sort',
      (db) =>
        db
          .collection('big')
          .find({ n: { $lt: 3 } }, { projection: { _id: 0 } })
          .sort({ n: -1 })
          .toArray(),
      [{ n: 2 }, { n: 1 }, { n: 0 }],
    ],
    ['count', (db) => db.collection('big').countDocuments({ n: { $gte: 10 } }), COUNT - 10],
    ['distinct', (db) => db.collection('big').distinct('n', { n: { $lt: 2 } }), [0, 1]],
    [
      'group',
      (db) =>
        db
          .collection('big')
          .aggregate([{ $group: { _id: '$late', sum: { $sum: 1 } } }])
          .toArray(),
      [{ _id: null, sum: COUNT }],
    ],
  ] as [string, (db: Suite['db']) => Promise<unknown>, unknown][])
    it(`lets inserts and finds by index through: ${name}`, async () => {
      let scanning = true;
      const answer = scan(suite.db).finally(() => (scanning = false));
      const own = suite.db.collection('own');
      const count = { finds: 0, inserts: 0 };
      const finding = async () => {
        for (; scanning; count.finds++) assert.equal(await own.findOne({ k: -1 }), null);
      };
      const inserting = async () => {
        // those that come after the start are not seen by the scan
        for (; scanning; count.inserts++) await suite.db.collection('big').insertOne({ n: -1, late: true });
      };
      await Promise.all([finding(), inserting()]);
      assert.deepEqual(await answer, expected);
      await suite.db.collection('big').deleteMany({ n: { $lt: 0 } });
      assert.ok(count.finds > FINDS && count.inserts > INSERTS, JSON.stringify(count));
    });

  it('can be killed in the middle, and refuses a second getMore meanwhile', async () => {
    const reply = await suite.db.command({ find: 'big', filter: { n: { $in: [0, COUNT - 1] } }, batchSize: 1 });
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
