/** `npm run move`: the embedded store into another database (here one that `npm run store` serves), with which the site goes on. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { ROOT } from '../../services/site/root.js';
import { command } from '../support/command.js';
import { outerUrl } from '../support/outer-store.js';
import * as pictures from '../support/pictures.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { start } from '../support/small-project.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

// Only where the embedded store is what the suite runs on; a suite that is merely skipped would fail the run.
if (outerUrl('') === null)
  describe('npm run move', () => {
    let site: TestSite;
    let away: string;
    let store: ReturnType<typeof start>;
    let url: string;
    before(async () => {
      away = await temporaryFolder();
      store = start(away, process.execPath, [path.join(ROOT, 'dist', 'scripts', 'store.js')], {
        DATA_DIR: path.join(away, 'data'),
        ENV_FILE: '/dev/null',
        STORE_RESERVE_BYTES: '0',
        STORE_SECRET: 'a secret between nodes',
        STORE_PORT: '0',
      });
      site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
      url = await waitFor('the URL', () => /^(mongodb:\/\/\S+)\n$/.exec(store.said())?.[1]);
    });
    after(async () => {
      await site.close();
      store.kill('SIGTERM');
      await store.ended;
      await rm(away, { recursive: true, force: true });
    });

    it('refuses while the site runs, without a target, and with one that does not answer', async () => {
      const refuse = async (args: string[], why: RegExp, env: Record<string, string> = {}) => {
        const { code, said } = await command('move', site.dir, args, env);
        assert.equal(code, 1, said);
        assert.match(said, why);
        assert.doesNotMatch(said, /\n +at /);
      };
      await refuse([url], /a site runs on/);
      await refuse([], /Name one database/);
      await refuse(['a word'], /must be a mongodb/);
      await refuse([url], /there is no store/, { DATA_DIR: path.join(away, 'nothing') });
    });

    it('copies every document and index; the site goes on there; a second move is refused', async () => {
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: 'Moved' });
      await visitor.sit(_id);
      await visitor.say(_id, 'before the move');
      await visitor.postGif(_id, await pictures.gif());
      const before = await visitor.readAll(_id);
      visitor.leaveAll();
      await site.app.close();
      const moved = await command('move', site.dir, [], { MONGO_URL: url });
      assert.equal(moved.code, 0, moved.said);
      assert.match(moved.said, /^chats: 2 documents$/m);
      assert.ok(!moved.said.includes('a secret between nodes'));

      const client = new MongoClient(url);
      const indexes = (await client.db().collection('chats').indexes()) as { name: string; unique?: boolean }[];
      await client.close();
      assert.ok(indexes.length > 3 && indexes.some(({ unique }) => unique), JSON.stringify(indexes));

      const again = await command('move', site.dir, [url]);
      assert.equal(again.code, 1);
      assert.match(again.said, /is not empty: "\w+" holds documents/);
      assert.equal((await command('check', site.dir)).code, 0, 'the store is as it was');

      await site.restart({ MONGO_URL: url });
      assert.deepEqual(await visitor.readAll(_id), before);
      for (const { gif } of before) if (gif) assert.equal((await visitor.agent.get(gif.url)).status, 200);
      assert.equal((await visitor.post(_id, 'after the move')).status, 200);
    });
  });
