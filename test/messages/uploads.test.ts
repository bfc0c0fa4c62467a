/** Uploads under way: what they may hold before they are read, whose turn it is to be decoded, and a decoder that dies. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { decodersOf, signalDecoders } from '../support/decoders.js';
import { animated, gif, png } from '../support/pictures.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { head, Wire } from '../support/raw.js';
import { filesUnder, startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arriveFrom, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const HERE = '198.51.100.1';
const THERE = '198.51.100.2';
const ELSEWHERE = '198.51.100.3';

interface Answer {
  status: number;
  body: { error?: { code: string } };
  headers: Record<string, string>;
}
const codeOf = ({ status, body }: Answer) => [status, body.error?.code];

describe('uploads under way', () => {
  let site: TestSite;
  let picture: Buffer;
  const wires: Wire[] = [];

  before(async () => (picture = await gif()));
  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.cut();
    await site.close();
  });

  const open = async (env: Record<string, string>) => (site = await startSite({ TRUST_PROXY: '1', ...env }));
  const waiting = async () => (await filesUnder(path.join(site.uploads, '.tmp'))).length;

  /** Begin an upload and never end it. Resolves when the site is reading it. */
  async function withhold(visitor: TestVisitor, room: string, address: string, length: Record<string, string>) {
    const before = await waiting();
    const wire = new Wire(site.port).send(
      head(site.port, `POST /room/${room}/gif`, {
        'Content-Type': 'multipart/form-data; boundary=b',
        Accept: 'application/json',
        Cookie: visitor.cookie,
        'X-Forwarded-For': address,
        ...length,
      }),
    );
    const start = '--b\r\nContent-Disposition: form-data; name="gif"; filename="x.gif"\r\n\r\nGIF89a';
    wire.send('Transfer-Encoding' in length ? `${start.length.toString(16)}\r\n${start}\r\n` : start);
    wires.push(wire);
    await waitFor('the upload to be read', async () => (await waiting()) > before);
    return wire;
  }
  const LONG = { 'Content-Length': '200000' };

  it('hold no more than was set aside for all: then 503 uploads_full before a byte is read, until one ends', async () => {
    await open({ LIMITS: 'off', UPLOADS_INCOMING_BYTES: String(4 * 1024 * 1024) });
    const owner = await arriveFrom(HERE, site);
    const { _id } = await owner.createRoom({ title: 'Withheld' });
    const other = await arriveFrom(THERE, site, _id);
    const stranger = await arriveFrom(ELSEWHERE, site, _id);
    for (const [visitor, address] of [
      [owner, HERE],
      [other, THERE],
    ] as const)
      for (let count = 0; count < 2; count++) await withhold(visitor, _id, address, LONG);

    const refused = await stranger.postGif(_id, picture);
    assert.deepEqual(codeOf(refused), [503, 'uploads_full']);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal(await waiting(), 4);
    assert.equal((await stranger.post(_id, 'text goes on')).status, 200);

    wires[0]!.cut();
    await waitFor('room', async () => (await stranger.postGif(_id, picture)).status === 200);
  });

  it('of one address hold no more than half of it, and one without a length counts as the largest: 429 too_many_uploads', async () => {
    const most = 2 * 1024 * 1024 - 64 * 1024;
    await open({ LIMITS: 'off', UPLOADS_INCOMING_BYTES: String(4 * 1024 * 1024), MAX_UPLOAD_BYTES: String(most) });
    const owner = await arriveFrom(HERE, site);
    const { _id } = await owner.createRoom({ title: 'Chunked' });
    const stranger = await arriveFrom(THERE, site, _id);

    const small = await withhold(owner, _id, HERE, LONG);
    assert.equal((await owner.postGif(_id, picture)).status, 200);
    small.cut();
    await waitFor('nothing under way', async () => (await waiting()) === 0);
    await waitFor('room', async () => (await owner.postGif(_id, picture)).status === 200);

    const chunked = await withhold(owner, _id, HERE, { 'Transfer-Encoding': 'chunked' });
    assert.deepEqual(codeOf(await owner.postGif(_id, picture)), [429, 'too_many_uploads']);
    assert.equal((await stranger.postGif(_id, picture)).status, 200);
    chunked.cut();
    await waitFor('room', async () => (await owner.postGif(_id, picture)).status === 200);
  });

  it('of a visitor, and of an address, are limited: 429 too_many_uploads, others are taken', async () => {
    await open({ LIMITS: 'uploads=1/0,uploads_ip=2/0' });
    const owner = await arriveFrom(HERE, site);
    const { _id } = await owner.createRoom({ title: 'At once' });
    const other = await arriveFrom(HERE, site, _id);
    const stranger = await arriveFrom(THERE, site, _id);
    const assertTooMany = async (visitor: TestVisitor) => {
      const refused = await visitor.postGif(_id, picture);
      assert.deepEqual(codeOf(refused), [429, 'too_many_uploads']);
      assert.ok(Number(refused.headers['retry-after']) > 0);
    };

    const wire = await withhold(owner, _id, HERE, LONG);
    await assertTooMany(owner);
    assert.equal((await other.postGif(_id, picture)).status, 200);

    await withhold(other, _id, HERE, LONG);
    const third = await arriveFrom(HERE, site, _id);
    await assertTooMany(third);
    assert.equal((await stranger.postGif(_id, picture)).status, 200);
    wire.cut();
    await waitFor('room', async () => (await third.postGif(_id, picture)).status === 200);
  });

  const BUDGETS = [
    ['a visitor', 'image_cpu=1/600', HERE],
    ['an address', 'image_cpu_ip=1/600', THERE],
  ] as const;
  for (const [whose, limit, address] of BUDGETS) {
    it(`of ${whose} get so much CPU: then 429 before a byte is read, while others are taken`, async () => {
      await open({ LIMITS: limit });
      const owner = await arriveFrom(HERE, site);
      const { _id } = await owner.createRoom({ title: 'CPU' });
      const other = await arriveFrom(address, site, _id);
      assert.equal((await owner.postGif(_id, picture)).status, 200);
      const wire = new Wire(site.port).send(
        head(site.port, `POST /room/${_id}/gif`, { ...LONG, Cookie: owner.cookie, 'X-Forwarded-For': HERE }),
      );
      wires.push(wire);
      assert.equal(await waitFor('an answer', () => wire.status), 429);
      const refused = await owner.postGif(_id, picture);
      assert.deepEqual(codeOf(refused), [429, 'rate_limited']);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      assert.equal((await other.postGif(_id, picture)).status, 200);
    });
  }
});

