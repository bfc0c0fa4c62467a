// Embedded only: a killed process loses nothing that was answered, and writers that come together share a commit.
import { strict as assert } from 'node:assert';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { CHILD, child, kill, surviveKills } from '../support/kill.js';
import { itWithLimits, limitFiles } from '../support/room-to-grow.js';
import { describeEmbedded, eventually, failure, openSuite, startStore, temporaryDir } from '../support/store.js';

describeEmbedded('durability of the embedded store', () => {
  it('survives kill -9 under writes, twice, with all that was answered and no repair', () => surviveKills(2));

  it('lets a second process know that the directory is in use, and the next one in after kill -9', async () => {
    const place = temporaryDir();
    const first = await child(place.dir);
    assert.ok(first.url);
    const second = await child(place.dir);
    assert.equal(second.code, 'data_dir_in_use');
    await kill(first.process);
    const racing = await Promise.all([child(place.dir), child(place.dir), child(place.dir)]);
    assert.equal(racing.filter(({ url }) => url).length, 1, 'exactly one gets it');
    assert.equal(racing.filter(({ code }) => code === 'data_dir_in_use').length, 2);
    await Promise.all(racing.filter(({ url }) => url).map((one) => kill(one.process)));
    place.remove();
  });

  it('refuses a directory that this process has open', async () => {
    const place = temporaryDir();
    const store = await startStore(place.dir);
    await assert.rejects(startStore(place.dir), { code: 'data_dir_in_use' });
    await store.close();
    const again = await startStore(place.dir);
    await again.close();
    place.remove();
  });

  it('refuses a directory that is none', async () => {
    await assert.rejects(startStore('/dev/null/x'), { code: 'data_dir_unusable' });
  });

  it('refuses writes when the disk is full, goes on reading, and writes again when there is room', async () => {
    const place = temporaryDir();
    // a limit on the size of files stands for the end of the disk
    const script = `ulimit -f 4000; exec "${process.execPath}" "${fileURLToPath(CHILD)}" "${place.dir}"`;
    const limited = spawn('sh', ['-c', script], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    const [{ url = '' }] = (await once(limited, 'message')) as [{ url?: string }];
    const client = await new MongoClient(url).connect();
    const collection = client.db().collection('f');
    let stored = 0;
    const error = await failure(
      (async () => {
        for (;;) {
          await collection.insertOne({ text: 'x'.repeat(50_000) });
          stored++;
        }
      })(),
    );
    assert.match(error.message, /could not be stored/);
    assert.equal(await collection.countDocuments(), stored);
    assert.equal((await collection.find().toArray()).length, stored);
    assert.equal((await collection.deleteMany({})).deletedCount, stored);
    await collection.insertOne({ text: 'again' });
    await client.close();
    await kill(limited);
    place.remove();
  });

  itWithLimits(
    'gives up its reserve when the disk is full, says so, and makes it anew when there is room',
    async () => {
      const place = temporaryDir();
      const file = (name: string) => join(place.dir, name);
      const store = fork(CHILD, [place.dir, String(8 << 20)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const states: string[] = [];
      store.on('message', ({ disk }: { disk?: string }) => disk && states.push(disk));
      const [{ url = '' }] = (await once(store, 'message')) as [{ url?: string }];
      const client = await new MongoClient(url).connect();
      const collection = client.db().collection('r');
      await collection.insertOne({ text: 'first' });
      await eventually(() => existsSync(file('reserve')));
      limitFiles(store.pid, statSync(file('store.mdb')).size);
      const error = await failure(
        (async () => {
          for (;;) await collection.insertOne({ text: 'x'.repeat(10_000) });
        })(),
      );
      assert.equal((error as { code?: unknown }).code, 14031);
      assert.equal(existsSync(file('reserve')), false);
      await eventually(() => states.at(-1) === 'full');
      limitFiles(store.pid, 'unlimited');
      await eventually(() => states.at(-1) === 'roomy');
      assert.equal(statSync(file('reserve')).size, 8 << 20);
      await collection.insertOne({ text: 'again' });
      await client.close();
      await kill(store);
      place.remove();
    },
  );

  it('writes of many connections share commits', async () => {
    const suite = await openSuite();
    const commits = async () =>
      (await suite.db.admin().command({ serverStatus: 1 })).embedded as { commits: number; writeCommands: number };
    await suite.db.collection('g').insertOne({});
    const before = await commits();
    await Promise.all(Array.from({ length: 500 }, (_, i) => suite.db.collection('g').insertOne({ i })));
    const after = await commits();
    const [shared, commands] = [after.commits - before.commits, after.writeCommands - before.writeCommands];
    assert.equal(commands, 500);
    assert.ok(shared < 250, `${shared} commits for 500 writes`);
    await suite.close();
  });

  it('closes and opens again with all indexes', async () => {
    const place = temporaryDir();
    for (let i = 1; i <= 3; i++) {
      const store = await startStore(place.dir);
      const client = await new MongoClient(store.url).connect();
      const collection = client.db().collection('p');
      await collection.createIndex({ n: 1 }, { unique: true }, {});
      await collection.insertOne({ n: i });
      await assert.rejects(collection.insertOne({ n: 1 }), { code: 11000 });
      assert.equal(await collection.countDocuments({ n: { $gte: 1 } }), i);
      await client.close();
      await store.close();
    }
    place.remove();
  });

  it('says nothing when its end meets the erasing of what was dropped', async () => {
    const place = temporaryDir();
    const store = fork(CHILD, [place.dir], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let said = '';
    for (const stream of [store.stdout, store.stderr]) stream?.on('data', (chunk: Buffer) => (said += String(chunk)));
    const [{ url = '' }] = (await once(store, 'message')) as [{ url?: string }];
    const client = await new MongoClient(url).connect();
    for (let i = 0; i < 20; i++)
      await client
        .db()
        .collection('gone')
        .insertMany(Array.from({ length: 5000 }, (_, n) => ({ n })));
    const erasing = async () =>
      ((await client.db().admin().command({ serverStatus: 1 })).embedded as { commits: number }).commits;
    const before = await erasing();
    await client.db().collection('gone').drop();
    await eventually(async () => (await erasing()) > before + 2); // the drop, and two steps
    const exit = once(store, 'exit');
    store.send('close');
    assert.deepEqual(await exit, [0, null]);
    assert.equal(said, '');
    await client.close();
    place.remove();
  });

  it('serves from a directory whose path is too long for a socket', async () => {
    const place = temporaryDir();
    const store = await startStore(`${place.dir}/${'long/'.repeat(30)}`);
    const client = await new MongoClient(store.url).connect();
    assert.equal((await client.db().command({ ping: 1 })).ok, 1);
    await client.close();
    await store.close();
    place.remove();
  });

  it('keeps all of a directory that is named like our own temporary ones, through kill -9', async () => {
    const place = temporaryDir();
    const dir = `${place.dir}/embedded-store-socket-abc`;
    const first = await child(dir);
    const client = await new MongoClient(first.url ?? '').connect();
    await client.db().collection('k').insertOne({ a: 1 });
    await client.close();
    await kill(first.process);
    const store = await startStore(dir);
    const again = await new MongoClient(store.url).connect();
    assert.equal(await again.db().collection('k').countDocuments(), 1);
    await again.close();
    await store.close();
    place.remove();
  });

  it('removes the socket that a killed owner left among temporary files', async () => {
    const place = temporaryDir();
    const dir = `${place.dir}/${'long/'.repeat(30)}`;
    const first = await child(dir);
    const socket = decodeURIComponent(new URL(first.url ?? '').host);
    assert.ok(existsSync(socket));
    await kill(first.process);
    const store = await startStore(dir);
    assert.ok(!existsSync(dirname(socket)));
    await store.close();
    place.remove();
  });

  it('serves on loopback where sockets of files are not to be had', async () => {
    const place = temporaryDir();
    const store = await startStore(place.dir, { tcp: true });
    assert.match(store.url, /^mongodb:\/\/127\.0\.0\.1:\d+\/app$/);
    const client = await new MongoClient(store.url).connect();
    assert.equal((await client.db().command({ ping: 1 })).ok, 1);
    assert.equal(client.db().databaseName, 'app');
    await client.close();
    await store.close();
    await store.ended;
    place.remove();
  });
});
