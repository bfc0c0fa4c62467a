/** The raw gateway: who may open a line, frames in all directions, resume, and every way to get a frame wrong. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { DirectView } from '../../schemas/direct/contract.js';
import { list, type Someone, someone, write } from '../support/direct.js';
import { clientFrame, openLine, type Raw, startLine, tryLine, upgradeHead } from '../support/line.js';
import { Proxy } from '../support/proxy.js';
import { Wire } from '../support/raw.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

const chatTo = (to: Someone, message: string, clientId?: string) => ({
  type: 'chat',
  toUserId: to.id,
  message,
  ...(clientId && { clientId }),
});

const texts = (raw: Raw) => raw.all('chat').map(({ message }) => message);

describe('raw gateway', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '200' });
  });
  after(() => site.close());

  const token = async ({ visitor }: Someone) => {
    const response = await visitor.agent.post('/api/token');
    assert.equal(response.status, 200);
    return (response.body as { token: string }).token;
  };

  describe('who', () => {
    it('is told by the session cookie, and answered with who is online', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const ofB = await b.visitor.listen('/direct');
      await ofB.hear('getOnlineUsers');
      const raw = await startLine(a.visitor, { userId: a.id });
      const ready = await raw.hear('ready');
      assert.equal(ready.userId, a.id);
      assert.ok(ready.online.includes(b.id));
      await ofB.hear<string[]>('getOnlineUsers', (ids) => ids.includes(a.id));
      ofB.close();
      await raw.hear('online', ({ online }) => !online.includes(b.id));
      raw.drop();
    });

    it('is never taken from the client', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const raw = await openLine(a.visitor);
      raw.send({ type: 'init', userId: b.id });
      assert.equal((await raw.hear('error')).code, 'forbidden');
      assert.equal(await raw.end(), 4403);
      const other = await startLine(a.visitor);
      other.send({ ...chatTo(b, 'as somebody else'), fromUserId: b.id });
      assert.equal((await other.hear('error')).code, 'forbidden');
      assert.equal((await list(b)).unread, 0);
      other.drop();
    });

    it('may be told by a token, in the first frame only', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const raw = await openLine(a.visitor, {});
      raw.send({ type: 'init', token: await token(a) });
      assert.equal((await raw.hear('ready')).userId, a.id);
      raw.send(chatTo(b, 'from a program'));
      await raw.hear('sent');
      raw.send({ type: 'token' });
      const { token: next } = await raw.hear('token');
      raw.send({ type: 'init', token: next });
      assert.equal((await raw.hear('error')).code, 'already_open');
      raw.drop();
      const again = await openLine(a.visitor, {});
      again.send({ type: 'init', token: next });
      assert.equal((await again.hear('ready')).userId, a.id);
      again.drop();
    });

    it('keeps no token as it is, and none longer than its session', async () => {
      const a = await someone(site);
      const secret = await token(a);
      const { models } = site.app.database;
      const rows = await models.Token.find().lean();
      assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(secret));
      await models.Token.db.collection('sessions').deleteMany({ 'session.visitor.id': a.id });
      const raw = await openLine(a.visitor, {});
      raw.send({ type: 'init', token: secret });
      assert.equal(await raw.end(), 4401);
    });

    it('may be told by the same token again within its hour, and not after it', async () => {
      const a = await someone(site);
      const [early, late] = [await token(a), await token(a)];
      const begin = async (secret: string) => {
        const raw = await openLine(a.visitor, {});
        raw.send({ type: 'init', token: secret });
        return raw;
      };
      for (let times = 0; times < 2; times++) {
        const raw = await begin(early);
        assert.equal((await raw.hear('ready')).userId, a.id);
        raw.drop();
      }
      const { models } = site.app.database;
      const hash = createHash('sha256').update(early).digest('base64url');
      await models.Token.updateOne({ _id: hash }, { $set: { until: new Date(Date.now() - 1) } });
      const refused = await begin(early);
      assert.equal((await refused.hear('error')).code, 'bad_token');
      assert.equal(await refused.end(), 4401);
      const welcome = await begin(late);
      await welcome.hear('ready');
      welcome.drop();
    });

    it('is told by ten tokens of a session at most: the oldest makes way', async () => {
      const a = await someone(site);
      const tokens = [];
      for (let count = 0; count < 11; count++) tokens.push(await token(a));
      for (const [at, works] of [
        [0, false],
        [1, true],
        [10, true],
      ] as const) {
        const raw = await openLine(a.visitor, {});
        raw.send({ type: 'init', token: tokens[at] });
        if (works) await raw.hear('ready');
        else assert.equal(await raw.end(), 4401);
        raw.drop();
      }
    });

    for (const [what, init] of [
      ['no token', { type: 'init' }],
      ['a wrong token', { type: 'init', token: 'x'.repeat(43) }],
      ['a message first', { type: 'chat', toUserId: 'x', message: 'x' }],
    ] as const) {
      it(`is refused with ${what} and no cookie`, async () => {
        const raw = await openLine(await somebody(), {});
        raw.send(init);
        assert.equal((await raw.hear('error')).code, 'token' in init ? 'bad_token' : 'no_session');
        assert.equal(await raw.end(), 4401);
      });
    }

    it('is not believed by a cookie alone, without our Origin', async () => {
      const a = await someone(site);
      const raw = await openLine(a.visitor, { cookie: a.visitor.cookie });
      raw.send({ type: 'init' });
      assert.equal(await raw.end(), 4401);
    });

    for (const origin of ['null', 'https://evil.example', 'http://127.0.0.1.evil.example', 'HTTP://LOCALHOST:1']) {
      it(`is refused from the origin ${origin}`, async () => {
        const a = await someone(site);
        const raw = tryLine(a.visitor, { cookie: a.visitor.cookie, origin });
        assert.equal(await waitFor('a refusal', () => raw.refused), 403);
      });
    }
  });

  const somebody = async () => (await someone(site)).visitor;

  describe('messages', () => {
    it('go raw to raw, raw to Socket.IO and back, each once', async () => {
      const [a, b, c] = [await someone(site), await someone(site), await someone(site)];
      const [rawA, rawB] = [await startLine(a.visitor), await startLine(b.visitor)];
      const earC = await c.visitor.listen('/direct');
      rawA.send(chatTo(b, 'raw to raw', 'id-1'));
      const sent = await rawA.hear('sent');
      assert.equal(sent.clientId, 'id-1');
      assert.equal(sent.message.message, 'raw to raw');
      const got = await rawB.hear('chat');
      assert.deepEqual(
        { from: got.fromUserId, to: got.toUserId, message: got.message, at: got.timestamp },
        { from: a.id, to: b.id, message: 'raw to raw', at: sent.message.createdAt },
      );
      rawA.send(chatTo(c, 'raw to page'));
      assert.equal((await earC.hear<DirectView>('newMessage')).message, 'raw to page');
      await write(c, a, 'page to raw');
      assert.equal((await rawA.hear('chat')).message, 'page to raw');
      rawA.send(chatTo(b, 'other words', 'id-1'));
      await waitFor(
        'the second answer',
        () => rawA.all('sent').filter(({ clientId }) => clientId === 'id-1').length === 2,
      );
      assert.deepEqual(texts(rawB), ['raw to raw']);
      earC.close();
      rawA.drop();
      rawB.drop();
    });

    it('reach every line of both people', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const lines = await Promise.all([a, a, b, b].map(({ visitor }) => startLine(visitor)));
      lines[0]!.send(chatTo(b, 'to all'));
      await lines[1]!.hear('sent');
      await lines[2]!.hear('chat');
      await lines[3]!.hear('chat');
      assert.equal(lines[0]!.all('sent').length, 1);
      for (const line of lines) line.drop();
    });

    it('keep the order in which one line sent them', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const [rawA, rawB] = [await startLine(a.visitor), await startLine(b.visitor)];
      const said = Array.from({ length: 300 }, (_, i) => `m${i}`);
      for (const message of said) rawA.send(chatTo(b, message));
      await waitFor('all of them', () => texts(rawB).length >= said.length);
      assert.deepEqual(texts(rawB), said);
      rawA.drop();
      rawB.drop();
    });

    it('wait for somebody who is away, and the sender is told', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const rawA = await startLine(a.visitor);
      rawA.send(chatTo(b, 'for later', 'n1'));
      const note = await rawA.hear('notification');
      assert.equal(note.toUserId, b.id);
      assert.equal(note.clientId, 'n1');
      const rawB = await startLine(b.visitor);
      assert.equal((await rawB.hear('chat')).message, 'for later');
      rawA.drop();
      rawB.drop();
    });

    it('that were on a line once do not come again with a plain init', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'first');
      const one = await startLine(b.visitor);
      await one.hear('chat');
      await waitFor('a note of it', async () => (await site.app.services.direct.delivered(b.id)) === 1);
      one.drop();
      await write(a, b, 'second');
      const two = await startLine(b.visitor);
      await two.hear('chat');
      assert.deepEqual(texts(two), ['second']);
      two.drop();
    });

    it('that a line was closed after do not come again, at once', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'first');
      const one = await startLine(b.visitor, {}, { autoPong: false });
      await one.hear('chat');
      one.ws.close();
      await one.end();
      await waitFor('a note of it', async () => (await site.app.services.direct.delivered(b.id)) === 1);
    });

    it('that a dead line was handed come again with a plain init', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const { models } = site.app.database;
      const dead = await startLine(b.visitor, {}, { autoPong: false });
      let pinged = false;
      dead.ws.on('ping', (data: Buffer) => (pinged ||= data.toString() === '1'));
      await write(a, b, 'into the void');
      await waitFor('a ping after it', () => pinged);
      dead.drop();
      await waitFor('them gone', async () => (await models.Presence.countDocuments({ _id: b.id })) === 0);
      // Noted in order: once a later line's mail is, the dead one's would be.
      const c = await someone(site);
      const alive = await startLine(c.visitor);
      await write(a, c, 'heard');
      await waitFor('a note of it', async () => (await site.app.services.direct.delivered(c.id)) === 1);
      alive.drop();
      assert.equal(await site.app.services.direct.delivered(b.id), 0);
      const next = await startLine(b.visitor);
      assert.equal((await next.hear('chat')).message, 'into the void');
      next.drop();
    });

    it('to somebody whose last line has just gone are said to wait', async () => {
      const other = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
      const [a, b] = [await someone(other), await someone(other)];
      const [rawA, rawB] = [await startLine(a.visitor), await startLine(b.visitor)];
      rawB.drop();
      const { models } = other.app.database;
      await waitFor('no hold', async () => (await models.Presence.findOne({ _id: b.id }).lean())?.sockets.length === 0);
      rawA.send(chatTo(b, 'are you there?'));
      assert.equal((await rawA.hear('notification')).toUserId, b.id);
      rawA.drop();
      await other.close();
    });

    it('read and typing travel as frames', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const [rawA, earB] = [await startLine(a.visitor), await b.visitor.listen('/direct')];
      await write(b, a, 'read me');
      const { fromUserId, seq } = await rawA.hear('chat');
      rawA.send({ type: 'read', with: fromUserId, upTo: seq });
      assert.deepEqual(await earB.hear('read'), { by: a.id, with: b.id, upTo: 1 });
      rawA.send({ type: 'typing', to: b.id, on: true });
      assert.deepEqual(await earB.hear('typing'), { from: a.id, on: true });
      await earB.ask('typing', { to: a.id, on: true });
      assert.equal((await rawA.hear('typing')).from, b.id);
      earB.close();
      rawA.drop();
    });
  });

  describe('resume', () => {
    it('brings 1,000 missed messages once and in order, with new ones arriving meanwhile', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      const first = await startLine(b.visitor);
      await write(a, b, 'before');
      const { mail } = await first.hear('chat');
      first.drop();
      await waitFor('the line gone', () => first.closed);
      const send = (from: number, to: number) =>
        Promise.all(
          Array.from({ length: to - from }, (_, i) =>
            site.app.services.direct.send(
              { ...a, name: 'a', color: '#123456', lang: 'en' },
              b.id,
              `m${from + i}`,
              `c${from + i}`,
            ),
          ),
        );
      await send(0, 1_000);
      const back = await openLine(b.visitor);
      const meanwhile = send(1_000, 1_200);
      back.send({ type: 'init', after: mail });
      await meanwhile;
      await waitFor('all of them', () => texts(back).length >= 1_200);
      assert.deepEqual(
        back.all('chat').map((frame) => frame.mail),
        Array.from({ length: 1_200 }, (_, i) => mail + 1 + i),
      );
      assert.equal(new Set(texts(back)).size, 1_200);
      back.drop();
    });

    it('leaves out what those wrote who hide from the reader by now', async () => {
      const [a, b, c] = [await someone(site), await someone(site), await someone(site)];
      await write(a, b, 'from one who blocks');
      await write(c, b, 'from another');
      await a.visitor.agent.post(`/api/messages/${b.id}/block`).send({ on: true });
      for (const init of [{}, { after: 0 }]) {
        const raw = await startLine(b.visitor, init);
        await write(c, b, 'and then');
        await waitFor('the last', () => texts(raw).at(-1) === 'and then');
        assert.ok(!texts(raw).includes('from one who blocks'));
        raw.drop();
      }
    });

    it('takes a cursor from the future for the newest there is', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await write(a, b, 'old');
      const raw = await startLine(b.visitor, { after: Number.MAX_SAFE_INTEGER });
      await write(a, b, 'new');
      await raw.hear('chat');
      assert.deepEqual(texts(raw), ['new']);
      raw.drop();
    });
  });

  describe('bad frames', () => {
    const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
    for (const [what, frame] of [
      ['not JSON', 'hello'],
      ['two in one', '{"type":"token"}{"type":"token"}'],
      ['deeply nested', deep(5_000)],
      ['a list', '[]'],
      ['null', 'null'],
      ['an unknown type', '{"type":"__proto__"}'],
      ['no type', '{"message":"x"}'],
      ['a type that is no text', '{"type":{"$ne":1}}'],
      ['a prototype', '{"type":"chat","__proto__":{"toUserId":"x"},"message":"x"}'],
      ['a receiver that is no text', '{"type":"chat","toUserId":{"$ne":null},"message":"x"}'],
      ['a cursor below nothing', '{"type":"read","with":"x","upTo":-1}'],
    ] as const) {
      it(`are answered and do no harm: ${what}`, async () => {
        const a = await someone(site);
        const raw = await startLine(a.visitor);
        raw.send(frame);
        const { code } = await raw.hear('error');
        assert.ok(['bad_json', 'bad_input'].includes(code), code);
        raw.send({ type: 'token' });
        await raw.hear('token');
        raw.drop();
      });
    }

    for (const [what, message, code] of [
      ['nothing', '', 'chat_required'],
      ['white space', ' \n ', 'chat_required'],
      ['4,001 characters', 'x'.repeat(4001), 'chat_too_long'],
      ['a lone surrogate', '\ud800', 'bad_input'],
      ['a null character', 'a\0b', 'bad_input'],
    ] as const) {
      it(`are answered by the rule of every door: ${what}`, async () => {
        const [a, b] = [await someone(site), await someone(site)];
        const raw = await startLine(a.visitor);
        raw.send({ ...chatTo(b, message, 'mine') });
        const error = await raw.hear('error');
        assert.equal(error.code, code);
        assert.equal(error.clientId, 'mine');
        assert.equal((await list(b)).unread, 0);
        raw.drop();
      });
    }

    it('to oneself, to nobody and to one who blocks find no person', async () => {
      const [a, b] = [await someone(site), await someone(site)];
      await b.visitor.agent.post(`/api/messages/${a.id}/block`).send({ on: true });
      const raw = await startLine(a.visitor);
      for (const toUserId of [a.id, '0'.repeat(32), 'x', b.id]) raw.send({ type: 'chat', toUserId, message: 'x' });
      await waitFor('four refusals', () => raw.all('error').length === 4);
      assert.deepEqual([...new Set(raw.all('error').map(({ code }) => code))], ['person_not_found']);
      raw.send({ type: 'typing', to: b.id, on: true });
      raw.send({ type: 'read', with: b.id, upTo: 1 });
      await waitFor('one more: nobody is told of typing', () => raw.all('error').length === 5);
      raw.drop();
    });

    it('in binary end the line', async () => {
      const raw = await startLine(await somebody());
      raw.ws.send(Buffer.from('{}'));
      assert.equal(await raw.end(), 4400);
    });

    it('again and again end the line', async () => {
      const raw = await startLine(await somebody());
      for (let i = 0; i < 30; i++) raw.send('x');
      assert.equal(await raw.end(), 4400);
    });

    it('of more than 32 KB end the line, of 32 KB they do not', async () => {
      const raw = await startLine(await somebody());
      raw.send('x'.repeat(32_768));
      assert.equal((await raw.hear('error')).code, 'bad_json');
      raw.send('x'.repeat(32_769));
      assert.equal(await raw.end(), 1009);
    });

    it('do not use up what rate breaches may, and the other way round', async () => {
      const other = await startSite({ LIMITS: 'token=1/60' });
      const raw = await startLine((await someone(other)).visitor);
      for (let i = 0; i < 19; i++) raw.send('x');
      for (let i = 0; i < 3; i++) raw.send({ type: 'token' });
      await waitFor('two refusals', () => raw.all('error').filter(({ code }) => code === 'rate_limited').length === 2);
      assert.equal(raw.closed, null);
      raw.send('x');
      assert.equal(await raw.end(), 4400);
      await other.close();
    });
  });

  describe('below the frames', () => {
    const upgrade = (path: string, headers?: Record<string, string>) => upgradeHead(site.url, path, headers);

    async function wire(text: string): Promise<{ socket: Socket; read: () => Buffer; ended: () => boolean }> {
      const socket = connect(site.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      let ended = false;
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => undefined);
      socket.on('close', () => (ended = true));
      socket.write(text);
      await waitFor('an answer', () => chunks.length > 0 || ended);
      return { socket, read: () => Buffer.concat(chunks), ended: () => ended };
    }

    for (const [what, path, headers] of [
      ['/ws/', '/ws/', {}],
      ['/wsx', '/wsx', {}],
      ['/ws/../x', '/ws/../x', {}],
      ['an unknown path', '/other', {}],
      ['h2c', '/ws', { Upgrade: 'h2c' }],
      ['version 8', '/ws', { 'Sec-WebSocket-Version': '8' }],
      ['a bad key', '/ws', { 'Sec-WebSocket-Key': 'x' }],
      ['a subprotocol', '/ws', { 'Sec-WebSocket-Protocol': 'chat' }],
    ] as const) {
      it(`an upgrade of ${what} is refused and closed`, async () => {
        const { read, ended, socket } = await wire(upgrade(path, headers));
        await waitFor('the end', ended);
        assert.match(read().toString(), /^HTTP\/1\.1 4(00|04|26) /);
        socket.destroy();
      });
    }

    const frame = clientFrame;
    const text = Buffer.from('{"type":"token"}');
    for (const [what, bytes, code] of [
      ['an unmasked frame', frame(0x81, text, false), 1002],
      ['RSV1', frame(0xc1, text), 1002],
      ['RSV2', frame(0xa1, text), 1002],
      ['RSV3', frame(0x91, text), 1002],
      ['opcode 3', frame(0x83, text), 1002],
      ['a fragmented ping', frame(0x09, Buffer.alloc(1)), 1002],
      ['a ping of 126 bytes', frame(0x89, Buffer.alloc(126)), 1002],
      ['invalid UTF-8', frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
      ['close code 999', frame(0x88, Buffer.from([999 >> 8, 999 & 255])), 1002],
      ['close code 1005', frame(0x88, Buffer.from([1005 >> 8, 1005 & 255])), 1002],
      ['a close payload of one byte', frame(0x88, Buffer.from([1])), 1002],
      [
        '65 fragments',
        Buffer.concat([
          frame(0x01, Buffer.from('x')),
          ...Array.from({ length: 65 }, () => frame(0x00, Buffer.from('x'))),
        ]),
        1008,
      ],
    ] as const) {
      it(`${what} is answered with ${code}`, async () => {
        const { socket, read, ended } = await wire(upgrade('/ws'));
        await waitFor('101', () => read().includes('\r\n\r\n'));
        const head = read().indexOf('\r\n\r\n') + 4;
        socket.write(bytes);
        await waitFor('a close frame', () => read().length >= head + 4);
        const answer = read().subarray(head);
        assert.equal(answer[0], 0x88);
        assert.equal(answer.readUInt16BE(2), code);
        socket.end();
        await waitFor('the end', ended);
      });
    }

    it('64 fragments are one frame', async () => {
      const init = Buffer.from(JSON.stringify({ type: 'init', token: await token(await someone(site)) }));
      const { socket, read } = await wire(upgrade('/ws'));
      await waitFor('101', () => read().includes('\r\n\r\n'));
      const last = 63;
      for (let i = 0; i <= last; i++) {
        const part = init.subarray(i, i === last ? undefined : i + 1);
        socket.write(frame((i === 0 ? 0x01 : 0x00) | (i === last ? 0x80 : 0), part));
      }
      await waitFor('a welcome', () => read().includes('"type":"ready"'));
      socket.destroy();
    });

    it('a refused upgrade is closed on both sides, also for a client that never ends its own', async () => {
      for (const [path, headers] of [
        ['/other', {}],
        ['/ws', { Origin: 'https://evil.example' }],
        ['/socket.io/?EIO=4&transport=websocket', { Origin: 'https://evil.example' }],
      ] as const) {
        const socket = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true });
        let [heard, ended, closed] = ['', false, false];
        socket.on('data', (chunk) => (heard += chunk.toString()));
        socket.on('error', () => undefined).on('end', () => (ended = true));
        socket.on('close', () => (closed = true));
        socket.write(upgrade(path, headers));
        await waitFor(`an end of ${path}`, () => ended);
        assert.match(heard, /^HTTP\/1\.1 40[34] /);
        // A side that is gone answers what we write with a reset; one that only waits for us takes it.
        await waitFor(`both ends of ${path}`, () => {
          if (!closed) socket.write('x');
          return closed;
        });
      }
    });

    it('a flood of pings ends the line or is answered, and the site goes on', async () => {
      const { socket, read } = await wire(upgrade('/ws'));
      await waitFor('101', () => read().includes('\r\n\r\n'));
      const ping = frame(0x89, Buffer.alloc(100));
      for (let i = 0; i < 200; i++) socket.write(Buffer.concat(Array.from({ length: 100 }, () => ping)));
      const a = await someone(site);
      assert.ok(a.id);
      socket.destroy();
    });
  });

  it('closes lines with 1012 when the site restarts', async () => {
    const other = await startSite({ ROOM_GRACE_MS: '100' });
    const raw = await startLine((await someone(other)).visitor);
    await other.close();
    assert.equal(await raw.end(), 1012);
  });
});

/** Longer than any test: for the time that must not be what ends a line. */
const NEVER = 600_000;

