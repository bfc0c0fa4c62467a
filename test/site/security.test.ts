/** Where a request comes from and whose it is: origins, sessions, cookies, headers; and what must never be said. Rights: rights.test.ts. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import * as pictures from '../support/pictures.js';
import { startProcess } from '../support/process.js';
import { head, rawRequest, Wire } from '../support/raw.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const WEBSOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const HANDSHAKE = '/socket.io/?EIO=4&transport=';

describe('security', () => {
  let store: DistantStore;
  let site: TestSite;
  let owner: TestVisitor;
  let member: TestVisitor;
  let stranger: TestVisitor;
  let room: RoomView;

  before(async () => {
    store = await distantStore();
    site = await startSite({ MONGO_URL: store.url, LIMITS: 'off' });
    [owner, member, stranger] = [await arrive(site), await arrive(site), await arrive(site)];
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Rights', password: 'rights-only' });
    await member.enter(room._id, 'rights-only');
    await owner.sit(room._id);
  });
  afterEach(() => {
    for (const visitor of [owner, member, stranger]) visitor.leaveAll();
  });
  after(async () => {
    await site.close();
    await store.close();
  });

  /** Origins of others, and of those who would like to look like us. */
  const foreign = (): [name: string, origin: string][] => [
    ['another site', 'https://evil.example'],
    ['no origin at all', 'null'],
    ['our name with a tail', `${site.url}.evil.example`],
    ['our name as a user', `http://localhost:${site.port}@evil.example`],
    ['our name in upper case', `HTTP://LOCALHOST:${site.port}`],
    ['another port', `http://localhost:${site.port + 1}`],
    ['another scheme', `https://localhost:${site.port}`],
    ['ours with a path', `${site.url}/`],
    ['an empty one', ''],
  ];

  describe('a write over HTTP', () => {
    const post = (headers: Record<string, string>, title = 'written') =>
      owner.agent.post('/room').set(headers).send({ title });

    it('from another origin: 403 cross_site, and nothing is done', async () => {
      for (const [name, Origin] of foreign()) {
        if (Origin === '') continue;
        const refused = await post({ Origin }, 'crossed');
        assert.deepEqual([refused.status, refused.body.error?.code], [403, 'cross_site'], name);
        assert.equal((await owner.remove(room._id).set({ Origin })).status, 403, name);
      }
      for (const value of ['cross-site', 'same-site', 'none', 'nonsense']) {
        assert.equal((await post({ 'Sec-Fetch-Site': value }, 'crossed')).status, 403, value);
        assert.equal((await owner.remove(room._id).set({ 'Sec-Fetch-Site': value })).status, 403, value);
      }
      const list = await owner.agent.get('/').query({ q: 'crossed' });
      assert.ok(!/\/room\/[0-9a-f]{24}/.test(list.text), 'a room was made');
      assert.equal((await owner.open(room._id)).status, 200);
    });

    it('from our own pages, or from no browser at all: done', async () => {
      const { port } = site;
      const good: Record<string, string>[] = [
        { Origin: site.url },
        { Origin: `http://127.0.0.1:${port}` },
        { 'Sec-Fetch-Site': 'same-origin', Origin: site.url },
        { 'Sec-Fetch-Site': 'same-origin' },
        {},
      ];
      for (const headers of good) assert.equal((await post(headers)).status, 201, JSON.stringify(headers));
    });

    it('from a page of EXTRA_ORIGINS: done, though its browser calls it another site', async () => {
      const wider = await startSite({ EXTRA_ORIGINS: 'https://friend.example' });
      try {
        const visitor = await arrive(wider);
        const from = (Origin: string) =>
          visitor.agent.post('/room').set({ Origin, 'Sec-Fetch-Site': 'cross-site' }).send({ title: 'x' });
        assert.equal((await from('https://friend.example')).status, 201);
        assert.equal((await from('https://foe.example')).status, 403);
        assert.equal((await from('null')).status, 403);
      } finally {
        await wider.close();
      }
    });

    it('is no matter of the Host header, or of a method that is overridden', async () => {
      const wire = await rawRequest(
        site.port,
        head(site.port, 'POST /room', {
          Host: 'evil.example',
          Origin: 'http://evil.example',
          Cookie: owner.cookie,
          'Content-Type': 'application/json',
          'Content-Length': '13',
        }) + '{"title":"x"}',
      );
      assert.equal(wire.status, 403);
      const overridden = await owner.agent
        .get(`/room/${room._id}`)
        .set('X-HTTP-Method-Override', 'DELETE')
        .query({ _method: 'DELETE' });
      assert.equal(overridden.status, 200);
      assert.equal((await owner.post(room._id, 'still open')).status, 200);
    });

    it('no answer invites another origin to read it', async () => {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const answer = await fetch(`${site.url}/room`, {
          method,
          headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
        });
        for (const [name] of answer.headers) assert.ok(!name.startsWith('access-control-'), name);
      }
    });
  });

  describe('a handshake', () => {
    const handshake = async (transport: 'polling' | 'websocket', origin: string | undefined, cookie = owner.cookie) => {
      const wire = new Wire(site.port);
      wire.send(
        head(site.port, `GET ${HANDSHAKE}${transport}`, {
          ...(origin !== undefined && { Origin: origin }),
          Cookie: cookie,
          ...(transport === 'websocket' && WEBSOCKET),
        }),
      );
      await waitFor('an answer', () => wire.status);
      const { status, heard } = wire;
      wire.cut();
      return { status, heard };
    };

    for (const transport of ['polling', 'websocket'] as const) {
      it(`by ${transport} from another origin: 403, and its session is not even looked up`, async () => {
        store.forget();
        for (const [name, origin] of [...foreign(), ['none', undefined] as const]) {
          const { status, heard } = await handshake(transport, origin);
          assert.equal(status, 403, name);
          assert.ok(!/set-cookie/i.test(heard), name);
        }
        assert.equal(store.asked('sessions'), 0);
      });

      it(`by ${transport} from our own origin: taken, with one look at its session at the most`, async () => {
        store.forget();
        const { status, heard } = await handshake(transport, site.url);
        assert.equal(status, transport === 'polling' ? 200 : 101);
        assert.ok(!/set-cookie/i.test(heard));
        assert.ok(store.asked('sessions') <= 1);
      });
    }

    it('without a session, with a forged or an expired one: connect_error no_session on every namespace', async () => {
      const namespaces = [...(site.app.io._nsps as Map<string, unknown>).keys()];
      assert.ok(namespaces.includes('/chat') && namespaces.includes('/room') && namespaces.includes('/'));
      const [name, value = ''] = owner.cookie.split('=');
      const forged = [undefined, '', `${name}=s%3Aforged.signature`, `${name}=${value.slice(0, -3)}abc`, `${name}=x`];
      for (const namespace of namespaces) {
        for (const cookie of forged) {
          const ear = stranger.connect(namespace, {
            extraHeaders: { origin: site.url, ...(cookie !== undefined && { cookie }) },
          });
          assert.equal(await ear.refused(), 'no_session', `${namespace} ${cookie}`);
        }
        (await stranger.listen(namespace)).close();
      }
    });

    it('a namespace that is none is refused', async () => {
      for (const name of ['/nowhere', '/__proto__', '/chat/', '/Chat']) {
        assert.equal(await stranger.connect(name).refused(), 'Invalid namespace');
      }
    });
  });

  describe('a session', () => {
    it('is made by pages alone: no API call, socket, asset or probe mints one', async () => {
      const picture = new FormData();
      picture.set('gif', new Blob([new Uint8Array(await pictures.gif())]), 'x.gif');
      const json = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"title":"x","chat":"x"}',
      };
      const calls: [string, RequestInit?][] = [
        ['/healthz'],
        ['/readyz'],
        ['/nowhere'],
        ['/room', json],
        [`/room/${room._id}/chat`, json],
        [`/room/${room._id}/gif`, { method: 'POST', body: picture }],
        [`/room/${room._id}/chats`],
        [`/room/${room._id}/qr.svg`],
        [`/room/${room._id}`, { method: 'DELETE' }],
        [`/room/${room._id}/leave`, { method: 'POST' }],
        [`/room/${room._id}/enter`, json],
        ['/gif/00000000-0000-0000-0000-000000000000.gif'],
        ['/assets/x/public/favicon.svg'],
        [`${HANDSHAKE}polling`, { headers: { Origin: site.url } }],
      ];
      for (const [address, options] of calls) {
        const answer = await fetch(site.url + address, { redirect: 'manual', ...options });
        assert.deepEqual(answer.headers.getSetCookie(), [], address);
      }
      const page = await fetch(`${site.url}/`, { headers: { Accept: 'text/html' } });
      assert.equal(page.headers.getSetCookie().length, 1);
    });

    it('is there as soon as its cookie is: whoever does not read the page to its end is known all the same', async () => {
      for (let trial = 0; trial < 30; trial++) {
        const page = await fetch(`${site.url}/room`, { headers: { Accept: 'text/html' } });
        const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
        const made = await fetch(`${site.url}/room`, {
          method: 'POST',
          headers: { cookie, 'Content-Type': 'application/json' },
          body: '{"title":"at once"}',
        });
        assert.equal(made.status, 201);
        await Promise.all([page.text(), made.text()]);
      }
    });

    it('is kept in a cookie that scripts and other sites do not get', async () => {
      const page = await fetch(`${site.url}/`, { headers: { Accept: 'text/html' } });
      const [cookie = ''] = page.headers.getSetCookie();
      const [pair = '', ...flags] = cookie.split('; ');
      assert.match(pair, /^sid=s%3A/);
      assert.deepEqual(flags.filter((flag) => !flag.startsWith('Expires=')).sort(), [
        'HttpOnly',
        'Path=/',
        'SameSite=Lax',
      ]);
    });

    it('is not made anew, nor sent again, at every page', async () => {
      const again = await owner.agent.get('/').set('Accept', 'text/html');
      assert.equal(again.headers['set-cookie'], undefined);
      assert.ok(again.text.includes(owner.id));
    });

    it('says nothing of itself to others: its id is in no page and no event', async () => {
      const sid =
        decodeURIComponent(owner.cookie.split('=')[1] ?? '')
          .slice(2)
          .split('.')[0] ?? '';
      assert.ok(sid.length > 20);
      const ear = await member.sit(room._id);
      await owner.say(room._id, 'hello');
      await ear.hear('chat');
      const page = await member.open(room._id);
      const own = await owner.open(room._id);
      assert.ok(![page.text, own.text, ...ear.frames].some((text) => text.includes(sid)));
    });
  });

  describe('behind https', () => {
    const PUBLIC = 'https://chat.example.org';
    let secure: TestSite;
    before(async () => {
      secure = await startSite({ PUBLIC_URL: PUBLIC, TRUST_PROXY: '1' });
    });
    after(() => secure.close());
    const get = (address: string, headers: Record<string, string> = {}, method = 'GET', body = '') =>
      rawRequest(
        secure.port,
        head(secure.port, `${method} ${address}`, {
          Host: 'chat.example.org',
          'X-Forwarded-Proto': 'https',
          'X-Forwarded-For': '203.0.113.7',
          Accept: 'text/html',
          ...headers,
        }) + body,
      );

    it('the cookie is __Host-, Secure, and is sent over https only', async () => {
      const { heard } = await get('/');
      assert.match(heard, /set-cookie: __Host-sid=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax\r\n/i);
      const plain = await get('/', { 'X-Forwarded-Proto': 'http' });
      assert.ok(!/set-cookie/i.test(plain.heard));
    });

    it('pages ask for https for a year, and for nothing insecure', async () => {
      const { heard } = await get('/');
      assert.match(heard, /strict-transport-security: max-age=31536000\r\n/i);
      assert.match(heard, /content-security-policy: [^\r\n]*upgrade-insecure-requests/i);
      assert.match(heard, /content-security-policy: [^\r\n]*connect-src 'self' wss:\/\/chat\.example\.org[;\r]/i);
    });

    it('only the public origin may write and connect, not the address behind the proxy', async () => {
      const { heard } = await get('/');
      const cookie = /set-cookie: (__Host-sid=[^;]+)/i.exec(heard)?.[1] ?? '';
      const write = (Origin: string) =>
        get(
          '/room',
          {
            Cookie: cookie,
            Origin,
            Accept: 'application/json',
            'Content-Type': 'application/json',
            'Content-Length': '13',
          },
          'POST',
          '{"title":"x"}',
        );
      assert.equal((await write(PUBLIC)).status, 201);
      assert.equal((await write(`http://127.0.0.1:${secure.port}`)).status, 403);
      assert.equal((await write(`http://localhost:${secure.port}`)).status, 403);
      assert.equal((await write('http://chat.example.org')).status, 403);
      const shake = (Origin: string) => get(`${HANDSHAKE}polling`, { Cookie: cookie, Origin });
      assert.equal((await shake(PUBLIC)).status, 200);
      assert.equal((await shake(`http://localhost:${secure.port}`)).status, 403);
    });

    it('invitations name the public address, whatever the Host header says', async () => {
      const { heard } = await get('/');
      const cookie = /set-cookie: (__Host-sid=[^;]+)/i.exec(heard)?.[1] ?? '';
      const made = await get(
        '/room',
        {
          Cookie: cookie,
          Origin: PUBLIC,
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'Content-Length': '13',
        },
        'POST',
        '{"title":"x"}',
      );
      const id = /"_id":"([0-9a-f]{24})"/.exec(made.heard)?.[1] ?? '';
      const page = await get(`/room/${id}`, {
        Cookie: cookie,
        Host: 'evil.example',
        'X-Forwarded-Host': 'evil.example',
      });
      assert.equal(page.status, 200);
      assert.ok(page.heard.includes(`${PUBLIC}/room/${id}`));
      assert.ok(!page.heard.includes('evil.example'));
    });
  });

  it('nothing but assets, an image and a QR code is kept by a browser or a proxy', async () => {
    const gone = await owner.createRoom({ title: 'Gone' });
    await owner.remove(gone._id);
    const at = `/room/${room._id}`;
    const reads = [
      ...[
        '/',
        '/?q=x',
        '/room',
        at,
        `${at}?password=x`,
        `${at}/log`,
        `${at}/enter`,
        `${at}/chats`,
        `${at}/chats?limit=x`,
      ],
      ...[`/room/${gone._id}`, `/room/${gone._id}/closed`, `/room/${'0'.repeat(24)}`, '/room/x/log', '/gif/none.gif'],
      ...[
        '/lobby',
        '/lobby/messages',
        '/messages',
        `/messages/${member.id}`,
        `/messages?with=${member.id}`,
        '/messages/x',
      ],
      ...['/api/users', '/api/messages', `/api/messages/${member.id}`, '/api/messages/x', '/api/none'],
      ...['/chat/consult', '/chat/consult/x/transcript.txt', '/chat/admin', '/no/such/page'],
    ];
    const writes: [path: string, body: object][] = [
      ...[{ title: 'Made' }, { title: '' }].map((body): [string, object] => ['/room', body]),
      ...[{ chat: 'hello' }, { chat: '' }].map((body): [string, object] => [`${at}/chat`, body]),
      ...['rights-only', 'wrong'].map((password): [string, object] => [`${at}/enter`, { password }]),
      ...[`${at}/gif`, `${at}/leave`, `${at}/delete`, '/lobby/leave', '/lobby/messages', '/api/token'].map(
        (path): [string, object] => [path, {}],
      ),
      ...['Somebody', ''].map((name): [string, object] => ['/lobby/join', { name }]),
      ...[{ message: 'hello' }, {}].map((body): [string, object] => [`/api/messages/send/${member.id}`, body]),
      [`/api/messages/${member.id}/mute`, { on: true }],
      ['/chat/consult/return', { code: 'none' }],
      ['/chat/admin/sign-in', { name: 'Somebody', password: 'wrong' }],
      ['/preferences', { lang: 'en' }],
      ['/none', {}],
    ];
    for (const accept of ['text/html', 'application/json']) {
      for (const path of reads) {
        const { headers } = await owner.agent.get(path).set('Accept', accept);
        assert.equal(headers['cache-control'], 'no-store', `GET ${path} as ${accept}`);
      }
      for (const [path, body] of writes) {
        const { headers } = await owner.agent.post(path).set('Accept', accept).send(body);
        assert.equal(headers['cache-control'], 'no-store', `POST ${path} as ${accept}`);
      }
      room = await owner.createRoom({ title: 'Another' });
    }
    assert.equal((await owner.agent.get(`/room/${room._id}/qr.svg`)).headers['cache-control'], 'private, max-age=3600');
    const page = await owner.agent.get('/').set('Accept', 'text/html');
    const asset = /"(\/assets\/[^"]+\/early\.js)"/.exec(page.text)?.[1] ?? '';
    assert.match((await owner.agent.get(asset)).headers['cache-control'] ?? '', /max-age=31536000, immutable/);
  });

  it('headers of a page are these and no others of their kind', async () => {
    const { headers } = await owner.agent.get('/').set('Accept', 'text/html');
    const policy = [
      "default-src 'self'",
      "base-uri 'none'",
      "object-src 'none'",
      "frame-ancestors 'none'",
      "frame-src 'self'",
      "form-action 'self'",
      "script-src 'self'",
      "script-src-attr 'none'",
      "style-src 'self'",
      "style-src-attr 'none'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "media-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      `connect-src 'self' ws://localhost:${site.port}`,
    ];
    assert.deepEqual(headers['content-security-policy']?.split(';').sort(), policy.sort());
    const known: Record<string, string | undefined> = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-powered-by': undefined,
      'strict-transport-security': undefined,
      server: undefined,
      'cache-control': 'no-store',
    };
    for (const [name, value] of Object.entries(known)) assert.equal(headers[name], value, name);
  });

  it('only the log of a room may be framed, and only by its own pages', async () => {
    const { headers } = await owner.agent.get(`/room/${room._id}/log`).set('Accept', 'text/html');
    assert.match(headers['content-security-policy'] ?? '', /frame-ancestors 'self'/);
    assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
    for (const address of [`/room/${room._id}/log/x`, `/room/${room._id}`, '/room/log', '/?x=/room/a/log']) {
      const other = await owner.agent.get(address).set('Accept', 'text/html');
      assert.equal(other.headers['x-frame-options'], 'DENY', address);
      assert.match(other.headers['content-security-policy'] ?? '', /frame-ancestors 'none'/, address);
    }
  });

  it('an upgrade to a path that nobody serves is closed at once', async () => {
    for (const address of [
      '/',
      '/nowhere',
      '/socket.iox/',
      '/socket.io/../x',
      '/wsx',
      `/room/${room._id}`,
      '/?x=/socket.io/',
    ]) {
      const wire = await rawRequest(
        site.port,
        head(site.port, `GET ${address}`, { ...WEBSOCKET, Origin: site.url, Cookie: owner.cookie }),
      );
      assert.equal(wire.status, 404, address);
    }
    const other = await rawRequest(
      site.port,
      head(site.port, 'GET /', { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AA' }),
    );
    assert.equal(other.status, 404);
  });

  it('probes answer without a session and tell nothing', async () => {
    for (const [address, text] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
    ] as const) {
      const answer = await fetch(site.url + address, { headers: { Origin: 'https://evil.example' } });
      assert.deepEqual([answer.status, await answer.text()], [200, text]);
    }
  });

  describe('an error of ours', () => {
    const STACK = /\.[jt]s:\d+|node_modules|^\s+at /m;
    let broken: TestSite;
    before(async () => {
      broken = await startSite();
      broken.app.services.rooms.list = () => Promise.reject(new Error('the inner secret'));
      const { chats } = broken.app.services;
      const missed = chats.missed.bind(chats);
      chats.missed = (room, after) =>
        after === undefined ? missed(room, after) : Promise.reject(new TypeError('the inner secret'));
    });
    after(() => broken.close());

    it('is a page or JSON with the code internal and a number to ask for, and not a word more', async () => {
      const page = await fetch(`${broken.url}/`, { headers: { Accept: 'text/html', 'Accept-Language': 'en' } });
      const text = await page.text();
      assert.equal(page.status, 500);
      assert.match(page.headers.get('content-type') ?? '', /text\/html/);
      assert.match(page.headers.get('x-error-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.ok(!text.includes('inner secret') && !STACK.test(text));
      const json = await fetch(`${broken.url}/`);
      const body = await json.text();
      assert.equal(json.status, 500);
      assert.equal(JSON.parse(body).error.code, 'internal');
      assert.ok(!body.includes('inner secret') && !STACK.test(body));
    });

    it('stays with its request or event: the next one is served', async () => {
      const visitor = new TestVisitor(broken);
      const first = await visitor.agent.get('/room').set('Accept', 'text/html');
      assert.equal(first.status, 200);
      visitor.cookie = [first.headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => cookie.split(';')[0])
        .join('; ');
      const made = await visitor.createRoom({ title: 'Lives' });
      const ear = await visitor.listen();
      const failed = await ear.join({ room: made._id, after: 0 });
      assert.deepEqual([failed.ok, failed.ok ? '' : failed.error.code], [false, 'internal']);
      assert.ok(!JSON.stringify(failed).includes('inner secret'));
      assert.ok((await ear.join(made._id)).ok);
      visitor.leaveAll();
    });

    it('errors of clients carry no stack either', async () => {
      const addresses = [
        '/nowhere',
        '/%E0%A4%A',
        '/%',
        `/room/${'x'.repeat(50)}/chats`,
        '/gif/x',
        '/assets/x/../../package.json',
        '/assets/x/public/js/nothing.js',
      ];
      for (const address of addresses) {
        for (const Accept of ['text/html', 'application/json']) {
          const answer = await owner.agent.get(address).set({ Accept });
          assert.ok(answer.status >= 300 && answer.status < 500, `${address} ${answer.status}`);
          assert.ok(!STACK.test(answer.text), address);
        }
      }
    });
  });

  it('the access log says method, path and status; no query, password, cookie or broken line', async () => {
    const dir = await temporaryFolder();
    const child = await startProcess(dir, { LOG_LEVEL: 'debug' });
    try {
      const visitor = await arrive(child);
      const { _id } = await visitor.createRoom({ title: 'Logged', password: 'canary-password' });
      const other = await arrive(child);
      await other.agent.get(`/room/${_id}`).query({ password: 'canary-password' }).set('User-Agent', 'canary-agent');
      await (await arrive(child)).enter(_id, 'canary-wrong');
      await visitor.sit(_id);
      await visitor.say(_id, 'canary-text');
      visitor.leaveAll();
      const port = Number(new URL(child.url).port);
      const nasty = head(port, 'GET /a%0d%0aInjected%1b[2J%e2%80%a8?canary-query', {
        Authorization: 'Basic Y2FuYXJ5LWJhc2ljOng=',
        'User-Agent': '\u0085canary-agent',
      });
      await rawRequest(port, Buffer.from(nasty));
      await waitFor('the last line', () => child.stderr().includes('Injected'));
      await child.end('SIGTERM');
      const log = child.stderr();
      assert.match(log, new RegExp(`GET /room/${_id} 302`));
      assert.match(log, new RegExp(`POST /room/${_id}/enter 403`));
      const secrets = [
        'canary',
        '?',
        visitor.cookie.split('=')[1] ?? 'x',
        decodeURIComponent(visitor.cookie).slice(6, 30),
      ];
      for (const secret of secrets) assert.ok(!log.includes(secret), `${secret} is in the log`);
      for (const line of log.trim().split('\n')) assert.ok(typeof JSON.parse(line) === 'object');
      // eslint-disable-next-line no-control-regex -- looking for control characters is the point
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u0085\u2028]/.test(log));
    } finally {
      await child.end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    }
  });
});
