/** `npm run store`: the embedded store at a fixed address behind a secret, and two nodes that share it. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { ROOT } from '../../services/site/root.js';
import { steadyPort } from '../support/ports.js';
import { startSite, temporaryFolder } from '../support/site.js';
import { start } from '../support/small-project.js';
import { arrive, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const SECRET = 'p@ss/word of the store';

describe('npm run store', () => {
  let dir: string;
  before(async () => {
    dir = await temporaryFolder();
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const run = (env: Record<string, string>) =>
    start(dir, process.execPath, [path.join(ROOT, 'dist', 'scripts', 'store.js')], {
      DATA_DIR: path.join(dir, 'data'),
      STORE_RESERVE_BYTES: '0',
      ENV_FILE: '/dev/null',
      ...env,
    });

  it('ends without a secret and with a short one, and names it', async () => {
    for (const env of [{}, { STORE_SECRET: '' }, { STORE_SECRET: 'short' }] as Record<string, string>[]) {
      const { code, said } = await run(env).ended;
      assert.equal(code, 1);
      assert.match(said, /^STORE_SECRET/);
      assert.doesNotMatch(said, /\n +at /);
    }
  });

  it('prints one URL with which two nodes serve one site, and lets nobody in without the secret', async () => {
    const port = await steadyPort();
    const store = run({ STORE_SECRET: SECRET, STORE_PORT: String(port) });
    const url = await waitFor('the URL', () => /^(mongodb:\/\/\S+)\n$/.exec(store.said())?.[1]);
    assert.match(url, new RegExp(`@127\\.0\\.0\\.1:${port}/`));

    for (const wrong of [url.replace(/:[^:@/]+@/, ':another-secret@'), `mongodb://127.0.0.1:${port}/gifchat`]) {
      const client = new MongoClient(wrong, { serverSelectionTimeoutMS: 2_000 });
      await assert.rejects(client.db().collection('rooms').findOne(), /Authentication|Unauthorized/i);
      await client.close();
    }
    const garbage = connect(port, '127.0.0.1', () => garbage.write(Buffer.alloc(64, 255)));
    garbage.on('error', () => undefined);
    await waitFor('the end of a connection that speaks something else', () => garbage.destroyed);

    const COOKIE_SECRET = 'one secret for both nodes that is long enough';
    const nodes = [
      await startSite({ MONGO_URL: url, COOKIE_SECRET }),
      await startSite({ MONGO_URL: url, COOKIE_SECRET }),
    ];
    const [first, second] = nodes;
    assert.ok(first && second);
    const visitor = await arrive(first);
    const { _id } = await visitor.createRoom({ title: 'Shared' });
    await visitor.sit(_id);
    await visitor.say(_id, 'stored by one node');
    const other = new TestVisitor({ url: second.url });
    const history = await other.agent.get(`/room/${_id}/chats`).set('Cookie', visitor.cookie);
    assert.deepEqual(
      (history.body as { chats: MessageView[] }).chats.map(({ chat }) => chat),
      ['stored by one node'],
    );
    visitor.leaveAll();
    for (const node of nodes) await node.close();
    store.kill('SIGTERM');
    assert.equal((await store.ended).code, 0, store.said());
  });
});
