/** A driver that waits for ever: for one of its checks, then it is connected anew; for an operation, then that fails. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { MongoClient } from 'mongodb';
import { toAppError } from '../../controllers/site/errors.js';
import { openDatabase } from '../../services/database/database.js';
import { watchChecks } from '../../services/database/stalled-driver.js';
import { parseConfig } from '../../services/site/config.js';
import { createLog } from '../../services/site/log.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { temporaryFolder, testEnv } from '../support/site.js';
import { waitFor } from '../support/wait.js';

/** What of the driver's inside is made to stall. */
interface Inside {
  topology: { s: { servers: Map<string, { monitor: { monitorId: { fn: (done: () => void) => void } } }> } };
}

describe('a driver whose check of the server never ends', () => {
  let store: DistantStore;
  let client: MongoClient;
  const watching = new AbortController();
  before(async () => {
    store = await distantStore();
    client = await MongoClient.connect(store.url, {
      heartbeatFrequencyMS: 500,
      connectTimeoutMS: 1_000,
      serverSelectionTimeoutMS: 300,
    });
  });
  after(async () => {
    watching.abort();
    await client.close();
    await store.close();
  });

  const answers = () =>
    client
      .db()
      .command({ ping: 1 })
      .then(
        () => true,
        () => false,
      );

  /** The next check begins and does not end, as one that waits for `drain`. */
  async function stall(): Promise<void> {
    const [server] = (client as unknown as Inside).topology.s.servers.values();
    let isStalled = false;
    server!.monitor.monitorId.fn = () => {
      client.emit('serverHeartbeatStarted', undefined as never);
      isStalled = true;
    };
    await waitFor('the check', () => isStalled);
  }

  it('finds a server that was away, twice', async () => {
    watchChecks(client, createLog('silent'), watching.signal, 300);
    for (let round = 0; round < 2; round++) {
      await stall();
      store.proxy.cut();
      assert.equal(await answers(), false);
      store.proxy.restore();
      await waitFor('an answer', answers);
    }
  });
});

describe('an operation that is being written when its connection is cut', () => {
  it('fails, as one of a database that is away, and the next ones are answered', async () => {
    const store = await distantStore();
    const dir = await temporaryFolder();
    const env = { ...testEnv(dir), MONGO_URL: store.url };
    const database = await openDatabase(parseConfig(env), createLog('silent'));
    await database.ready;
    const { Tombstone } = database.models;
    store.proxy.freeze();
    // More than the buffers of a socket take: the driver waits until it is written.
    const written = Tombstone.collection.insertOne({ text: 'x'.repeat(12 * 1024 * 1024) });
    await assert.rejects(written, (error) => toAppError(error).code === 'unavailable');
    store.proxy.cut();
    store.proxy.restore();
    await waitFor('an answer', () => database.answers());
    assert.equal(await Tombstone.countDocuments(), 0);
    await database.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });
});