describe('raw gateway heartbeat', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite(
      { LIMITS: 'off', ROOM_GRACE_MS: '100' },
      { times: { heartbeat: 1_500, init: NEVER, initWithoutCookie: NEVER } },
    );
  });
  after(() => site.close());

  /** A line that answers, and counts what it answered. */
  async function lively(who: Someone) {
    const raw = await startLine(who.visitor);
    let pings = 0;
    raw.ws.on('ping', () => pings++);
    return { raw, pings: () => pings };
  }

  async function stillThere({ raw, pings }: Awaited<ReturnType<typeof lively>>): Promise<void> {
    await waitFor('two pings', () => pings() >= 2);
    raw.send({ type: 'token' });
    await raw.hear('token');
    assert.equal(raw.closed, null);
    raw.drop();
  }

  it('drops a line that does not answer, and keeps one that does', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const good = await lively(b);
    const silent = await startLine(a.visitor, {}, { autoPong: false });
    await good.raw.hear('online', ({ online }) => online.includes(a.id));
    assert.equal(await silent.end(), 1006);
    await waitFor('them offline', () => !good.raw.all('online').at(-1)!.online.includes(a.id));
    await stillThere(good);
  });

  it('drops a peer whose network is gone without a word, and keeps its neighbour', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const good = await lively(b);
    const proxy = await Proxy.open({ port: site.port, host: '127.0.0.1' });
    await startLine(a.visitor, {}, { through: proxy.port });
    await good.raw.hear('online', ({ online }) => online.includes(a.id));
    proxy.freeze();
    await waitFor('them offline', () => !good.raw.all('online').at(-1)!.online.includes(a.id));
    await stillThere(good);
    await proxy.close();
  });

  it('drops a bare connection that never says anything', async () => {
    const wire = new Wire(site.port).send(upgradeHead(site.url));
    const ping = String.fromCharCode(0x89, 0);
    await waitFor('a ping', () => wire.heard.split('\r\n\r\n')[1]?.includes(ping));
    await waitFor('the end', () => wire.closed);
  });

  it('ends the lines of a session that is over, and no others', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const [cookie, program, other] = [await startLine(a.visitor), await openLine(a.visitor, {}), await lively(b)];
    const { token } = (await a.visitor.agent.post('/api/token')).body as { token: string };
    program.send({ type: 'init', token });
    await program.hear('ready');
    const sessions = site.app.database.models.Token.db.collection('sessions');
    await sessions.deleteMany({ 'session.visitor.id': a.id });
    for (const line of [cookie, program]) assert.equal(await line.end(), 4401);
    await stillThere(other);
  });
});

