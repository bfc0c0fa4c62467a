// Embedded only: whatever comes over a connection costs at most that connection.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { serialize, type Document } from 'bson';
import { ask, connect as connectTo, frame, message, sequence } from '../support/frames.js';
import { fuzzCommands, fuzzFrames } from '../support/fuzz.js';
import { describeEmbedded, eventually, failure, openSuite, type Suite } from '../support/store.js';

describeEmbedded('robustness of the embedded store', () => {
  let suite: Suite;
  before(async () => {
    suite = await openSuite({ store: { cursorIdleMs: 200, maxCursors: 5 } });
  });
  after(() => suite.close());

  const connect = () => connectTo(suite.url);
  const alive = async () => assert.equal((await suite.db.command({ ping: 1 })).ok, 1);
  const ping = { ping: 1, $db: 'admin' };

  const FATAL: [name: string, bytes: () => Buffer][] = [
    ['garbage', () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a frame longer than allowed', () => message(ping, { length: 48_000_001 })],
    ['a negative length', () => message(ping, { length: -1 })],
    ['a length below the header', () => message(ping, { length: 10 })],
    ['OP_COMPRESSED', () => message(ping, { opCode: 2012 })],
    ['an unknown opcode', () => message(ping, { opCode: 1 })],
    ['unknown required flags', () => message(ping, { flags: 8 })],
    ['a section of an unknown kind', () => message(ping, { sections: [Buffer.from([7, 5, 0, 0, 0, 0])] })],
    [
      'two bodies',
      () => message(ping, { sections: [Buffer.concat([Buffer.from([0]), Buffer.from(serialize(ping))])] }),
    ],
    ['a section longer than the frame', () => message(ping, { sections: [Buffer.from([1, 255, 255, 0, 0, 97, 0])] })],
  ];
  for (const [name, bytes] of FATAL)
    it(`${name} ends the connection only`, async () => {
      const socket = await connect();
      socket.resume();
      socket.write(bytes());
      await once(socket, 'close');
      await alive();
    });

  it('bad BSON inside a good frame is answered', async () => {
    const socket = await connect();
    const bad = Buffer.from(serialize({ ...ping, s: 'x' }));
    bad[bad.length - 8] = 99;
    assert.equal((await ask(socket, message(bad))).ok, 0);
    assert.equal((await ask(socket, message(ping))).ok, 1, 'and the connection lives');
    socket.destroy();
  });

  it('deep nesting is refused', async () => {
    let deep: Document = {};
    for (let i = 0; i < 400; i++) deep = { a: deep };
    assert.equal((await failure(suite.db.collection('d').insertOne(deep))).code, 15);
    const { insertedId: _id } = await suite.db.collection('d').insertOne({ a: {} });
    const path = Array.from({ length: 300 }, () => 'a').join('.');
    assert.equal((await failure(suite.db.collection('d').updateOne({ _id }, { $set: { [path]: 1 } }))).code, 15);
    assert.deepEqual(await suite.db.collection('d').findOne({ a: {} }), { _id, a: {} });
    let filter: Document = { a: 1 };
    for (let i = 0; i < 300; i++) filter = { $and: [filter] };
    assert.ok((await failure(suite.db.collection('d').find(filter).toArray())).code);
    await alive();
  });

  it('a checksum is accepted, a document sequence is read, and bits above are ignored', async () => {
    const socket = await connect();
    assert.equal((await ask(socket, message(ping, { flags: 1, tail: Buffer.alloc(4) }))).ok, 1);
    assert.equal((await ask(socket, message(ping, { flags: 1 << 16 }))).ok, 1);
    const reply = await ask(
      socket,
      message({ insert: 'q', $db: suite.db.databaseName }, { sections: [sequence('documents', [{ a: 1 }, { a: 2 }])] }),
    );
    assert.equal(reply.n, 2);
    socket.destroy();
  });

  it('the legacy handshake is answered by OP_REPLY', async () => {
    const socket = await connect();
    const body = Buffer.concat([
      Buffer.alloc(4),
      Buffer.from('admin.$cmd\0'),
      Buffer.from([0, 0, 0, 0, 255, 255, 255, 255]),
      Buffer.from(serialize({ isMaster: 1, helloOk: true })),
    ]);
    const reply = await ask(socket, frame(body, 2004));
    assert.equal(reply.ismaster, true);
    assert.equal(reply.helloOk, true);
    socket.destroy();
  });

  it('moreToCome gets no answer, and the next request does', async () => {
    const socket = await connect();
    socket.write(message({ insert: 'w0', documents: [{ a: 1 }], $db: suite.db.databaseName }, { flags: 2 }));
    const reply = await ask(socket, message({ count: 'w0', $db: suite.db.databaseName }));
    assert.equal(reply.n, 1, 'it reads what was written before it on its connection');
    socket.destroy();
  });

  it('a frame that comes byte by byte is understood, and half a frame harms nobody', async () => {
    const slow = await connect();
    const request = message(ping);
    for (const byte of request.subarray(0, request.length - 1)) slow.write(Buffer.from([byte]));
    const half = await connect();
    half.write(request.subarray(0, 20));
    await alive();
    assert.equal((await ask(slow, request.subarray(request.length - 1))).ok, 1);
    half.destroy();
    slow.destroy();
  });

  it('many requests at once on one connection are answered in order', async () => {
    const socket = await connect();
    const frames = Array.from({ length: 200 }, () => message(ping));
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    const one = Buffer.from(serialize({ ok: 1.5 })).length + 21;
    socket.write(Buffer.concat(frames));
    await eventually(() => bytes >= one * 200);
    socket.destroy();
  });

  it('a client that does not read does not fill our memory', async () => {
    const collection = suite.db.collection('big');
    await collection.insertMany(Array.from({ length: 8 }, () => ({ text: 'x'.repeat(1_000_000) })));
    const socket = await connect();
    const request = message({ find: 'big', $db: suite.db.databaseName });
    for (let i = 0; i < 50; i++) socket.write(request);
    const { rss } = process.memoryUsage();
    for (let i = 0; i < 20; i++) await alive();
    assert.ok(process.memoryUsage().rss - rss < 200_000_000);
    socket.destroy();
  });

  it('damaged frames, and commands of anything, are answered or end their connection', async () => {
    await fuzzFrames(suite.url, suite.db.databaseName, { seed: 12_345, runs: 60 });
    await fuzzCommands(suite.url, suite.db.databaseName, { seed: 12_345, runs: 300 });
    await alive();
  });

  it('cursors are limited, and die of idleness', async () => {
    const collection = suite.db.collection('cur');
    await collection.insertMany(Array.from({ length: 50 }, (_, i) => ({ i })));
    const cursors = Array.from({ length: 5 }, () => collection.find({}, { batchSize: 2 }));
    for (const cursor of cursors) await cursor.next();
    assert.equal((await failure(collection.find({}, { batchSize: 2 }).next())).code, 352);
    const id = cursors[0]?.id;
    await eventually(async () => {
      const status = await suite.db.admin().command({ serverStatus: 1 });
      return (status.metrics as { cursor: { open: { total: number } } }).cursor.open.total === 0;
    });
    assert.equal((await failure(suite.db.command({ getMore: id, collection: 'cur' }))).code, 43);
  });

  it('leaves no snapshot behind, however cursors end', async () => {
    const collection = suite.db.collection('ends');
    await collection.createIndex({ i: 1 }, {}, {});
    await collection.insertMany(Array.from({ length: 60 }, (_, i) => ({ i, a: [i, 'x'], b: [i] })));
    for (let round = 0; round < 20; round++) {
      const cursors = [
        collection.find({ i: { $gt: 5 } }, { batchSize: 2 }),
        collection.aggregate([{ $match: { i: { $gt: 5 } } }, { $unwind: '$a' }], { batchSize: 2 }),
        collection.find({ a: { $all: [7, 'x'] } }).limit(1),
      ];
      for (const cursor of cursors) await cursor.next();
      await collection.updateOne({ i: 1 }, { $inc: { n: 1 } });
      for (const cursor of cursors) await cursor.close();
      await failure(collection.aggregate([{ $match: { i: { $gt: 5 } } }, { $lookup: {} }]).toArray());
      await failure(collection.find().sort({ a: 1, b: 1 }).toArray());
      await collection.countDocuments({ i: { $gt: 10 } }, { limit: 3 });
      await failure(suite.db.command({ count: 'ends', query: { i: { $nin: 1 } } }));
    }
    await eventually(async () => {
      const status = await suite.db.admin().command({ serverStatus: 1 });
      return (status.embedded as { readers: number }).readers <= 2;
    });
  });

  it('a cursor sees its moment, whatever is written meanwhile', async () => {
    const collection = suite.db.collection<{ _id: number }>('moment');
    await collection.insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id })));
    const cursor = collection.find({}, { batchSize: 2 });
    await cursor.next();
    await collection.deleteMany({});
    assert.equal((await cursor.toArray()).length, 19);
  });

  it('maxTimeMS ends a long scan', async () => {
    const collection = suite.db.collection('slow');
    await collection.insertMany(Array.from({ length: 3000 }, (_, i) => ({ i, text: 'y'.repeat(100) })));
    const error = await failure(collection.find({ text: { $regex: 'z' } }, { maxTimeMS: 1 }).toArray());
    assert.equal(error.code, 50);
  });
});

