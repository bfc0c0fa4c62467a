/**
 * R41: a disk that fills up refuses pictures first, takes texts from its reserve, then refuses those, loses nothing that was
 * accepted, and goes on by itself when there is room. And: uploads that never end, heavy animations and the codec's memory
 * cost the site and a stranger next to nothing.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { decodersOf } from '../support/decoders.js';
import { animated, gif, noise, png } from '../support/pictures.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { head, Wire } from '../support/raw.js';
import { filesUnder, temporaryFolder } from '../support/site.js';
import { arrive, arriveFrom, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, seeded } from './record.js';

const MB = 1024 * 1024;
const TEXT = 'x'.repeat(3_900);
/** Open cursors before the disk is full, and on it: each is a reader in LMDB's lock file, which must have no holes. */
const CURSORS = { before: 30, after: 200 };

/** A disk of its own of so many megabytes, or null where this process may not mount one. */
async function smallDisk(megabytes: number): Promise<string | null> {
  const dir = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    await rm(dir, { recursive: true, force: true });
    console.log('skipped: mounting a small disk needs root on Linux');
    return null;
  }
}

async function unmount(dir: string): Promise<void> {
  execFileSync('umount', ['-l', dir]);
  await rm(dir, { recursive: true, force: true });
}

const freeOn = async (dir: string) => {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
};

/** Fill a disk until so many bytes are left. */
async function fill(dir: string, left: number): Promise<void> {
  const file = path.join(dir, 'filler');
  for (let free = await freeOn(dir); free > left; free = await freeOn(dir)) {
    const ended = await appendFile(file, Buffer.alloc(Math.min(MB, free - left))).then(
      () => false,
      () => true,
    );
    if (ended) return;
  }
}

const readyz = async (site: SiteProcess) => (await fetch(`${site.url}/readyz`)).text();
const rss = (pid: number) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

