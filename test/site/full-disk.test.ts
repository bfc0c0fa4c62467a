/** A full disk: pictures are refused with 507, then texts with 503, no half file stays, and all goes on when there is room. */
import assert from 'node:assert/strict';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { gif } from '../support/pictures.js';
import { startProcess } from '../support/process.js';
import { itWithLimits, limitFiles } from '../support/room-to-grow.js';
import { filesUnder, startSite, temporaryFolder } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const readyz = async (url: string) => {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, await answer.text()];
};

describe('a full disk', () => {
  it('with less than its reserve left: pictures 507 before a byte is read, texts go on, /readyz says so; then all resumes; a folder that is away the same', async () => {
    const site = await startSite({ LIMITS: 'off', DISK_RESERVE_BYTES: String(Number.MAX_SAFE_INTEGER) });
    try {
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: 'Low' });
      await visitor.sit(_id);
      const refused = await visitor.postGif(_id, await gif());
      assert.deepEqual([refused.status, refused.body.error.code], [507, 'storage_full']);
      assert.deepEqual(await filesUnder(site.uploads), ['.identity']);
      await visitor.say(_id, 'text goes on');
      assert.deepEqual(await readyz(site.url), [200, 'ready, but the disk has no room for pictures']);
      await site.restart({ DISK_RESERVE_BYTES: '0' });
      assert.equal((await visitor.postGif(_id, await gif())).status, 200);
      assert.deepEqual(await readyz(site.url), [200, 'ready']);
      const away = `${site.uploads}.away`;
      await rename(site.uploads, away);
      assert.deepEqual(await readyz(site.url), [200, 'ready, but the disk has no room for pictures']);
      assert.equal((await visitor.postGif(_id, await gif())).status, 507);
      await rename(away, site.uploads);
      assert.deepEqual(await readyz(site.url), [200, 'ready']);
      visitor.leaveAll();
    } finally {
      await site.close();
    }
  });

  itWithLimits(
    'on which nothing can be written: texts 503, pictures 507, no half file; nothing accepted is lost, and all resumes',
    async () => {
      const dir = await temporaryFolder();
      const reserve = path.join(dir, 'data', 'reserve');
      const site = await startProcess(dir, {
        LOG_LEVEL: 'error',
        LIMITS: 'off',
        STORE_RESERVE_BYTES: String(8 * 1024 * 1024),
      });
      const visitor = await arrive(site);
      const { _id } = await visitor.createRoom({ title: 'Full' });
      await visitor.sit(_id);
      const isThere = (file: string) =>
        stat(file).then(
          () => true,
          () => false,
        );
      const uploads = () => readdir(path.join(dir, 'uploads', '.tmp'));
      try {
        await waitFor('the reserve', () => isThere(reserve));
        limitFiles(site.pid, (await stat(path.join(dir, 'data', 'store.mdb'))).size);

        // What is read is cut by the disk: larger than any file may be now.
        const half = await visitor.postGif(_id, Buffer.alloc(4 * 1024 * 1024, 'x'));
        assert.deepEqual([half.status, half.body.error.code], [507, 'storage_full']);
        assert.deepEqual(await uploads(), []);

        const accepted: string[] = [];
        const refused = await waitFor('a text that is refused', async () => {
          const text = `${accepted.length} ${'x'.repeat(3_000)}`;
          const answer = await visitor.post(_id, text);
          if (answer.status === 200) accepted.push(text);
          return answer.status === 200 ? null : answer;
        });
        assert.deepEqual([refused.status, refused.body.error.code], [503, 'disk_full']);
        assert.ok(Number(refused.headers['retry-after']) > 0);
        assert.equal(await isThere(reserve), false);
        await waitFor('/readyz', async () => (await readyz(site.url))[1] === 'not ready: the disk is full');
        const picture = await visitor.postGif(_id, await gif());
        assert.deepEqual([picture.status, picture.body.error.code], [507, 'storage_full']);
        assert.deepEqual(await uploads(), []);
        assert.deepEqual(
          (await visitor.readAll(_id)).map(({ chat }) => chat),
          accepted,
        );
        assert.match(site.stderr(), /the disk is full, and the reserve is used up/);

        limitFiles(site.pid, Infinity);
        await waitFor('room', async () => (await readyz(site.url))[1] === 'ready');
        await visitor.say(_id, 'again');
        assert.equal((await visitor.postGif(_id, await gif())).status, 200);
        assert.ok(await isThere(reserve));
      } finally {
        visitor.leaveAll();
        await site.end('SIGKILL');
        await rm(dir, { recursive: true, force: true });
      }
    },
  );
});