describe('raw gateway first frame', () => {
  /** Long enough for a busy machine to send one frame after another. */
  const IN_TIME = 2_000;

  it('has a time limit without a cookie, and a line in time outlives it', async () => {
    const site = await startSite({}, { times: { init: NEVER, initWithoutCookie: IN_TIME, linger: 100 } });
    const a = await someone(site);
    const { token } = (await a.visitor.agent.post('/api/token')).body as { token: string };
    const inTime = await openLine(a.visitor, {});
    inTime.send({ type: 'init', token });
    await inTime.hear('ready');
    const browser = await openLine(a.visitor);
    const [late, mute] = [await openLine(a.visitor, {}), new Wire(site.port).send(upgradeHead(site.url))];
    assert.equal(await late.end(), 4401);
    await waitFor('the end of a connection that does not close', () => mute.closed);
    assert.ok(mute.heard.includes('no init'));
    inTime.send({ type: 'token' });
    await inTime.hear('token');
    browser.send({ type: 'init' });
    await browser.hear('ready');
    for (const line of [inTime, browser]) line.drop();
    await site.close();
  });

  it('has one with a cookie, too', async () => {
    const site = await startSite({}, { times: { init: IN_TIME, initWithoutCookie: NEVER } });
    const a = await someone(site);
    const inTime = await startLine(a.visitor);
    const [late, program] = [await openLine(a.visitor), await openLine(a.visitor, {})];
    assert.equal(await late.end(), 4401);
    inTime.send({ type: 'token' });
    const { token } = await inTime.hear('token');
    program.send({ type: 'init', token });
    await program.hear('ready');
    for (const line of [inTime, program]) line.drop();
    await site.close();
  });
});

