// What each expression and stage gives, with BSON types, as MongoDB's manual says.
import { strict as assert } from 'node:assert';
import { Decimal128, Double, Int32, Long, ObjectId, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { failure, openSuite, TYPED, typed, type Suite } from './support.js';

const int = (value: number) => new Int32(value);
const dbl = (value: number) => new Double(value);
const long = (value: number | string) => Long.fromString(String(value));
const dec = (value: string) => Decimal128.fromString(value);
const date = new Date('2026-02-03T04:05:06.789Z');
const oid = new ObjectId('64b000000000000000000001');

/** The document that expressions are evaluated on. */
const DOC = {
  i: int(7),
  l: long(8),
  d: dbl(2.5),
  neg: int(-7),
  s: 'Héllo',
  e: '',
  n: null,
  t: true,
  date,
  oid,
  arr: [int(3), int(1), int(2)],
  docs: [{ x: int(1) }, { x: int(2) }, { y: int(3) }],
  o: { p: int(1), q: 'z' },
  dec: dec('1.5'),
};

/** [expression, result]; a result of undefined is a missing field. */
const EXPRESSIONS: [expression: unknown, result: unknown][] = [
  ['$i', int(7)],
  ['$missing', undefined],
  ['$o.p', int(1)],
  ['$docs.x', [int(1), int(2)]],
  ['$arr.0', []],
  ['$$ROOT.o.q', 'z'],
  ['$$CURRENT.i', int(7)],
  [{ $literal: '$i' }, '$i'],
  [{ a: '$i', b: '$missing' }, { a: int(7) }],
  [
    ['$i', '$missing'],
    [int(7), null],
  ],
  [{ $add: ['$i', 1] }, int(8)],
  [{ $add: ['$i', '$l'] }, long(15)],
  [{ $add: ['$i', '$d'] }, dbl(9.5)],
  [{ $add: ['$i', '$dec'] }, dec('8.5')],
  [{ $add: ['$i', '$missing'] }, null],
  [{ $add: [int(2147483647), 1] }, long('2147483648')],
  [{ $add: ['$date', 1000] }, new Date(date.getTime() + 1000)],
  [{ $subtract: ['$i', 2] }, int(5)],
  [{ $subtract: ['$date', new Date(date.getTime() - 5)] }, long(5)],
  [{ $subtract: ['$date', 789] }, new Date(date.getTime() - 789)],
  [{ $multiply: ['$i', 2, '$d'] }, dbl(35)],
  [{ $divide: ['$i', 2] }, dbl(3.5)],
  [{ $divide: ['$i', 7] }, dbl(1)],
  [{ $mod: ['$neg', 4] }, int(-3)],
  [{ $mod: ['$d', 2] }, dbl(0.5)],
  [{ $abs: '$neg' }, int(7)],
  [{ $ceil: '$d' }, dbl(3)],
  [{ $floor: '$d' }, dbl(2)],
  [{ $floor: '$i' }, int(7)],
  [{ $trunc: '$d' }, dbl(2)],
  [{ $round: '$d' }, dbl(2)],
  [{ $round: dbl(3.5) }, dbl(4)],
  [{ $sum: '$arr' }, int(6)],
  [{ $sum: ['$i', '$d', '$s'] }, dbl(9.5)],
  [{ $avg: '$arr' }, dbl(2)],
  [{ $min: '$arr' }, int(1)],
  [{ $max: ['$i', '$d', '$missing'] }, int(7)],
  [{ $eq: ['$i', dbl(7)] }, true],
  [{ $eq: ['$n', '$missing'] }, false],
  [{ $gt: ['$s', '$i'] }, true],
  [{ $lt: ['$missing', null] }, true],
  [{ $cmp: ['$i', '$l'] }, int(-1)],
  [{ $ne: ['$i', 7] }, false],
  [{ $gte: ['$i', 7] }, true],
  [{ $lte: ['$i', 6] }, false],
  [{ $and: ['$t', 1] }, true],
  [{ $and: ['$t', '$n'] }, false],
  [{ $and: [] }, true],
  [{ $or: ['$n', 0, '$missing'] }, false],
  [{ $or: ['$e'] }, true],
  [{ $not: ['$n'] }, true],
  [{ $cond: ['$t', 'a', 'b'] }, 'a'],
  [{ $cond: { if: '$n', then: 'a', else: 'b' } }, 'b'],
  [{ $ifNull: ['$n', '$missing', 'x'] }, 'x'],
  [
    {
      $switch: {
        branches: [
          { case: { $gt: ['$i', 9] }, then: 'big' },
          { case: '$t', then: 'yes' },
        ],
        default: 'no',
      },
    },
    'yes',
  ],
  [{ $let: { vars: { a: '$i', b: 2 }, in: { $multiply: ['$$a', '$$b'] } } }, int(14)],
  [{ $size: '$arr' }, int(3)],
  [{ $isArray: '$arr' }, true],
  [{ $isArray: ['$i'] }, false],
  [{ $arrayElemAt: ['$arr', -1] }, int(2)],
  [{ $arrayElemAt: ['$arr', 9] }, undefined],
  [{ $first: '$arr' }, int(3)],
  [{ $last: '$arr' }, int(2)],
  [{ $slice: ['$arr', 2] }, [int(3), int(1)]],
  [{ $slice: ['$arr', -2] }, [int(1), int(2)]],
  [{ $slice: ['$arr', 1, 5] }, [int(1), int(2)]],
  [{ $concatArrays: ['$arr', ['x']] }, [int(3), int(1), int(2), 'x']],
  [{ $concatArrays: ['$arr', '$n'] }, null],
  [{ $in: [dbl(1), '$arr'] }, true],
  [{ $indexOfArray: ['$arr', 2] }, int(2)],
  [{ $indexOfArray: ['$arr', 9] }, int(-1)],
  [{ $reverseArray: '$arr' }, [int(2), int(1), int(3)]],
  [{ $range: [0, 6, 2] }, [int(0), int(2), int(4)]],
  [{ $range: [3, 0, -1] }, [int(3), int(2), int(1)]],
  [{ $filter: { input: '$arr', as: 'v', cond: { $gte: ['$$v', 2] } } }, [int(3), int(2)]],
  [{ $filter: { input: '$arr', cond: { $gte: ['$$this', 2] } } }, [int(3), int(2)]],
  [{ $map: { input: '$arr', as: 'v', in: { $add: ['$$v', '$i'] } } }, [int(10), int(8), int(9)]],
  [{ $map: { input: '$docs', in: '$$this.x' } }, [int(1), int(2), null]],
  [{ $map: { input: '$n', in: 1 } }, null],
  [{ $reduce: { input: '$arr', initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, int(6)],
  // in which order a set comes, nobody promises
  [{ $setEquals: [{ $setUnion: ['$arr', [1, 9]] }, [1, 2, 3, 9]] }, true],
  [{ $size: { $setUnion: ['$arr', [1, 9, 9]] } }, int(4)],
  [{ $setEquals: [{ $setIntersection: ['$arr', [1, 2, 9]] }, [1, 2]] }, true],
  [{ $setEquals: [{ $setDifference: ['$arr', [1]] }, [3, 2]] }, true],
  [{ $setEquals: ['$arr', [1, 2, 3, 3]] }, true],
  [{ $setIsSubset: [[1, 2], '$arr'] }, true],
  [{ $anyElementTrue: [[0, null, 1]] }, true],
  [{ $allElementsTrue: [[1, 0]] }, false],
  [
    { $objectToArray: '$o' },
    [
      { k: 'p', v: int(1) },
      { k: 'q', v: 'z' },
    ],
  ],
  [
    {
      $arrayToObject: [
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
    },
    { a: int(1), b: int(2) },
  ],
  [{ $mergeObjects: ['$o', { q: 1, r: 2 }, '$n'] }, { p: int(1), q: int(1), r: int(2) }],
  [{ $getField: { field: 'p', input: '$o' } }, int(1)],
  [{ $concat: ['$s', '!', '$e'] }, 'Héllo!'],
  [{ $concat: ['$s', '$n'] }, null],
  [{ $toLower: '$s' }, 'héllo'],
  [{ $toUpper: '$s' }, 'HéLLO'],
  [{ $toUpper: '$n' }, ''],
  [{ $strcasecmp: ['$s', 'héllo'] }, int(0)],
  [{ $strLenCP: '$s' }, int(5)],
  [{ $strLenBytes: '$s' }, int(6)],
  [{ $substrCP: ['$s', 1, 3] }, 'éll'],
  [{ $substrBytes: ['$s', 3, 2] }, 'll'],
  [{ $split: ['a-b-c', '-'] }, ['a', 'b', 'c']],
  [{ $trim: { input: '  x ' } }, 'x'],
  [{ $ltrim: { input: 'xxay', chars: 'x' } }, 'ay'],
  [{ $rtrim: { input: 'ayy', chars: 'y' } }, 'a'],
  [{ $replaceOne: { input: 'aa', find: 'a', replacement: { $literal: '$&' } } }, '$&a'],
  [{ $replaceAll: { input: 'aa', find: 'a', replacement: 'b' } }, 'bb'],
  [{ $indexOfCP: ['$s', 'l'] }, int(2)],
  [{ $regexMatch: { input: '$s', regex: '^h', options: 'i' } }, true],
  [{ $type: '$i' }, 'int'],
  [{ $type: '$missing' }, 'missing'],
  [{ $isNumber: '$dec' }, true],
  [{ $toInt: dbl(3.9) }, int(3)],
  [{ $toInt: '12' }, int(12)],
  [{ $toLong: '$date' }, long(date.getTime())],
  [{ $toDouble: '2.5' }, dbl(2.5)],
  [{ $toBool: 'false' }, true],
  [{ $toString: '$oid' }, '64b000000000000000000001'],
  [{ $toString: '$date' }, '2026-02-03T04:05:06.789Z'],
  [{ $toDate: long(5) }, new Date(5)],
  [{ $toObjectId: '64b000000000000000000001' }, oid],
  [{ $year: '$date' }, int(2026)],
  [{ $month: '$date' }, int(2)],
  [{ $dayOfMonth: { date: '$date' } }, int(3)],
  [{ $dayOfWeek: '$date' }, int(3)],
  [{ $hour: '$date' }, int(4)],
  [{ $minute: '$date' }, int(5)],
  [{ $second: '$date' }, int(6)],
  [{ $millisecond: '$date' }, int(789)],
  [{ $dateAdd: { startDate: '$date', unit: 'hour', amount: 2 } }, new Date(date.getTime() + 7_200_000)],
  [{ $dateSubtract: { startDate: '$date', unit: 'day', amount: 1 } }, new Date(date.getTime() - 86_400_000)],
];

describe('expressions', () => {
  let suite: Suite;
  let collection: Collection;
  before(async () => {
    suite = await openSuite();
    collection = suite.db.collection('e');
    await collection.insertOne({ _id: 1 as unknown as ObjectId, ...DOC });
  });
  after(() => suite.close());

  for (const [expression, result] of EXPRESSIONS)
    it(typed(expression).slice(0, 110), async () => {
      const [found] = await collection
        .aggregate([{ $project: { _id: 0, r: { $ifNull: [null, expression] } } }], TYPED)
        .toArray();
      assert.equal(typed(found), typed(result === undefined ? {} : { r: result }));
    });

  const REFUSED: [expression: unknown, code: number, before?: number][] = [
    [{ $add: ['$s', 1] }, 14, 16554],
    [{ $multiply: ['$s', 2] }, 14, 16555],
    [{ $divide: [1, 0] }, 2],
    [{ $size: '$i' }, 17124],
    [{ $concat: ['$i'] }, 16702],
    [{ $nonsense: 1 }, 168],
    ['$$undefinedVariable', 17276],
    [{ $in: [1, '$i'] }, 40081],
    [{ $toInt: 'x' }, 241],
  ];
  // a third figure is what old releases said
  for (const [expression, code, before] of REFUSED)
    it(`refuses ${typed(expression)}`, async () => {
      const error = await failure(collection.aggregate([{ $replaceWith: { r: expression } }]).toArray());
      assert.ok(error.code === code || (before && error.code === before), `${error.code}: ${error.message}`);
    });
});

describe('stages', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('items').insertMany([
      { _id: int(1), k: 'a', n: int(1), tags: ['x', 'y'], ref: int(10) },
      { _id: int(2), k: 'b', n: int(5), tags: [], ref: int(20) },
      { _id: int(3), k: 'a', n: dbl(2.5), ref: null },
      { _id: int(4), k: 'c', n: long(4), tags: 'z', ref: [int(10), int(20)] },
    ] as never[]);
    await suite.db.collection('refs').insertMany([
      { _id: int(10), name: 'ten' },
      { _id: int(20), name: 'twenty' },
    ] as never[]);
    await suite.db.collection('items').createIndex({ k: 1, n: -1 }, {}, {});
  });
  after(() => suite.close());

  const CASES: [name: string, pipeline: Document[], result: Document[]][] = [
    [
      '$match, $sort, $project',
      [{ $match: { k: 'a' } }, { $sort: { n: -1 } }, { $project: { n: 1, _id: 0 } }],
      [{ n: dbl(2.5) }, { n: int(1) }],
    ],
    [
      '$skip and $limit',
      [{ $sort: { _id: 1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 1 } }],
      [{ _id: int(2) }, { _id: int(3) }],
    ],
    [
      '$limit before $skip',
      [{ $sort: { _id: 1 } }, { $limit: 2 }, { $skip: 1 }, { $project: { _id: 1 } }],
      [{ _id: int(2) }],
    ],
    [
      '$match after a stage',
      [
        { $set: { m: { $multiply: ['$n', 2] } } },
        { $match: { m: { $gt: 7 } } },
        { $sort: { _id: 1 } },
        { $project: { m: 1 } },
      ],
      [
        { _id: int(2), m: int(10) },
        { _id: int(4), m: long(8) },
      ],
    ],
    [
      '$group with $sum, $avg, $min, $max, $push, $count',
      [
        {
          $group: {
            _id: '$k',
            s: { $sum: '$n' },
            a: { $avg: '$n' },
            lo: { $min: '$n' },
            hi: { $max: '$n' },
            c: { $count: {} },
            one: { $sum: 1 },
          },
        },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 'a', s: dbl(3.5), a: dbl(1.75), lo: int(1), hi: dbl(2.5), c: int(2), one: int(2) },
        { _id: 'b', s: int(5), a: dbl(5), lo: int(5), hi: int(5), c: int(1), one: int(1) },
        { _id: 'c', s: long(4), a: dbl(4), lo: long(4), hi: long(4), c: int(1), one: int(1) },
      ],
    ],
    [
      '$group all, $first, $last, $push, $addToSet',
      [
        { $sort: { _id: 1 } },
        { $group: { _id: null, f: { $first: '$k' }, l: { $last: '$k' }, p: { $push: '$k' }, t: { $push: '$tags' } } },
      ],
      [{ _id: null, f: 'a', l: 'c', p: ['a', 'b', 'a', 'c'], t: [['x', 'y'], [], 'z'] }],
    ],
    [
      '$group by a document',
      [{ $group: { _id: { k: '$k' }, n: { $sum: 1 } } }, { $sort: { _id: 1 } }, { $limit: 1 }],
      [{ _id: { k: 'a' }, n: int(2) }],
    ],
    ['$group of nothing', [{ $match: { k: 'none' } }, { $group: { _id: null, n: { $sum: 1 } } }], []],
    [
      '$group $mergeObjects',
      [
        { $match: { k: 'a' } },
        { $sort: { _id: 1 } },
        { $group: { _id: 1, m: { $mergeObjects: { k: '$k', n: '$n' } } } },
      ],
      [{ _id: int(1), m: { k: 'a', n: dbl(2.5) } }],
    ],
    ['$count', [{ $match: { k: 'a' } }, { $count: 'total' }], [{ total: int(2) }]],
    ['$count after $limit', [{ $limit: 3 }, { $count: 'total' }], [{ total: int(3) }]],
    ['$sortByCount', [{ $sortByCount: '$k' }, { $limit: 1 }], [{ _id: 'a', count: int(2) }]],
    [
      '$unwind',
      [{ $sort: { _id: 1 } }, { $unwind: '$tags' }, { $project: { tags: 1 } }],
      [
        { _id: int(1), tags: 'x' },
        { _id: int(1), tags: 'y' },
        { _id: int(4), tags: 'z' },
      ],
    ],
    [
      '$unwind that keeps, with index',
      [
        { $sort: { _id: 1 } },
        { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } },
        { $project: { tags: 1, i: 1 } },
      ],
      [
        { _id: int(1), tags: 'x', i: long(0) },
        { _id: int(1), tags: 'y', i: long(1) },
        { _id: int(2), i: null },
        { _id: int(3), i: null },
        { _id: int(4), tags: 'z', i: null },
      ],
    ],
    [
      '$lookup by field',
      [
        { $match: { _id: { $lt: 4 } } },
        { $sort: { _id: 1 } },
        { $lookup: { from: 'refs', localField: 'ref', foreignField: '_id', as: 'r' } },
        { $project: { names: '$r.name' } },
      ],
      [
        { _id: int(1), names: ['ten'] },
        { _id: int(2), names: ['twenty'] },
        { _id: int(3), names: [] },
      ],
    ],
    [
      '$lookup by the elements of an array',
      [
        { $match: { _id: 4 } },
        { $lookup: { from: 'refs', localField: 'ref', foreignField: '_id', as: 'r' } },
        { $unwind: '$r' },
        { $sort: { 'r._id': 1 } },
        { $project: { name: '$r.name' } },
      ],
      [
        { _id: int(4), name: 'ten' },
        { _id: int(4), name: 'twenty' },
      ],
    ],
    [
      '$sum and $avg lose nothing to rounding',
      [
        { $match: { _id: 1 } },
        { $set: { x: Array.from({ length: 10 }, () => 0.1) } },
        { $unwind: '$x' },
        { $group: { _id: null, s: { $sum: '$x' }, a: { $avg: '$x' } } },
      ],
      [{ _id: null, s: dbl(1), a: dbl(0.1) }],
    ],
    [
      '$sum of longs passes beyond their range and comes back',
      [
        { $match: { _id: 1 } },
        { $set: { x: [long('9223372036854775807'), long(1), long(-2)] } },
        { $unwind: '$x' },
        { $group: { _id: null, s: { $sum: '$x' } } },
      ],
      [{ _id: null, s: long('9223372036854775806') }],
    ],
    [
      '$lookup of null finds what lacks the field',
      [
        { $match: { _id: int(3) } },
        { $lookup: { from: 'refs', localField: 'ref', foreignField: 'nothing', as: 'r' } },
        { $project: { n: { $size: '$r' } } },
      ],
      [{ _id: int(3), n: int(2) }],
    ],
    [
      '$lookup by pipeline with let',
      [
        { $match: { _id: int(1) } },
        {
          $lookup: {
            from: 'refs',
            let: { want: '$ref' },
            pipeline: [{ $match: { $expr: { $gt: ['$_id', '$$want'] } } }, { $project: { _id: 0, name: 1 } }],
            as: 'r',
          },
        },
        { $project: { r: 1 } },
      ],
      [{ _id: int(1), r: [{ name: 'twenty' }] }],
    ],
    [
      '$facet',
      [{ $facet: { n: [{ $count: 'c' }], top: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 1 } }] } }],
      [{ n: [{ c: int(4) }], top: [{ _id: int(4) }] }],
    ],
    [
      '$unionWith',
      [
        { $match: { _id: int(1) } },
        { $project: { _id: 1 } },
        { $unionWith: { coll: 'refs', pipeline: [{ $match: { name: 'ten' } }] } },
      ],
      [{ _id: int(1) }, { _id: int(10), name: 'ten' }],
    ],
    ['$replaceRoot', [{ $match: { _id: int(1) } }, { $replaceRoot: { newRoot: { v: '$n' } } }], [{ v: int(1) }]],
    [
      '$set nested and $unset',
      [{ $match: { _id: int(1) } }, { $set: { 'o.p': 1 } }, { $unset: ['tags', 'ref', 'k'] }],
      [{ _id: int(1), n: int(1), o: { p: int(1) } }],
    ],
    [
      '$project computes and nests',
      [
        { $match: { _id: int(1) } },
        { $project: { _id: 0, up: { $toUpper: '$k' }, lit: { $literal: 1 }, deep: { x: '$n' } } },
      ],
      [{ up: 'A', lit: int(1), deep: { x: int(1) } }],
    ],
    [
      '$project excludes',
      [{ $match: { _id: int(2) } }, { $project: { tags: 0, ref: 0 } }],
      [{ _id: int(2), k: 'b', n: int(5) }],
    ],
    ['$sample of more than there are', [{ $sample: { size: 10 } }, { $count: 'n' }], [{ n: int(4) }]],
  ];
  for (const [name, pipeline, result] of CASES)
    it(name, async () => {
      const found = await suite.db.collection('items').aggregate(pipeline, TYPED).toArray();
      assert.equal(typed(found), typed(result));
    });
});