describe('R41', () => {
  it('a disk that fills up: pictures 507, texts from the reserve, then 503; nothing accepted is lost; all resumes', async () => {
    const dir = await smallDisk(64);
    if (!dir) return;
    const { seed, random } = seeded();
    const env = {
      LOG_LEVEL: 'error',
      LIMITS: 'off',
      ROOM_GRACE_MS: '600000',
      STORE_RESERVE_BYTES: String(4 * MB),
      DISK_RESERVE_BYTES: String(2 * MB),
    };
    let site = await startProcess(dir, env);
    const visitor = await arrive(site);
    const { _id } = await visitor.createRoom({ title: 'Full' });
    await visitor.sit(_id);
    const picture = await noise(300, 300);
    const waiting = () => readdir(path.join(dir, 'uploads', '.tmp'));
    const reserve = path.join(dir, 'data', 'reserve');
    const accepted: string[] = [];
    const say = async (length: number) => {
      const text = `${accepted.length} ${TEXT.slice(0, length)}`;
      const answer = await visitor.post(_id, text);
      if (answer.status === 200) accepted.push(text);
      return answer;
    };
    await waitFor('the reserve', () => existsSync(reserve));
    assert.equal((await visitor.postGif(_id, picture)).status, 200);
    assert.equal((await say(100)).status, 200);

    await fill(dir, 0);
    const refusedPicture = await visitor.postGif(_id, picture);
    assert.deepEqual([refusedPicture.status, refusedPicture.body.error.code], [507, 'storage_full']);
    assert.deepEqual(await waiting(), []);

    const before = accepted.length;
    const refused = await waitFor(
      'a text that is refused',
      async () => {
        const answer = await say(1 + Math.floor(random() * (TEXT.length - 1)));
        return answer.status === 200 ? null : answer;
      },
      600_000,
    );
    const fromReserve = accepted.length - before;
    assert.deepEqual([refused.status, refused.body.error.code], [503, 'disk_full']);
    await waitFor('/readyz', async () => (await readyz(site)) === 'not ready: the disk is full');
    const texts = async () => (await visitor.readAll(_id)).flatMap(({ chat }) => chat ?? []);
    assert.deepEqual(await texts(), accepted);

    const freed = performance.now();
    await rm(path.join(dir, 'filler'));
    await waitFor('room', async () => (await readyz(site)) === 'ready');
    const resumedMs = Math.round(performance.now() - freed);
    assert.equal((await say(100)).status, 200);
    assert.equal((await visitor.postGif(_id, picture)).status, 200);
    assert.equal((await stat(reserve)).size, 4 * MB);
    // Full again, and killed: it starts on the full disk, and texts go on.
    await fill(dir, 0);
    await site.end('SIGKILL');
    site = await startProcess(dir, { ...env, PORT: new URL(site.url).port });
    await visitor.sit(_id);
    assert.deepEqual(await texts(), accepted);
    assert.equal((await say(100)).status, 200);
    record('R41', { seed, fromReserve, accepted: accepted.length, lost: 0, resumedMs });
    visitor.leaveAll();
    await site.end('SIGKILL');
    await unmount(dir);
  });

  it(`${CURSORS.before + CURSORS.after} readers of older states on a full disk: the process lives (a hole in a mapped file would be SIGBUS)`, async () => {
    const dir = await smallDisk(32);
    if (!dir) return;
    const site = await startProcess(dir, { LIMITS: 'off' });
    const socket = (await readdir(path.join(dir, 'data'))).find((name) => name.endsWith('.sock')) ?? '';
    const client = await new MongoClient(`mongodb://${encodeURIComponent(path.join(dir, 'data', socket))}`).connect();
    const numbers = client.db('gifchat').collection('numbers');
    // Pages to write on when the file cannot grow any more.
    await numbers.insertMany(Array.from({ length: 100 }, () => ({ text: 'x'.repeat(60_000) })));
    await numbers.deleteMany({});
    await numbers.insertMany(Array.from({ length: 300 }, (_, n) => ({ n })));
    const read = async (count: number) => {
      let written = 0;
      for (let n = 0; n < count; n++) {
        assert.ok(await numbers.find({}, { batchSize: 2 }).next());
        await numbers.updateOne({ n }, { $inc: { read: 1 } }).then(
          () => (written += 1),
          () => undefined,
        );
      }
      return written;
    };
    await read(CURSORS.before);
    await fill(dir, 0);
    const written = await read(CURSORS.after);
    assert.equal((await fetch(`${site.url}/healthz`)).status, 200);
    record('R41 readers', { ...CURSORS, written });
    await client.close();
    await site.end('SIGKILL');
    await unmount(dir);
  });

  it('a picture that the disk ends under: 507 and no half file, again and again', async () => {
    const dir = await smallDisk(16);
    if (!dir) return;
    const { seed, random } = seeded();
    const env = { LIMITS: 'off', LOG_LEVEL: 'warn', STORE_RESERVE_BYTES: '0', DISK_RESERVE_BYTES: '0' };
    const site = await startProcess(dir, env);
    const visitor = await arrive(site);
    const picture = await noise(700, 700);
    const kept = async () => (await filesUnder(path.join(dir, 'uploads'))).filter((file) => !file.startsWith('.'));
    const filler = path.join(dir, 'filler');
    let taken = 0;
    for (let round = 0; round < 20; round++) {
      const { _id } = await visitor.createRoom({ title: 'Half' });
      await visitor.sit(_id);
      // Room for a part of the file, or for all of it and a part of what is made of it.
      await fill(dir, Math.floor(random() * 4 * picture.length));
      const answers = await Promise.all([visitor.postGif(_id, picture), visitor.postGif(_id, picture)]);
      const stored = answers.filter(({ status }) => status === 200).length;
      for (const { status, body } of answers)
        if (status !== 200) assert.deepEqual([status, body.error.code], [507, 'storage_full'], site.stderr());
      assert.deepEqual(await filesUnder(path.join(dir, 'uploads', '.tmp')), []);
      assert.equal((await kept()).length, stored);
      taken += stored;
      // Room again: the next round begins with an empty disk.
      await rm(filler, { force: true });
      await visitor.remove(_id);
      await waitFor('the pictures of the room to go', async () => (await kept()).length === 0);
      visitor.leaveAll();
    }
    record('R41 half files', { seed, rounds: 20, taken, left: 0 });
    await site.end('SIGKILL');
    await unmount(dir);
  });
});

