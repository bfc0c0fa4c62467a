// mongoose 9 on the store, set as the site sets it.
import { strict as assert } from 'node:assert';
import mongoose, { Schema, type Connection } from 'mongoose';
import { failure, openSuite, type Suite } from './support/store.js';

describe('mongoose', () => {
  let suite: Suite;
  let connection: Connection;

  before(async () => {
    suite = await openSuite();
    connection = await mongoose
      .createConnection(suite.url, {
        dbName: suite.db.databaseName,
        autoIndex: false,
        writeConcern: { w: 'majority', j: true },
        maxPoolSize: 20,
      })
      .asPromise();
  });
  after(async () => {
    await connection.close();
    await suite.close();
  });

  it('creates, validates, saves changes, populates and deletes', async () => {
    const Owner = connection.model('Owner', new Schema({ name: { type: String, required: true } }));
    const schema = new Schema(
      { title: String, tags: [String], deep: { n: Number }, owner: { type: Schema.Types.ObjectId, ref: 'Owner' } },
      { timestamps: true, strict: 'throw' },
    );
    schema.index({ title: 1 }, { unique: true });
    const Room = connection.model('Room', schema);
    await Room.createIndexes();
    const owner = await Owner.create({ name: 'o' });
    const room = await Room.create({ title: 't', tags: ['a'], owner: owner._id });
    room.tags.push('b');
    room.set('deep.n', 3);
    await room.save();
    const found = await Room.findOne({ title: 't' }).populate<{ owner: { name: string } }>('owner').orFail();
    assert.deepEqual([...found.tags], ['a', 'b']);
    assert.equal(found.owner.name, 'o');
    assert.equal(found.deep?.n, 3);
    assert.equal((await failure(Room.create({ title: 't' }))).code, 11000);
    assert.ok(await Room.exists({ title: 't' }));
    assert.equal(await Room.countDocuments({ tags: 'b' }), 1);
    assert.equal(await Room.estimatedDocumentCount(), 1);
    assert.deepEqual(await Room.distinct('tags'), ['a', 'b']);
    const updated = await Room.findOneAndUpdate(
      { title: 't' },
      { $pull: { tags: 'a' } },
      { returnDocument: 'after' },
    ).lean();
    assert.deepEqual(updated?.tags, ['b']);
    const titles: (string | null | undefined)[] = [];
    for await (const doc of Room.find().cursor()) titles.push(doc.title);
    assert.deepEqual(titles, ['t']);
    await Room.deleteOne({ _id: room._id });
    assert.equal(await Room.findById(room._id), null);
  });

  it('notices a lost race by version', async () => {
    const Doc = connection.model('Versioned', new Schema({ list: [Number] }, { optimisticConcurrency: true }));
    const first = await Doc.create({ list: [1] });
    const second = await Doc.findById(first._id).orFail();
    first.list = [2];
    await first.save();
    second.list = [3];
    assert.equal((await failure(second.save())).name, 'VersionError');
  });

  it('syncs indexes', async () => {
    const schema = new Schema({ a: Number, until: Date });
    schema.index({ until: 1 }, { expireAfterSeconds: 0 });
    const Synced = connection.model('Synced', schema);
    await Synced.createCollection();
    await Synced.collection.createIndex({ a: 1 }, {}, {});
    assert.deepEqual(await Synced.syncIndexes(), ['a_1']);
    assert.deepEqual(
      (await Synced.listIndexes()).map(({ name }) => name as string),
      ['_id_', 'until_1'],
    );
  });
});
