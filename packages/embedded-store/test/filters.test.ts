// What each filter operator matches, as MongoDB's manual and its matcher's own tests say.
import { strict as assert } from 'node:assert';
import {
  Binary,
  BSONRegExp,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
  type Document,
} from 'bson';
import { openSuite, type Suite } from './support/store.js';

type Case = [name: string, values: unknown[], filter: Document, matching: number[]];

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const id = new ObjectId('64b000000000000000000001');

/** Each value is field `a` of document 0, 1, 2…; MISSING leaves it out. */
const MISSING = Symbol('missing');

const CASES: Case[] = [
  ['equality of numbers across types', [1, new Double(1), Long.fromNumber(1), '1', 2], { a: 1 }, [0, 1, 2]],
  ['equality to null matches missing', [null, MISSING, 0, ''], { a: null }, [0, 1]],
  ['$eq null, $ne null', [null, MISSING, 0], { a: { $ne: null } }, [2]],
  ['$exists true', [null, MISSING, 0], { a: { $exists: true } }, [0, 2]],
  ['$exists false', [null, MISSING, 0], { a: { $exists: false } }, [1]],
  ['array by element or whole', [[1, 2], 1, [2], [[1]], []], { a: 1 }, [0, 1]],
  ['whole array', [[1, 2], [2, 1], [[1, 2]], [1, 2, 3]], { a: [1, 2] }, [0, 2]],
  ['empty array', [[], [[]], MISSING, null], { a: [] }, [0, 1]],
  [
    'embedded document is compared whole and in order',
    [{ x: 1, y: 2 }, { y: 2, x: 1 }, { x: 1 }, [{ x: 1, y: 2 }]],
    { a: { x: 1, y: 2 } },
    [0, 3],
  ],
  ['dotted path', [{ x: 1 }, [{ x: 1 }, { x: 2 }], { x: [1] }, 1, MISSING], { 'a.x': 1 }, [0, 1, 2]],
  [
    'dotted path to null',
    [{}, [{}], { x: null }, [], [null], [1, 2], { x: 4 }, MISSING, 5],
    { 'a.x': null },
    [0, 1, 2, 7, 8],
  ],
  ['array position', [[5, 6], [6, 5], { 0: 5 }], { 'a.0': 5 }, [0, 2]],
  [
    'array position, then a field',
    [
      [{ x: 1 }, { x: 2 }],
      [{ x: 2 }, { x: 1 }],
    ],
    { 'a.1.x': 1 },
    [1],
  ],
  ['$gt stays within numbers', [1, 2, '3', null, day(1), MISSING, [0, 9]], { a: { $gt: 1 } }, [1, 6]],
  ['$gte and $lte', [1, 2, 3, new Double(2.5), Long.fromNumber(2)], { a: { $gte: 2, $lte: 2.5 } }, [1, 3, 4]],
  ['$lt on dates', [day(1), day(2), 0, null], { a: { $lt: day(2) } }, [0]],
  ['$gt on strings is by bytes', ['a', 'b', 'B', 'é', 5], { a: { $gt: 'a' } }, [1, 3]],
  [
    '$gt beyond 2^53 is exact',
    [Long.fromString('9007199254740993'), Long.fromString('9007199254740992')],
    { a: { $gt: Long.fromString('9007199254740992') } },
    [0],
  ],
  [
    'long against double is exact',
    [Long.fromString('9007199254740993'), new Double(9007199254740992)],
    { a: new Double(9007199254740992) },
    [1],
  ],
  ['NaN equals NaN', [NaN, 1, null], { a: NaN }, [0]],
  ['NaN is in no range', [NaN, -1, 1], { a: { $lt: 5 } }, [1, 2]],
  ['$gte null matches null and missing', [null, MISSING, 1], { a: { $gte: null } }, [0, 1]],
  [
    '$gt ObjectId',
    [new ObjectId('64b000000000000000000000'), id, new ObjectId('64b000000000000000000002'), 'x'],
    { a: { $gt: id } },
    [2],
  ],
  ['$gt true', [false, true, 1], { a: { $gte: true } }, [1]],
  ['range over an array needs no single element', [[1, 9], [5]], { a: { $gt: 3, $lt: 7 } }, [0, 1]],
  [
    'range over an array by two elements',
    [
      [1, 9],
      [2, 8],
    ],
    { a: { $gt: 8, $lt: 2 } },
    [0],
  ],
  ['$ne of an element', [[1, 2], [3], 1, MISSING], { a: { $ne: 1 } }, [1, 3]],
  ['$in', [1, 2, [3, 4], '1', null, MISSING], { a: { $in: [1, 3] } }, [0, 2]],
  ['$in with null', [1, null, MISSING], { a: { $in: [1, null] } }, [0, 1, 2]],
  ['$in with a regex', ['apple', 'pear', 'fig'], { a: { $in: [/^a/, 'fig'] } }, [0, 2]],
  ['$in empty', [1, null], { a: { $in: [] } }, []],
  ['$nin', [1, 2, [1, 5], MISSING], { a: { $nin: [1] } }, [1, 3]],
  ['$not', [1, 5, 'x', MISSING], { a: { $not: { $gt: 3 } } }, [0, 2, 3]],
  ['$not regex', ['abc', 'xyz', 5], { a: { $not: /^a/ } }, [1, 2]],
  ['$and', [1, 5, 9], { $and: [{ a: { $gt: 2 } }, { a: { $lt: 8 } }] }, [1]],
  ['$or', [1, 5, 9], { $or: [{ a: 1 }, { a: 9 }] }, [0, 2]],
  ['$nor', [1, 5, 9], { $nor: [{ a: 1 }, { a: 9 }] }, [1]],
  ['$size', [[1, 2], [1], [[1, 2]], 'ab', MISSING], { a: { $size: 2 } }, [0]],
  ['$all', [[1, 2, 3], [1], 1, [[1, 2]]], { a: { $all: [1, 2] } }, [0]],
  ['$all of one matches a scalar', [1, [1, 2], 2], { a: { $all: [1] } }, [0, 1]],
  ['$all empty', [[1], []], { a: { $all: [] } }, []],
  [
    '$all with $elemMatch',
    [[{ x: 1 }, { x: 5 }], [{ x: 1 }]],
    { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 5 } }] } },
    [0],
  ],
  [
    '$elemMatch on documents',
    [
      [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
      [{ x: 1, y: 2 }],
      { x: 1, y: 2 },
    ],
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [1],
  ],
  ['$elemMatch on values', [[1, 9], [5], 5], { a: { $elemMatch: { $gt: 3, $lt: 7 } } }, [1]],
  [
    '$elemMatch with $or',
    [[{ x: 1 }], [{ y: 2 }], [{ z: 1 }]],
    { a: { $elemMatch: { $or: [{ x: 1 }, { y: 2 }] } } },
    [0, 1],
  ],
  ['$gt MinKey is all but that', [new MinKey(), new MaxKey(), 1, null], { a: { $gt: new MinKey() } }, [1, 2, 3]],
  ['$regex', ['Hello', 'hell', 5, ['x', 'hello'], MISSING], { a: { $regex: '^hel' } }, [1, 3]],
  ['$regex with options', ['Hello', 'HELP', 'x'], { a: { $regex: '^hel', $options: 'i' } }, [0, 1]],
  ['regex matches a stored regex', [new BSONRegExp('^a'), 'abc', 'x'], { a: new BSONRegExp('^a') }, [0, 1]],
  ['regex over lines', ['a\nb', 'b'], { a: { $regex: '^b', $options: 'm' } }, [0, 1]],
  ['regex dot does not cross lines', ['a\nb', 'axb'], { a: /a.b/ }, [1]],
  ['regex dot crosses all but \\n', ['a\rb', 'a\u2028b', 'a\nb'], { a: /^a.b$/ }, [0, 1]],
  ['regex $ stands before a newline at the end', ['ab\n', 'ab', 'ab\n\n', 'ab\nc'], { a: /^ab$/ }, [0, 1]],
  ['regex $ and ^ over lines know \\n only', ['x\nab\ny', 'x\rab\ry', 'ab'], { a: /^ab$/m }, [0, 2]],
  ['regex \\s is ASCII', ['a b', 'a\tb', 'a\u00a0b', 'a\u2003b'], { a: /a\sb/ }, [0, 1]],
  ['regex of escaped text', ['a.b\\Aa$', 'axb\\Aa$'], { a: { $regex: 'a\\.b\\\\Aa\\$' } }, [0]],
  [
    'binary',
    [new Binary(Buffer.from('ab')), new Binary(Buffer.from('ab'), 128), 'ab'],
    { a: new Binary(Buffer.from('ab')) },
    [0],
  ],
  [
    'UUID',
    [new UUID('11111111-2222-4333-8444-555555555555'), 'x'],
    { a: new UUID('11111111-2222-4333-8444-555555555555') },
    [0],
  ],
  [
    'timestamp',
    [new Timestamp({ t: 1, i: 1 }), new Timestamp({ t: 1, i: 2 }), day(1)],
    { a: { $gt: new Timestamp({ t: 1, i: 1 }) } },
    [1],
  ],
  ['MinKey and MaxKey', [new MinKey(), new MaxKey(), 1], { a: new MinKey() }, [0]],
  ['$comment is accepted and ignored', [1, 2], { a: 1, $comment: 'why' }, [0]],
  ['two conditions on one field', [1, 5, 9], { a: { $ne: 5, $exists: true } }, [0, 2]],
  ['astral characters sort above U+FFFF', ['\uffff', '\u{1f600}'], { a: { $gt: '\uffff' } }, [1]],
  ['a field called like an array index', [{ 0: { x: 1 } }], { 'a.0.x': 1 }, [0]],
];