describe('pictures', () => {
  let dir: string;
  let site: SiteProcess;
  let owner: TestVisitor;
  let room: string;

  beforeEach(async () => {
    dir = await temporaryFolder();
    site = await startProcess(dir, { TRUST_PROXY: '1' });
    owner = await arriveFrom('198.51.100.1', site);
    room = (await owner.createRoom({ title: 'Pictures', max: 100 }))._id;
    await owner.sit(room);
  });
  afterEach(async () => {
    owner.leaveAll();
    await site.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  it('200 withheld uploads of ten addresses hold no memory, and no more disk than was set aside', async () => {
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="gif"; filename="x.gif"\r\n\r\n'),
      Buffer.alloc(4.9 * MB, 'x'),
    ]);
    // A seat each, in rooms that have one for everybody.
    const visitors: { visitor: TestVisitor; address: string; at: string }[] = [];
    let at = room;
    for (let number = 0; number < 200; number++) {
      if (number % 50 === 0) at = (await owner.createRoom({ title: `Room ${number}`, max: 100 }))._id;
      const address = `198.51.100.${10 + (number % 10)}`;
      visitors.push({ visitor: await arriveFrom(address, site, at), address, at });
    }
    const atRest = rss(site.pid);
    const port = Number(new URL(site.url).port);
    const wires = visitors.map(({ visitor, address, at: target }) => {
      const start = head(port, `POST /room/${target}/gif`, {
        'Content-Type': 'multipart/form-data; boundary=b',
        'Content-Length': String(5 * MB),
        Connection: 'keep-alive',
        Cookie: visitor.cookie,
        'X-Forwarded-For': address,
      });
      return new Wire(port).send(start).send(body);
    });
    const held = async () => {
      const sizes = (await filesUnder(path.join(dir, 'uploads', '.tmp'))).map((file) =>
        stat(path.join(dir, 'uploads', '.tmp', file)).then(
          ({ size }) => size,
          () => 0,
        ),
      );
      return (await Promise.all(sizes)).reduce((all, size) => all + size, 0);
    };
    await waitFor('answers', () => wires.filter(({ status }) => status !== undefined).length >= 170, 120_000);
    const grownMB = rss(site.pid) - atRest;
    const heldMB = Math.round((await held()) / MB);
    const answers: Record<string, number> = {};
    for (const { status } of wires) answers[String(status)] = (answers[String(status)] ?? 0) + 1;
    for (const wire of wires) wire.cut();
    await waitFor('nothing on the disk', async () => (await held()) === 0);
    assert.equal((await owner.postGif(room, await gif())).status, 200);
    record('withheld uploads', { answers, heldMB, atRestMB: atRest, grownMB });
    assert.ok(heldMB <= 128);
  });

  it("24 heavy GIFs of eight visitors behind one address: a stranger's small pictures are taken", async () => {
    const heavy = await animated('gif', 150, 400, 400);
    const busy = await Promise.all(Array.from({ length: 8 }, () => arriveFrom('198.51.100.1', site, room)));
    // They wait for longer than a seat without a socket lasts.
    for (const visitor of busy) await visitor.sit(room);
    const stranger = await arriveFrom('198.51.100.2', site, room);
    const small = await png();
    const alone: number[] = [];
    const beside: number[] = [];
    const post = async (waits: number[]) => {
      const began = performance.now();
      const { status, text } = await stranger.postGif(room, small);
      assert.equal(status, 200, text);
      waits.push(Math.round(performance.now() - began));
    };
    for (let count = 0; count < 8; count++) await post(alone);
    const codes: (number | string)[] = [];
    const flood = Promise.all(
      Array.from({ length: 24 }, async (_, number) => {
        const { status, body } = await busy[number % busy.length]!.postGif(room, heavy);
        codes.push(body.error?.code ?? status);
      }),
    );
    for (let count = 0; count < 8; count++) await post(beside);
    await flood;
    for (const visitor of busy) visitor.leaveAll();
    const answers = Object.fromEntries(
      [...new Set(codes)].map((code) => [code, codes.filter((c) => c === code).length]),
    );
    const figures = { bytes: heavy.length, answers, p50AloneMs: median(alone), p50BesideMs: median(beside) };
    record('heavy GIFs', { ...figures, longestMs: Math.max(...beside) });
  });

  it('twelve animated WebPs: the memory of decoding comes back', async () => {
    const atRest = rss(site.pid);
    const webp = await animated('webp', 100, 460, 460);
    for (let count = 0; count < 12; count++) assert.equal((await owner.postGif(room, webp)).status, 200);
    const decoderMB = Math.max(...decodersOf(site.pid).map(rss));
    const afterMB = rss(site.pid);
    await waitFor('the decoder to end', () => decodersOf(site.pid).length === 0, 120_000);
    record('memory of pictures', { atRestMB: atRest, afterMB, decoderMB, endedMB: rss(site.pid) });
    assert.ok(afterMB - atRest < 150);
  });
});
