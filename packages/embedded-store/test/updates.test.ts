// What each update operator makes of a document, with BSON types and field order, as MongoDB's manual says.
import { strict as assert } from 'node:assert';
import { Double, Int32, Long, ObjectId, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { failure, openSuite, TYPED, typed, type Suite } from './support/store.js';

const int = (value: number) => new Int32(value);
const dbl = (value: number) => new Double(value);
const long = (value: number | string) => Long.fromString(String(value));
const day = (n: number) => new Date(Date.UTC(2026, 0, n));

interface Case {
  readonly name: string;
  readonly doc: Document;
  readonly update: Document;
  readonly result: Document;
}

const plain = (name: string, doc: Document, update: Document, result: Document): Case => ({
  name,
  doc,
  update,
  result,
});
const CASES: Case[] = [
  plain(
    '$set keeps the place of a field, adds new ones in order of name',
    { a: int(1), b: int(2) },
    { $set: { d: int(4), a: int(9), c: int(3) } },
    { a: int(9), b: int(2), c: int(3), d: int(4) },
  ),
  plain('$set makes documents on the way', {}, { $set: { 'a.b.c': int(1) } }, { a: { b: { c: int(1) } } }),
  plain('$set in an array by index', { a: [int(1), int(2)] }, { $set: { 'a.1': 'x' } }, { a: [int(1), 'x'] }),
  plain(
    '$set beyond an array pads with null',
    { a: [int(1)] },
    { $set: { 'a.3': int(4) } },
    { a: [int(1), null, null, int(4)] },
  ),
  plain('$set a numeric name makes a field, not an array', {}, { $set: { 'a.0': int(1) } }, { a: { 0: int(1) } }),
  plain(
    '$set with the same value in another type changes the type',
    { a: int(1) },
    { $set: { a: dbl(1) } },
    { a: dbl(1) },
  ),
  plain(
    '$set keeps types',
    {},
    { $set: { b: long(5), c: day(1), d: new ObjectId('64b000000000000000000001') } },
    { b: long(5), c: day(1), d: new ObjectId('64b000000000000000000001') },
  ),
  plain(
    '$setOnInsert does nothing on update',
    { a: int(1) },
    { $setOnInsert: { a: int(2) }, $set: { b: int(1) } },
    { a: int(1), b: int(1) },
  ),
  plain(
    '$unset removes',
    { a: int(1), b: { c: int(1), d: int(2) } },
    { $unset: { a: '', 'b.c': 1, 'x.y': 1 } },
    { b: { d: int(2) } },
  ),
  plain('$unset in an array leaves null', { a: [int(1), int(2)] }, { $unset: { 'a.0': '' } }, { a: [null, int(2)] }),
  plain('$inc int by int', { a: int(1) }, { $inc: { a: int(2) } }, { a: int(3) }),
  plain('$inc int overflows to long', { a: int(2147483647) }, { $inc: { a: int(1) } }, { a: long('2147483648') }),
  plain('$inc int by double', { a: int(1) }, { $inc: { a: dbl(0.5) } }, { a: dbl(1.5) }),
  plain('$inc int by long is long', { a: int(1) }, { $inc: { a: long(1) } }, { a: long(2) }),
  plain(
    '$inc long is exact',
    { a: long('9007199254740993') },
    { $inc: { a: int(2) } },
    { a: long('9007199254740995') },
  ),
  plain(
    '$inc makes the field, with its type',
    {},
    { $inc: { a: long(5), 'b.c': int(1) } },
    { a: long(5), b: { c: int(1) } },
  ),
  plain('$inc negative', { a: int(1) }, { $inc: { a: int(-3) } }, { a: int(-2) }),
  plain(
    '$min and $max',
    { a: int(5), b: int(5), c: int(5) },
    { $min: { a: int(3), x: int(1) }, $max: { b: int(9), c: int(1) } },
    { a: int(3), b: int(9), c: int(5), x: int(1) },
  ),
  plain('$min keeps the type of an equal value', { a: int(5) }, { $min: { a: dbl(5) } }, { a: int(5) }),
  plain('$max compares across types by BSON order', { a: int(5) }, { $max: { a: 'x' } }, { a: 'x' }),
  plain('$min on dates', { a: day(5) }, { $min: { a: day(1) } }, { a: day(1) }),
  plain('$addToSet', { a: [int(1)] }, { $addToSet: { a: int(2) } }, { a: [int(1), int(2)] }),
  plain(
    '$addToSet of what is there, in another number type',
    { a: [int(1)] },
    { $addToSet: { a: dbl(1) } },
    { a: [int(1)] },
  ),
  plain(
    '$addToSet of documents is by order of fields',
    { a: [{ x: int(1), y: int(2) }] },
    { $addToSet: { a: { y: int(2), x: int(1) } } },
    {
      a: [
        { x: int(1), y: int(2) },
        { y: int(2), x: int(1) },
      ],
    },
  ),
  plain('$addToSet $each', {}, { $addToSet: { a: { $each: [int(1), int(1), int(2)] } } }, { a: [int(1), int(2)] }),
  plain('$addToSet of an array adds one element', { a: [] }, { $addToSet: { a: [int(1)] } }, { a: [[int(1)]] }),
  plain('$push', { a: [int(1)] }, { $push: { a: int(1), b: 'x' } }, { a: [int(1), int(1)], b: ['x'] }),
  plain(
    '$push $each $slice last',
    { a: [int(1), int(2)] },
    { $push: { a: { $each: [int(3), int(4)], $slice: -3 } } },
    { a: [int(2), int(3), int(4)] },
  ),
  plain(
    '$push $each $slice first',
    { a: [int(1), int(2)] },
    { $push: { a: { $each: [int(3)], $slice: 2 } } },
    { a: [int(1), int(2)] },
  ),
  plain('$push $slice to nothing', { a: [int(1)] }, { $push: { a: { $each: [int(3)], $slice: 0 } } }, { a: [] }),
  plain(
    'a field of one element by its position',
    { a: [{ n: int(1) }, { n: int(2) }] },
    { $max: { 'a.1.n': int(5) }, $inc: { 'a.0.n': int(1) } },
    { a: [{ n: int(2) }, { n: int(5) }] },
  ),
  plain('$pull a value', { a: [int(1), int(2), dbl(1), 'x'] }, { $pull: { a: int(1) } }, { a: [int(2), 'x'] }),
  plain('$pull by operators', { a: [int(1), int(5), int(9)] }, { $pull: { a: { $gte: int(5) } } }, { a: [int(1)] }),
  plain(
    '$pull documents by some fields',
    {
      a: [
        { n: 'a', s: 'b' },
        { n: 'c', s: 'b' },
      ],
    },
    { $pull: { a: { n: 'a' } } },
    { a: [{ n: 'c', s: 'b' }] },
  ),
  plain(
    '$pull documents by operators inside',
    { a: [{ n: int(1) }, { n: int(5) }] },
    { $pull: { a: { n: { $gt: int(3) } } } },
    { a: [{ n: int(1) }] },
  ),
  plain(
    '$pull by operators looks into arrays',
    { a: [[int(1), int(5)], [int(1)], int(7)] },
    { $pull: { a: { $gt: int(3) } } },
    { a: [[int(1)]] },
  ),
  plain(
    '$pull by $or is about documents',
    { a: [{ n: int(1) }, { n: int(2) }, { m: int(3) }, int(1)] },
    { $pull: { a: { $or: [{ n: int(1) }, { m: int(3) }] } } },
    { a: [{ n: int(2) }, int(1)] },
  ),
  plain('$pull from nothing', { b: int(1) }, { $pull: { a: int(1) } }, { b: int(1) }),
  plain('$pull $in', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }),
  plain(
    '$pullAll',
    { a: [int(1), int(2), int(1), { x: int(1) }] },
    { $pullAll: { a: [int(1), { x: int(1) }] } },
    { a: [int(2)] },
  ),
  plain(
    '$pop last and first',
    { a: [int(1), int(2)], b: [int(1), int(2)] },
    { $pop: { a: 1, b: -1 } },
    { a: [int(1)], b: [int(2)] },
  ),
  plain('replacement keeps _id', { a: int(1), b: int(1) }, { c: int(3) }, { c: int(3) }),
];

