/** R39, R40: an upload that is cut, by its client or by the end of the site, leaves neither a file without a message nor the other way round. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import * as pictures from '../support/pictures.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { head, Wire } from '../support/raw.js';
import { filesUnder, temporaryFolder } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, seeded, times } from './record.js';

const CUTS = times(600);
const AT_ONCE = 30;
const KILLS = times(12);
const UPLOADERS = 4;
const ENV = { LIMITS: 'off', ROOM_GRACE_MS: '600000' };

/** Files that are served, as the site names them: what waits or lies in the quarantine is not. */
const keptIn = async (uploads: string) => (await filesUnder(uploads)).filter((file) => file.startsWith('rooms/'));
const waitingIn = async (uploads: string) => (await filesUnder(path.join(uploads, '.tmp'))).length;
const descriptors = async ({ pid }: SiteProcess) => (await readdir(`/proc/${pid}/fd`)).length;

const BOUNDARY = 'xxBOUNDARYxx';
const bodyOf = (picture: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="gif"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    picture,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

describe('R39', () => {
  it(`${CUTS} uploads cut at a random byte, ${AT_ONCE} at a time: no file, no message, no descriptor stays`, async () => {
    const { seed, random } = seeded();
    const dir = await temporaryFolder();
    const uploads = path.join(dir, 'uploads');
    const site = await startProcess(dir, ENV);
    const port = Number(new URL(site.url).port);
    const owner = await arrive(site);
    const { _id } = await owner.createRoom({ title: 'cut' });
    await owner.sit(_id);
    const body = bodyOf(Buffer.concat([await pictures.png(120, 120), Buffer.alloc(60_000)]));
    const headers = {
      cookie: owner.cookie,
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': String(body.length),
    };
    const start = head(port, `POST /room/${_id}/gif`, headers);
    assert.equal((await owner.postGif(_id, await pictures.png())).status, 200);
    const before = await descriptors(site);
    for (let cut = 0; cut < CUTS; cut += AT_ONCE) {
      const wires = Array.from({ length: AT_ONCE }, () =>
        new Wire(port).send(start).send(body.subarray(0, Math.floor(random() * (body.length - 1)))),
      );
      await wait(random() * 60);
      for (const wire of wires) wire.cut();
      await Promise.all(wires.map(({ ended }) => ended));
    }
    await waitFor('nothing waiting', async () => (await waitingIn(uploads)) === 0);
    await waitFor('the descriptors as before', async () => (await descriptors(site)) <= before + 2).catch(
      () => undefined,
    );
    const grown = (await descriptors(site)) - before;
    const kept = (await keptIn(uploads)).length;
    const messages = (await owner.readAll(_id)).length;
    owner.leaveAll();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R39', { seed, cuts: CUTS, kept, messages, descriptorsMore: grown });
    assert.deepEqual([kept, messages], [1, 1]);
    assert.ok(grown <= 2, `${grown} descriptors more`);
  });
});

describe('R40', () => {
  it(`${KILLS} crashes under uploads: every file has its message, every answered message its file`, async () => {
    const { seed, random } = seeded();
    const dir = await temporaryFolder();
    const uploads = path.join(dir, 'uploads');
    let site = await startProcess(dir, ENV);
    const { port } = new URL(site.url);
    const people = await Promise.all(Array.from({ length: UPLOADERS }, () => arrive(site)));
    const { _id } = await people[0]!.createRoom({ title: 'crash' });
    for (const person of people) await person.open(_id);
    const picture = await pictures.gif(200, 150);
    const answered: MessageView[] = [];
    let isOver = false;
    const loops = people.map(async (person, who) => {
      for (let number = 0; !isOver; number++) {
        for (let sent = false; !sent;) {
          const fields = { clientId: `${who}-${number}` };
          const answer = await person.postGif(_id, picture, { fields }).catch(() => null);
          if (answer?.status === 200) answered.push(answer.body as MessageView);
          sent = answer?.status === 200;
          if (!sent) await wait(100);
        }
      }
    });
    for (let kill = 0; kill < KILLS; kill++) {
      await wait(600 + random() * 1_000);
      await site.end('SIGKILL');
      site = await startProcess(dir, { ...ENV, PORT: port });
    }
    isOver = true;
    await Promise.all(loops);
    await site.end('SIGKILL');
    site = await startProcess(dir, { ...ENV, PORT: port });
    const messages = await people[0]!.readAll(_id);
    const names = messages.flatMap(({ gifName }) => gifName ?? []);
    const filesWithout = async () => (await keptIn(uploads)).filter((file) => !names.includes(path.basename(file)));
    await waitFor('files without a message to go', async () => (await filesWithout()).length === 0).catch(
      () => undefined,
    );
    const without = await filesWithout();
    const kept = new Set((await keptIn(uploads)).map((file) => path.basename(file)));
    const missing = names.filter((name) => !kept.has(name));
    const lost = answered.filter(({ _id: id }) => !messages.some((message) => message._id === id)).length;
    const waiting = await waitingIn(uploads);
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R40', {
      seed,
      kills: KILLS,
      answered: answered.length,
      lost,
      filesWithout: without.length,
      missing: missing.length,
      waiting,
    });
    assert.deepEqual({ lost, without, missing }, { lost: 0, without: [], missing: [] });
    assert.equal(new Set(names).size, names.length);
  });
});
