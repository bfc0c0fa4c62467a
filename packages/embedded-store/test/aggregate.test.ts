// What each stage gives, and each projection, with BSON types, as MongoDB's manual says.
import { strict as assert } from 'node:assert';
import { Double, Int32, Long, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { failure, openSuite, TYPED, typed, type Suite } from './support/store.js';

const int = (value: number) => new Int32(value);
const dbl = (value: number) => new Double(value);
const long = (value: number | string) => Long.fromString(String(value));

describe('stages', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('items').insertMany([
      { _id: int(1), k: 'a', n: int(1), tags: ['x', 'y'], o: { p: [{ q: int(1) }, { q: int(2) }] } },
      { _id: int(2), k: 'b', n: int(5), tags: [] },
      { _id: int(3), k: 'a', n: dbl(2.5), o: { p: null } },
      { _id: int(4), k: 'c', n: long(4), tags: 'z' },
      { _id: int(5), n: 'five' },
    ] as never[]);
    await suite.db
      .collection('sums')
      .insertMany([
        ...Array.from({ length: 10 }, () => ({ k: 'tenths', v: 0.1 })),
        ...[long('9223372036854775807'), long(1), long(-2)].map((v) => ({ k: 'beyond and back', v })),
        ...[long('9223372036854775807'), long(1)].map((v) => ({ k: 'beyond', v })),
        ...[int(2147483647), int(1)].map((v) => ({ k: 'ints', v })),
        ...[int(1), dbl(0.5), 'x', null, [int(9)]].map((v) => ({ k: 'mixed', v })),
        ...[dbl(Infinity), dbl(1)].map((v) => ({ k: 'infinite', v })),
        { k: 'none' },
      ]);
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
      'two $match at the head, and one after a stage',
      [{ $match: { _id: { $lt: 5 } } }, { $match: { k: 'a' } }, { $project: { n: 1 } }, { $match: { n: { $gt: 1 } } }],
      [{ _id: int(3), n: dbl(2.5) }],
    ],
    [
      '$group with sums of a field, of nothing and of ones',
      [{ $group: { _id: '$k', s: { $sum: '$n' }, none: { $sum: '$x' }, one: { $sum: 1 } } }, { $sort: { _id: 1 } }],
      [
        { _id: null, s: int(0), none: int(0), one: int(1) },
        { _id: 'a', s: dbl(3.5), none: int(0), one: int(2) },
        { _id: 'b', s: int(5), none: int(0), one: int(1) },
        { _id: 'c', s: long(4), none: int(0), one: int(1) },
      ],
    ],
    [
      '$group by a document',
      [{ $group: { _id: { k: '$k' }, n: { $sum: 1 } } }, { $sort: { _id: -1 } }, { $limit: 1 }],
      [{ _id: { k: 'c' }, n: int(1) }],
    ],
    [
      '$group by a path through an array',
      [{ $match: { _id: 1 } }, { $group: { _id: '$o.p.q' } }],
      [{ _id: [int(1), int(2)] }],
    ],
    ['$group of all', [{ $group: { _id: null, n: { $sum: 1 } } }], [{ _id: null, n: int(5) }]],
    ['$group of nothing', [{ $match: { k: 'none' } }, { $group: { _id: null, n: { $sum: 1 } } }], []],
    ['$count', [{ $match: { k: 'a' } }, { $count: 'total' }], [{ total: int(2) }]],
    ['$count of nothing', [{ $match: { k: 'none' } }, { $count: 'total' }], []],
    ['$count after $limit', [{ $limit: 3 }, { $count: 'total' }], [{ total: int(3) }]],
    ['$count after $unwind', [{ $unwind: '$tags' }, { $count: 'total' }], [{ total: int(3) }]],
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
        { $match: { _id: { $lt: 5 } } },
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
      '$unwind below, then $group',
      [{ $unwind: '$o.p' }, { $group: { _id: null, s: { $sum: '$o.p.q' } } }],
      [{ _id: null, s: int(3) }],
    ],
    [
      '$project excludes',
      [{ $match: { _id: int(2) } }, { $project: { tags: 0, o: 0 } }],
      [{ _id: int(2), k: 'b', n: int(5) }],
    ],
  ];
  for (const [name, pipeline, result] of CASES)
    it(name, async () => {
      const found = await suite.db.collection('items').aggregate(pipeline, TYPED).toArray();
      assert.equal(typed(found), typed(result));
    });

  it('a path maps over an array and passes over the arrays in it', async () => {
    const nested = suite.db.collection('nested');
    await nested.insertMany([
      { a: [[{ z: 1 }]] },
      { a: [[{ z: 1 }], { z: 2 }, [null], null] },
      { a: [{ z: [{ y: 3 }] }] },
      { a: null },
    ]);
    for (const [path, groups] of [
      ['$a.z', [null, [], [2], [[{ y: 3 }]]]],
      ['$a.z.y', [null, [], [[3]]]],
    ] as const) {
      const found = await nested.aggregate([{ $group: { _id: path } }, { $sort: { _id: 1 } }]).toArray();
      const texts = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();
      assert.deepEqual(texts(found.map(({ _id }) => _id as unknown)), texts(groups));
    }
  });

  const SUMS: [group: string, sum: unknown][] = [
    ['tenths', dbl(1)],
    ['beyond and back', long('9223372036854775806')],
    ['beyond', dbl(2 ** 63)],
    ['ints', long('2147483648')],
    ['mixed', dbl(1.5)],
    ['infinite', dbl(Infinity)],
    ['none', int(0)],
  ];
  for (const [k, sum] of SUMS)
    it(`$sum is exact, and of the type that holds it: ${k}`, async () => {
      const pipeline = [{ $match: { k } }, { $group: { _id: null, sum: { $sum: '$v' } } }];
      assert.equal(
        typed(await suite.db.collection('sums').aggregate(pipeline, TYPED).toArray()),
        typed([{ _id: null, sum }]),
      );
    });

  const REFUSED: [name: string, pipeline: Document[], code: number][] = [
    ['a stage of two fields', [{ $match: {}, $limit: 1 }], 40323],
    ['a stage that nobody knows', [{ $foo: {} }], 40324],
    ['a filter that is no document', [{ $match: 1 }], 15959],
    ['$limit of nothing', [{ $limit: 0 }], 15958],
    ['$limit below nothing', [{ $limit: -1 }], 5107201],
    ['$skip below nothing', [{ $skip: -1 }], 5107200],
    ['half a $limit', [{ $limit: 1.5 }], 5107201],
    ['$skip of text, behind a stage', [{ $unwind: '$tags' }, { $skip: 'x' }], 5107200],
    ['$group without _id', [{ $group: { n: { $sum: 1 } } }], 15955],
    ['$group of a field that is no accumulator', [{ $group: { _id: 1, n: 1 } }], 40234],
    ['an unknown accumulator', [{ $group: { _id: 1, n: { $foo: 1 } } }], 15952],
    ['an accumulated path', [{ $group: { _id: 1, 'n.m': { $sum: 1 } } }], 40235],
    ['$count to a path', [{ $count: 'a.b' }], 40160],
    ['$count to a field', [{ $count: '$a' }], 40158],
    ['$count to no name', [{ $count: '' }], 40157],
    ['$count to a number', [{ $count: 1 }], 40156],
    ['$unwind of a name', [{ $unwind: 'tags' }], 28818],
    ['$unwind of nothing', [{ $unwind: {} }], 28812],
    ['an unknown option of $unwind', [{ $unwind: { path: '$tags', x: 1 } }], 28811],
    ['an empty $project', [{ $project: {} }], 51272],
    ['an empty $sort', [{ $sort: {} }], 15976],
    ['$sort by two', [{ $sort: { a: 2 } }], 15975],
  ];
  for (const [name, pipeline, code] of REFUSED)
    it(`refuses ${name}`, async () => {
      const error = await failure(suite.db.collection('items').aggregate(pipeline).toArray());
      assert.equal(error.code, code, error.message);
    });
});

