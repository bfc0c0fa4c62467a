// Queries as a chat site makes them, and that an index answers them: explain must say that nothing else was read.
import { strict as assert } from 'node:assert';
import { ObjectId, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { failure, openSuite, type Suite } from './support/store.js';

interface Stats {
  executionStats: { totalKeysExamined: number; totalDocsExamined: number; nReturned: number };
  queryPlanner: { winningPlan: unknown };
}

/** Keys and documents examined. Sorting in memory fails the test. */
function examined(explained: Document): [keys: number, docs: number] {
  const { executionStats, queryPlanner } = explained as unknown as Stats;
  const plan = JSON.stringify(queryPlanner.winningPlan);
  assert.ok(!plan.includes('COLLSCAN') && !plan.includes('"SORT"'), plan);
  return [executionStats.totalKeysExamined, executionStats.totalDocsExamined];
}

describe('the queries of an application', () => {
  let suite: Suite;
  let rooms: Collection;
  let seats: Collection;
  let chats: Collection;
  const room = new ObjectId();

  before(async () => {
    suite = await openSuite();
    rooms = suite.db.collection('rooms');
    seats = suite.db.collection('seats');
    chats = suite.db.collection('chats');
    await rooms.createIndex({ state: 1, createdAt: -1, _id: -1 }, {}, {});
    await rooms.createIndex({ grams: 1 }, {}, {});
    await rooms.insertMany(
      Array.from({ length: 300 }, (_, i) => ({
        state: i % 3 ? 'open' : 'closed',
        createdAt: new Date(1e12 + Math.floor(i / 2) * 1000),
        title: `room ${i}`,
        grams: ['ro', 'oo', 'om', `n${i % 10}`, `m${i}`],
        lastSeq: 0,
      })),
    );
    await seats.createIndexes([
      { key: { room: 1, slot: 1 }, unique: true },
      { key: { room: 1, visitor: 1 }, unique: true },
      { key: { until: 1 }, sparse: true },
    ]);
    await chats.createIndexes([
      { key: { room: 1, seq: 1 }, unique: true },
      {
        key: { room: 1, 'author.id': 1, clientId: 1 },
        unique: true,
        partialFilterExpression: { clientId: { $exists: true } },
      },
    ]);
    await chats.insertMany(
      Array.from({ length: 200 }, (_, i) => ({
        room: i % 2 ? room : new ObjectId(),
        seq: i,
        text: `t${i}`,
        author: { id: 'v' },
        clientId: `c${i}`,
      })),
    );
  });
  after(() => suite.close());

  it('a page of open rooms, newest first, reads that page', async () => {
    const page = rooms.find({ state: 'open' }).sort({ createdAt: -1, _id: -1 }).skip(50).limit(50);
    const [keys, docs] = examined(await page.clone().explain('executionStats'));
    assert.ok(keys <= 101 && docs <= 51, `${keys} keys, ${docs} documents`);
    const all = (await rooms.find({ state: 'open' }).toArray()).sort(
      (a, b) => Number(b.createdAt) - Number(a.createdAt) || (String(a._id) < String(b._id) ? 1 : -1),
    );
    assert.deepEqual(
      (await page.toArray()).map(({ title }) => title as string),
      all.slice(50, 100).map(({ title }) => title as string),
    );
  });

  it('the same index walks backwards', async () => {
    const oldest = rooms.find({ state: 'open' }).sort({ createdAt: 1, _id: 1 }).limit(5);
    assert.ok(examined(await oldest.clone().explain('executionStats'))[1] <= 5);
    const found = await oldest.toArray();
    assert.equal(found[0]?.title, 'room 1');
  });

  it('counts from the index alone', async () => {
    assert.equal(await rooms.countDocuments({ state: 'open' }), 200);
    const explained = await suite.db.command({
      explain: { count: 'rooms', query: { state: 'open' } },
      verbosity: 'executionStats',
    });
    assert.equal(examined(explained)[1], 0);
    const all = await suite.db.command({ explain: { count: 'rooms', query: {} }, verbosity: 'executionStats' });
    assert.equal((all as unknown as Stats).executionStats.totalDocsExamined, 0);
    assert.equal(await rooms.estimatedDocumentCount(), 300);
  });

  it('searches titles by grams', async () => {
    const filter = { grams: { $all: ['oo', 'm42'] } };
    assert.deepEqual(
      (await rooms.find(filter).toArray()).map(({ title }) => title as string),
      ['room 42'],
    );
    const [, docs] = examined(await rooms.find({ grams: 'm42' }).explain('executionStats'));
    assert.equal(docs, 1);
  });

  it('finds by _id reading one document', async () => {
    const { _id } = (await rooms.findOne({ title: 'room 7' })) as { _id: ObjectId };
    assert.deepEqual(examined(await rooms.find({ _id }).explain('executionStats'))[1], 1);
    const taken = await rooms.findOneAndUpdate(
      { _id, state: 'open' },
      { $inc: { lastSeq: 1 } },
      { returnDocument: 'after', projection: { lastSeq: 1 } },
    );
    assert.deepEqual(taken, { _id, lastSeq: 1 });
  });

  it('keeps seats by unique keys, holds and leases', async () => {
    const hold = { node: 'n', socket: 's' };
    await seats.insertOne({ room, slot: 1, visitor: 'a', holds: [] });
    for (const other of [
      { slot: 1, visitor: 'b' },
      { slot: 2, visitor: 'a' },
    ])
      assert.equal((await failure(seats.insertOne({ room, ...other, holds: [] }))).code, 11000);
    await seats.updateOne({ room, visitor: 'a' }, { $addToSet: { holds: hold }, $set: { until: null } });
    await seats.updateOne({ room, visitor: 'a' }, { $addToSet: { holds: hold } });
    const seat = await seats.findOne({ room, visitor: 'a' });
    assert.deepEqual(seat?.holds, [hold]);
    const due = { _id: seat._id, holds: { $size: 0 }, until: { $lte: new Date() } };
    assert.equal((await seats.deleteOne(due)).deletedCount, 0);
    await seats.updateOne({ room, visitor: 'a' }, { $pull: { holds: hold } } as Document);
    assert.equal((await seats.deleteOne(due)).deletedCount, 0, 'until is null');
    await seats.updateOne({ room, visitor: 'a', holds: { $size: 0 } }, { $set: { until: new Date(0) } });
    assert.equal(await seats.countDocuments({ room }), 1);
    assert.equal((await seats.deleteOne(due)).deletedCount, 1);
  });

  it('finds the seats of fifty rooms by their keys', async () => {
    const ids = Array.from({ length: 50 }, () => new ObjectId());
    await seats.insertMany(ids.map((id, i) => ({ room: id, slot: 1, visitor: 'v', i })));
    const [, docs] = examined(await seats.find({ room: { $in: ids.slice(10) } }).explain('executionStats'));
    assert.equal(docs, 40);
    assert.equal(await seats.countDocuments({ room: { $in: ids } }), 50);
  });

  it('reads messages forward from a number and backward from another', async () => {
    const forward = chats
      .find({ room, seq: { $gt: 5 } })
      .sort({ seq: 1 })
      .limit(10);
    assert.ok(examined(await forward.clone().explain('executionStats'))[1] <= 10);
    assert.deepEqual(
      (await forward.toArray()).map(({ seq }) => seq as number),
      [7, 9, 11, 13, 15, 17, 19, 21, 23, 25],
    );
    const backward = chats
      .find({ room, seq: { $lt: 100 } })
      .sort({ seq: -1 })
      .limit(3);
    assert.ok(examined(await backward.clone().explain('executionStats'))[1] <= 3);
    assert.deepEqual(
      (await backward.toArray()).map(({ seq }) => seq as number),
      [99, 97, 95],
    );
  });

  it('knows a repeated message by author and clientId', async () => {
    const again = { room, seq: 1000, author: { id: 'v' }, clientId: 'c1' };
    assert.equal((await failure(chats.insertOne(again))).code, 11000);
    const filter = { room, 'author.id': 'v', clientId: 'c1' };
    assert.deepEqual(examined(await chats.find(filter).explain('executionStats')), [1, 1]);
    assert.equal((await chats.findOne(filter))?.seq, 1);
  });

  it('erases a room', async () => {
    assert.equal((await chats.deleteMany({ room })).deletedCount, 100);
    assert.equal(await chats.countDocuments({ room }), 0);
    assert.equal(await chats.countDocuments({}), 100);
  });
});