describe('projections of find', () => {
  let suite: Suite;
  let collection: Collection;
  before(async () => {
    suite = await openSuite();
    collection = suite.db.collection('p');
    await collection.insertOne({
      _id: int(1) as never,
      a: int(1),
      b: { c: int(2), d: int(3) },
      l: [{ x: int(1), y: int(1) }, { x: int(2), y: int(2) }, int(5)],
      v: [int(1), int(2), int(3), int(4)],
    });
  });
  after(() => suite.close());

  const CASES: [projection: Document, result: Document, filter?: Document][] = [
    [{ a: 1 }, { _id: int(1), a: int(1) }],
    [{ a: 1, _id: 0 }, { a: int(1) }],
    [{ 'b.c': 1, _id: 0 }, { b: { c: int(2) } }],
    [{ b: { c: 1 }, _id: 0 }, { b: { c: int(2) } }],
    [{ 'l.x': 1, _id: 0 }, { l: [{ x: int(1) }, { x: int(2) }] }],
    [
      { 'b.c': 0, l: 0, v: 0 },
      { _id: int(1), a: int(1), b: { d: int(3) } },
    ],
    [
      { 'l.x': 0, b: 0, v: 0, a: 0 },
      { _id: int(1), l: [{ y: int(1) }, { y: int(2) }, int(5)] },
    ],
    [{ _id: 0, b: 0, l: 0, v: 0 }, { a: int(1) }],
    [{ _id: 1 }, { _id: int(1) }],
    [
      { v: { $slice: 2 }, _id: 0, a: 1 },
      { a: int(1), v: [int(1), int(2)] },
    ],
    [
      { v: { $slice: [-3, 2] }, a: 1, _id: 0 },
      { a: int(1), v: [int(2), int(3)] },
    ],
    [{ l: { $elemMatch: { x: int(2) } }, _id: 0 }, { l: [{ x: int(2), y: int(2) }] }],
    [{ 'v.$': 1, _id: 0 }, { v: [int(3)] }, { v: { $gte: int(3) } }],
    [{ sum: { $sum: '$v' }, _id: 0 }, { sum: int(10) }],
  ];
  for (const [projection, result, filter] of CASES)
    it(typed(projection), async () => {
      assert.equal(typed(await collection.findOne({ ...filter }, { ...TYPED, projection })), typed(result));
    });

  it('refuses to mix inclusion and exclusion', async () => {
    assert.equal((await failure(collection.findOne({}, { projection: { a: 1, b: 0 } }))).code, 31254);
    assert.equal((await failure(collection.findOne({}, { projection: { a: 0, b: 1 } }))).code, 31253);
  });
});