describeEmbedded('expiry in the embedded store', () => {
  it('removes what is due by its TTL index, and what lacks the date stays', async () => {
    const suite = await openSuite({ store: { ttlIntervalMs: 20 } });
    const collection = suite.db.collection('ttl');
    await collection.createIndex({ until: 1 }, { expireAfterSeconds: 1 }, {});
    const old = new Date(Date.now() - 5000);
    await collection.insertMany([
      { k: 'due', until: old },
      { k: 'later', until: new Date(Date.now() + 60_000) },
      { k: 'null', until: null },
      { k: 'none' },
      { k: 'text', until: 'x' },
      { k: 'array', until: [new Date(Date.now() + 60_000), old] },
    ]);
    await eventually(async () => (await collection.countDocuments()) === 4);
    assert.deepEqual(
      (await collection.find().toArray()).map(({ k }) => k as string),
      ['later', 'null', 'none', 'text'],
    );
    await suite.close();
  });

  it('erases what was dropped from the file, so that it can be used again', async () => {
    const suite = await openSuite();
    const collection = suite.db.collection('gone');
    await collection.createIndex({ i: 1 }, {}, {});
    await collection.insertMany(Array.from({ length: 5000 }, (_, i) => ({ i })));
    await collection.drop();
    const pending = async () =>
      ((await suite.db.admin().command({ serverStatus: 1 })).embedded as { toErase: number }).toErase;
    assert.ok((await pending()) > 0);
    await eventually(async () => (await pending()) === 0);
    await suite.close();
  });
});
