/**
 * Bad input that belongs to one place, or lies below bodies and payloads: each an answer of the 400s, the same process, and the
 * next visitor served. Every class of body and payload at every door: wall.test.ts.
 */
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { documented } from '../support/pages.js';
import { head, rawRequest, Wire } from '../support/raw.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const ID = '0123456789abcdef01234567';

describe('bad input', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let room: RoomView;
  let idle: Line;

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    owner = await arrive(site);
    room = await owner.createRoom({ title: 'Inputs', password: 'inputs-password' });
    await owner.sit(room._id);
    // Opened now, because the site waits ten seconds for it while the other tests run.
    idle = await openLine({ connect: false });
  });
  afterEach('the site serves the next visitor', async () => {
    const next = await owner.agent.post(`/room/${room._id}/chat`).send({ chat: 'next' });
    assert.equal(next.status, 200);
    assert.equal((await fetch(`${site.url}/healthz`)).status, 200);
  });
  after(async () => {
    owner.leaveAll();
    await site.close();
  });

  const noise = () => /\.[jt]s:\d+|node_modules|SyntaxError|MongoServerError|CastError|ZodError/;

  describe('in a body', () => {
    it('operators for a password, in a form or in JSON: 400, and nobody gets in', async () => {
      const guest = await arrive(site);
      const bodies = [{ $ne: '' }, { $gt: '' }, ['a', 'b'], true, null, 7, {}].map((password) => ({ password }));
      for (const body of [...bodies, {}]) {
        assert.equal((await guest.agent.post(`/room/${room._id}/enter`).send(body)).status, 400, JSON.stringify(body));
      }
      for (const form of [
        'password[$ne]=',
        'password[]=inputs-password',
        'password=a&password=b',
        '__proto__[password]=x',
      ]) {
        const answer = await guest.agent.post(`/room/${room._id}/enter`).type('form').send(form);
        assert.equal(answer.status, 400, form);
        const made = await guest.agent.post('/room').type('form').send(`title=unlocked&${form}`);
        assert.equal(made.status, 400, `a room with ${form}`);
      }
      assert.equal((await guest.open(room._id)).status, 401);
      assert.equal((await guest.enter(room._id, 'inputs-password')).status, 303);
    });

    it('a password of a megabyte: 413, of 129 characters: 400', async () => {
      const guest = await arrive(site);
      assert.equal((await guest.enter(room._id, 'x'.repeat(1_000_000))).status, 413);
      assert.equal((await guest.enter(room._id, 'x'.repeat(129))).status, 400);
      assert.equal((await owner.agent.post('/room').send({ title: 'x', password: 'x'.repeat(1_000_000) })).status, 413);
    });

    it('preferences that are none: 400, and back leads nowhere else', async () => {
      for (const body of [{ lang: 'xx' }, { theme: { $ne: 1 } }, { lang: ['ko', 'en'] }]) {
        assert.equal((await owner.agent.post('/preferences').send(body)).status, 400);
      }
      for (const back of [
        'https://evil.example/',
        '//evil.example',
        '/\\evil.example',
        'javascript:alert(1)',
        '/\t/evil.example',
        '\\\\evil',
        '/.//evil.example/',
        '/x/..//evil.example',
        'x'.repeat(3_000),
      ]) {
        const answer = await owner.agent.post('/preferences').send({ theme: 'dark', back });
        assert.equal(answer.status, 303);
        assert.equal(
          new URL(answer.headers['location'] ?? '', site.url).origin,
          new URL(site.url).origin,
          back.slice(0, 30),
        );
      }
      const good = await owner.agent.post('/preferences').send({ theme: 'dark', back: '/room?title=x' });
      assert.equal(good.headers['location'], '/room?title=x');
    });
  });

  describe('as text', () => {
    const NASTY = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='alert(1)",
      '{{191*4253}}',
      '{% include "/etc/passwd" %}',
      '</title></textarea></script><svg onload=alert(1)>',
      'javascript:alert(1)',
      '\u2028"]}</script>',
    ];
    it('is shown as text on every page: titles, messages, names of files', async () => {
      for (const nasty of NASTY) {
        const made = await owner.createRoom({ title: nasty });
        await owner.open(made._id);
        await owner.say(made._id, nasty);
        const pages = [
          await owner.open(made._id),
          await owner.agent.get(`/room/${made._id}/log`).set('Accept', 'text/html'),
          await owner.agent.get('/').query({ q: nasty }).set('Accept', 'text/html'),
          await owner.agent.get('/room').query({ title: nasty }).set('Accept', 'text/html'),
        ];
        for (const { status, text } of pages) {
          assert.equal(status, 200);
          const bare = text.replace(/"[^"]*"/g, '""');
          assert.ok(
            !/<script>alert|<img src=x|<svg onload|root:x|\D812323\D*<\/(?:title|h1|h2|span|p)>/.test(bare),
            nasty,
          );
          assert.ok(!/<\w[^>]*\son\w+=/.test(bare), `${nasty} became a handler`);
          assert.ok(!/href="javascript:/.test(text), nasty);
          assert.equal(text.split('</script>').length, text.split('<script').length, nasty);
        }
      }
    });

    it('a link in a message is a link only when it is http', async () => {
      const made = await owner.createRoom({ title: 'Links' });
      await owner.open(made._id);
      await owner.say(
        made._id,
        'https://ok.example/a?b=1&c="> javascript:alert(1) data:text/html,x http://also.example',
      );
      const { text } = await owner.open(made._id);
      const links = [...text.matchAll(/<a href="(https?:|javascript:|data:)[^"]*" target="_blank" rel="([^"]*)"/g)];
      assert.deepEqual(
        links.map((link) => link[1]),
        ['https:', 'http:'],
      );
      assert.ok(links.every((link) => link[2] === 'noopener noreferrer nofollow'));
    });
  });

  describe('in a cookie', () => {
    it('JSON, which cookie-parser would read: counts as none', async () => {
      for (const cookie of [
        'sid=j:{"$ne":1}',
        'sid=j:["a"]',
        'lang=j:{"a":1}; theme=j:2; zone=j:3',
        '__proto__=j:{}',
      ]) {
        const answer = await fetch(site.url, { headers: { cookie, accept: 'text/html' } });
        assert.equal(answer.status, 200, cookie);
        assert.match(await answer.text(), /data-me="[0-9a-f]{32}"/, cookie);
      }
    });

    it('a time zone: the name of one counts, in any case; an offset, or anything else, does not', async () => {
      const made = await owner.createRoom({ title: 'Zones' });
      const timeIn = async (zone: string) => {
        await owner.open(made._id);
        const cookie = `${owner.cookie}; zone=${encodeURIComponent(zone)}`;
        const answer = await fetch(`${site.url}/room/${made._id}`, { headers: { cookie, accept: 'text/html' } });
        // The last one is the message's; the one before it names the day, which two zones may share.
        return [...(await answer.text()).matchAll(/<time[^>]*>([^<]*)</g)].at(-1)?.[1];
      };
      await owner.open(made._id);
      await owner.say(made._id, 'what time is it?');
      const server = await timeIn('nowhere');
      assert.ok(server);
      assert.equal(await timeIn('asia/katmandu'), await timeIn('Asia/Katmandu'));
      assert.notEqual(await timeIn('Asia/Katmandu'), server);
      for (const none of ['+05:45', 'x'.repeat(200), '../../etc', 'j:{}'])
        assert.equal(await timeIn(none), server, none);
    });
  });

  describe('in the address', () => {
    it('broken escapes: 400', async () => {
      for (const address of ['/%', '/%E0%A4%A', '/room/%', '/gif/%ff%fe', '/room/%E0%A4%A/chats', '/assets/%/x']) {
        const wire = await rawRequest(site.port, head(site.port, `GET ${address}`, { Cookie: owner.cookie }));
        assert.ok(wire.status === 400 || wire.status === 404, `${address} ${wire.status}`);
      }
    });

    it('a star: the server as a whole, which has nothing', async () => {
      for (const [line, status] of [
        ['OPTIONS *', 204],
        ['GET *', 400],
        ['OPTIONS *x', 400],
        ['GET */room', 400],
      ] as const) {
        const wire = await rawRequest(site.port, head(site.port, line));
        assert.equal(wire.status, status, line);
      }
    });

    it('ids that are none look like rooms that are none', async () => {
      const ids = [
        'not-an-id',
        '%00',
        '..%2f..%2fetc',
        '%5Bobject%20Object%5D',
        'aaaaaaaaaaaa',
        '__proto__',
        'constructor',
        ID.toUpperCase(),
        `${ID}0`,
        'x'.repeat(9_000),
      ];
      const unknown = await owner.agent.get(`/room/${ID}/chats`);
      assert.equal(unknown.status, 404);
      for (const id of ids) {
        for (const [method, tail] of [
          ['get', '/chats'],
          ['post', '/chat'],
          ['delete', ''],
          ['get', '/qr.svg'],
          ['get', '/log'],
        ] as const) {
          const answer = await owner.agent[method](`/room/${id}${tail}`).send(
            method === 'post' ? { chat: 'x' } : undefined,
          );
          assert.equal(answer.status, 404, `${method} ${id.slice(0, 30)}${tail}`);
          assert.deepEqual(answer.body, unknown.body);
        }
      }
    });

    it('parameters twice, as objects, as pollution: no effect', async () => {
      for (const query of [
        'page[$gt]=1',
        'q[]=a&q[]=b',
        'error=a&error=b',
        '__proto__[x]=1',
        'constructor[prototype][x]=1',
        'lang=ko&lang=en',
        `q=${'%F0%9F%98%80'.repeat(400)}`,
      ]) {
        for (const address of ['/', '/room', `/room/${room._id}`]) {
          const answer = await owner.agent.get(`${address}?${query}`).set('Accept', 'text/html');
          assert.equal(answer.status, 200, `${address}?${query.slice(0, 30)}`);
        }
      }
      assert.equal(({} as Record<string, unknown>)['x'], undefined);
    });

    it('unknown methods and paths: 404 or 405, and no stack', async () => {
      for (const [method, address] of [
        ['PUT', '/room'],
        ['PATCH', '/room'],
        ['DELETE', '/'],
        ['TRACE', '/'],
        ['PROPFIND', '/'],
        ['POST', '/'],
        ['GET', '/.env'],
        ['GET', '/package.json'],
        ['GET', '/data/cookie-secret'],
      ]) {
        const wire = await rawRequest(site.port, head(site.port, `${method} ${address}`));
        assert.ok([403, 404, 405].includes(wire.status ?? 0), `${method} ${address}: ${wire.status}`);
        assert.doesNotMatch(wire.heard, noise());
      }
    });
  });

  describe('in the protocol', () => {
    const RAW: [situation: string, bytes: () => string, statuses: number[]][] = [
      ['no Host', () => 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', [400]],
      [
        'two lengths',
        () => `POST /room HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
        [400],
      ],
      [
        'a length and chunks',
        () => `POST /room HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        [400],
      ],
      [
        'a chunk of no size',
        () =>
          `POST /room HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nCookie: ${owner.cookie}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n`,
        [400],
      ],
      ['a header of 20 KB', () => head(site.port, 'GET /', { 'X-Long': 'x'.repeat(20_000) }), [431]],
      ['a line feed in a name', () => `GET / HTTP/1.1\r\nHost: x\r\nX-A\nB: 1\r\n\r\n`, [400]],
      ['no HTTP', () => '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', [400]],
      [
        'a headers flood',
        () => `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a: 1\r\n'.repeat(2_600)}\r\n`,
        [200, 400, 431],
      ],
    ];
    for (const [situation, bytes, statuses] of RAW) {
      it(`${situation}: ${statuses.join(' or ')}`, async () => {
        const wire = await rawRequest(site.port, Buffer.from(bytes(), 'latin1'));
        assert.ok(statuses.includes(wire.status ?? 0), `${wire.status}`);
      });
    }

    it('headers that would like to be properties, or to speak for a proxy: no effect', async () => {
      const plain = await owner.open(room._id);
      for (const [name, value] of [
        ['__proto__', 'x'],
        ['constructor', 'x'],
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'https'],
        ['X-Forwarded-For', '::ffff:10.0.0.1'],
        ['Forwarded', 'host=evil.example'],
        ['X-Original-URL', '/'],
        ['Referer', `${site.url}/room/${ID}`],
        ['Referer', 'x'.repeat(8_000)],
        ['Accept-Language', '*;q=x,,,'],
        ['Cookie', `${owner.cookie}; lang=<x>; theme[$ne]=1; zone=../../etc`],
      ] as const) {
        const wire = await rawRequest(
          site.port,
          head(site.port, `GET /room/${room._id}`, { Cookie: owner.cookie, Accept: 'text/html', [name]: value }),
        );
        assert.equal(wire.status, plain.status, name);
        assert.ok(!wire.heard.includes('evil.example'), name);
      }
    });

    it('an absolute address of another host: its own pages, and no word of that host', async () => {
      const wire = await rawRequest(site.port, head(site.port, 'GET http://evil.example/', { Accept: 'text/html' }));
      assert.ok((wire.status ?? 500) < 500);
      assert.ok(!wire.heard.includes('evil.example'));
    });
  });

  describe('at the door of Socket.IO', () => {
    const ask = async (query: string, options: RequestInit = {}) => {
      const answer = await fetch(`${site.url}/socket.io/?${query}`, {
        ...options,
        headers: { Origin: site.url, Cookie: owner.cookie },
      });
      const text = await answer.text();
      return {
        status: answer.status,
        text,
        code: text.startsWith('{') ? (JSON.parse(text) as { code?: number }).code : undefined,
      };
    };
    /** A connection by polling. @returns its sid. */
    const polling = async () => {
      const { text } = await ask('EIO=4&transport=polling');
      return (JSON.parse(text.slice(1)) as { sid: string }).sid;
    };

    it('unknown lines, protocols, transports and verbs: 400 with the code of Engine.IO', async () => {
      assert.match(
        documented('events.md'),
        /\(`EIO=4`\)[^.]+;\nto another `EIO` the answer is 400 with `\{ "code": 5 \}`/,
      );
      const cases: [query: string, options: RequestInit, code: number][] = [
        ['EIO=4&transport=polling&sid=unknown', {}, 1],
        ['EIO=4&transport=polling&sid=__proto__', {}, 1],
        ['EIO=4&transport=polling&sid=constructor', {}, 1],
        ['EIO=4&transport=nonsense', {}, 0],
        ['EIO=4&transport=__proto__', {}, 0],
        ['EIO=4', {}, 0],
        ['EIO=3&transport=polling', {}, 5],
        ['EIO=4&transport=polling', { method: 'POST', body: '40' }, 2],
        ['EIO=4&transport=polling', { method: 'DELETE' }, 2],
      ];
      for (const [query, options, code] of cases) {
        const answer = await ask(query, options);
        assert.deepEqual([answer.status, answer.code], [400, code], query);
      }
      assert.equal((await ask('EIO=4&transport=polling&sid=a&sid=b')).status, 400);
    });

    it('a polling body over 32 KB: 413; one of nonsense: its line alone is closed', async () => {
      const sid = await polling();
      assert.equal(
        (
          await ask(`EIO=4&transport=polling&sid=${sid}`, {
            method: 'POST',
            body: `42["reply","${'x'.repeat(33_000)}"]`,
          })
        ).status,
        413,
      );
      for (const body of ['\x1e\x1e\x1e', 'b', 'bAAA=', '9', '{}', '4'.repeat(30_000)]) {
        const line = await polling();
        await ask(`EIO=4&transport=polling&sid=${line}`, { method: 'POST', body: '40' });
        const answer = await ask(`EIO=4&transport=polling&sid=${line}`, { method: 'POST', body });
        assert.ok(answer.status < 500, `${body.slice(0, 20)} ${answer.status}`);
      }
    });

    it('a thousand packets in one body are no harm', async () => {
      const sid = await polling();
      const body = ['40', ...Array<string>(1_000).fill('420["reply",1]')].join('\x1e');
      assert.equal((await ask(`EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body })).status, 200);
    });

    it('what comes along with CONNECT is not looked at, but for a token', async () => {
      for (const auth of [{ tokens: { $ne: 1 } }, { a: 'x'.repeat(20_000) }, { __proto__: { x: 1 } }]) {
        (await owner.listen('/chat', { auth })).close();
      }
      const line = await openLine();
      line.send(`40/chat,{"a":${deep(5_000)}}`);
      await line.settled();
      line.close();
    });

    it('a second upgrade of one line, or one with a wrong probe, is closed', async () => {
      const sid = await polling();
      const address = `${site.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`;
      const options = { headers: { Origin: site.url, Cookie: owner.cookie } };
      const open = () => new WebSocket(address, options);
      const [first, second] = [open(), open()];
      let closed = 0;
      for (const socket of [first, second]) {
        socket.on('close', () => closed++).on('error', () => undefined);
        socket.on('open', () => socket.send('2wrong'));
      }
      await waitFor('both closed', () => closed === 2);
    });
  });

  interface Line {
    send(packet: string | Buffer): void;
    /** Until the server has either closed the line or answered a later question on it. */
    settled(): Promise<void>;
    heard: string[];
    closed: boolean;
    close(): void;
  }

  /** A raw Engine.IO line over WebSocket, on which the pulse namespace serves as the question that shows life. */
  async function openLine({ connect = true } = {}): Promise<Line> {
    const socket = new WebSocket(`${site.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { Origin: site.url, Cookie: owner.cookie },
    });
    const line: Line = {
      heard: [],
      closed: false,
      send: (packet) => socket.readyState === WebSocket.OPEN && socket.send(packet),
      async settled() {
        const id = 1_000 + line.heard.length;
        line.send(`42${id}["reply",1]`);
        await waitFor(
          'an end or an answer',
          () => line.closed || line.heard.some((text) => text.startsWith(`43${id}[`)),
        );
      },
      close: () => socket.close(),
    };
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      line.heard.push(text);
      if (text === '2') socket.send('3');
    });
    socket.on('close', () => (line.closed = true)).on('error', () => undefined);
    await waitFor('the open packet', () => line.heard[0]?.startsWith('0{'));
    if (connect) {
      line.send('40');
      await waitFor('the namespace', () => line.heard.some((text) => text.startsWith('40{')));
    }
    return line;
  }

  describe('as packets, in every namespace', () => {
    const PACKETS: [situation: string, packet: (ns: string) => string][] = [
      ['an event of nothing', (ns) => `42${ns}`],
      ['an event without a name', (ns) => `42${ns}[]`],
      ['an event named null', (ns) => `42${ns}[null]`],
      ['an event named by an object', (ns) => `42${ns}[{}]`],
      ['an event named by a number', (ns) => `42${ns}[123,"x"]`],
      ...[
        'connect',
        'connect_error',
        'disconnect',
        'disconnecting',
        'newListener',
        'removeListener',
        'error',
        '__proto__',
        'constructor',
        'toString',
      ].map((name): [string, (ns: string) => string] => [`an event named ${name}`, (ns) => `42${ns}["${name}"]`]),
      ['no JSON', (ns) => `42${ns}["join",`],
      ['an unknown packet type', () => '49'],
      ['an unknown frame type', () => '9'],
      ['a letter', () => 'x'],
      ['a binary event without its binary', (ns) => `451-${ns}["join",{"_placeholder":true,"num":0}]`],
      ['a binary event with a million attachments', (ns) => `451000000-${ns}["join",{"_placeholder":true,"num":0}]`],
      ['a binary event of none', (ns) => `450-${ns}["join",{"_placeholder":true,"num":9}]`],
      ['an acknowledgement nobody asked for', (ns) => `43${ns}99["x"]`],
      ['an acknowledgement of nothing', (ns) => `43${ns}`],
      ['an acknowledgement id beyond counting', (ns) => `42${ns}99999999999999999999["join","x"]`],
      ['an error from a client', (ns) => `44${ns}{"message":"x"}`],
      ['a second connect', (ns) => `40${ns}`],
      ['a disconnect', () => '41/chat,'],
      ['a namespace that is none', () => '42/nowhere,["join"]'],
      ['a namespace without end', () => `40/${'x'.repeat(5_000)}`],
      ['arrays 6,000 deep', (ns) => `42${ns}1["join",${deep(6_000)}]`],
      ['objects 2,000 deep', (ns) => `42${ns}1["typing",${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}]`],
      ['an event nobody listens to', (ns) => `42${ns}1["nonsense",{"a":1}]`],
      ['33 KB', (ns) => `42${ns}["join","${'x'.repeat(33_000)}"]`],
    ];
    for (const [situation, packet] of PACKETS) {
      it(`${situation}: at worst its own line is closed`, async () => {
        for (const namespace of ['', '/room,', '/chat,']) {
          const line = await openLine();
          if (namespace) line.send(`40${namespace}`);
          await line.settled();
          line.send(packet(namespace));
          await line.settled();
          line.close();
        }
      });
    }

    it('a binary frame out of place: at worst its own line is closed', async () => {
      const line = await openLine();
      line.send(Buffer.from([1, 2, 3]));
      await line.settled();
      line.close();
    });
  });

  describe('as payloads of events', () => {
    it('functions where none belong, or two of them: the last one is answered', async () => {
      const ear = await owner.listen();
      const answers: unknown[] = [];
      ear.socket.emit(
        'join',
        room._id,
        'more',
        () => undefined,
        (answer: unknown) => answers.push(answer),
      );
      ear.socket.emit('leave', (answer: unknown) => answers.push(answer));
      await waitFor('an answer', () => answers.length > 0);
      ear.close();
    });
  });

  it('a flood of events: the flooder is closed, others go on', async () => {
    const strict = await startSite();
    try {
      const [flooder, other] = [await arrive(strict), await arrive(strict)];
      const { _id } = await other.createRoom({ title: 'Flooded' });
      const calm = await other.sit(_id);
      const loud = await flooder.listen();
      for (let count = 0; count < 400; count++) loud.socket.emit('typing', 'x');
      const refused = await loud.ask('typing', true).catch(() => null);
      assert.ok(refused === null || !refused.ok);
      await waitFor('the flooder to be closed', () => !loud.socket.connected);
      await other.say(_id, 'unharmed');
      await calm.hear('chat');
      assert.ok((await calm.ask('typing', true)).ok);
      flooder.leaveAll();
      other.leaveAll();
    } finally {
      await strict.close();
    }
  });

  it('lines from one address beyond the limit are closed, and one that ends makes room', async () => {
    const strict = await startSite({ LIMITS: 'sockets_ip=3/0' });
    try {
      const visitor = await arrive(strict);
      const ears = [await visitor.listen('/'), await visitor.listen('/'), await visitor.listen('/')];
      const fourth = visitor.connect('/', { reconnection: false });
      let ended = false;
      fourth.socket.on('disconnect', () => (ended = true)).on('connect_error', () => (ended = true));
      await waitFor('the fourth to be closed', () => ended);
      ears[0]!.close();
      await waitFor('room for another', async () => {
        const again = visitor.connect('/', { reconnection: false });
        const refused = new Promise<false>((resolve) => {
          for (const event of ['disconnect', 'connect_error'] as const) again.socket.once(event, () => resolve(false));
        });
        const answered = again.ask('reply', 1).then(
          ({ ok }) => ok,
          () => false,
        );
        const alive = await Promise.race([answered, refused]);
        if (!alive) again.close();
        return alive;
      });
      visitor.leaveAll();
    } finally {
      await strict.close();
    }
  });

  it('a connection of a visitor beyond the limit is told so in every namespace, and closed; when one ends there is room', async () => {
    const strict = await startSite({ LIMITS: 'sockets=2/0' });
    try {
      const visitor = await arrive(strict);
      const ears = [await visitor.listen('/'), await visitor.listen('/chat')];
      for (const namespace of ['/', '/room', '/chat', '/lobby', '/direct', '/consult']) {
        const third = visitor.connect(namespace, { reconnection: false });
        assert.equal(await third.refused(), 'too_many_sockets', namespace);
        assert.deepEqual(third.refusal?.data, { code: 'too_many_sockets' });
      }
      const silent = visitor.connect('/', { reconnection: false, autoConnect: false });
      let isClosed = false;
      silent.socket.io.on('close', () => (isClosed = true));
      silent.socket.io.open();
      await waitFor('one that asks for nothing to be closed', () => isClosed);
      await (await arrive(strict)).listen('/');
      ears[0]!.close();
      await waitFor('room for another', async () => {
        const again = visitor.connect('/', { reconnection: false });
        await waitFor('an answer', () => again.socket.connected || again.refusal !== undefined);
        return again.socket.connected;
      });
      visitor.leaveAll();
    } finally {
      await strict.close();
    }
  });

  it('a body that never comes costs one waiting line and nothing else', async () => {
    const slow = Array.from({ length: 20 }, () =>
      new Wire(site.port).send(
        `POST /room/${room._id}/chat HTTP/1.1\r\nHost: localhost:${site.port}\r\nCookie: ${owner.cookie}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"chat":`,
      ),
    );
    assert.equal((await owner.post(room._id, 'meanwhile')).status, 200);
    for (const wire of slow) wire.cut();
  });

  describe('nothing at all', () => {
    it('on a line that joins no namespace: closed by itself', async () => {
      await waitFor('its end', () => idle.closed);
    });
  });
});