describe('raw gateway slow readers', () => {
  /** Twelve thousand bytes on the line. */
  const LONG = '한'.repeat(3_950);
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '100' }, { times: { linger: 60_000 } });
  });
  after(() => site.close());

  /** Send numbered long messages, a few at a time. */
  async function flood(from: Someone, to: Someone, count: number): Promise<void> {
    const sender = { id: from.id, name: 'a', color: '#123456', lang: 'en' } as const;
    for (let at = 0; at < count; at += 20) {
      const some = Array.from({ length: Math.min(20, count - at) }, (_, i) => `${at + i} ${LONG}`);
      await Promise.all(some.map((text) => site.app.services.direct.send(sender, to.id, text, undefined)));
    }
  }
  const mails = (raw: Raw) => raw.all('chat').map(({ mail }) => mail);
  const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, i) => from + i);

  it('are closed with 1013 once 1 MB waits; what did not go out comes on the next line, and a quick one has it all', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const [slow, quick] = [await startLine(b.visitor), await startLine(b.visitor)];
    slow.ws.pause();
    const sent = 1_000;
    await flood(a, b, sent);
    await waitFor('all of them', () => mails(quick).length >= sent);
    assert.deepEqual(mails(quick), upTo(sent));
    assert.equal(quick.closed, null);
    slow.ws.resume();
    assert.equal(await slow.end(), 1013);
    const had = mails(slow).length;
    assert.ok(had < sent, 'it stopped before the end');
    assert.deepEqual(mails(slow), upTo(had));
    const again = await startLine(b.visitor, { after: had });
    await waitFor('the rest', () => mails(again).length >= sent - had);
    assert.deepEqual(mails(again), upTo(sent, had + 1));
    for (const line of [quick, again]) line.drop();
  });

  it('keep what never went out for a line that comes without a number', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const slow = await startLine(b.visitor);
    slow.ws.pause();
    const sent = 1_000;
    await flood(a, b, sent);
    slow.ws.resume();
    assert.equal(await slow.end(), 1013);
    const had = mails(slow).length;
    await waitFor('a note of it', async () => (await site.app.services.direct.delivered(b.id)) >= had);
    const again = await startLine(b.visitor);
    await waitFor('the rest', () => mails(again).length >= sent - had);
    assert.deepEqual(mails(again), upTo(sent, had + 1));
    again.drop();
  });

  it('get what they missed at their own pace, long messages too', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    const sent = 600;
    await flood(a, b, sent);
    const back = await openLine(b.visitor);
    back.send({ type: 'init', after: 0 });
    back.ws.pause();
    // Reads a little, waits, reads a little: never fast enough for a whole page.
    const reading = setInterval(() => {
      back.ws.resume();
      setImmediate(() => back.ws.pause());
    }, 20);
    await waitFor('all of them', () => mails(back).length >= sent || back.closed);
    clearInterval(reading);
    back.ws.resume();
    assert.equal(back.closed, null);
    assert.deepEqual(mails(back), upTo(sent));
    back.drop();
  });
});

