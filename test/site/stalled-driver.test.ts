/** A driver that waits for ever for one of its checks is connected anew. */
import assert from 'node:assert/strict';
import { MongoClient } from 'mongodb';
import { watchChecks } from '../../services/database/stalled-driver.js';
import { createLog } from '../../services/site/log.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
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