describe('the decoder process', () => {
  let dir: string;
  let site: SiteProcess;
  let owner: TestVisitor;
  let room: string;

  before(async () => {
    dir = await temporaryFolder();
    site = await startProcess(dir, { LIMITS: 'off', TRUST_PROXY: '1', IMAGE_DEADLINE_MS: '1000' });
    owner = await arriveFrom(HERE, site);
    room = (await owner.createRoom({ title: 'Decoder' }))._id;
    await owner.sit(room);
  });
  after(async () => {
    signalDecoders(site.pid, 'SIGCONT');
    owner.leaveAll();
    await site.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  const taken = async (visitor = owner) => {
    const picture = await png();
    await waitFor('a picture to be taken', async () => (await visitor.postGif(room, picture)).status === 200);
  };

  /** Post pictures, and send a signal to every decoder meanwhile, until one is refused with this code. */
  async function refusedBy(signal: NodeJS.Signals, code: string): Promise<Answer> {
    const picture = await png();
    return waitFor(`a picture refused with ${code}`, async () => {
      let answer: Answer | undefined;
      const sent = owner.postGif(room, picture).then((got) => (answer = got as unknown as Answer));
      await waitFor('an answer', () => {
        if (answer) return true;
        signalDecoders(site.pid, signal);
        return false;
      });
      const { body } = await sent;
      return body.error?.code === code ? answer : null;
    });
  }

  it("alone loads the codec: the site's own process never does", async () => {
    await taken();
    if (!existsSync('/proc/self/maps'))
      return console.log('Not looked at, for want of /proc: what a process has loaded');
    const mapped = (pid: number) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libvips');
    assert.equal(mapped(site.pid), false);
    await waitFor('a decoder with the codec', () => decodersOf(site.pid).some(mapped));
  });

  it('that is killed costs one picture (415 image_broken) and leaves no file; the next picture is taken', async () => {
    assert.equal((await refusedBy('SIGKILL', 'image_broken')).status, 415);
    assert.deepEqual(await filesUnder(path.join(dir, 'uploads', '.tmp')), []);
    await taken();
  });

  it('that does not end in time is killed (415 image_too_complex) and leaves no file; the next picture is taken', async () => {
    await taken();
    assert.equal((await refusedBy('SIGSTOP', 'image_too_complex')).status, 415);
    assert.deepEqual(await filesUnder(path.join(dir, 'uploads', '.tmp')), []);
    await taken();
    assert.match(site.stderr(), /^$/);
  });

  it('that stands still under a picture, with all folders of the site gone, keeps it from no calm end', async () => {
    await taken();
    signalDecoders(site.pid, 'SIGSTOP');
    const sent = owner.postGif(room, await png()).catch(() => null);
    owner.leaveAll();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    const ending = await site.end('SIGTERM');
    assert.deepEqual(ending, { code: 0, signal: null }, site.stderr());
    await sent;
  });
});

describe('pictures that wait to be decoded', () => {
  it("of one address leave a stranger's small picture its turn", async () => {
    const dir = await temporaryFolder();
    const site = await startProcess(dir, { LIMITS: 'off', TRUST_PROXY: '1' });
    const [busy, stranger] = [await arriveFrom(HERE, site), await arriveFrom(THERE, site)];
    const { _id } = await busy.createRoom({ title: 'Turns' });
    await stranger.open(_id);
    const heavy = await animated('gif', 40, 200, 200);
    const small = await png();
    try {
      await waitFor('a picture to be taken while a decoder of the others stands still', async () => {
        // So that the decoder that comes is one that a heavy picture asked for.
        signalDecoders(site.pid, 'SIGKILL');
        await waitFor('no decoder', () => decodersOf(site.pid).length === 0);
        let answered = 0;
        const all = Array.from({ length: 6 }, () => busy.postGif(_id, heavy).then(() => (answered += 1)));
        // Not all: on a busy machine there may be two by now, and the stranger needs one.
        await waitFor('a decoder to stand still', () => signalDecoders(site.pid, 'SIGSTOP', 1) > 0);
        const { status } = await stranger.postGif(_id, small);
        const isTaken = status === 200 && answered < all.length / 2;
        signalDecoders(site.pid, 'SIGCONT');
        await Promise.all(all);
        return isTaken;
      });
    } finally {
      await site.end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    }
  });
});
