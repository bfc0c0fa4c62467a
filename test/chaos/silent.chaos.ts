/** R27: a database that answers late, or not at all for half a minute, hangs nobody: an answer or a 503 within seconds. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createApp } from '../../app.js';
import { parseConfig } from '../../services/site/config.js';
import { distantStore } from '../support/distant-store.js';
import { portOf, temporaryFolder, testEnv } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record } from './record.js';

const SILENT_MS = 30_000;
const ASK_EVERY_MS = 50;
const LONGEST_MS = 5_000;

describe('R27', () => {
  it(`a database silent for ${SILENT_MS / 1000} s: posts and pages are answered, 503, within ${LONGEST_MS / 1000} s`, async () => {
    const store = await distantStore();
    const dir = await temporaryFolder();
    const app = await createApp(
      parseConfig({ ...testEnv(dir), PORT: '0', LIMITS: 'off', ROOM_GRACE_MS: '300000', MONGO_URL: store.url }),
    );
    await app.start();
    const url = `http://localhost:${portOf(app)}`;
    const visitor = await arrive({ url });
    const { _id } = await visitor.createRoom({ title: 'Silence' });
    await visitor.sit(_id);
    const waits: number[] = [];
    const statuses = new Map<number, number>();
    const accepted: string[] = [];
    const asked: Promise<void>[] = [];
    const timed = async (ask: () => Promise<{ status: number }>, text?: string) => {
      const began = performance.now();
      const { status } = await ask();
      waits.push(performance.now() - began);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200 && text) accepted.push(text);
    };
    store.proxy.freeze();
    const began = performance.now();
    for (let number = 0; performance.now() - began < SILENT_MS; number++) {
      const text = `silent ${number}`;
      if (number % 2 === 0) asked.push(timed(async () => visitor.post(_id, text, `silent-${number}`), text));
      else asked.push(timed(async () => fetch(url, { headers: { cookie: visitor.cookie } })));
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    store.proxy.restore();
    await Promise.all(asked);
    const back = performance.now();
    await waitFor('readiness', async () => (await fetch(`${url}/readyz`)).status === 200, 30_000);
    const recovered = Math.round(performance.now() - back);
    const stored = new Set((await visitor.readAll(_id)).map(({ chat }) => chat));
    const lost = accepted.filter((text) => !stored.has(text)).length;
    waits.sort((a, b) => a - b);
    const longest = Math.round(waits.at(-1) ?? 0);
    record('R27', {
      silentMs: SILENT_MS,
      asked: waits.length,
      statuses: Object.fromEntries(statuses),
      p50: Math.round(waits[waits.length >> 1] ?? 0),
      longest,
      recovered,
      lost,
    });
    visitor.leaveAll();
    await app.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
    assert.equal(lost, 0);
    assert.ok(longest <= LONGEST_MS, `${longest} ms`);
    assert.deepEqual([...statuses.keys()], [503]);
  });
});
