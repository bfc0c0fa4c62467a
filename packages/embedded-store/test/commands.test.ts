// The commands that applications use, through the official driver.
import { strict as assert } from 'node:assert';
import type { ObjectId } from 'bson';
import { Binary, Double, Int32, Long, Timestamp, UUID, type Document } from 'bson';
import type { Collection, MongoBulkWriteError } from 'mongodb';
import { eventually, failure, openSuite, TYPED, typed, type Suite } from './support/store.js';

describe('commands', () => {
  let suite: Suite;
  let number = 0;
  /** A fresh collection. */
  const fresh = <T extends Document = Document>(): Collection<T> => suite.db.collection<T>(`c${number++}`);
  before(async () => {
    suite = await openSuite();
  });
  after(() => suite.close());

  it('hello gives the time and a primary', async () => {
    const hello = await suite.db.admin().command({ hello: 1 });
    assert.ok(hello.localTime instanceof Date);
    assert.equal(hello.isWritablePrimary, true);
    assert.ok((await suite.db.admin().command({ buildInfo: 1 })).version);
    assert.equal((await suite.db.command({ ping: 1 })).ok, 1);
  });

  it('an unknown command is CommandNotFound', async () => {
    assert.equal((await failure(suite.db.command({ frobnicate: 1 }))).code, 59);
  });

  it('an unknown field of a command is refused', async () => {
    assert.ok((await failure(suite.db.command({ find: 'x', filtre: {} }))).code);
  });

  describe('insert', () => {
    it('keeps types, field order and binary', async () => {
      const collection = fresh();
      const doc = {
        z: new Int32(1),
        a: new Double(1),
        l: Long.fromString('9007199254740993'),
        2: 'two',
        1: 'one',
        u: new UUID(),
        b: new Binary(Buffer.from([0, 255]), 128),
        n: { y: null, x: [] },
        d: new Date(5),
        r: /a/i,
      };
      const { insertedId } = await collection.insertOne(doc);
      assert.equal(typed(await collection.findOne({ _id: insertedId }, TYPED)), typed(reordered(doc, insertedId)));
    });

    /** The driver appends `_id`; the server stores it first. */
    const reordered = (doc: Document, _id: ObjectId): Document => {
      const { _id: _dropped, ...rest } = doc;
      _dropped;
      return { _id, ...rest };
    };

    it('tells duplicates as MongoDB words them', async () => {
      const collection = fresh();
      await collection.createIndex({ name: 1 }, { unique: true }, {});
      await collection.insertOne({ name: 'x' });
      const error = await failure(collection.insertOne({ name: 'x' }));
      assert.equal(error.code, 11000);
      assert.equal(
        error.message,
        `E11000 duplicate key error collection: ${collection.namespace} index: name_1 dup key: { name: "x" }`,
      );
      assert.deepEqual(error.keyPattern, { name: 1 });
      assert.deepEqual(error.keyValue, { name: 'x' });
    });

    it('stops at the first error if ordered, and goes on if not', async () => {
      for (const [ordered, inserted] of [
        [true, 1],
        [false, 2],
      ] as const) {
        const collection = fresh<{ _id: number }>();
        const error = (await failure(
          collection.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }], { ordered }),
        )) as unknown as MongoBulkWriteError;
        assert.equal(error.insertedCount, inserted);
        assert.equal((Array.isArray(error.writeErrors) ? error.writeErrors[0] : error.writeErrors)?.index, 1);
        assert.equal(await collection.countDocuments(), inserted);
      }
    });

    it('refuses an array as _id and documents over 16 MB', async () => {
      const collection = fresh();
      assert.ok((await failure(collection.insertOne({ _id: [1] as never }))).code);
      assert.ok((await failure(collection.insertOne({ _id: /a/ as never }))).code);
      const big = await failure(collection.insertOne({ s: 'x'.repeat(16 * 1024 * 1024) }));
      assert.ok(big, 'too large');
      assert.equal(await collection.countDocuments(), 0);
    });

    it('takes null for an _id, wherever it stands, and stamps empty timestamps', async () => {
      const collection = fresh();
      await suite.db.command({
        insert: collection.collectionName,
        documents: [{ t: new Timestamp({ t: 0, i: 0 }), d: { t: new Timestamp({ t: 0, i: 0 }) }, _id: null }],
      });
      const found = await collection.findOne({ _id: null as never });
      assert.deepEqual(Object.keys(found ?? {}), ['_id', 't', 'd']);
      assert.ok((found?.t as Timestamp).t > 0);
      assert.equal((found?.d as { t: Timestamp }).t.t, 0);
    });

    it('takes a thousand documents at once', async () => {
      const collection = fresh();
      const result = await collection.insertMany(Array.from({ length: 1000 }, (_, i) => ({ i })));
      assert.equal(result.insertedCount, 1000);
      assert.equal(await collection.estimatedDocumentCount(), 1000);
    });

    it('without an answer (w: 0) still stores', async () => {
      const collection = fresh();
      await collection.insertOne({ a: 1 }, { writeConcern: { w: 0 } });
      await eventually(async () => (await collection.countDocuments()) === 1);
    });
  });

  describe('find', () => {
    it('walks a cursor in batches', async () => {
      const collection = fresh<{ _id: number }>();
      await collection.insertMany(Array.from({ length: 350 }, (_, _id) => ({ _id })));
      const ids: number[] = [];
      for await (const { _id } of collection.find({}, { batchSize: 50 }).sort({ _id: -1 })) ids.push(_id);
      assert.deepEqual(
        ids,
        Array.from({ length: 350 }, (_, i) => 349 - i),
      );
    });

    it('a closed cursor is gone', async () => {
      const collection = fresh();
      await collection.insertMany(Array.from({ length: 300 }, (_, i) => ({ i })));
      const cursor = collection.find({}, { batchSize: 10 });
      await cursor.next();
      const id = cursor.id;
      await cursor.close();
      assert.equal((await failure(suite.db.command({ getMore: id, collection: collection.collectionName }))).code, 43);
    });

    it('sorts in memory, skips and limits', async () => {
      const collection = fresh<{ _id: number; n: number }>();
      await collection.insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id, n: (_id * 37) % 100 })));
      const found = await collection.find({}).sort({ n: -1 }).skip(10).limit(3).toArray();
      assert.deepEqual(
        found.map(({ n }) => n),
        [89, 88, 87],
      );
    });

    it('sorts by fields of one array together, and not by two arrays', async () => {
      const collection = fresh<{ _id: number }>();
      const pair = (x: number, y: number) => ({ x, y });
      await collection.insertMany([
        { _id: 1, a: [pair(1, 9), pair(0, 5)], b: 1 },
        { _id: 2, a: [pair(0, 6), pair(2, 1)], b: 2 },
        { _id: 3, a: [pair(0, 7), pair(3, 0)], b: 3 },
      ] as never[]);
      const sorted = async (x: 1 | -1, y: 1 | -1) =>
        (await collection.find().sort({ 'a.x': x, 'a.y': y }).toArray()).map(({ _id }) => _id);
      assert.deepEqual(await sorted(1, 1), [1, 2, 3]);
      assert.deepEqual(await sorted(1, -1), [3, 2, 1]);
      assert.deepEqual(await sorted(-1, 1), [3, 2, 1]);
      await collection.updateOne({ _id: 1 }, { $set: { b: [1] } });
      assert.equal((await failure(collection.find().sort({ a: 1, b: 1 }).toArray())).code, 2);
    });

    it('gives documents larger than a batch', async () => {
      const collection = fresh();
      const text = 'x'.repeat(6 * 1024 * 1024);
      for (let i = 0; i < 4; i++) await collection.insertOne({ i, text });
      assert.equal((await collection.find().toArray()).length, 4);
    });

    it('a hint must name an index', async () => {
      const collection = fresh();
      await collection.insertOne({ a: 1 });
      assert.equal((await failure(collection.find({ a: 1 }).hint('nope').toArray())).code, 2);
    });

    it('in a collection that is not there finds nothing', async () => {
      assert.deepEqual(await fresh().find({}).toArray(), []);
      assert.equal(await fresh().countDocuments({}), 0);
      assert.equal(await fresh().estimatedDocumentCount(), 0);
      assert.deepEqual(await fresh().distinct('a'), []);
      assert.deepEqual(
        await fresh()
          .aggregate([{ $group: { _id: 1 } }])
          .toArray(),
        [],
      );
    });
  });

  it('count and distinct', async () => {
    const collection = fresh();
    await collection.insertMany([{ a: 1, t: ['x', 'y'] }, { a: 2, t: ['y'] }, { a: 2 }]);
    assert.equal(await collection.countDocuments({ a: 2 }), 2);
    assert.equal(await collection.countDocuments({}, { skip: 1, limit: 1 }), 1);
    assert.deepEqual(await collection.distinct('a'), [1, 2]);
    assert.deepEqual(await collection.distinct('t', { a: 1 }), ['x', 'y']);
    assert.equal((await suite.db.command({ count: collection.collectionName, query: { a: 2 } })).n, 2);
  });

  describe('findAndModify', () => {
    it('returns before or after', async () => {
      const collection = fresh();
      const { insertedId: _id } = await collection.insertOne({ n: 1 });
      assert.equal((await collection.findOneAndUpdate({ _id }, { $inc: { n: 1 } }))?.n, 1);
      assert.equal((await collection.findOneAndUpdate({ _id }, { $inc: { n: 1 } }, { returnDocument: 'after' }))?.n, 3);
      assert.deepEqual(
        await collection.findOneAndUpdate(
          { _id },
          { $inc: { n: 1 } },
          { returnDocument: 'after', projection: { n: 1, _id: 0 } },
        ),
        { n: 4 },
      );
      assert.equal((await collection.findOneAndReplace({ _id }, { m: 1 }))?.n, 4);
      assert.equal((await collection.findOneAndDelete({ _id }))?.m, 1);
      assert.equal(await collection.findOneAndDelete({ _id }), null);
      assert.equal(await collection.findOneAndUpdate({ _id }, { $inc: { n: 1 } }), null);
    });
    it('takes the first by sort', async () => {
      const collection = fresh<{ _id: number; at: number; state: string }>();
      await collection.insertMany([3, 1, 2].map((at) => ({ _id: at, at, state: 'waiting' })));
      const taken = await collection.findOneAndUpdate(
        { state: 'waiting' },
        { $set: { state: 'taken' } },
        { sort: { at: 1 } },
      );
      assert.equal(taken?.at, 1);
    });
    it('upserts', async () => {
      const collection = fresh();
      const made = await collection.findOneAndUpdate(
        { k: 1 },
        { $setOnInsert: { n: 5 } },
        { upsert: true, returnDocument: 'after', includeResultMetadata: true },
      );
      assert.equal(made.value?.n, 5);
      assert.equal(made.lastErrorObject?.updatedExisting, false);
      assert.ok(made.lastErrorObject.upserted);
      const error = await failure(
        collection
          .createIndex({ n: 1 }, { unique: true }, {})
          .then(() => collection.findOneAndUpdate({ k: 2 }, { $setOnInsert: { n: 5 } }, { upsert: true })),
      );
      assert.equal(error.code, 11000);
    });
    it('is atomic among many at once', async () => {
      const collection = fresh();
      const { insertedId: _id } = await collection.insertOne({ n: 0 });
      const seen = await Promise.all(
        Array.from({ length: 200 }, () =>
          collection.findOneAndUpdate({ _id }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
        ),
      );
      assert.deepEqual(
        seen.map((doc) => doc?.n as number).sort((a, b) => a - b),
        Array.from({ length: 200 }, (_, i) => i + 1),
      );
    });
  });

  it('bulkWrite', async () => {
    const collection = fresh<{ _id: number; n?: number }>();
    const result = await collection.bulkWrite([
      { insertOne: { document: { _id: 1, n: 1 } } },
      { insertOne: { document: { _id: 2, n: 2 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 10 } } } },
      { updateMany: { filter: { n: { $gte: 0 } }, update: { $inc: { n: 1 } } } },
      { replaceOne: { filter: { _id: 9 }, replacement: { n: 9 }, upsert: true } },
      { deleteOne: { filter: { _id: 2 } } },
      { deleteMany: { filter: { n: { $gt: 100 } } } },
    ]);
    assert.deepEqual(
      [result.insertedCount, result.modifiedCount, result.upsertedCount, result.deletedCount],
      [2, 3, 1, 1],
    );
    assert.deepEqual(await collection.find().sort({ _id: 1 }).toArray(), [
      { _id: 1, n: 12 },
      { _id: 9, n: 9 },
    ]);
  });

  it('delete', async () => {
    const collection = fresh();
    await collection.insertMany([{ a: 1 }, { a: 1 }, { a: 2 }]);
    assert.equal((await collection.deleteOne({ a: 1 })).deletedCount, 1);
    assert.equal((await collection.deleteMany({})).deletedCount, 2);
    assert.equal(await collection.estimatedDocumentCount(), 0);
  });

  describe('indexes', () => {
    it('are listed as they were made', async () => {
      const collection = fresh();
      await collection.createIndexes([
        { key: { a: 1, b: -1 }, unique: true },
        { key: { c: 1 }, sparse: true, name: 'sparse_c' },
        { key: { d: 1 }, expireAfterSeconds: 60 },
        { key: { e: 1 }, partialFilterExpression: { e: { $exists: true } } },
      ]);
      const all = await collection.indexes();
      assert.deepEqual(
        all.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'v'))),
        [
          { key: { _id: 1 }, name: '_id_' },
          { key: { a: 1, b: -1 }, name: 'a_1_b_-1', unique: true },
          { key: { c: 1 }, name: 'sparse_c', sparse: true },
          { key: { d: 1 }, name: 'd_1', expireAfterSeconds: 60 },
          { key: { e: 1 }, name: 'e_1', partialFilterExpression: { e: { $exists: true } } },
        ],
      );
      assert.equal(
        await collection.createIndex({ a: 1, b: -1 }, { unique: true }, {}),
        'a_1_b_-1',
        'again is no error',
      );
      await collection.dropIndex('sparse_c');
      assert.equal((await collection.indexes()).length, 4);
      assert.equal((await failure(collection.dropIndex('sparse_c'))).code, 27);
    });
    it('conflicts are told', async () => {
      const collection = fresh();
      await collection.createIndex({ a: 1 }, {}, {});
      assert.equal((await failure(collection.createIndex({ a: 1 }, { unique: true }, {}))).code, 86);
      assert.equal((await failure(collection.createIndex({ a: 1 }, { name: 'other' }, {}))).code, 85);
      assert.equal((await failure(collection.createIndex({ b: 1 }, { name: 'a_1' }, {}))).code, 86);
    });
    it('of one request are made all or none', async () => {
      const collection = fresh();
      await collection.insertMany([{ a: 1 }, { a: 1 }]);
      const error = await failure(collection.createIndexes([{ key: { b: 1 } }, { key: { a: 1 }, unique: true }]));
      assert.equal(error.code, 11000);
      assert.equal((await collection.indexes()).length, 1);
    });
    it('of one key may differ in being unique or sparse', async () => {
      const collection = fresh();
      await collection.createIndex({ a: 1 }, {}, {});
      await collection.createIndex({ a: 1 }, { unique: true, name: 'unique_a' }, {});
      await collection.createIndex({ a: 1 }, { sparse: true, name: 'sparse_a' }, {});
      assert.equal((await collection.indexes()).length, 4);
      assert.equal((await failure(collection.createIndex({ a: 1 }, { expireAfterSeconds: 9 }, {}))).code, 85);
      await collection.insertMany([{ a: 1 }, {}]);
      assert.equal((await failure(collection.insertOne({ a: 1 }))).code, 11000);
      await collection.dropIndex('unique_a');
      await collection.insertOne({ a: 1 });
      assert.equal(await collection.countDocuments({ a: 1 }), 2);
    });
    it('a unique index is refused over duplicates, and leaves nothing behind', async () => {
      const collection = fresh();
      await collection.insertMany([{ a: 1 }, { a: 1 }]);
      assert.equal((await failure(collection.createIndex({ a: 1 }, { unique: true }, {}))).code, 11000);
      assert.equal((await collection.indexes()).length, 1);
    });
    it('unique and sparse lets many lack the field', async () => {
      const collection = fresh();
      await collection.createIndex({ a: 1 }, { unique: true, sparse: true }, {});
      await collection.insertMany([{}, {}, { a: null }]);
      assert.equal((await failure(collection.insertOne({ a: null }))).code, 11000);
      assert.equal(await collection.countDocuments({ a: null }), 3, 'and is not used where it would miss some');
      assert.equal((await collection.find().sort({ a: 1 }).toArray()).length, 3);
    });
    it('unique and partial binds only what the filter covers', async () => {
      const collection = fresh();
      await collection.createIndex(
        { room: 1, clientId: 1 },
        { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
        {},
      );
      await collection.insertMany([{ room: 1 }, { room: 1 }, { room: 1, clientId: 'x' }]);
      assert.equal((await failure(collection.insertOne({ room: 1, clientId: 'x' }))).code, 11000);
      assert.equal(await collection.countDocuments({ room: 1 }), 3);
      assert.equal(await collection.countDocuments({ room: 1, clientId: 'x' }), 1);
    });
    it('unique over an array holds each element', async () => {
      const collection = fresh();
      await collection.createIndex({ a: 1 }, { unique: true }, {});
      await collection.insertOne({ a: [1, 1, 2] });
      assert.equal((await failure(collection.insertOne({ a: [3, 2] }))).code, 11000);
      await collection.insertOne({ a: [3] });
    });
    it('two arrays in one key are refused', async () => {
      const collection = fresh();
      await collection.createIndex({ a: 1, b: 1 }, {}, {});
      assert.equal((await failure(collection.insertOne({ a: [1], b: [2] }))).code, 171);
    });
    it('a unique key can be swapped and freed', async () => {
      const collection = fresh<{ _id: number; slot: number }>();
      await collection.createIndex({ slot: 1 }, { unique: true }, {});
      await collection.insertMany([
        { _id: 1, slot: 1 },
        { _id: 2, slot: 2 },
      ]);
      assert.equal((await failure(collection.updateOne({ _id: 1 }, { $set: { slot: 2 } }))).code, 11000);
      await collection.deleteOne({ _id: 2 });
      await collection.updateOne({ _id: 1 }, { $set: { slot: 2 } });
      await collection.insertOne({ _id: 3, slot: 1 });
    });
    it('of fifty racing for one key, one wins', async () => {
      const collection = fresh();
      await collection.createIndex({ room: 1, slot: 1 }, { unique: true }, {});
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, visitor) => collection.insertOne({ room: 1, slot: 1, visitor })),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    });
  });

  it('collections and databases come and go', async () => {
    const name = fresh().collectionName;
    await suite.db.createCollection(name);
    // MongoDB refuses it up to release 6; from 7 on it says yes where the options are the same
    await suite.db
      .createCollection(name)
      .catch((error: unknown) => assert.equal((error as { code?: number }).code, 48));
    assert.ok((await suite.db.listCollections({ name }).toArray())[0]);
    assert.ok(
      (await suite.client.db().admin().listDatabases()).databases.some((db) => db.name === suite.db.databaseName),
    );
    await suite.db.collection(name).insertOne({ a: 1 });
    await suite.db.dropCollection(name);
    assert.deepEqual(await suite.db.listCollections({ name }).toArray(), []);
    assert.equal(await suite.db.collection(name).countDocuments(), 0);
    await suite.db.collection(name).insertOne({ a: 2 });
    assert.equal(await suite.db.collection(name).countDocuments(), 1, 'a new collection of the old name is empty');
  });
});
