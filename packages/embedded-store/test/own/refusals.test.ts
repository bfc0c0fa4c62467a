// Embedded only: what the store does not do, it refuses with MongoDB's code, and never half does.
import { strict as assert } from 'node:assert';
import type { Document } from 'bson';
import { describeEmbedded, failure, openSuite, type Suite } from '../support.js';

describeEmbedded('refusals of the embedded store', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite();
    await suite.db.collection('r').insertMany([{ a: 1 }, { a: 'x', p: [1] }]);
  });
  after(() => suite.close());

  const NOT_IMPLEMENTED = 238;
  const COMMANDS: [name: string, command: Document, code: number][] = [
    ['mapReduce', { mapReduce: 'r', map: 'f', reduce: 'f', out: 'x' }, 59],
    ['a transaction', { insert: 'r', documents: [{}], txnNumber: 1n, startTransaction: true, autocommit: false }, 20],
    ['$where', { find: 'r', filter: { $where: 'true' } }, NOT_IMPLEMENTED],
    ['$text', { find: 'r', filter: { $text: { $search: 'x' } } }, NOT_IMPLEMENTED],
    ['$jsonSchema', { find: 'r', filter: { $jsonSchema: {} } }, NOT_IMPLEMENTED],
    ['$near', { find: 'r', filter: { a: { $near: [0, 0] } } }, NOT_IMPLEMENTED],
    ['$geoWithin', { find: 'r', filter: { a: { $geoWithin: {} } } }, NOT_IMPLEMENTED],
    ['$bitsAllSet', { find: 'r', filter: { a: { $bitsAllSet: 1 } } }, NOT_IMPLEMENTED],
    ['an unknown operator', { find: 'r', filter: { a: { $foo: 1 } } }, 2],
    ['an unknown top-level operator', { find: 'r', filter: { $foo: 1 } }, 2],
    ['collation', { find: 'r', filter: {}, collation: { locale: 'en' } }, NOT_IMPLEMENTED],
    ['let', { find: 'r', filter: {}, let: { x: 1 } }, NOT_IMPLEMENTED],
    ['a tailable cursor', { find: 'r', filter: {}, tailable: true }, NOT_IMPLEMENTED],
    ['min and max', { find: 'r', filter: {}, min: { a: 1 } }, NOT_IMPLEMENTED],
    ['sort by $meta', { find: 'r', sort: { a: { $meta: 'textScore' } } }, NOT_IMPLEMENTED],
    ['a capped collection', { create: 'c', capped: true, size: 1000 }, NOT_IMPLEMENTED],
    ['a view', { create: 'v', viewOn: 'r', pipeline: [] }, NOT_IMPLEMENTED],
    ['a validator', { create: 'v', validator: { a: 1 } }, NOT_IMPLEMENTED],
    ['a text index', { createIndexes: 'r', indexes: [{ key: { a: 'text' }, name: 't' }] }, NOT_IMPLEMENTED],
    ['a hashed index', { createIndexes: 'r', indexes: [{ key: { a: 'hashed' }, name: 'h' }] }, NOT_IMPLEMENTED],
    ['a geo index', { createIndexes: 'r', indexes: [{ key: { a: '2dsphere' }, name: 'g' }] }, NOT_IMPLEMENTED],
    ['a wildcard index', { createIndexes: 'r', indexes: [{ key: { 'a.$**': 1 }, name: 'w' }] }, NOT_IMPLEMENTED],
    [
      'an index with collation',
      { createIndexes: 'r', indexes: [{ key: { a: 1 }, name: 'x', collation: { locale: 'en' } }] },
      NOT_IMPLEMENTED,
    ],
    ['a hidden index', { createIndexes: 'r', indexes: [{ key: { a: 1 }, name: 'x', hidden: true }] }, NOT_IMPLEMENTED],
    [
      'a compound TTL index',
      { createIndexes: 'r', indexes: [{ key: { a: 1, b: 1 }, name: 'x', expireAfterSeconds: 1 }] },
      67,
    ],
    ['$out', { aggregate: 'r', pipeline: [{ $out: 'x' }], cursor: {} }, NOT_IMPLEMENTED],
    ['$merge', { aggregate: 'r', pipeline: [{ $merge: 'x' }], cursor: {} }, NOT_IMPLEMENTED],
    ['$graphLookup', { aggregate: 'r', pipeline: [{ $graphLookup: {} }], cursor: {} }, NOT_IMPLEMENTED],
    ['$changeStream', { aggregate: 'r', pipeline: [{ $changeStream: {} }], cursor: {} }, NOT_IMPLEMENTED],
    ['$bucket', { aggregate: 'r', pipeline: [{ $bucket: {} }], cursor: {} }, NOT_IMPLEMENTED],
    ['$setWindowFields', { aggregate: 'r', pipeline: [{ $setWindowFields: {} }], cursor: {} }, NOT_IMPLEMENTED],
    ['an unknown stage', { aggregate: 'r', pipeline: [{ $foo: {} }], cursor: {} }, 40324],
    [
      '$function',
      { aggregate: 'r', pipeline: [{ $set: { x: { $function: { body: 'f', args: [], lang: 'js' } } } }], cursor: {} },
      NOT_IMPLEMENTED,
    ],
    [
      '$dateToString',
      { aggregate: 'r', pipeline: [{ $set: { x: { $dateToString: { date: '$$NOW' } } } }], cursor: {} },
      NOT_IMPLEMENTED,
    ],
    [
      '$accumulator',
      { aggregate: 'r', pipeline: [{ $group: { _id: 1, x: { $accumulator: {} } } }], cursor: {} },
      NOT_IMPLEMENTED,
    ],
    [
      '$stdDevPop',
      { aggregate: 'r', pipeline: [{ $group: { _id: 1, x: { $stdDevPop: '$a' } } }], cursor: {} },
      NOT_IMPLEMENTED,
    ],
    [
      'a time zone',
      { aggregate: 'r', pipeline: [{ $set: { x: { $hour: { date: '$$NOW', timezone: 'Asia/Seoul' } } } }], cursor: {} },
      NOT_IMPLEMENTED,
    ],
    ['aggregating a database', { aggregate: 1, pipeline: [], cursor: {} }, NOT_IMPLEMENTED],
    ['read concern snapshot', { find: 'r', readConcern: { level: 'snapshot' } }, 246],
    ['w: 2', { insert: 'r', documents: [{}], writeConcern: { w: 2 } }, 2],
    ['an unknown field', { find: 'r', bogus: 1 }, 40415],
    ['regex lookbehind of PCRE kinds', { find: 'r', filter: { a: { $regex: '(?>a)' } } }, NOT_IMPLEMENTED],
    ['regex option x', { find: 'r', filter: { a: { $regex: 'a', $options: 'x' } } }, NOT_IMPLEMENTED],
    ['a bad regex', { find: 'r', filter: { a: { $regex: '(' } } }, 51091],
    ['a bad collection name', { find: 'a$b', filter: {} }, 73],
    ['a system collection', { insert: 'system.users', documents: [{}] }, 73],
    ['an insert of nothing', { insert: 'r', documents: [] }, 16],
    ['a negative limit', { find: 'r', limit: -5 }, 51024],
    ['a filter that is no document', { find: 'r', filter: 5 }, 14],
  ];
  for (const [name, command, code] of COMMANDS)
    it(name, async () => {
      const error = await failure(suite.db.command(command));
      assert.equal(error.code, code, error.message);
    });

  it('a dollar field', async () => {
    assert.equal((await failure(suite.db.collection('r').insertOne({ $a: 1 }))).code, 52);
  });

  it('leaves the collection as it was', async () => {
    assert.equal(await suite.db.collection('r').countDocuments({}), 2);
    assert.equal((await suite.db.collection('r').indexes()).length, 1);
  });
});