describe('projections', () => {
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
      v: [int(1), int(2)],
    });
  });
  after(() => suite.close());

  const CASES: [projection: Document, result: Document][] = [
    [{ a: 1 }, { _id: int(1), a: int(1) }],
    [{ a: 1, _id: 0 }, { a: int(1) }],
    [{ a: true, _id: false }, { a: int(1) }],
    [{ 'b.c': 1, _id: 0 }, { b: { c: int(2) } }],
    [{ b: { c: 1 }, _id: 0 }, { b: { c: int(2) } }],
    [{ 'l.x': 1, _id: 0 }, { l: [{ x: int(1) }, { x: int(2) }] }],
    [{ 'a.x': 1, _id: 0 }, {}],
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
      { _id: 1, b: 0, l: 0, v: 0 },
      { _id: int(1), a: int(1) },
    ],
  ];
  for (const [projection, result] of CASES)
    it(typed(projection), async () => {
      assert.equal(typed(await collection.findOne({}, { ...TYPED, projection })), typed(result));
      assert.equal(typed(await collection.aggregate([{ $project: projection }], TYPED).toArray()), typed([result]));
    });

  const REFUSED: [projection: Document, code: number][] = [
    [{ a: 1, b: 0 }, 31254],
    [{ a: 0, b: 1 }, 31253],
    [{ b: 1, 'b.c': 1 }, 31249],
    [{ 'b.c': 1, b: 1 }, 31250],
    [{ b: {} }, 51270],
    [{ 'b..c': 1 }, 15998],
    [{ 'b.': 1 }, 40353],
  ];
  for (const [projection, code] of REFUSED)
    it(`refuses ${typed(projection)}`, async () => {
      assert.equal((await failure(collection.findOne({}, { projection }))).code, code);
    });
});
