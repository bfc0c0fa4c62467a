// Embedded only: what the store does not do, it refuses with MongoDB's code, and never half does.
import { strict as assert } from 'node:assert';
import { BSONSymbol, Code, DBRef, Decimal128, type Document } from 'bson';
import { describeEmbedded, failure, openSuite, type Suite } from '../support/store.js';

const NOT_IMPLEMENTED = 238;
const UNKNOWN_FIELD = 40415;

type Case = [name: string, command: Document, code?: number];

const find = (filter: Document, more: Document = {}) => ({ find: 'r', filter, ...more });
const update = (u: unknown, more: Document = {}) => ({ update: 'r', updates: [{ q: {}, u, ...more }] });
const aggregate = (...pipeline: Document[]) => ({ aggregate: 'r', pipeline, cursor: {} });
const group = (field: unknown) => aggregate({ $group: { _id: null, x: field } });
const index = (key: Document, more: Document = {}) => ({ createIndexes: 'r', indexes: [{ key, name: 'x', ...more }] });

const FILTERS: Case[] = [
  ...['$where', '$expr', '$jsonSchema', '$text'].map((op): Case => [op, find({ [op]: {} })]),
  ...[
    '$type',
    '$mod',
    '$near',
    '$nearSphere',
    '$geoWithin',
    '$geoIntersects',
    '$bitsAllSet',
    '$bitsAnySet',
    '$bitsAllClear',
    '$bitsAnyClear',
  ].map((op): Case => [op, find({ a: { [op]: 1 } })]),
  ['$expr inside $and', find({ $and: [{ $expr: { $gt: ['$a', 1] } }] })],
  ['$type inside $not', find({ a: { $not: { $type: 'string' } } })],
  ['$mod inside $elemMatch', find({ a: { $elemMatch: { $mod: [2, 0] } } })],
  ['an unknown operator', find({ a: { $foo: 1 } }), 2],
  ['an unknown top-level operator', find({ $foo: 1 }), 2],
  ['a filter that is no document', { find: 'r', filter: 5 }, 14],
  ['syntax of regular expressions that only PCRE has', find({ a: { $regex: '(?>a)' } })],
  ['regex option x', find({ a: { $regex: 'a', $options: 'x' } })],
  ['a bad regex', find({ a: { $regex: '(' } }), 51091],
  ['a zero byte in a regex', find({ a: { $regex: 'a\0b' } }), 2],
  ['a bad option beside a regex', find({ a: { $regex: /a/, $options: ' ' } }), 51108],
];

const UPDATES: Case[] = [
  ['$mul', update({ $mul: { a: 2 } })],
  ['$rename', update({ $rename: { a: 'b' } })],
  ['$currentDate', update({ $currentDate: { a: true } })],
  ['$bit', update({ $bit: { a: { and: 1 } } })],
  ['a pipeline', update([{ $set: { a: 1 } }])],
  ['an empty pipeline', update([])],
  ['the positional $', update({ $set: { 'p.$': 1 } }, { q: { p: 1 } })],
  ['$ with a field behind it', update({ $set: { 'p.$.x': 1 } })],
  ['all elements, $[]', update({ $inc: { 'p.$[]': 1 } })],
  ['filtered elements, $[name]', update({ $set: { 'p.$[e]': 1 } }, { arrayFilters: [{ e: 1 }] })],
  ['array filters that nothing uses', update({ $set: { a: 1 } }, { arrayFilters: [{ e: 1 }] })],
  ['$push with $position', update({ $push: { p: { $each: [1], $position: 0 } } })],
  ['$push with $sort', update({ $push: { p: { $each: [1], $sort: 1 } } })],
  ['collation', update({ $set: { a: 1 } }, { collation: { locale: 'en' } })],
  ['constants', update({ $set: { a: 1 } }, { c: { x: 1 } })],
  ['let', { ...update({ $set: { a: 1 } }), let: { x: 1 } }],
  ['sort, which is of release 8', update({ $set: { a: 1 } }, { sort: { a: 1 } }), UNKNOWN_FIELD],
  ['an unknown operator', update({ $frobnicate: { a: 1 } }), 9],
  ['multi for a replacement', update({ a: 1 }, { multi: true }), 9],
  ['a field of a statement that nobody knows', update({ $set: { a: 1 } }, { bogus: 1 }), UNKNOWN_FIELD],
  ['collation of a delete', { delete: 'r', deletes: [{ q: {}, limit: 0, collation: { locale: 'en' } }] }],
  ['a limit of two for a delete', { delete: 'r', deletes: [{ q: {}, limit: 2 }] }, 9],
  ['findAndModify by a pipeline', { findAndModify: 'r', query: {}, update: [{ $set: { a: 1 } }] }],
  ['findAndModify with array filters', { findAndModify: 'r', update: { $set: { a: 1 } }, arrayFilters: [{ e: 1 }] }],
  ['findAndModify with $mul', { findAndModify: 'r', query: {}, update: { $mul: { a: 2 } } }],
  ['findAndModify that neither updates nor removes', { findAndModify: 'r' }, 9],
  ['findAndModify that does both', { findAndModify: 'r', remove: true, update: { a: 1 } }, 9],
];

