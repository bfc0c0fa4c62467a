/** Pictures without a message: a few are what a crash leaves; many, or another database, are somebody's mistake. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { gif } from '../support/pictures.js';
import { filesUnder, heardLog, startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const ADOPT = /UPLOADS_ADOPT=([0-9a-f-]{36})/;

describe('pictures without a message', () => {
  let dir: string;
  let uploads: string;
  let own: DistantStore;
  let other: DistantStore;
  /** What is left once it is closed is `dir`, and the two databases. */
  let site: TestSite;
  let heard: ReturnType<typeof heardLog>;
  let visitor: TestVisitor;
  let room: string;
  let url: string;
  const rooms = () => path.join(uploads, 'rooms');
  const pictures = () => filesUnder(rooms());
  const quarantine = () => path.join(uploads, '.quarantine');
  const inQuarantine = () => filesUnder(quarantine());

  async function start(store: DistantStore, env: Record<string, string> = {}): Promise<void> {
    heard = heardLog();
    const folders = { UPLOADS_DIR: uploads, DATA_DIR: path.join(dir, 'data') };
    const settings = { MONGO_URL: store.url, ROOM_GRACE_MS: '86400000', LIMITS: 'off' };
    site = await startSite({ ...folders, ...settings, ...env }, { log: heard.log });
  }
  const stop = () => site.close();

  /** The value that the log asks for, from the only error that it has. */
  function adviceOf(finding: RegExp): string {
    const [advice = '', ...more] = heard.errors;
    assert.deepEqual(more, []);
    assert.match(advice, finding);
    assert.ok(advice.includes(uploads), 'where the pictures are');
    return ADOPT.exec(advice)![1]!;
  }

  async function leaveStrays(count: number): Promise<void> {
    for (let number = 0; number < count; number++) {
      const file = path.join(rooms(), room, `stray-${number}.gif`);
      await writeFile(file, 'x');
      await utimes(file, new Date(0), new Date(0));
    }
  }

  beforeEach(async () => {
    dir = await temporaryFolder();
    uploads = path.join(dir, 'uploads');
    own = await distantStore();
    other = await distantStore();
    await start(own);
    visitor = await arrive(site);
    room = (await visitor.createRoom({ title: 'Pictures' }))._id;
    await visitor.sit(room);
    const { status, body } = await visitor.postGif(room, await gif());
    assert.equal(status, 200);
    url = new URL((body as MessageView).gif!.url, site.url).pathname;
    visitor.leaveAll();
    await stop();
  });
  afterEach(async () => {
    await stop();
    await own.close();
    await other.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** The site on its own database again, on another port: whether the picture is shown. */
  async function look(): Promise<number> {
    const { cookie } = visitor;
    return (await fetch(site.url + url, { headers: { cookie } })).status;
  }

  it('on another database: all stay, the log says what is where, and what is posted meanwhile comes and goes as ever', async () => {
    const before = await pictures();
    await start(other);
    adviceOf(/belongs to another database.*1 of its 1 pictures/);
    assert.deepEqual(await pictures(), before);
    const guest = await arrive(site);
    const { _id } = await guest.createRoom({ title: 'Meanwhile' });
    await guest.sit(_id);
    assert.equal((await guest.postGif(_id, await gif())).status, 200);
    assert.equal((await pictures()).length, 2);
    await guest.remove(_id);
    await waitFor('its own picture to go', async () => (await pictures()).length === 1);
    guest.leaveAll();
    await stop();
    await start(own);
    assert.deepEqual(heard.errors, []);
    assert.equal(await look(), 200);
  });

  it('that the operator gives up: a day in the quarantine, unserved, then gone', async () => {
    const before = await pictures();
    await start(other);
    const identity = adviceOf(/another database/);
    await stop();
    await start(other, { UPLOADS_ADOPT: identity });
    assert.deepEqual(heard.errors, []);
    assert.deepEqual(await pictures(), []);
    const [sweep = ''] = await readdir(quarantine());
    assert.deepEqual(await inQuarantine(), [path.join(sweep, 'rooms', before[0]!)]);
    await stop();
    await start(other, { UPLOADS_ADOPT: identity });
    assert.deepEqual(heard.warnings, ['UPLOADS_ADOPT is set and not needed: take it out']);
    assert.equal((await inQuarantine()).length, 1);
    await stop();
    await rename(path.join(quarantine(), sweep), path.join(quarantine(), '2020-01-01T00-00-00.000Z'));
    await start(other);
    assert.deepEqual(await inQuarantine(), []);
    await stop();
    await start(own, { UPLOADS_ADOPT: identity });
    adviceOf(/another database/); // what was confirmed for one database is not confirmed for the next
  });

  it('a few: in the quarantine; with their room they are gone for good', async () => {
    await leaveStrays(20);
    await start(own);
    assert.deepEqual(heard.errors, []);
    assert.equal((await pictures()).length, 1);
    assert.equal((await inQuarantine()).length, 20);
    assert.equal(await look(), 200);
    const { cookie } = visitor;
    const deleted = await fetch(`${site.url}/room/${room}`, {
      method: 'DELETE',
      headers: { cookie, origin: site.url },
    });
    assert.equal(deleted.status, 200);
    await waitFor('all to go', async () => (await pictures()).length + (await inQuarantine()).length === 0);
  });

  it('more than a handful, and more than half of all: nothing is touched before the operator says so', async () => {
    await leaveStrays(21);
    await start(own);
    const identity = adviceOf(/has lost most of its messages: 21 of its 22 pictures/);
    assert.equal((await pictures()).length, 22);
    await stop();
    await start(own, { UPLOADS_ADOPT: identity });
    assert.deepEqual([(await pictures()).length, (await inQuarantine()).length], [1, 21]);
    assert.equal(await look(), 200);
  });

  describe('where an earlier version has left no identity', () => {
    const identityFile = () => path.join(uploads, '.identity');
    beforeEach(async () => {
      await rm(identityFile(), { force: true });
      const client = await MongoClient.connect(own.url);
      await client.db().collection('site').deleteMany({});
      await client.close();
    });

    it('folder and database get one if they agree', async () => {
      await start(own);
      assert.deepEqual(heard.errors, []);
      assert.match(await readFile(identityFile(), 'utf8'), /^[0-9a-f-]{36}\n$/);
      assert.equal(await look(), 200);
    });

    it('and get none if they do not: all stay', async () => {
      await mkdir(path.join(rooms(), 'f'.repeat(24)));
      await start(other);
      adviceOf(/carries no identity yet.*1 of its 1 pictures/);
      assert.equal((await pictures()).length, 1);
      await stop();
      await start(own);
      assert.equal(await look(), 200);
    });
  });
});
