/** The recipes of docs/proxies.md with the real nginx and Caddy: pages, pictures of 4 MB, sockets of all kinds, over TLS. */
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { parse } from 'dotenv';
import { WebSocket } from 'ws';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { Raw } from '../support/line.js';
import { printed } from '../support/pages.js';
import * as pictures from '../support/pictures.js';
import { steadyPort } from '../support/ports.js';
import { type RunningProxy, runCaddy, runNginx } from '../support/recipes.js';
import { heardLog, startSite, type TestSite } from '../support/site.js';
import { toolsFor } from '../support/tools.js';
import { type Ear, TestVisitor } from '../support/visitor.js';

const MB = 1_000_000;
/** What a client may say of itself, and a proxy must not pass on as the truth. */
const LIES = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'http' };

const WAYS = [
  { settings: 'A host of its own', nginx: 'By nginx', caddy: 'By Caddy' },
  { settings: 'Below a path of another site', nginx: 'Below a path by nginx', caddy: 'Below a path by Caddy' },
];

/** The status that HTTP/2 gets. */
function statusOver2(origin: string, path: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const session = connect(origin, { ca });
    session.on('error', reject);
    const stream = session.request({ ':path': path, accept: 'text/html' });
    stream.on('response', (headers) => {
      resolve(headers[':status']);
      session.destroy();
    });
    stream.end();
  });
}

for (const way of WAYS)
  describe(`docs/proxies.md: ${way.settings.toLowerCase()}`, () => {
    let site: TestSite;
    let port: number;
    let heard: string[];
    let base: string;
    before(async () => {
      port = await steadyPort();
      const printedEnv = parse(printed('proxies.md', 'ini', way.settings));
      base = new URL(printedEnv['PUBLIC_URL'] ?? '').pathname.replace(/\/$/, '');
      const { log, warnings } = heardLog();
      heard = warnings;
      site = await startSite({ ...printedEnv, LIMITS: 'off', PUBLIC_URL: `https://localhost:${port}${base}` }, { log });
    });
    after(() => site.close());
    let proxy: RunningProxy | null = null;
    afterEach(() => end());

    async function end(): Promise<string> {
      const log = await proxy?.close();
      proxy = null;
      return log ?? '';
    }

    /** What a class does, and what the site thinks of it. */
    async function useIt({ ca, plainPort }: RunningProxy): Promise<void> {
      const origin = `https://localhost:${port}`;
      const at = { url: `${origin}${base}`, ca };
      const [host, guest] = [new TestVisitor(at), new TestVisitor(at)];
      for (const visitor of [host, guest]) {
        visitor.agent.set(LIES);
        await visitor.arrive();
        assert.match(visitor.cookie, /^__Host-sid/);
      }
      assert.equal(await statusOver2(origin, `${base}/`, ca), 200);
      const listen = async (who: TestVisitor, transport: string, room: string): Promise<Ear> => {
        const ear = await who.listen('/chat', { ca, path: `${base}/socket.io`, transports: [transport] as never });
        assert.ok((await ear.join(room)).ok);
        return ear;
      };
      const room = (await host.createRoom({ title: 'Behind a proxy' }))._id;
      await guest.open(room);
      const ears = [await listen(host, 'polling', room), await listen(guest, 'websocket', room)];
      const raw = new Raw(
        new WebSocket(`wss://localhost:${port}${base}/ws`, { ca, headers: { cookie: guest.cookie, origin } }),
      );
      await new Promise((resolve) => raw.ws.once('open', resolve));
      raw.send({ type: 'init' });
      await raw.hear('ready');
      raw.send({ type: 'join', room });
      await raw.hear('joined');

      const posted = await host.postGif(room, await pictures.padded(4 * MB), { name: 'a.png', type: 'image/png' });
      assert.equal(posted.status, 200, posted.text);
      const picture = (posted.body as MessageView).gif?.url ?? '';
      for (const ear of ears) assert.equal((await ear.hear<MessageView>('chat')).gif?.url, picture);
      assert.ok(picture.startsWith(`${base}/gif/`));
      assert.equal((await guest.agent.get(picture.slice(base.length))).status, 200);
      const tooLarge = await host.postGif(room, await pictures.padded(6 * MB), { name: 'b.png', type: 'image/png' });
      assert.deepEqual([tooLarge.status, tooLarge.body.error.code], [413, 'image_too_large']);

      raw.send({ type: 'post', room, chat: 'from the gateway' });
      await raw.hear('posted');
      await guest.say(room, 'from a page');
      for (const ear of ears)
        for (const text of ['from the gateway', 'from a page'])
          await ear.hear<MessageView>('chat', ({ chat }) => chat === text);
      await raw.hear('room', ({ message }) => message.chat === 'from a page');

      const { key } = (await host.agent.post(`/api/v1/rooms/${room}/bots`).send({ name: 'Bot' })).body as {
        key: string;
      };
      const hook = await guest.agent.post(`/api/v1/hooks/${key}`).send({ chat: 'from a bot' });
      assert.equal(hook.status, 200);
      // Open to this machine alone: the site sees who asked, whatever they say.
      assert.equal((await host.agent.get('/metrics')).status, 200);
      assert.deepEqual(heard, []);
      raw.drop();
      host.leaveAll();
      guest.leaveAll();
      return whatIsPlain(plainPort, key);
    }

    /** Without TLS there is nothing but the way to it. */
    async function whatIsPlain(plainPort: number, key: string): Promise<void> {
      if (base !== '') return;
      const { status, headers } = await fetch(`http://localhost:${plainPort}/room?x=1`, { redirect: 'manual' });
      assert.ok([301, 308].includes(status));
      assert.match(headers.get('location') ?? '', /^https:\/\/localhost.*\/room\?x=1$/);
      const { status: hook } = await fetch(`http://localhost:${plainPort}/api/v1/hooks/${key}`, { redirect: 'manual' });
      assert.ok([301, 308].includes(hook));
    }

    it('nginx carries all of it', async () => {
      const tools = toolsFor('the recipe for nginx', 'nginx', 'openssl');
      if (!tools) return;
      proxy = await runNginx(way.nginx, { port, site: site.port }, tools);
      await useIt(proxy);
      const log = await end();
      assert.match(log, /POST \S*\/gif/);
      assert.doesNotMatch(log, /hooks/);
    });

    it('Caddy carries all of it', async () => {
      const tools = toolsFor('the recipe for Caddy', 'caddy');
      if (!tools) return;
      proxy = await runCaddy(way.caddy, { port, site: site.port }, tools.caddy);
      await useIt(proxy);
    });
  });