const INDEXED = ['no index', 'an index'];

for (const indexed of INDEXED)
  describe(`filters with ${indexed}`, () => {
    let suite: Suite;
    before(async () => {
      suite = await openSuite();
    });
    after(() => suite.close());

    for (const [i, [name, values, filter, matching]] of CASES.entries())
      it(name, async () => {
        const collection = suite.db.collection<{ _id: number }>(`c${i}_${indexed[0]}`);
        if (indexed === 'an index') await collection.createIndex({ a: 1 }, {}, {});
        const docs = values.map((value, _id) => (value === MISSING ? { _id } : { _id, a: value }));
        await collection.insertMany(docs);
        const found = await collection.find(filter).sort({ _id: 1 }).toArray();
        assert.deepEqual(
          found.map(({ _id }) => _id),
          matching,
        );
        assert.equal(await collection.countDocuments(filter), matching.length, 'countDocuments');
        const descending = await collection.find(filter).sort({ a: -1, _id: -1 }).toArray();
        assert.deepEqual(
          descending.map(({ _id }) => _id).sort((a, b) => a - b),
          matching,
          'sorted by the field',
        );
      });
  });

describe('comparison order', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
  });
  after(() => suite.close());

  /** Ascending; each inner list is equal among itself. */
  const ORDER: unknown[][] = [
    [new MinKey()],
    [[]],
    [null],
    [NaN],
    [-Infinity],
    [new Double(-1e300)],
    [Long.MIN_VALUE, new Double(-(2 ** 63))],
    [Long.fromString('-9223372036854775807')],
    [Long.fromString('-9007199254740993')],
    [-9007199254740992],
    [new Double(-1.5)],
    [new Int32(-1)],
    [0, new Double(-0)],
    [new Double(0.1)],
    [new Int32(1), new Double(1), Long.fromNumber(1)],
    [9007199254740992],
    [Long.fromString('9007199254740993')],
    [Long.fromString('9007199254740994'), new Double(9007199254740994)],
    [Long.fromString('9223372036854775806')],
    [Long.MAX_VALUE],
    [new Double(2 ** 63)],
    [Infinity],
    [''],
    ['a'],
    ['a\u0000'],
    ['a\u0001'],
    ['ab'],
    ['b'],
    ['é'],
    ['\uffff'],
    ['\u{1f600}'],
    [{}],
    [{ a: 1 }],
    [{ a: 1, b: 1 }],
    [{ a: 2 }],
    [{ b: 1 }],
    [{ a: 'x' }],
    [new Binary(Buffer.from('b'))],
    [new Binary(Buffer.from('b'), 5)],
    [new Binary(Buffer.from('aa'))],
    [new ObjectId('000000000000000000000000')],
    [id],
    [false],
    [true],
    [new Date(-1)],
    [new Date(0)],
    [day(1)],
    [new Timestamp({ t: 0, i: 1 })],
    [new Timestamp({ t: 4_000_000_000, i: 0 })],
    [new BSONRegExp('a')],
    [new BSONRegExp('a', 'i')],
    [new BSONRegExp('b')],
    [new MaxKey()],
  ];

  for (const indexed of INDEXED)
    for (const direction of [1, -1] as const)
      it(`sorts all types ${direction === 1 ? 'up' : 'down'} with ${indexed}`, async () => {
        const collection = suite.db.collection<{ _id: number; rank: number }>(`o${direction}_${indexed[0]}`);
        if (indexed === 'an index') await collection.createIndex({ b: 1, rank: 1 }, {}, {});
        const docs = ORDER.flatMap((equal, rank) => equal.map((b) => ({ b, rank })));
        const shuffled = docs.map((entry, i) => ({ ...entry, _id: (i * 7919) % docs.length }));
        await collection.insertMany(shuffled.sort((a, b) => a._id - b._id));
        const found = await collection.find({}).sort({ b: direction, rank: direction }).toArray();
        const ranks = found.map(({ rank }) => rank);
        assert.deepEqual(
          ranks,
          [...ranks].sort((a, b) => (a - b) * direction),
        );
      });

  it('joins equal numbers of all types under one unique key', async () => {
    const collection = suite.db.collection('u');
    await collection.createIndex({ n: 1 }, { unique: true }, {});
    await collection.insertOne({ n: 1 });
    for (const n of [new Double(1), Long.fromNumber(1)])
      await assert.rejects(collection.insertOne({ n }), { code: 11000 });
    await collection.insertOne({ n: '1' });
  });
});