const PIPELINES: Case[] = [
  ...[
    '$addFields',
    '$bucket',
    '$changeStream',
    '$densify',
    '$facet',
    '$fill',
    '$geoNear',
    '$graphLookup',
    '$indexStats',
    '$lookup',
    '$merge',
    '$out',
    '$redact',
    '$replaceRoot',
    '$replaceWith',
    '$sample',
    '$set',
    '$setWindowFields',
    '$sortByCount',
    '$unionWith',
    '$unset',
  ].map((stage): Case => [stage, aggregate({ [stage]: {} })]),
  ...['$addToSet', '$avg', '$count', '$first', '$last', '$max', '$min', '$push', '$stdDevPop', '$accumulator'].map(
    (accumulator): Case => [accumulator, group({ [accumulator]: '$a' })],
  ),
  ['$lookup behind other stages', aggregate({ $match: {} }, { $unwind: '$p' }, { $lookup: {} })],
  ['$collStats behind another stage', aggregate({ $match: {} }, { $collStats: { storageStats: {} } })],
  ['$collStats of latencies', aggregate({ $collStats: { latencyStats: {} } })],
  [
    '$collStats of no collection',
    { aggregate: 'none', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} },
    26,
  ],
  ['an expression to sum', group({ $sum: { $multiply: ['$a', 2] } })],
  ['a literal to sum', group({ $sum: { $literal: 1 } })],
  ['an array to sum', group({ $sum: ['$a', '$b'] })],
  ['an expression to group by', aggregate({ $group: { _id: { $toLower: '$a' } } })],
  ['an expression inside what is grouped by', aggregate({ $group: { _id: { k: { $year: '$a' } } } })],
  ['an array to group by', aggregate({ $group: { _id: ['$a'] } })],
  ['a variable', aggregate({ $group: { _id: '$$ROOT' } })],
  ['aggregating a database', { aggregate: 1, pipeline: [], cursor: {} }],
];

const PROJECTIONS: Case[] = [
  ...(
    [
      ['a field of another', { x: '$a' }],
      ['text', { x: 'text' }],
      ['an expression', { x: { $add: ['$a', 1] } }],
      ['$literal', { x: { $literal: 1 } }],
      ['$slice', { p: { $slice: 1 } }],
      ['$elemMatch', { p: { $elemMatch: { x: 1 } } }],
      ['$meta', { x: { $meta: 'textScore' } }],
      ['the positional $', { 'p.$': 1 }],
    ] as const
  ).flatMap(([name, projection]): Case[] => [
    [`${name}, of find`, find({ p: 1 }, { projection })],
    [`${name}, of $project`, aggregate({ $project: projection })],
    [`${name}, of findAndModify`, { findAndModify: 'r', update: { $set: { a: 5 } }, fields: projection }],
  ]),
];

const OPTIONS: Case[] = [
  ['collation', find({}, { collation: { locale: 'en' } })],
  ['let', find({}, { let: { x: 1 } })],
  ['a tailable cursor', find({}, { tailable: true })],
  ['min and max', find({}, { min: { a: 1 } })],
  ['sort by $meta', find({}, { sort: { a: { $meta: 'textScore' } } })],
  ['the hint $natural', find({}, { hint: { $natural: 1 } })],
  ['a negative limit', find({}, { limit: -5 }), 51024],
  ['an unknown field', find({}, { bogus: 1 }), UNKNOWN_FIELD],
  ['what find refuses, of explain too', { explain: find({}, { collation: { locale: 'en' } }) }],
  ['explain of what changes nothing', { explain: { ping: 1 } }, 73],
  ['read concern snapshot', find({}, { readConcern: { level: 'snapshot' } }), 246],
  ['w: 2', { insert: 'r', documents: [{}], writeConcern: { w: 2 } }, 2],
  ['a transaction', { insert: 'r', documents: [{}], txnNumber: 1n, startTransaction: true, autocommit: false }, 20],
  ['mapReduce', { mapReduce: 'r', map: 'f', reduce: 'f', out: 'x' }, 59],
  ['a bad collection name', { find: 'a$b', filter: {} }, 73],
  ['a system collection', { insert: 'system.users', documents: [{}] }, 73],
  ['an insert of nothing', { insert: 'r', documents: [] }, 16],
  ['a capped collection', { create: 'c', capped: true, size: 1000 }],
  ['a view', { create: 'v', viewOn: 'r', pipeline: [] }],
  ['a validator', { create: 'v', validator: { a: 1 } }],
  ['a text index', index({ a: 'text' })],
  ['a hashed index', index({ a: 'hashed' })],
  ['a geo index', index({ a: '2dsphere' })],
  ['a wildcard index', index({ 'a.$**': 1 })],
  ['an index on a position', index({ 'a.0': 1 })],
  ['an index with collation', index({ a: 1 }, { collation: { locale: 'en' } })],
  ['an index of version 1', index({ a: 1 }, { v: 1 })],
  ['a hidden index', index({ a: 1 }, { hidden: true })],
  ['a partial index by $type', index({ a: 1 }, { partialFilterExpression: { a: { $type: 'string' } } })],
  ['a partial index by $or', index({ a: 1 }, { partialFilterExpression: { $or: [{ a: 1 }, { a: 2 }] } }), 67],
  ['a compound TTL index', index({ a: 1, b: 1 }, { expireAfterSeconds: 1 }), 67],
];