describe('raw gateway limits', () => {
  it('refuse one line too many from one address before a session is read', async () => {
    const site = await startSite({ LIMITS: 'sockets_ip=2/0' });
    const a = await someone(site);
    const lines = [await openLine(a.visitor), await openLine(a.visitor)];
    const third = tryLine(a.visitor);
    assert.equal(await waitFor('a refusal', () => third.refused), 429);
    for (const line of lines) line.drop();
    await site.close();
  });

  it('refuse one line too many of one visitor, and say so', async () => {
    const site = await startSite({ LIMITS: 'sockets=1/0' });
    const a = await someone(site);
    const [first, second] = [await startLine(a.visitor), await openLine(a.visitor)];
    second.send({ type: 'init' });
    assert.equal((await second.hear('error')).code, 'rate_limited');
    assert.equal(await second.end(), 4429);
    assert.equal(first.closed, null);
    first.drop();
    await site.close();
  });

  it('answer a flood with rate_limited and then end the line, and nobody else notices', async () => {
    const site = await startSite({ LIMITS: 'event=20/10' });
    const [a, b] = [await someone(site), await someone(site)];
    const [raw, other] = [await startLine(a.visitor), await startLine(b.visitor)];
    for (let i = 0; i < 40; i++) raw.send({ type: 'read', with: b.id, upTo: 0 });
    assert.equal(await raw.end(), 4429);
    assert.ok(raw.all('error').some(({ code }) => code === 'rate_limited'));
    other.send({ type: 'token' });
    await other.hear('token');
    other.drop();
    await site.close();
  });

  it('count messages of all doors together', async () => {
    const site = await startSite({ LIMITS: 'chat=3/60' });
    const [a, b] = [await someone(site), await someone(site)];
    const raw = await startLine(a.visitor);
    await write(a, b, '1');
    raw.send(chatTo(b, '2'));
    raw.send(chatTo(b, '3'));
    raw.send(chatTo(b, '4', 'over'));
    const error = await raw.hear('error');
    assert.deepEqual([error.code, error.clientId], ['rate_limited', 'over']);
    raw.drop();
    await site.close();
  });
});
