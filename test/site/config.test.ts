/** Settings: what an operator may say, what happens when it makes no sense, and a site under a sub-path. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import path from 'node:path';
import { ConfigError, parseConfig } from '../../services/site/config.js';
import { ROOT } from '../../services/site/root.js';
import { spawnSite, startProcess } from '../support/process.js';
import { portOf, startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const problems = (env: Record<string, string>): string[] => {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return [...new Set(error.problems.map((problem) => problem.split(':')[0] ?? ''))].sort();
  }
};

describe('settings', () => {
  it('none at all: the documented defaults, and nothing can change them afterwards', () => {
    const config = parseConfig({});
    const { port, host, publicUrl, base, https, mongoUrl, redisUrl, graceMs, maxUploadBytes, trustProxy } = config;
    assert.deepEqual(
      { port, host, publicUrl, base, https, mongoUrl, redisUrl, graceMs, maxUploadBytes, trustProxy },
      {
        port: 8005,
        host: '127.0.0.1',
        publicUrl: null,
        base: '',
        https: false,
        mongoUrl: null,
        redisUrl: null,
        graceMs: 600_000,
        maxUploadBytes: 5_242_880,
        trustProxy: 0,
      },
    );
    assert.deepEqual([config.dataDir, config.uploadsDir], [path.resolve('data'), path.resolve('uploads')]);
    assert.deepEqual([config.logLevel, config.consultPassword, config.cookieSecrets], ['info', null, null]);
    assert.deepEqual([config.keepAliveMs, parseConfig({ TRUST_PROXY: '1' }).keepAliveMs], [5_000, 65_000]);
    assert.ok(Object.isFrozen(config));
  });

  it('an empty value counts as unset', () => {
    const env = {
      PORT: '',
      PUBLIC_URL: '',
      COOKIE_SECRET: '',
      MONGO_URL: '',
      REDIS_URL: '',
      CONSULT_PASSWORD: '',
      LIMITS: '',
    };
    assert.deepEqual(parseConfig(env), parseConfig({}));
  });

  const BAD: Record<string, string[]> = {
    PORT: ['-1', '65536', 'x', '80.5', '0x50', ' 80'],
    PUBLIC_URL: [
      'chat.example.org',
      'ftp://chat.example.org',
      'http://',
      'javascript:alert(1)',
      'http://user:word@chat.example.org',
      'http://chat.example.org/?x=1',
      'http://chat.example.org/#x',
    ],
    SITE_NAME: [' ', 'x'.repeat(41)],
    DEFAULT_LANG: ['EN', 'de'],
    PLACES: ['lobby,rooms', 'lobby;direct', ','],
    UPLOADS_DIR: ['public', './public/uploads'],
    UPLOADS_ADOPT: ['yes', '1'],
    UPLOADS_BUDGET_BYTES: ['1000', '-1', 'much'],
    UPLOADS_INCOMING_BYTES: ['1000', '-1', 'much'],
    DISK_RESERVE_BYTES: ['-1', 'much'],
    STORE_RESERVE_BYTES: ['-1', 'much'],
    IMAGE_DEADLINE_MS: ['0', '999', '20s'],
    EXTRA_ORIGINS: ['chat.example.org', 'https://a.example,b', 'localhost:3000', 'https://a.example,'],
    COOKIE_SECRET: ['short', 'gifchat', `${SECRET},short`, ','],
    MONGO_URL: ['localhost:27017', 'http://localhost', 'mongodb'],
    REDIS_URL: ['localhost', 'http://localhost', 'mongodb://localhost'],
    ROOM_GRACE_MS: ['-1', 'soon', '1e3', '86400001'],
    MAX_UPLOAD_BYTES: ['0', 'big', '1023', '99999999999'],
    TRUST_PROXY: ['true', '-1', '11', 'loopback'],
    KEEP_ALIVE_MS: ['0', '999', '1m'],
    MAX_CONNECTIONS: ['0', '9', 'many'],
    CONSULT_PASSWORD: [
      'short',
      '$argon2id$v=19$m=19456,t=2,p=1$',
      '$argon2id=19=19456,t=2',
      '$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo',
    ],
    METRICS_TOKEN: ['short'],
    ADMIN_PASSWORD: ['short'],
    LOG_LEVEL: ['loud', 'INFO'],
    LIMITS: [
      'chat',
      'chat=1',
      'nonsense=1/1',
      'chat=-1/1',
      'chat=1/1;room=1/1',
      'chat=0/10',
      'sockets=0/0',
      'chat=5/0',
      'sockets=5/60',
    ],
  };
  for (const [key, values] of Object.entries(BAD)) {
    it(`${key} refuses ${values.map((value) => JSON.stringify(value)).join(', ')}`, () => {
      for (const value of values) assert.deepEqual(problems({ [key]: value }), [key], value);
    });
  }

  it('every bad key is named in one message, and no value of a secret', () => {
    const env = Object.fromEntries(Object.entries(BAD).map(([key, values]) => [key, values[0] ?? '']));
    assert.deepEqual(problems(env), Object.keys(BAD).sort());
    try {
      parseConfig({ ...env, COOKIE_SECRET: 'hunter2', CONSULT_PASSWORD: 'hunter3' });
    } catch (error) {
      assert.ok(!(error as Error).message.includes('hunter'));
    }
  });

  it('sample secrets are refused even in a list, real ones rotate', () => {
    for (const sample of ['gifchat', 'keyboard cat', 'secret', 'CookieSecret']) {
      assert.deepEqual(problems({ COOKIE_SECRET: sample }), ['COOKIE_SECRET']);
      assert.deepEqual(problems({ COOKIE_SECRET: `${SECRET},${sample}` }), ['COOKIE_SECRET']);
    }
    assert.deepEqual(parseConfig({ COOKIE_SECRET: `${SECRET}, ${SECRET}2` }).cookieSecrets, [SECRET, `${SECRET}2`]);
  });

  it('https without a proxy to end it is refused, with one it is fine', () => {
    assert.deepEqual(problems({ PUBLIC_URL: 'https://chat.example.org' }), ['TRUST_PROXY']);
    const config = parseConfig({ PUBLIC_URL: 'https://chat.example.org/gif/', TRUST_PROXY: '1' });
    assert.deepEqual([config.https, config.base], [true, '/gif']);
  });

  it('a name that is a slip of one of ours is refused with the name that was meant, all others are not ours', () => {
    const slips = { PORTT: '1', PUBLIC_ULR: 'x', MONGODB_URL: 'x', ROOMS_GRACE_MS: '1', port: '1', UPLOAD_DIR: 'x' };
    assert.deepEqual(problems(slips), Object.keys(slips).sort());
    assert.throws(() => parseConfig({ PORTT: '1' }), /PORTT: is no setting; PORT is/);
    const theirs = [
      'HOME',
      'HOSTNAME',
      'PATH',
      'LANG',
      'PWD',
      'SHELL',
      'NODE_ENV',
      'KUBERNETES_PORT',
      'ENV_FILE',
      'SUDO_UID',
    ];
    assert.deepEqual(problems(Object.fromEntries(theirs.map((name) => [name, 'x']))), []);
  });

  it('the URL of a replica set, and of a socket in a folder, are good', () => {
    for (const MONGO_URL of [
      'mongodb://a.example:27017,b.example:27018/gifchat?replicaSet=rs',
      'mongodb+srv://user:p%40ss@c.example/x',
      'mongodb://%2Ftmp%2Fx.sock/gifchat',
    ]) {
      assert.equal(parseConfig({ MONGO_URL }).mongoUrl, MONGO_URL);
    }
  });

  describe('of a process', () => {
    let dir: string;
    beforeEach(async () => {
      dir = await temporaryFolder();
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    it('bad ones end it at once with the message on stderr, no stack, and a code', async () => {
      const site = spawnSite(dir, { PORT: 'x', LOG_LEVEL: 'loud', COOKIE_SECRET: 'hunter2' });
      const { code } = await site.ended;
      assert.equal(code, 1);
      assert.equal(site.stdout(), '');
      for (const key of ['PORT', 'LOG_LEVEL', 'COOKIE_SECRET'])
        assert.match(site.stderr(), new RegExp(`^ *- ${key}: `, 'm'));
      assert.ok(!/hunter2|\n +at /.test(site.stderr()));
    });

    it('PORT=0 takes a free port and prints its address, one line and nothing else', async () => {
      const site = await startProcess(dir, { PORT: '0' });
      assert.match(site.stdout(), /^GIF Chat is ready: http:\/\/localhost:\d+\n$/);
      assert.equal((await fetch(site.url)).status, 200);
      assert.deepEqual(await site.end('SIGTERM'), { code: 0, signal: null });
    });

    it('the file of settings is read, and the environment wins over it; one in the folder of the shell is not', async () => {
      const file = path.join(dir, 'settings');
      await writeFile(file, 'ROOM_GRACE_MS=x\nTRUST_PROXY=y\nDATADIR=z\n');
      await writeFile(path.join(dir, '.env'), 'PORT=x\n');
      const site = spawnSite(dir, { ROOM_GRACE_MS: '100', ENV_FILE: file });
      assert.equal((await site.ended).code, 1);
      const said = site.stderr();
      assert.ok(said.includes('TRUST_PROXY') && !said.includes('ROOM_GRACE_MS') && !said.includes('PORT:'), said);
      assert.match(said, /DATADIR: is no setting; DATA_DIR is/);
      const none = spawnSite(dir, { ENV_FILE: path.join(dir, 'none') });
      assert.equal((await none.ended).code, 1);
      assert.match(none.stderr(), /ENV_FILE: there is no file/);
    });

    it("a HOST that is none is named, and folders are the project's wherever the shell stands", async () => {
      const site = spawnSite(dir, { HOST: 'no-such-host.invalid' });
      assert.equal((await site.ended).code, 1);
      assert.match(site.stderr(), /HOST: no-such-host\.invalid is no address of this machine/);
      assert.doesNotMatch(site.stderr(), /\n +at /);
      const config = parseConfig({ DATA_DIR: 'some/data', UPLOADS_DIR: './pictures' });
      assert.deepEqual(
        [config.dataDir, config.uploadsDir],
        ['some/data', 'pictures'].map((name) => path.join(ROOT, name)),
      );
    });

    it('a port that is taken: a message that says so, and a code', async () => {
      const first = await startSite();
      const second = spawnSite(dir, { PORT: String(first.port) });
      assert.equal((await second.ended).code, 1);
      assert.match(second.stderr(), /EADDRINUSE|in use/);
      assert.equal((await fetch(`${first.url}/healthz`)).status, 200);
      await first.close();
    });

    it('a second one on the same DATA_DIR: a clear message, a code, and the first goes on', async () => {
      const first = await startSite();
      const visitor = await arrive(first);
      const { _id } = await visitor.createRoom({ title: 'Mine' });
      const second = spawnSite(first.dir);
      assert.equal((await second.ended).code, 1);
      assert.match(second.stderr(), /data directory .*(in use|open)/i);
      assert.doesNotMatch(second.stderr(), /\n +at /);
      assert.equal((await visitor.post(_id, 'still here')).status, 200);
      assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
      await first.restart();
      assert.equal((await visitor.post(_id, 'and after a restart')).status, 200);
      await first.close();
    });
  });

  describe('the secret that signs cookies', () => {
    let dir: string;
    beforeEach(async () => {
      dir = await temporaryFolder();
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    const knows = async (visitor: TestVisitor) =>
      (await visitor.agent.get('/').set('Accept', 'text/html')).text.includes(visitor.id);

    it('is made when none is given, for the owner of the folder alone, and kept over restarts', async () => {
      const site = await startSite();
      const visitor = await arrive(site);
      const file = path.join(site.dir, 'data', 'cookie-secret');
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
      const secret = await readFile(file, 'utf8');
      assert.ok(Buffer.byteLength(secret) >= 32);
      await site.restart();
      assert.equal(await readFile(file, 'utf8'), secret);
      assert.ok(await knows(visitor));
      await site.close();
    });

    for (const [what, text] of [
      ['empty', ''],
      ['short', 'secret\n'],
    ] as const)
      it(`is refused where its file is ${what}: one sentence that says what to do, and the file stays`, async () => {
        const folder = path.join(dir, 'data');
        await mkdir(folder, { mode: 0o700 });
        await writeFile(path.join(folder, 'cookie-secret'), text, { mode: 0o600 });
        const site = spawnSite(dir);
        const ended = await site.ended;
        assert.deepEqual(ended, { code: 1, signal: null });
        assert.equal(site.stdout(), '');
        assert.match(site.stderr(), /data\/cookie-secret.*at least 32 bytes.*remove/);
        assert.doesNotMatch(site.stderr(), /\n +at /);
        assert.equal(await readFile(path.join(folder, 'cookie-secret'), 'utf8'), text);
      });

    it('rotates: an old one in the list is still good for reading, and out of it no more', async () => {
      const old = `${SECRET}-old`;
      const site = await startSite({ COOKIE_SECRET: old });
      const visitor = await arrive(site);
      await site.restart({ COOKIE_SECRET: `${SECRET},${old}` });
      assert.ok(await knows(visitor));
      await site.restart({ COOKIE_SECRET: SECRET });
      assert.ok(!(await knows(visitor)));
      await site.close();
    });
  });

  describe('a sub-path in PUBLIC_URL', () => {
    let site: TestSite;
    let door: Server;
    let strips: boolean;
    let doorPort: number;
    before(async () => {
      // The proxy that stands before the site: it passes /gif on, with or without its name.
      const forward = (url = '/') => (strips ? url.replace(/^\/gif(?=\/|\?|$)/, '').replace(/^(?!\/)/, '/') : url);
      const pass = (request: IncomingMessage) =>
        httpRequest({
          host: '127.0.0.1',
          port: site.port,
          method: request.method,
          path: forward(request.url),
          headers: request.headers,
        });
      door = createServer((request, response) => {
        const outgoing = pass(request).on('error', () => response.destroy());
        outgoing.on('response', (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        request.pipe(outgoing);
      });
      door.on('upgrade', (request, near) => {
        const outgoing = pass(request).on('error', () => near.destroy());
        outgoing.on('upgrade', (answer, far, first) => {
          const headers = answer.rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join('');
          near.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
          near.write(first);
          near.pipe(far).pipe(near);
          near.on('error', () => far.destroy());
          far.on('error', () => near.destroy());
        });
        outgoing.end();
      });
      await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
      const address = door.address();
      doorPort = typeof address === 'object' && address ? address.port : 0;
      site = await startSite({ PUBLIC_URL: `http://localhost:${doorPort}/gif` });
      assert.equal(site.url, `http://localhost:${doorPort}/gif`);
      assert.notEqual(portOf(site.app), doorPort);
    });
    after(async () => {
      door.closeAllConnections();
      door.close();
      await site.close();
    });

    for (const way of ['keeps', 'strips']) {
      it(`behind a proxy that ${way} it: pages, assets, forms, images' addresses and sockets work`, async () => {
        strips = way === 'strips';
        const origin = `http://localhost:${doorPort}`;
        const page = await fetch(`${origin}/gif/`, { headers: { Accept: 'text/html' } });
        const html = await page.text();
        assert.equal(page.status, 200);
        const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
        const addresses = [...html.matchAll(/(?:href|src|action)="(\/[^"#]*)/g)].map((match) => match[1] ?? '');
        assert.ok(addresses.length > 5);
        assert.deepEqual(
          addresses.filter((address) => !address.startsWith('/gif')),
          [],
        );
        const assets = addresses.filter((address) => address.includes('/assets/'));
        for (const asset of new Set(assets)) {
          const answer = await fetch(origin + asset);
          assert.equal(answer.status, 200, asset);
          await answer.arrayBuffer();
        }
        const form = await fetch(`${origin}/gif/room`, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            Cookie: cookie,
            Origin: origin,
            Accept: 'text/html',
            'Content-Type': 'application/x-www-form-urlencoded',
          },
          body: 'title=Under+a+path',
        });
        assert.equal(form.status, 302);
        const location = form.headers.get('location') ?? '';
        assert.match(location, /^\/gif\/room\/[0-9a-f]{24}$/);
        const room = await fetch(origin + location, { headers: { Cookie: cookie, Accept: 'text/html' } });
        assert.equal(room.status, 200);
        assert.ok((await room.text()).includes(`${site.url}/room/`));
        const unknown = await fetch(`${origin}/gif/room/${'0'.repeat(24)}`, {
          redirect: 'manual',
          headers: { Cookie: cookie, Accept: 'text/html' },
        });
        assert.equal(unknown.headers.get('location'), '/gif/?error=room_not_found');

        const visitor = new TestVisitor({ url: origin });
        visitor.cookie = cookie;
        for (const transport of ['websocket', 'polling']) {
          const ear = visitor.connect('/chat', { path: '/gif/socket.io', transports: [transport] });
          await waitFor(`the line by ${transport}`, () => ear.socket.connected);
          assert.ok((await ear.join(location.split('/').at(-1))).ok);
          ear.close();
        }
      });
    }
  });
});
