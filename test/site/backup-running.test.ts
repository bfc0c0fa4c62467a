/** `npm run backup` while people post, and `npm run restore` into a second site, which has all that was answered before. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Backup } from '../../services/backup/backup.js';
import { command } from '../support/command.js';
import { readPage, someone, write } from '../support/direct.js';
import { outerUrl } from '../support/outer-store.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, temporaryFolder, testEnv, type TestSite } from '../support/site.js';

// Only where the embedded store is what the suite runs on; a suite that is merely skipped would fail the run.
if (outerUrl('') === null)
  describe('a backup of a running site', () => {
    let site: TestSite;
    let away: string;
    before(async () => {
      site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
      away = await temporaryFolder();
    });
    after(async () => {
      await site.close();
      await rm(away, { recursive: true, force: true });
    });

    it('holds every message and picture that was answered before it began, and nothing that was erased', async () => {
      const copy = path.join(away, 'copy');
      const [host, friend] = [await someone(site), await someone(site)];
      const { visitor } = host;
      const { _id } = await visitor.createRoom({ title: 'Kept', password: 'a password' });
      await visitor.sit(_id);
      const gone = await visitor.createRoom({ title: 'Gone' });
      await visitor.say(gone._id, 'said in a room that has ended');
      await visitor.postGif(gone._id, await pictures.gif());
      assert.equal((await visitor.remove(gone._id)).status, 200);
      await write(host, friend, 'between us');
      const answered: MessageView[] = [];
      let isPosting = true;
      const post = async () => {
        for (let n = 0; isPosting || n < 3; n++) {
          answered.push(await visitor.say(_id, `sentence ${n}`));
          answered.push((await visitor.postGif(_id, await pictures.gif())).body as MessageView);
        }
      };
      await visitor.say(_id, 'the first');
      const { gif } = (await visitor.postGif(_id, await pictures.gif())).body as MessageView;
      const posting = post();
      const before = await visitor.readAll(_id);
      const made = await command('backup', site.dir, [copy]);
      isPosting = false;
      await posting;
      assert.equal(made.code, 0, made.said);
      assert.match(made.said, /\d+ documents and \d+ pictures/);
      assert.ok(answered.length >= 6);
      assert.equal((await stat(copy)).mode & 0o777, 0o700);
      const bytes = await readFile(path.join(copy, 'data', 'store.mdb'));
      assert.ok(bytes.includes('the first') && !bytes.includes('said in a room that has ended'));
      assert.equal((await filesUnder(path.join(copy, 'data'))).join(), 'cookie-secret,store.mdb');
      assert.equal((await command('check', site.dir, [], { DATA_DIR: path.join(copy, 'data') })).code, 0);

      const [DATA_DIR, UPLOADS_DIR] = ['data', 'uploads'].map((name) => path.join(away, 'second', name));
      const second = { DATA_DIR: DATA_DIR!, UPLOADS_DIR: UPLOADS_DIR! };
      const restored = await command('restore', site.dir, [copy], second);
      assert.equal(restored.code, 0, restored.said);
      const picture = (await visitor.agent.get(gif!.url)).body as Buffer;
      visitor.leaveAll();
      await site.restart(second);
      const messages = await visitor.readAll(_id);
      assert.deepEqual(messages.slice(0, before.length), before);
      assert.deepEqual(((await visitor.agent.get(gif!.url)).body as Buffer).toString('hex'), picture.toString('hex'));
      for (const message of messages)
        if (message.gif) assert.equal((await visitor.agent.get(message.gif.url)).status, 200);
      assert.deepEqual((await readPage(friend, host)).messages.length, 1);
      const files = (await filesUnder(second.UPLOADS_DIR)).filter((file) => !file.startsWith('.'));
      assert.equal(
        files.length,
        messages.filter((message) => message.gif).length,
        'a picture for each message, no other',
      );
      assert.equal((await visitor.post(_id, 'after')).status, 200);
      await site.restart();
    });

    it('meets a picture that is erased while it copies by copying again', async () => {
      const { visitor } = await someone(site);
      const { _id } = await visitor.createRoom({ title: 'Half gone' });
      for (let n = 0; n < 2; n++) await visitor.postGif(_id, await pictures.gif());
      const child = fork(path.join(import.meta.dirname, '../support/backup-child.js'), [path.join(away, 'erased')], {
        env: { PATH: process.env['PATH'] ?? '', ...testEnv(site.dir) },
      });
      const heard: unknown[] = [];
      child.on('message', (message) => {
        heard.push(message);
        if (message !== 'stored') return;
        if (heard.length > 1) child.send('go on');
        else void visitor.remove(_id).then(() => child.send('go on'));
      });
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      const made = heard.at(-1) as Backup;
      assert.ok(heard.length >= 3, 'a second copy');
      assert.equal(made.missing, 0);
      const bytes = await readFile(path.join(away, 'erased', 'data', 'store.mdb'));
      assert.ok(!bytes.includes('Half gone'));
      assert.ok(!(await filesUnder(path.join(away, 'erased', 'uploads'))).some((file) => file.includes(_id)));
    });

    it('may lie in DATA_DIR, and a restore takes pictures in a folder of it, as in a container', async () => {
      const data = path.join(away, 'volume');
      const inVolume = { DATA_DIR: data, UPLOADS_DIR: path.join(data, 'uploads') };
      const restored = await command('restore', site.dir, [path.join(away, 'copy')], inVolume);
      assert.equal(restored.code, 0, restored.said);
      const made = await command('backup', site.dir, [path.join(data, 'backup')], inVolume);
      assert.equal(made.code, 0, made.said);
      assert.deepEqual(
        await filesUnder(path.join(data, 'backup', 'uploads')),
        await filesUnder(path.join(away, 'copy', 'uploads')),
      );
    });

    it('overwrites nothing, and a restore neither, nor where a site runs', async () => {
      const copy = path.join(away, 'copy');
      const refuse = async (name: string, args: string[], why: RegExp, env: Record<string, string> = {}) => {
        const { code, said } = await command(name, site.dir, args, env);
        assert.equal(code, 1, said);
        assert.match(said, why);
        assert.equal(said.trim().split('\n').length, 1, said);
      };
      const elsewhere = {
        DATA_DIR: path.join(away, 'third', 'data'),
        UPLOADS_DIR: path.join(away, 'third', 'uploads'),
      };
      await refuse('backup', [copy], /is there already/);
      await refuse('backup', [path.join(site.uploads, 'inside')], /lies in/);
      await refuse('backup', [], /Name one folder/);
      await refuse('backup', [path.join(away, 'x')], /mongodump/, { MONGO_URL: 'mongodb://127.0.0.1:1/x' });
      await refuse('backup', [path.join(away, 'x')], /there is no store in/, elsewhere);
      await refuse('backup', [path.join(away, 'x')], /belongs to another database/, await uploadsOfAnother());
      await refuse('restore', [copy], /a site runs on/);
      await refuse('restore', [path.join(away, 'nothing')], /is no backup/, elsewhere);
      await refuse('restore', [copy], /second.*is not empty/, {
        DATA_DIR: path.join(away, 'second', 'data'),
        UPLOADS_DIR: elsewhere.UPLOADS_DIR,
      });
      await cp(copy, path.join(away, 'cut'), { recursive: true });
      const [some] = (await filesUnder(path.join(away, 'cut', 'uploads'))).filter((file) => !file.startsWith('.'));
      await rm(path.join(away, 'cut', 'uploads', some!));
      await refuse('restore', [path.join(away, 'cut')], /is not whole/, elsewhere);
      assert.deepEqual(await filesUnder(path.join(away, 'third')), []);
      assert.deepEqual(await filesUnder(path.join(away, 'x')), []);
    });

    async function uploadsOfAnother(): Promise<Record<string, string>> {
      const UPLOADS_DIR = path.join(away, 'foreign');
      await mkdir(UPLOADS_DIR);
      await writeFile(path.join(UPLOADS_DIR, '.identity'), '0f0f0f0f-0000-4000-8000-000000000000\n');
      return { UPLOADS_DIR };
    }
  });
