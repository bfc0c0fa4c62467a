/** A seat whose release was cut short by its database: nobody sits there, so the room must end all the same. */
import { rm } from 'node:fs/promises';
import { type App, createApp } from '../../app.js';
import { parseConfig } from '../../services/site/config.js';
import { createLog } from '../../services/site/log.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { portOf, temporaryFolder, testEnv } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('a seat whose release lost its database half way', () => {
  let store: DistantStore;
  let dir: string;
  let app: App;
  const errors: string[] = [];

  before(async () => {
    store = await distantStore();
    dir = await temporaryFolder();
    const config = parseConfig({
      ...testEnv(dir),
      PORT: '0',
      LIMITS: 'off',
      ROOM_GRACE_MS: '300',
      MONGO_URL: store.url,
    });
    const log = createLog('silent');
    app = await createApp(config, Object.assign(log, { error: (_: object, text: string) => void errors.push(text) }));
    await app.start();
  });
  after(async () => {
    store.proxy.restore();
    await app.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('is freed by the sweep, and its room ends', async () => {
    const url = `http://localhost:${portOf(app)}`;
    const visitor = await arrive({ url });
    const { _id } = await visitor.createRoom({ title: 'Half left' });
    const ear = await visitor.sit(_id);
    const { onRequest } = store.proxy;
    store.proxy.onRequest = (chunk) => {
      if (chunk.includes('delete') && chunk.includes('seats')) store.proxy.cut();
    };
    ear.close();
    await waitFor('the release to fail', () => errors.some((text) => text.includes('seat')));
    store.proxy.onRequest = onRequest;
    store.proxy.restore();
    await waitFor('the database', async () => (await fetch(`${url}/readyz`)).status === 200);
    const { seats, sweeper, rooms } = app.services;
    await waitFor('the room to end', async () => {
      await sweeper.sweep();
      return (await seats.count(_id)) === 0 && (await rooms.receipt(_id)) !== null;
    });
  });
});
