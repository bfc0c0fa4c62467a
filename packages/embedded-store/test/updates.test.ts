// What each update operator makes of a document, with BSON types and field order, as MongoDB's manual says.
import { strict as assert } from 'node:assert';
import { Decimal128, Double, Int32, Long, ObjectId, type Document } from 'bson';
import type { Collection, UpdateOptions } from 'mongodb';
import { failure, openSuite, TYPED, typed, type Suite } from './support.js';

const int = (value: number) => new Int32(value);
const dbl = (value: number) => new Double(value);
const long = (value: number | string) => Long.fromString(String(value));
const dec = (value: string) => Decimal128.fromString(value);
const day = (n: number) => new Date(Date.UTC(2026, 0, n));

interface Case {
  readonly name: string;
  readonly doc: Document;
  readonly update: Document | Document[];
  readonly result: Document;
  readonly filter?: Document;
  readonly options?: UpdateOptions;
}

const plain = (name: string, doc: Document, update: Document | Document[], result: Document): Case => ({
  name,
  doc,
  update,
  result,
});
const filtered = (name: string, doc: Document, filter: Document, update: Document, result: Document): Case => ({
  name,
  doc,
  filter,
  update,
  result,
});
const withFilters = (
  name: string,
  doc: Document,
  update: Document,
  arrayFilters: Document[],
  result: Document,
): Case => ({ name, doc, update, result, options: { arrayFilters } });

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
    { $set: { a: dec('1.10'), b: long(5), c: day(1), d: new ObjectId('64b000000000000000000001') } },
    { a: dec('1.10'), b: long(5), c: day(1), d: new ObjectId('64b000000000000000000001') },
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
  plain('$inc decimal', { a: dec('0.1') }, { $inc: { a: dec('0.2') } }, { a: dec('0.3') }),
  plain('$inc int by decimal', { a: int(1) }, { $inc: { a: dec('0.25') } }, { a: dec('1.25') }),
  plain(
    '$inc makes the field, with its type',
    {},
    { $inc: { a: long(5), 'b.c': int(1) } },
    { a: long(5), b: { c: int(1) } },
  ),
  plain('$inc negative', { a: int(1) }, { $inc: { a: int(-3) } }, { a: int(-2) }),
  plain('$mul', { a: int(3), b: dbl(1.5) }, { $mul: { a: int(2), b: int(2) } }, { a: int(6), b: dbl(3) }),
  plain('$mul makes a zero of the operand type', {}, { $mul: { a: long(3), b: dbl(2) } }, { a: long(0), b: dbl(0) }),
  plain('$mul int overflows to long', { a: int(2147483647) }, { $mul: { a: int(2) } }, { a: long('4294967294') }),
  plain(
    '$min and $max',
    { a: int(5), b: int(5), c: int(5) },
    { $min: { a: int(3), x: int(1) }, $max: { b: int(9), c: int(1) } },
    { a: int(3), b: int(9), c: int(5), x: int(1) },
  ),
  plain('$min keeps the type of an equal value', { a: int(5) }, { $min: { a: dbl(5) } }, { a: int(5) }),
  plain('$max compares across types by BSON order', { a: int(5) }, { $max: { a: 'x' } }, { a: 'x' }),
  plain('$min on dates', { a: day(5) }, { $min: { a: day(1) } }, { a: day(1) }),
  plain('$rename', { a: int(1), b: int(2) }, { $rename: { a: 'c' } }, { b: int(2), c: int(1) }),
  plain('$rename over an existing field', { a: int(1), b: int(2) }, { $rename: { a: 'b' } }, { b: int(1) }),
  plain('$rename into a document', { a: int(1) }, { $rename: { a: 'x.y' } }, { x: { y: int(1) } }),
  plain(
    '$rename happens in the place of the new name',
    { a: int(1) },
    { $rename: { a: 'd' }, $set: { b: int(2), e: int(3) } },
    { b: int(2), d: int(1), e: int(3) },
  ),
  plain('$rename of nothing', { b: int(2) }, { $rename: { a: 'c' } }, { b: int(2) }),
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
    '$push $each $position',
    { a: [int(1), int(2)] },
    { $push: { a: { $each: ['x', 'y'], $position: 1 } } },
    { a: [int(1), 'x', 'y', int(2)] },
  ),
  plain(
    '$push $position from the end',
    { a: [int(1), int(2)] },
    { $push: { a: { $each: ['x'], $position: -1 } } },
    { a: [int(1), 'x', int(2)] },
  ),
  plain(
    '$push $sort by field, then $slice',
    { a: [{ s: int(3) }, { s: int(1) }] },
    { $push: { a: { $each: [{ s: int(2) }], $sort: { s: -1 }, $slice: 2 } } },
    { a: [{ s: int(3) }, { s: int(2) }] },
  ),
  plain(
    '$push $sort of values',
    { a: [int(3), int(1)] },
    { $push: { a: { $each: [int(2)], $sort: 1 } } },
    { a: [int(1), int(2), int(3)] },
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
  plain(
    '$bit',
    { a: int(13), b: long(1) },
    { $bit: { a: { and: int(10) }, b: { or: int(6) } } },
    { a: int(8), b: long(7) },
  ),
  plain('$bit xor', { a: int(1) }, { $bit: { a: { xor: int(5) } } }, { a: int(4) }),
  plain('replacement keeps _id', { a: int(1), b: int(1) }, { c: int(3) }, { c: int(3) }),
  filtered(
    '$ is the first element that matched',
    { a: [int(5), int(7), int(7)] },
    { a: int(7) },
    { $set: { 'a.$': 'x' } },
    { a: [int(5), 'x', int(7)] },
  ),
  filtered(
    '$ on documents by $elemMatch',
    {
      a: [
        { x: int(1), y: int(1) },
        { x: int(1), y: int(2) },
      ],
    },
    { a: { $elemMatch: { x: int(1), y: int(2) } } },
    { $set: { 'a.$.z': int(9) } },
    {
      a: [
        { x: int(1), y: int(1) },
        { x: int(1), y: int(2), z: int(9) },
      ],
    },
  ),
  filtered(
    '$ on documents by a dotted path',
    { a: [{ x: int(1) }, { x: int(2) }] },
    { 'a.x': int(2) },
    { $inc: { 'a.$.x': int(10) } },
    { a: [{ x: int(1) }, { x: int(12) }] },
  ),
  plain('$[] is every element', { a: [int(1), int(2)] }, { $inc: { 'a.$[]': int(10) } }, { a: [int(11), int(12)] }),
  plain(
    '$[] then a field',
    { a: [{ x: int(1) }, { x: int(2) }] },
    { $set: { 'a.$[].y': int(0) } },
    {
      a: [
        { x: int(1), y: int(0) },
        { x: int(2), y: int(0) },
      ],
    },
  ),
  withFilters(
    '$[e] by value',
    { a: [int(1), int(5), int(9)] },
    { $set: { 'a.$[e]': int(0) } },
    [{ e: { $gte: int(5) } }],
    { a: [int(1), int(0), int(0)] },
  ),
  withFilters(
    '$[e] by field',
    {
      a: [
        { u: 'x', n: int(1) },
        { u: 'y', n: int(1) },
      ],
    },
    { $inc: { 'a.$[e].n': int(1) } },
    [{ 'e.u': 'y' }],
    {
      a: [
        { u: 'x', n: int(1) },
        { u: 'y', n: int(2) },
      ],
    },
  ),
  withFilters(
    'two levels of $[e]',
    { a: [{ b: [int(1), int(2)] }, { b: [int(2)] }] },
    { $set: { 'a.$[].b.$[e]': 'x' } },
    [{ e: int(2) }],
    { a: [{ b: [int(1), 'x'] }, { b: ['x'] }] },
  ),
  plain('pipeline: $set from fields', { a: int(1), b: int(2) }, [{ $set: { c: { $add: ['$a', '$b'] } } }], {
    a: int(1),
    b: int(2),
    c: int(3),
  }),
  plain(
    'pipeline: stages follow one another',
    { a: int(1) },
    [{ $set: { b: '$a' } }, { $unset: 'a' }, { $set: { c: { $cond: [{ $gt: ['$b', 0] }, 'yes', 'no'] } } }],
    { b: int(1), c: 'yes' },
  ),
  plain(
    'pipeline: $replaceWith',
    { a: { x: int(1) } },
    [{ $replaceWith: { $mergeObjects: [{ _id: '$_id' }, '$a'] } }],
    { x: int(1) },
  ),
  plain('pipeline: _id stays, whatever the stages say', { a: { x: int(1) } }, [{ $replaceWith: '$a' }], { x: int(1) }),
  plain('pipeline: $project', { a: int(1), b: int(2) }, [{ $project: { b: 1 } }], { b: int(2) }),
  plain('pipeline: an embedded $set merges', { a: { x: int(1) } }, [{ $set: { a: { y: int(2) } } }], {
    a: { x: int(1), y: int(2) },
  }),
  plain('pipeline: $$REMOVE', { a: int(1), b: int(2) }, [{ $set: { a: '$$REMOVE' } }], { b: int(2) }),
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

  for (const { name, doc, update, result, filter, options } of CASES)
    it(name, async () => {
      const _id = new ObjectId();
      await collection.insertOne({ _id, ...doc });
      const where = { _id, ...filter };
      const replacing = !Array.isArray(update) && !Object.keys(update).some((key) => key.startsWith('$'));
      if (replacing) await collection.replaceOne(where, update);
      else await collection.updateOne(where, update, options);
      assert.equal(typed(await collection.findOne({ _id }, TYPED)), typed({ _id, ...result }));
      const again = await collection.findOne({ ...where, _id, a: result.a as Document });
      if ('a' in result && !filter) assert.ok(again, 'the index follows');
    });

  it('$currentDate and $$NOW are the time of the store', async () => {
    const _id = new ObjectId();
    await collection.insertOne({ _id });
    await collection.updateOne({ _id }, {
      $currentDate: { a: true, b: { $type: 'date' }, c: { $type: 'timestamp' } },
    } as Document);
    await collection.updateOne({ _id }, [{ $set: { d: '$$NOW' } }]);
    const found = await collection.findOne({ _id }, TYPED);
    for (const name of ['a', 'b', 'd'])
      assert.ok(Math.abs((found?.[name] as Date).getTime() - Date.now()) < 60_000, name);
    assert.equal((found?.c as { _bsontype: string })._bsontype, 'Timestamp');
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
    const upserting = async (filter: Document, update: Document | Document[]) => {
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
    it('by a pipeline', async () => {
      assert.equal(
        typed(await upserting({ k: 's' }, [{ $set: { n: { $add: [{ $ifNull: ['$n', 0] }, 1] } } }])),
        typed({ k: 's', n: int(1) }),
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
    const REFUSED: [
      name: string,
      doc: Document,
      update: Document | Document[],
      code: number,
      options?: UpdateOptions,
    ][] = [
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
      ['$rename from below a scalar', { a: 1 }, { $rename: { 'a.b': 'c' } }, 28],
      ['a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
      ['$ without an array in the filter', { a: [1] }, { $set: { 'a.$': 1 } }, 2],
      ['$[e] without a filter', { a: [1] }, { $set: { 'a.$[e]': 1 } }, 2],
      ['a filter that is not used', { a: [1] }, { $set: { b: 1 } }, 9, { arrayFilters: [{ e: 1 }] }],
      ['$[] on no array', { a: 1 }, { $set: { 'a.$[]': 1 } }, 2],
      ['changing _id', { a: 1 }, { $set: { _id: 5 } }, 66],
      ['an unknown operator', { a: 1 }, { $frobnicate: { a: 1 } }, 9],
      ['an empty path part', { a: 1 }, { $set: { 'a..b': 1 } }, 56],
      ['$rename to itself', { a: 1 }, { $rename: { a: 'a' } }, 2],
      ['$bit of a double', { a: dbl(1.5) }, { $bit: { a: { and: int(1) } } }, 2],
      ['$group in an update', { a: 1 }, [{ $group: { _id: 1 } }], 72],
      ['an unknown clause of $push', { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, 2],
      ['$currentDate of a string', { a: 1 }, { $currentDate: { b: 'x' } }, 2],
    ];
    for (const [name, doc, update, code, options] of REFUSED)
      it(name, async () => {
        const _id = new ObjectId();
        await collection.insertOne({ _id, ...doc });
        const error = await failure(collection.updateOne({ _id }, update, options));
        assert.equal(error.code, code, error.message);
        assert.equal(typed(await collection.findOne({ _id }, TYPED)), typed({ _id, ...doc }), 'nothing was changed');
      });
  });
});