describe('update operators', () => {
  let suite: Suite;
  let collection: Collection;
  before(async () => {
    suite = await openSuite();
    collection = suite.db.collection('u');
    await collection.createIndex({ a: 1 }, {}, {});
  });
  after(() => suite.close());

  for (const { name, doc, update, result } of CASES)
    it(name, async () => {
      const _id = new ObjectId();
      await collection.insertOne({ _id, ...doc });
      const replacing = !Object.keys(update).some((key) => key.startsWith('$'));
      if (replacing) await collection.replaceOne({ _id }, update);
      else await collection.updateOne({ _id }, update);
      assert.equal(typed(await collection.findOne({ _id }, TYPED)), typed({ _id, ...result }));
      if ('a' in result) assert.ok(await collection.findOne({ _id, a: result.a as Document }), 'the index follows');
    });

  it('says what it matched and modified', async () => {
    const _id = new ObjectId();
    await collection.insertOne({ _id, a: 1 });
    const same = await collection.updateOne({ _id }, { $set: { a: 1 } });
    assert.deepEqual([same.matchedCount, same.modifiedCount], [1, 0]);
    const none = await collection.updateOne({ _id: new ObjectId() }, { $set: { a: 1 } });
    assert.deepEqual([none.matchedCount, none.modifiedCount], [0, 0]);
  });

  it('updates many, each once, though they move in the index walked', async () => {
    const many = suite.db.collection<{ n: number }>('many');
    await many.createIndex({ n: 1 }, {}, {});
    await many.insertMany(Array.from({ length: 50 }, (_, n) => ({ n })));
    const result = await many.updateMany({ n: { $gte: 0 } }, { $inc: { n: 10 } });
    assert.equal(result.modifiedCount, 50);
    assert.equal(await many.countDocuments({ n: { $gte: 10, $lt: 60 } }), 50);
  });

  describe('upsert', () => {
    const upserting = async (filter: Document, update: Document) => {
      await collection.deleteMany(filter);
      const { upsertedId } = await collection.updateOne(filter, update, { upsert: true });
      return collection.findOne({ _id: upsertedId as unknown as ObjectId }, { ...TYPED, projection: { _id: 0 } });
    };

    it('takes equalities from the filter, in the order of their names', async () => {
      assert.equal(
        typed(
          await upserting(
            { k: 'q', 'x.y': int(1), z: { $gt: 5 }, $and: [{ w: { $eq: int(2) } }] },
            { $set: { v: int(3) } },
          ),
        ),
        typed({ k: 'q', w: int(2), x: { y: int(1) }, v: int(3) }),
      );
    });
    it('applies $setOnInsert, $inc and $push to the new document', async () => {
      assert.equal(
        typed(await upserting({ k: 'r' }, { $setOnInsert: { s: int(1) }, $inc: { n: int(1) }, $push: { l: 'x' } })),
        typed({ k: 'r', l: ['x'], n: int(1), s: int(1) }),
      );
    });
    it('with null for its _id', async () => {
      await collection.updateOne({ _id: null as never, k: 'n' }, { $set: { v: int(1) } }, { upsert: true });
      assert.equal(typed(await collection.findOne({ k: 'n' }, TYPED)), typed({ _id: null, k: 'n', v: int(1) }));
    });
    it('by replacement, with the _id of the filter', async () => {
      const _id = new ObjectId();
      await collection.replaceOne({ _id, k: 't' }, { other: int(1) }, { upsert: true });
      assert.equal(typed(await collection.findOne({ _id }, TYPED)), typed({ _id, other: int(1) }));
    });
  });

  describe('refusals', () => {
    const REFUSED: [name: string, doc: Document, update: Document, code: number][] = [
      ['two operators on one path', { a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
      ['a path and its parent', { a: {} }, { $set: { a: {}, 'a.b': 1 } }, 40],
      ['$inc of a string', { a: 'x' }, { $inc: { a: 1 } }, 14],
      ['$inc by a string', { a: 1 }, { $inc: { a: 'x' } }, 14],
      ['$inc of null', { a: null }, { $inc: { a: 1 } }, 14],
      ['$inc beyond long', { a: long('9223372036854775807') }, { $inc: { a: 1 } }, 2],
      ['$push to a number', { a: 1 }, { $push: { a: 1 } }, 2],
      ['$addToSet to a string', { a: 'x' }, { $addToSet: { a: 1 } }, 2],
      ['$pull from a number', { a: 1 }, { $pull: { a: 1 } }, 2],
      ['$pop from a number', { a: 1 }, { $pop: { a: 1 } }, 14],
      ['$pop by 2', { a: [1] }, { $pop: { a: 2 } }, 9],
      ['a path through a scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
      ['a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
      ['changing _id', { a: 1 }, { $set: { _id: 5 } }, 66],
      ['an unknown operator', { a: 1 }, { $frobnicate: { a: 1 } }, 9],
      ['an empty path part', { a: 1 }, { $set: { 'a..b': 1 } }, 56],
      ['$each of no array', { a: [] }, { $push: { a: { $each: 1 } } }, 2],
      ['$each of no array for $addToSet', { a: [] }, { $addToSet: { a: { $each: 1 } } }, 14],
      ['$slice by a string', { a: [] }, { $push: { a: { $each: [1], $slice: 'x' } } }, 2],
      ['$pullAll by a value', { a: [1] }, { $pullAll: { a: 1 } }, 2],
      ['removing _id', { a: 1 }, { $unset: { _id: '' } }, 66],
      ['an unknown clause of $push', { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, 2],
    ];
    for (const [name, doc, update, code] of REFUSED)
      it(name, async () => {
        const _id = new ObjectId();
        await collection.insertOne({ _id, ...doc });
        const error = await failure(collection.updateOne({ _id }, update));
        assert.equal(error.code, code, error.message);
        assert.equal(typed(await collection.findOne({ _id }, TYPED)), typed({ _id, ...doc }), 'nothing was changed');
      });
  });
});