const decimal = Decimal128.fromString('1.5');

/** Types that would need a comparison or arithmetic of their own: they get neither in nor into a query. */
const TYPES: Case[] = [
  ['a decimal in a filter', find({ a: decimal })],
  ['a decimal in a filter, below', find({ a: { $in: [1, { b: [decimal] }] } })],
  ['a decimal in an update', update({ $set: { a: decimal } })],
  ['a decimal to add', update({ $inc: { a: decimal } })],
  ['a decimal to sum', group({ $sum: decimal })],
  ['JavaScript in a filter', find({ $where: new Code('true') })],
  ['JavaScript with a scope', find({ a: new Code('x', { x: 1 }) })],
  ['a symbol', find({ a: new BSONSymbol('s') })],
];

const TABLES: Record<string, Case[]> = { FILTERS, UPDATES, PIPELINES, PROJECTIONS, OPTIONS, TYPES };

describeEmbedded('refusals of the embedded store', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('r').insertMany([
      { _id: 1 as never, a: 1, p: [{ x: 1 }] },
      { _id: 2 as never, a: 'x', p: [1] },
    ]);
  });
  after(() => suite.close());

  for (const [table, cases] of Object.entries(TABLES))
    describe(table.toLowerCase(), () => {
      for (const [name, command, code = NOT_IMPLEMENTED] of cases)
        it(name, async () => {
          const error = await failure(write(command));
          assert.equal(error.code, code, error.message);
        });
    });

  /** A refused statement of a write command is told in its answer; here it is an error like any other. */
  async function write(command: Document): Promise<void> {
    const { writeErrors } = (await suite.db.command(command)) as { writeErrors?: { code: number; errmsg: string }[] };
    const [first] = writeErrors ?? [];
    if (first) throw Object.assign(new Error(first.errmsg), { code: first.code });
  }

  it('a document that holds a decimal, anywhere', async () => {
    for (const doc of [{ d: decimal }, { o: { d: decimal } }, { l: [decimal] }]) {
      assert.equal((await failure(suite.db.collection('r').insertOne(doc))).code, NOT_IMPLEMENTED);
      const whole = suite.db.collection('r').replaceOne({ a: 1 }, doc, { upsert: true });
      assert.equal((await failure(whole)).code, NOT_IMPLEMENTED);
    }
  });

  it('a dollar field, at the top and below', async () => {
    assert.equal((await failure(suite.db.collection('r').insertOne({ $a: 1 }))).code, 52);
    const below = suite.db.collection('r').updateOne({ a: 1 }, { $set: { b: { $c: 1 } } });
    assert.equal((await failure(below)).code, 52);
  });

  it('takes options that ask for nothing, and references', async () => {
    const one = { q: { _id: 9 }, u: { $set: { a: 1 } }, arrayFilters: [], collation: {} };
    assert.equal((await suite.db.command({ update: 'r', updates: [one] })).ok, 1);
    assert.equal((await suite.db.command(find({}, { collation: {}, let: {}, tailable: false }))).ok, 1);
    const refs = suite.db.collection('refs');
    await refs.insertOne({ to: new DBRef('r', 1 as never) });
    assert.equal(await refs.countDocuments({ to: new DBRef('r', 1 as never) }), 1);
  });

  it('leaves the collection as it was', async () => {
    const docs = await suite.db.collection('r').find().sort({ _id: 1 }).toArray();
    assert.deepEqual(docs, [
      { _id: 1, a: 1, p: [{ x: 1 }] },
      { _id: 2, a: 'x', p: [1] },
    ]);
    assert.equal((await suite.db.collection('r').indexes()).length, 1);
  });
});
