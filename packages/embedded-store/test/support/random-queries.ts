// Random documents and queries, by which every plan is compared with a plain scan.
import { strict as assert } from 'node:assert';
import { Double, Long, ObjectId, type Document } from 'bson';
import type { Collection, Db } from 'mongodb';
import { typed } from './store.js';

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

/** Sets of indexes, each of which should answer whatever is asked as a scan does. */
export const INDEXES: { key: Document; [option: string]: unknown }[][] = [
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

/** The same for the same seed, so that a failure can be had again. */
class Random {
  constructor(private seed: number) {}

  next(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  times<T>(n: number, make: () => T): T[] {
    return Array.from({ length: n }, make);
  }

  value(): unknown {
    const dice = this.next();
    if (dice < 0.15) return this.times(this.below(4), () => this.pick(SCALARS));
    if (dice < 0.2) return this.times(this.below(3), () => ({ x: this.pick(SCALARS), y: this.pick(SCALARS) }));
    return this.pick(SCALARS);
  }

  /** One field of an index may be an array, so at most one of a, b and c is. */
  doc(_id: number): Document {
    const out: Document = { _id };
    const wide = this.pick(['a', 'b', 'c']);
    for (const name of ['a', 'b', 'c'])
      if (this.next() < 0.85) out[name] = name === wide ? this.value() : this.pick(SCALARS);
    return out;
  }

  condition(): unknown {
    const operand = this.pick(SCALARS);
    const other = this.pick(SCALARS);
    return this.pick<unknown>([
      operand,
      { $gt: operand },
      { $gte: operand },
      { $lt: operand },
      { $lte: operand },
      { $gte: operand, $lt: other },
      { $in: this.times(3, () => this.pick(SCALARS)) },
      { $ne: operand },
      { $exists: this.next() < 0.5 },
      { $regex: this.pick(['^a', '^ab', 'b', '^']) },
      { $all: [operand, other] },
      { $not: { $gt: operand } },
    ]);
  }

  filter(): Document {
    const out: Document = {};
    for (const path of ['a', 'b', 'c', 'a.x', 'c.x', '_id'])
      if (this.next() < (path.length > 1 ? 0.1 : 0.45))
        out[path] = path === '_id' ? { $gt: this.below(200) } : this.condition();
    if (this.next() < 0.15) out.$or = this.times(2, () => ({ [this.pick(['a', 'b'])]: this.condition() }));
    return out;
  }

  sort(): Document {
    const out: Document = {};
    for (const path of [this.pick(['a', 'b', 'c']), this.pick(['a', 'b', 'c'])]) out[path] = this.pick([1, -1]);
    return { ...out, _id: this.pick([1, -1]) };
  }
}

async function answers(collection: Collection, query: Document, order: Document, skip: number, limit: number) {
  const sorted = await collection.find(query).sort(order).skip(skip).limit(limit).toArray();
  const all = await collection.find(query).toArray();
  const ids = (docs: Document[]) => docs.map(({ _id }) => Number(_id));
  return [ids(sorted), ids(all).sort((a, b) => a - b), await collection.countDocuments(query)] as const;
}

/** Ask `queries` random questions of a collection with these indexes and of one without; the answers must be the same. */
export async function answersAsScan(
  db: Db,
  indexes: (typeof INDEXES)[number],
  queries: number,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const docs = Array.from({ length: 250 }, (_, _id) => random.doc(_id));
  const [plain, indexed] = [db.collection(`plain_${seed}`), db.collection(`indexed_${seed}`)];
  await plain.insertMany(docs.map((one) => ({ ...one })));
  await indexed.createIndexes(indexes);
  // half are inserted under the indexes, then changed; half get there by an update
  await indexed.insertMany(docs.map((one) => (Number(one._id) % 2 ? { ...one } : { ...one, a: 'old', b: null })));
  for (const one of docs.filter(({ _id }) => Number(_id) % 2 === 0))
    await indexed.replaceOne({ _id: one._id as never }, { ...one });
  let hits = 0;
  for (let n = 0; n < queries; n++) {
    const [query, order] = [random.filter(), random.sort()];
    const [skip, limit] = [random.pick([0, 0, 3]), random.pick([0, 5, 20])];
    const expected = await answers(plain, query, order, skip, limit);
    if (expected[2]) hits++;
    const found = await answers(indexed, query, order, skip, limit);
    const what = `seed ${seed}: ${typed(query)} sort ${typed(order)} skip ${skip} limit ${limit}`;
    assert.deepEqual(found, expected, what);
  }
  assert.ok(hits > queries / 5, `only ${hits} of ${queries} queries found anything`);
  await Promise.all([plain.drop(), indexed.drop()]);
}

/** What a set of indexes is called in a test's title. */
export const titleOf = (indexes: (typeof INDEXES)[number]): string =>
  indexes.map(({ key, ...options }) => JSON.stringify({ ...key, ...options })).join(' ');
