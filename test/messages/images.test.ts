/** Images: judged by content, made anew, shown to their room alone, gone with it; and every way of refusing one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import * as pictures from '../support/pictures.js';
import { head, Wire } from '../support/raw.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const MAX_BYTES = 300_000;
const CANARY = 'canary-Seoul-37.5665';

describe('images', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let stranger: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', MAX_UPLOAD_BYTES: String(MAX_BYTES) });
    [owner, guest, stranger] = [await arrive(site), await arrive(site), await arrive(site)];
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Pictures', password: 'pictures' });
    await guest.enter(room._id, 'pictures');
  });
  after(async () => {
    owner.leaveAll();
    guest.leaveAll();
    await site.close();
  });

  const kept = async (id = room._id) => (await filesUnder(path.join(site.uploads, 'rooms', id))).length;
  const waiting = () => filesUnder(path.join(site.uploads, '.tmp'));

  /** Post a picture and fetch it back as another visitor of the room sees it. */
  async function roundTrip(picture: Buffer, options = {}) {
    const posted = await owner.postGif(room._id, picture, options);
    assert.equal(posted.status, 200, posted.text);
    const message = posted.body as MessageView;
    const served = await guest.agent.get(message.gif!.url).buffer(true).parse(binary);
    assert.equal(served.status, 200);
    return { message, served, body: served.body as Buffer };
  }

  /** Refused with this status and code; no message, no file, nothing waiting. */
  async function assertRefused(
    answer: { status: number; body: { error?: { code: string } } },
    status: number,
    code: string,
  ) {
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
    assert.deepEqual((await owner.history(room._id)).body.chats, []);
    assert.equal(await kept(), 0);
    assert.deepEqual(await waiting(), []);
  }

  describe('accepted', () => {
    const FORMATS = [
      ['gif', pictures.gif, 'image/gif', 'gif'],
      ['png', pictures.png, 'image/png', 'png'],
      ['jpeg', pictures.jpeg, 'image/jpeg', 'jpg'],
      ['webp', pictures.webp, 'image/webp', 'webp'],
    ] as const;
    for (const [format, make, type, extension] of FORMATS) {
      it(`${format}: stored, told to the room with its size, served as ${type}`, async () => {
        const ear = await guest.sit(room._id);
        const { message, served, body } = await roundTrip(await make(30, 20), { fields: { alt: '  A <red> cat ' } });
        assert.deepEqual(Object.keys(message).sort(), [
          '_id',
          'author',
          'createdAt',
          'gif',
          'gifName',
          'rev',
          'room',
          'seq',
          'user',
        ]);
        assert.deepEqual(
          { ...message.gif, url: undefined },
          { url: undefined, width: 30, height: 20, alt: 'A <red> cat' },
        );
        assert.match(message.gifName ?? '', new RegExp(`^[0-9a-f-]{36}\\.${extension}$`));
        assert.equal(message.gif!.url, `/gif/${message.gifName}`);
        assert.deepEqual(await ear.hear('chat'), message);
        assert.equal(served.headers['content-type'], type);
        const { format: found, width, height } = await pictures.describePicture(body);
        assert.deepEqual([found, width, height], [format, 30, 20]);
        ear.close();
      });
    }

    for (const format of ['gif', 'webp'] as const) {
      it(`an animated ${format} stays animated, every frame of it`, async () => {
        const { message, body } = await roundTrip(await pictures.animated(format, 4, 24, 16));
        const { pages, delay, width, pageHeight } = await pictures.describePicture(body);
        assert.deepEqual([pages, width, pageHeight], [4, 24, 16]);
        assert.deepEqual(delay, [120, 120, 120, 120]);
        assert.deepEqual([message.gif!.width, message.gif!.height], [24, 16]);
      });
    }

    it("by nobody else of the machine: files and folders are the site's own", async () => {
      const { message } = await roundTrip(await pictures.png());
      const modes = [];
      for (const place of ['.tmp', 'rooms', `rooms/${room._id}/${message.gifName ?? ''}`])
        modes.push(((await stat(path.join(site.uploads, place))).mode & 0o777).toString(8));
      assert.deepEqual(modes, ['700', '700', '600']);
    });

    it('by content: the name and the type that a browser says mean nothing', async () => {
      const { message, served } = await roundTrip(await pictures.png(), { name: 'evil.html', type: 'text/html' });
      assert.match(message.gifName ?? '', /\.png$/);
      assert.equal(served.headers['content-type'], 'image/png');
    });

    for (const name of [
      '../../../evil.gif',
      '..\\..\\evil.gif',
      '/etc/passwd',
      'CON',
      '.htaccess',
      'x'.repeat(300),
      'a\u202egpj.exe',
      '%2e%2e%2fevil.gif',
    ]) {
      it(`called ${JSON.stringify(name.slice(0, 24))}: kept under our own name, in its room's folder`, async () => {
        const before = (await filesUnder(site.dir)).filter((file) => file.startsWith('uploads'));
        await roundTrip(await pictures.gif(), { name });
        const fresh = (await filesUnder(site.dir)).filter(
          (file) => file.startsWith('uploads') && !before.includes(file),
        );
        assert.equal(fresh.length, 1);
        assert.match(fresh[0]!, new RegExp(`^uploads/rooms/${room._id}/[0-9a-f-]{36}\\.gif$`));
      });
    }

    it('as a form without script: back to the room', async () => {
      const sent = owner.postGif(room._id, await pictures.gif()).set('Accept', 'text/html');
      const answer = await sent;
      assert.deepEqual([answer.status, answer.headers['location']], [303, `/room/${room._id}`]);
      assert.match((await guest.open(room._id)).text, /<img src="\/gif\/[0-9a-f-]{36}\.gif" width="30" height="20"/);
    });

    it('once, when a retry brings it three times: one message, one file', async () => {
      const picture = await pictures.gif();
      const send = () => owner.postGif(room._id, picture, { fields: { clientId: 'retry-1' } });
      const answers = await Promise.all([send(), send(), send()]);
      answers.push(await send());
      for (const { status, body } of answers) {
        assert.equal(status, 200);
        assert.deepEqual(body, answers[0].body);
      }
      assert.equal((await owner.history(room._id)).body.chats.length, 1);
      assert.equal(await kept(), 1);
      assert.deepEqual(await waiting(), []);
    });
  });

  describe('carry nothing but the picture', () => {
    it('a photo: no place, maker, comment, XMP or script is left, and it stands upright', async () => {
      const photo = await pictures.phonePhoto(CANARY, 60, 40);
      for (const mark of [CANARY, 'Exif', '<script>', 'x:xmpmeta'])
        assert.ok(photo.includes(mark), `the sample has no ${mark}`);
      const { message, body } = await roundTrip(photo, { name: `${CANARY}.jpg` });
      for (const mark of [CANARY, 'Exif', 'GPS', '<script>', 'xmpmeta'])
        assert.ok(!body.includes(mark), `${mark} is left`);
      assert.deepEqual([message.gif!.width, message.gif!.height], [40, 60]);
      const { width, height, orientation, exif, xmp } = await pictures.describePicture(body);
      assert.deepEqual([width, height, orientation ?? 1, exif, xmp], [40, 60, 1, undefined, undefined]);
      // The blue third of the sample was at its left; turned by a quarter it is on top.
      const [red, , blue] = await pictures.colourAt(body, 20, 5);
      assert.ok(blue > 150 && red < 100, 'the picture was not turned');
      assert.ok(!JSON.stringify(message).includes(CANARY));
    });

    it('a PNG: no text chunk, plain or packed, and nothing behind its end', async () => {
      const { body } = await roundTrip(await pictures.pngWithText(CANARY));
      for (const mark of [CANARY, 'tEXt', 'zTXt', 'iTXt', 'eXIf', '<html>'])
        assert.ok(!body.includes(mark), `${mark} is left`);
    });

    for (const at of ['before its frames', 'before its end'] as const) {
      it(`a GIF: no comment ${at}, and nothing behind its end`, async () => {
        const sample = await pictures.gifWithComment(CANARY, at);
        for (const mark of [CANARY, '<script>']) assert.ok(sample.includes(mark), `the sample has no ${mark}`);
        const { body } = await roundTrip(sample);
        for (const mark of [CANARY, '<script>']) assert.ok(!body.includes(mark), `${mark} is left`);
        assert.equal((await pictures.describePicture(body)).pages, 3);
      });
    }
  });

  describe('refused', () => {
    const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
    const UNSUPPORTED: [situation: string, file: Buffer | (() => Promise<Buffer>)][] = [
      ['an SVG with a script', Buffer.from(SVG)],
      [
        'an SVG with an entity',
        Buffer.from(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${SVG}`),
      ],
      ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
      ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF')],
      ['a ZIP', Buffer.from('PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaa')],
      ['a program', Buffer.from('MZ\x90\0\x03\0\0\0')],
      ['a BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
      ['a TIFF', Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(60)])],
      ['a HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
      ['an ICO', Buffer.from([0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0])],
      [
        'the ASF header that hung file-type',
        Buffer.concat([Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), Buffer.alloc(39)]),
      ],
      ['a GIF header and then a script', Buffer.from('GIF89a/*aaaaaaaaaaaa*/=1;alert(1)')],
      ['a GIF of no frame', pictures.gifOf(0)],
      ['a GIF cut after its header', pictures.gifOf(1).subarray(0, 13)],
      ['a PNG cut in the middle', async () => (await pictures.png(200, 200)).subarray(0, 120)],
      ['a JPEG cut in the middle', async () => (await pictures.jpeg(200, 200)).subarray(0, 400)],
      ['a WebP cut in the middle', async () => (await pictures.webp(200, 200)).subarray(0, 60)],
      ['random bytes', Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7919) % 251))],
    ];
    for (const [situation, file] of UNSUPPORTED) {
      it(`${situation}: 415`, async () => {
        const bytes = typeof file === 'function' ? await file() : file;
        const answer = await owner.postGif(room._id, bytes);
        assert.match(answer.body.error?.code ?? '', /^image_(unsupported|broken)$/);
        await assertRefused(answer, 415, answer.body.error.code);
      });
    }

    const COMPLEX: [situation: string, file: Buffer][] = [
      ['a PNG of 16,000 by 16,000', pictures.pngOf(16_000, 16_000)],
      ['a PNG of 60,000 by 1', pictures.pngOf(60_000, 1)],
      ['a GIF of 2,000 frames', pictures.gifOf(2_000)],
      ['a GIF of 65,535 by 65,535', pictures.gifOf(1, 65_535)],
      ['a GIF of 101 frames of 500 by 500', pictures.gifOf(101, 500)],
    ];
    for (const [situation, file] of COMPLEX) {
      it(`${situation} (${file.length} bytes): 415 image_too_complex`, async () => {
        await assertRefused(await owner.postGif(room._id, file), 415, 'image_too_complex');
      });
    }

    it('a byte too many: 413, by what it says and by what it sends', async () => {
      const big = Buffer.alloc(MAX_BYTES + 1, 'x');
      await assertRefused(await owner.postGif(room._id, big), 413, 'image_too_large');
      const chunked = await sendChunked(big);
      await assertRefused(chunked, 413, 'image_too_large');
      const fits = Buffer.concat([await pictures.gif(), Buffer.alloc(MAX_BYTES)]).subarray(0, MAX_BYTES);
      assert.equal((await owner.postGif(room._id, fits)).status, 200);
    });

    it('a length of five gigabytes: 413 before any of it is read', async () => {
      const wire = new Wire(site.port).send(multipartHead(5_000_000_000));
      await waitFor('an answer', () => wire.status);
      assert.equal(wire.status, 413);
      wire.cut();
    });

    it('no file, an empty file, an unnamed one: 400', async () => {
      const post = () => owner.agent.post(`/room/${room._id}/gif`);
      await assertRefused(await post().field('alt', 'no file'), 400, 'file_required');
      await assertRefused(await owner.postGif(room._id, Buffer.alloc(0)), 400, 'file_required');
      const unnamed = await post()
        .set('Content-Type', 'multipart/form-data; boundary=b')
        .send('--b\r\nContent-Disposition: form-data; name="gif"; filename=""\r\n\r\n\r\n--b--\r\n');
      await assertRefused(unnamed, 400, 'file_required');
    });

    it('another field name, two files, too many fields, too long a field, a nested one: 400', async () => {
      const picture = await pictures.gif();
      const post = () => owner.agent.post(`/room/${room._id}/gif`);
      const fields = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`field${index}`, 'x']));
      const bad = [
        post().attach('file', picture, 'x.gif'),
        post().attach('gif', picture, 'x.gif').attach('gif', picture, 'y.gif'),
        post().attach('__proto__', picture, 'x.gif'),
        post().field(fields).attach('gif', picture, 'x.gif'),
        post().field('alt', 'x'.repeat(9_000)).attach('gif', picture, 'x.gif'),
        post().field('alt[$ne]', 'x').attach('gif', picture, 'x.gif'),
        post().field('x'.repeat(100), 'x').attach('gif', picture, 'x.gif'),
      ];
      for (const sent of bad) await assertRefused(await sent, 400, 'upload_invalid');
    });

    it('an alt text too long, a client id that is none: 400', async () => {
      const picture = await pictures.gif();
      const bad: Record<string, string>[] = [{ alt: 'x'.repeat(301) }, { clientId: 'no spaces please' }];
      for (const fields of bad) {
        await assertRefused(await owner.postGif(room._id, picture, { fields }), 400, 'bad_input');
      }
    });

    it('a body that is no form, or no end of one: 400', async () => {
      const post = (type: string, body: string) =>
        owner.agent.post(`/room/${room._id}/gif`).set('Content-Type', type).send(body);
      const bad = [
        await post('image/gif', 'GIF89a'),
        await post('multipart/form-data', '--b\r\n'),
        await post(
          'multipart/form-data; boundary=b',
          '--c\r\nContent-Disposition: form-data; name="gif"; filename="x"\r\n\r\nx\r\n--c--\r\n',
        ),
        await post(
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="gif"; filename="x"\r\n\r\nGIF89a',
        ),
      ];
      for (const answer of bad) {
        assert.equal(answer.status, 400, answer.text);
        await assertRefused(answer, 400, answer.body.error.code);
      }
    });

    it('from somebody not let in, before a byte of the file is read', async () => {
      const refused = await stranger.postGif(room._id, await pictures.gif());
      await assertRefused(refused, 403, 'not_admitted');
      const wire = new Wire(site.port).send(multipartHead(250_000, stranger.cookie)).send('x'.repeat(2_000));
      await waitFor('an answer', () => wire.status);
      assert.equal(wire.status, 403);
      wire.cut();
      assert.deepEqual(await waiting(), []);
      const nobody = new Wire(site.port).send(multipartHead(250_000, ''));
      await waitFor('an answer', () => nobody.status);
      assert.equal(nobody.status, 401);
      nobody.cut();
      assert.equal((await guest.postGif(room._id, await pictures.gif())).status, 200);
    });

    it('whose file is gone from the disk: 404 as JSON, not as a picture', async () => {
      const posted = await owner.postGif(room._id, await pictures.gif());
      assert.equal(posted.status, 200);
      await rm(path.join(site.uploads, 'rooms', room._id), { recursive: true });
      const answer = await owner.agent.get(posted.body.gif.url);
      assert.deepEqual([answer.status, answer.body.error?.code], [404, 'not_found']);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    });

    it('in a room that has ended: 410', async () => {
      await owner.remove(room._id);
      const answer = await guest.postGif(room._id, await pictures.gif());
      assert.deepEqual([answer.status, answer.body.error.code], [410, 'room_closed']);
      assert.deepEqual(await waiting(), []);
    });

    it('faster than the limit: 429 with Retry-After', async () => {
      const strict = await startSite({ LIMITS: 'upload=1/600' });
      try {
        const quick = await arrive(strict);
        const { _id } = await quick.createRoom({ title: 'Strict' });
        assert.equal((await quick.postGif(_id, await pictures.gif())).status, 200);
        const over = await quick.postGif(_id, await pictures.gif());
        assert.deepEqual([over.status, over.body.error.code], [429, 'rate_limited']);
        assert.ok(Number(over.headers['retry-after']) > 0);
      } finally {
        await strict.close();
      }
    });
  });

  it('aborted at any point leave nothing: no message, no file, no temporary file', async () => {
    const picture = Buffer.concat([await pictures.png(120, 120), Buffer.alloc(100_000)]);
    const { body, start, end } = multipart(picture);
    // Points inside the file: the server has begun to write by then, and we wait to see it before the line is cut.
    for (const cut of [start + 1, start + 70_000, end - 1, end]) {
      const wire = new Wire(site.port).send(multipartHead(body.length, owner.cookie)).send(body.subarray(0, cut));
      await waitFor('the temporary file', async () => (await waiting()).length > 0);
      wire.cut();
      await waitFor(`nothing waiting after a cut at ${cut}`, async () => (await waiting()).length === 0);
    }
    for (const cut of [0, 10, start - 2])
      new Wire(site.port).send(multipartHead(body.length, owner.cookie)).send(body.subarray(0, cut)).cut();
    const many = Array.from({ length: 20 }, () =>
      new Wire(site.port).send(multipartHead(body.length, owner.cookie)).send(body.subarray(0, end - 10)),
    );
    await waitFor('temporary files', async () => (await waiting()).length > 5);
    for (const wire of many) wire.cut();
    await waitFor('nothing waiting after twenty cuts', async () => (await waiting()).length === 0);
    assert.equal(await kept(), 0);
    assert.equal((await owner.postGif(room._id, await pictures.gif())).body.seq, 1);
  });

  describe('served', () => {
    let message: MessageView;
    let url: string;
    beforeEach(async () => {
      message = (await owner.postGif(room._id, await pictures.gif())).body as MessageView;
      url = message.gif!.url;
    });

    it('with headers that keep it a picture', async () => {
      const { headers } = await guest.agent.get(url);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox");
      assert.equal(headers['content-disposition'], 'inline; filename="image.gif"');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['cache-control'], 'private, no-cache');
      assert.ok(headers['etag']);
    });

    it('only to those let in: to nobody else does it exist', async () => {
      const nobody = await fetch(site.url + url);
      assert.equal(nobody.status, 404);
      assert.equal((await stranger.agent.get(url)).status, 404);
      assert.equal((await guest.agent.get(url)).status, 200);
      assert.equal((await owner.agent.get(url)).status, 200);
    });

    it('to those who left by the button no more', async () => {
      await owner.sit(room._id);
      await guest.sit(room._id);
      await guest.agent.post(`/room/${room._id}/leave`);
      assert.equal((await guest.agent.get(url)).status, 404);
      assert.equal((await owner.agent.get(url)).status, 200);
    });

    it('unchanged (304) to members, and not even that to others', async () => {
      const { headers } = await guest.agent.get(url);
      const again = await guest.agent.get(url).set('If-None-Match', headers['etag'] ?? '');
      assert.equal(again.status, 304);
      assert.equal((await stranger.agent.get(url).set('If-None-Match', headers['etag'] ?? '')).status, 404);
    });

    it('whole, whatever ranges are asked for', async () => {
      for (const range of ['bytes=0-0', `bytes=${Array(500).fill('0-').join(',')}`, 'bytes=9999999-', 'lines=1-2']) {
        const answer = await guest.agent.get(url).set('Range', range);
        assert.ok(answer.status === 200 || answer.status === 416);
      }
      assert.equal((await stranger.agent.get(url).set('Range', 'bytes=0-0')).status, 404);
    });

    it('until the room is deleted: then neither served nor on the disk', async () => {
      assert.equal(await kept(), 1);
      await owner.remove(room._id);
      for (const visitor of [owner, guest]) assert.equal((await visitor.agent.get(url)).status, 404);
      await waitFor('no file', async () => (await kept()) === 0);
    });

    it('by its name and no other path', async () => {
      const name = message.gifName!;
      const paths = [
        `/gif/..%2f${name}`,
        `/gif/%2e%2e/${name}`,
        `/gif/rooms%2f${room._id}%2f${name}`,
        `/gif/..%2f..%2fpackage.json`,
        '/gif/..%5c..%5cpackage.json',
        `/gif/${name}%00.html`,
        `/gif/${name}.html`,
        `/gif/${name.toUpperCase()}`,
        '/gif/.tmp',
        '/gif/.tmp%2fx',
        '/gif/',
        '/gif/__proto__',
        `/uploads/rooms/${room._id}/${name}`,
      ];
      for (const address of paths) {
        const wire = new Wire(site.port).send(head(site.port, `GET ${address}`, { Cookie: guest.cookie }));
        await wire.ended;
        assert.equal(wire.status, 404, address);
      }
      assert.equal((await guest.agent.get(url)).status, 200);
    });
  });

  /** A multipart body around one picture, and where in it the picture starts and ends. */
  function multipart(picture: Buffer) {
    const before = Buffer.from(
      '--b\r\nContent-Disposition: form-data; name="gif"; filename="x.gif"\r\nContent-Type: image/gif\r\n\r\n',
    );
    const body = Buffer.concat([before, picture, Buffer.from('\r\n--b--\r\n')]);
    return { body, start: before.length, end: before.length + picture.length };
  }

  function multipartHead(length: number, cookie = owner.cookie): string {
    return head(site.port, `POST /room/${room._id}/gif`, {
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': String(length),
      Accept: 'application/json',
      ...(cookie && { Cookie: cookie }),
    });
  }

  /** Upload without saying how long it is. */
  async function sendChunked(picture: Buffer) {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: site.port,
      method: 'POST',
      path: `/room/${room._id}/gif`,
      headers: {
        'Content-Type': 'multipart/form-data; boundary=b',
        Cookie: owner.cookie,
        'Transfer-Encoding': 'chunked',
      },
    });
    outgoing.on('error', () => undefined);
    const answered = once(outgoing, 'response');
    outgoing.end(multipart(picture).body);
    const [response] = await answered;
    let text = '';
    for await (const piece of response) text += String(piece);
    return { status: response.statusCode as number, body: JSON.parse(text) as { error?: { code: string } } };
  }
});

/** superagent would read an image as text. */
function binary(response: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}

describe('the room that images may take', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let store: Store;

  before(async () => {
    site = await startSite({ LIMITS: 'off', UPLOADS_BUDGET_BYTES: String(1024 * 1024) });
    owner = await arrive(site);
    store = await Store.open(site.databaseUrl);
  });
  after(async () => {
    owner.leaveAll();
    await store.close();
    await site.close();
  });

  const bytesOf = async () => (await store.collection('imageBudgets').findOne())?.['bytes'] as number;
  const bytesOnDisk = async () => {
    const folder = path.join(site.uploads, 'rooms');
    const files = (await filesUnder(folder)).map((file) => stat(path.join(folder, file)));
    return (await Promise.all(files)).reduce((all, { size }) => all + size, 0);
  };

  it('on the whole site: what does not fit is refused with 507, however many come at once; a room that ends gives back', async () => {
    const rooms = [await owner.createRoom({ title: 'One' }), await owner.createRoom({ title: 'Two' })];
    for (const { _id } of rooms) await owner.sit(_id);
    const picture = await pictures.noise(300, 300);
    const fit = Math.floor((0.9 * 1024 * 1024) / picture.length);
    assert.ok(fit >= 2 && fit < 8, `${picture.length} bytes each`);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, number) => owner.postGif(rooms[number % 2]!._id, picture)),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    assert.equal(answers.length - refused.length, fit);
    for (const { status, body } of refused) assert.deepEqual([status, body.error.code], [507, 'storage_full']);
    assert.equal(await bytesOnDisk(), await bytesOf());
    assert.deepEqual(await filesUnder(path.join(site.uploads, '.tmp')), []);
    await owner.say(rooms[0]!._id, 'text goes on');
    await owner.remove(rooms[0]!._id);
    await waitFor('the bytes to be given back', async () => (await bytesOnDisk()) === (await bytesOf()));
    assert.equal((await owner.postGif(rooms[1]!._id, picture)).status, 200);
    await owner.remove(rooms[1]!._id);
    await waitFor('nothing to be kept', async () => (await bytesOf()) === 0 && (await bytesOnDisk()) === 0);
  });

  it('is counted anew at a start, whatever a crash made of the number', async () => {
    const { _id } = await owner.createRoom({ title: 'Miscounted' });
    await owner.sit(_id);
    assert.equal((await owner.postGif(_id, await pictures.noise(300, 300))).status, 200);
    const right = await bytesOf();
    await store.collection('imageBudgets').updateOne({}, { $set: { bytes: 1e9 } });
    assert.equal((await owner.postGif(_id, await pictures.gif())).status, 507);
    await store.close();
    await site.restart();
    store = await Store.open(site.databaseUrl);
    assert.equal(await bytesOf(), right);
    assert.equal((await owner.postGif(_id, await pictures.gif())).status, 200);
    await owner.remove(_id);
  });

  it('in one room: the image that goes beyond 200 MB is refused, text goes on', async () => {
    const { _id } = await owner.createRoom({ title: 'Many pictures' });
    await owner.sit(_id);
    const picture = await pictures.gif();
    const rooms = store.collection('rooms');
    await rooms.updateOne({ title: 'Many pictures' }, { $set: { imageBytes: 200 * 1024 * 1024 - 1 } });
    const before = await bytesOf();
    const answer = await owner.postGif(_id, picture);
    assert.deepEqual([answer.status, answer.body.error.code], [507, 'storage_full']);
    assert.equal(await bytesOf(), before);
    await owner.say(_id, 'text goes on');
    await rooms.updateOne({ title: 'Many pictures' }, { $set: { imageBytes: 0 } });
    assert.equal((await owner.postGif(_id, picture)).status, 200);
  });
});
