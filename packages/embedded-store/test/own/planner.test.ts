// Embedded only (it asks for thousands of answers): whatever index serves a query, the answer is that of a plain scan.
import { strict as assert } from 'node:assert';
import { Double, Long, ObjectId, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { describeEmbedded, openSuite, type Suite, typed } from '../support.js';

let seed = 20261121;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

const SCALARS: unknown[] = [
  0,
  1,
  2,
  3,
  new Double(1.5),
  new Double(-2),
  Long.fromNumber(2),
  new Double(2.5),
  NaN,
  'a',
  'ab',
  'abc',
  'b',
  '',
  null,
  true,
  false,
  new Date(0),
  new Date(1000),
  new ObjectId('64b000000000000000000001'),
  { x: 1 },
  { x: 'a' },
];

const value = (): unknown => {
  const dice = random();
  if (dice < 0.15) return times(Math.floor(random() * 4), () => pick(SCALARS));
  if (dice < 0.2) return times(Math.floor(random() * 3), () => ({ x: pick(SCALARS), y: pick(SCALARS) }));
  return pick(SCALARS);
};

/** One field of an index may be an array, so at most one of a, b and c is. */
const doc = (_id: number): Document => {
  const out: Document = { _id };
  const wide = pick(['a', 'b', 'c']);
  for (const name of ['a', 'b', 'c']) if (random() < 0.85) out[name] = name === wide ? value() : pick(SCALARS);
  return out;
};

const condition = (): unknown => {
  const operand = pick(SCALARS);
  switch (Math.floor(random() * 12)) {
    case 0:
      return { $gt: operand };
    case 1:
      return { $gte: operand };
    case 2:
      return { $lt: operand };
    case 3:
      return { $lte: operand };
    case 4:
      return { $gte: pick(SCALARS), $lt: pick(SCALARS) };
    case 5:
      return { $in: times(3, () => pick(SCALARS)) };
    case 6:
      return { $ne: operand };
    case 7:
      return { $exists: random() < 0.5 };
    case 8:
      return { $regex: pick(['^a', '^ab', 'b', '^']) };
    case 9:
      return { $all: [operand, pick(SCALARS)] };
    case 10:
      return { $not: { $gt: operand } };
    default:
      return operand;
  }
};

const filter = (): Document => {
  const out: Document = {};
  for (const path of ['a', 'b', 'c', 'a.x', 'c.x', '_id'])
    if (random() < (path.length > 1 ? 0.1 : 0.45))
      out[path] = path === '_id' ? { $gt: Math.floor(random() * 200) } : condition();
  if (random() < 0.15) out.$or = times(2, () => ({ [pick(['a', 'b'])]: condition() }));
  return out;
};

const sort = (): Document => {
  const out: Document = {};
  for (const path of [pick(['a', 'b', 'c']), pick(['a', 'b', 'c'])]) out[path] = pick([1, -1]);
  return { ...out, _id: pick([1, -1]) };
};

const INDEXES: { key: Document; [option: string]: unknown }[][] = [
  [{ key: { a: 1 } }, { key: { b: -1 } }],
  [{ key: { a: 1, b: 1, c: 1 } }],
  [{ key: { a: 1, b: -1 } }, { key: { c: -1, a: 1 } }],
  [{ key: { b: 1, _id: -1 } }, { key: { 'a.x': 1, b: 1 } }, { key: { a: -1, c: 1 } }],
  [
    { key: { a: 1 }, sparse: true },
    { key: { b: 1, c: -1 }, partialFilterExpression: { b: { $gt: 0 } } },
    { key: { c: 1 }, partialFilterExpression: { a: { $exists: true } } },
  ],
  [
    { key: { a: 1, b: 1, _id: 1 }, unique: true },
    { key: { c: 1, _id: 1 }, unique: true },
  ],
];

describeEmbedded('the planner of the embedded store', function () {
  this.timeout(60_000);
  let suite: Suite;
  const docs = Array.from({ length: 250 }, (_, _id) => doc(_id));
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('plain').insertMany(docs.map((one) => ({ ...one })));
  });
  after(() => suite.close());

  const answers = async (collection: Collection, query: Document, order: Document, skip: number, limit: number) => [
    (await collection.find(query).sort(order).skip(skip).limit(limit).toArray()).map(
      ({ _id }) => _id as unknown as number,
    ),
    (await collection.find(query).toArray()).map(({ _id }) => _id as unknown as number).sort((a, b) => a - b),
    await collection.countDocuments(query),
  ];

  for (const [i, indexes] of INDEXES.entries())
    it(`answers as a scan does, with ${indexes.map(({ key, ...rest }) => typed({ ...key, ...rest })).join(' ')}`, async () => {
      const collection = suite.db.collection(`i${i}`);
      await collection.createIndexes(indexes);
      // half are inserted under the indexes, then changed; half get there by an update
      await collection.insertMany(
        docs.map((one) => (Number(one._id) % 2 ? { ...one } : { ...one, a: 'old', b: null })),
      );
      for (const one of docs.filter(({ _id }) => Number(_id) % 2 === 0))
        await collection.replaceOne({ _id: one._id as never }, { ...one });
      let hits = 0;
      for (let n = 0; n < 120; n++) {
        const [query, order] = [filter(), sort()];
        const [skip, limit] = [pick([0, 0, 3]), pick([0, 5, 20])];
        const expected = await answers(suite.db.collection('plain'), query, order, skip, limit);
        const found = await answers(collection, query, order, skip, limit);
        if (expected[2]) hits++;
        assert.deepEqual(found, expected, `${typed(query)} sort ${typed(order)} skip ${skip} limit ${limit}`);
      }
      assert.ok(hits > 30, `only ${hits} queries found anything`);
    });
});
