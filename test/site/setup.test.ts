/** What an operator sets up: by which names and proxies the site is reached, its name, its language, its places. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { createApp } from '../../app.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { parseConfig } from '../../services/site/config.js';
import { tryLine } from '../support/line.js';
import * as pictures from '../support/pictures.js';
import { steadyPort } from '../support/ports.js';
import { heardLog, startSite, temporaryFolder, testEnv, type TestSite } from '../support/site.js';
import { arrive, TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

/** A site whose warnings are kept. */
async function startHeard(env: Record<string, string>) {
  const dir = await temporaryFolder();
  const { log, warnings } = heardLog();
  const port = await steadyPort();
  const app = await createApp(parseConfig({ ...testEnv(dir), PORT: String(port), ...env }), log);
  await app.start();
  return {
    at: `http://127.0.0.1:${port}`,
    port,
    app,
    warnings,
    about: (what: string) => warnings.filter((line) => line.includes(what)),
  };
}

const page = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers: { Accept: 'text/html', ...headers } });

describe('a site that is reached by another name than it knows', () => {
  const NAME = 'http://school-pc.local:8005';

  it('refuses posts, Socket.IO and the gateway with cross_site, and says once which setting allows the origin', async () => {
    const site = await startHeard({ HOST: '0.0.0.0' });
    const outside = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const others = outside
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    assert.deepEqual(
      site.app.alsoAt().filter((url) => !url.includes('[')),
      others.map((address) => `http://${address}:${site.port}`),
    );
    for (const round of ['first', 'second']) {
      const post = await fetch(`${site.at}/room?${round}`, {
        method: 'POST',
        headers: { Origin: NAME, Accept: 'application/json' },
      });
      assert.deepEqual(
        [post.status, ((await post.json()) as { error: { code: string } }).error.code],
        [403, 'cross_site'],
      );
      const polling = await fetch(`${site.at}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: NAME } });
      assert.equal(polling.status, 403);
      assert.match(await polling.text(), /cross_site/);
      const raw = tryLine(new TestVisitor({ url: site.at }), { origin: NAME });
      assert.equal(await waitFor('a refusal', () => raw.refused), 403);
    }
    assert.deepEqual(site.about(NAME).length, 1);
    assert.match(site.warnings.join(), /PUBLIC_URL .*EXTRA_ORIGINS/);
    await site.app.close();
  });

  it('gives to others the address by which they reach it: that of whoever asks, or the first of the network', async () => {
    const site = await startHeard({ HOST: '0.0.0.0', EXTRA_ORIGINS: NAME });
    const ours = `http://localhost:${site.port}`;
    const host = await arrive({ url: site.at });
    const { _id } = await host.createRoom({ title: 'A class' });
    const linkAt = async (name: string) => {
      const { text } = await host.open(_id).set('Host', new URL(name).host);
      const link = /value="([^"]*)"[^>]*data-share-url/.exec(text)?.[1];
      const gateway = (await host.agent.post('/api/token').set('Host', new URL(name).host)).body as { url: string };
      assert.equal(gateway.url, `${link?.split('/room/')[0]?.replace('http', 'ws') ?? ''}/ws`);
      return link;
    };
    const [first] = site.app.alsoAt();
    assert.equal(await linkAt(ours), `${first ?? ours}/room/${_id}`);
    for (const at of site.app.alsoAt()) assert.equal(await linkAt(at), `${at}/room/${_id}`);
    assert.equal(await linkAt('http://elsewhere.example'), `${first ?? ours}/room/${_id}`);
    await site.app.close();
    const known = await startHeard({ PUBLIC_URL: 'http://school-pc.local:8005' });
    const other = await arrive({ url: known.at });
    const room = (await other.createRoom({ title: 'Named' }))._id;
    assert.match((await other.open(room)).text, /value="http:\/\/school-pc\.local:8005\/room\//);
    await known.app.close();
  });

  it('takes it where a setting names it', async () => {
    const site = await startHeard({ EXTRA_ORIGINS: NAME });
    const polling = await fetch(`${site.at}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: NAME } });
    assert.equal(polling.status, 200);
    assert.deepEqual([site.app.alsoAt(), site.warnings], [[NAME], []]);
    await site.app.close();
  });
});

describe('a proxy that does not fit the settings', () => {
  it('one that forgets X-Forwarded-Proto is named once, one that sets it is not', async () => {
    const site = await startHeard({ PUBLIC_URL: 'https://chat.example.org', TRUST_PROXY: '1' });
    const good = await page(site.at, { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'https' });
    assert.ok(good.headers.getSetCookie()[0]?.startsWith('__Host-sid='));
    assert.deepEqual(site.warnings, []);
    for (const round of ['first', 'second'])
      assert.deepEqual(
        (await page(`${site.at}/?${round}`, { 'X-Forwarded-For': '192.0.2.1' })).headers.getSetCookie(),
        [],
      );
    assert.deepEqual(site.about('X-Forwarded-Proto').length, 1);
    await site.app.close();
  });

  it('one that TRUST_PROXY does not count, and fewer than it counts', async () => {
    const none = await startHeard({});
    for (const round of ['first', 'second']) await page(`${none.at}/?${round}`, { 'X-Forwarded-For': '192.0.2.1' });
    assert.deepEqual(none.about('TRUST_PROXY is 0').length, 1);
    await none.app.close();
    const two = await startHeard({ TRUST_PROXY: '2' });
    await page(two.at, { 'X-Forwarded-For': '192.0.2.1, 192.0.2.2' });
    assert.deepEqual(two.warnings, []);
    await page(two.at, { 'X-Forwarded-For': '192.0.2.1' });
    assert.deepEqual(two.about('fewer proxies').length, 1);
    await two.app.close();
  });
});

describe('a site with a name, a language and a sub-path of its own', () => {
  let site: TestSite;
  before(async () => {
    const origin = `http://127.0.0.1:${await steadyPort()}`;
    site = await startSite({
      SITE_NAME: 'Class 7b',
      DEFAULT_LANG: 'ko',
      PUBLIC_URL: `${origin}/b`,
      PORT: new URL(origin).port,
    });
  });
  after(() => site.close());

  const at = () => `http://127.0.0.1:${site.port}/b`;

  it('pages have its name, in both languages, and the language of whoever asks for one by name', async () => {
    const lang = async (asked: Record<string, string>) => {
      const html = await (await page(at(), asked)).text();
      assert.match(html, /<title>[^<]*Class 7b/);
      assert.ok(!html.includes('GIF Chat'));
      return /<html lang="(\w+)"/.exec(html)?.[1];
    };
    assert.equal(await lang({ 'Accept-Language': '*' }), 'ko');
    assert.equal(await lang({ 'Accept-Language': 'de, fr;q=0.5' }), 'ko');
    assert.equal(await lang({ 'Accept-Language': 'de, en-GB;q=0.7, ko;q=0.3' }), 'en');
    assert.equal(await lang({ 'Accept-Language': 'en', Cookie: 'lang=ko' }), 'ko');
  });

  it('cookies carry the sub-path, so that another site of the host keeps its own', async () => {
    const answer = await page(at());
    assert.match(answer.headers.getSetCookie()[0] ?? '', /^sid-b=.*Path=\/;/);
    const chosen = await fetch(`${at()}/preferences`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ lang: 'en' }),
    });
    assert.match(chosen.headers.getSetCookie().join(), /lang=en;.*Path=\/b/);
  });

  it('the address of a picture is whole in answers, history and events', async () => {
    const agent = new TestVisitor({ url: `http://127.0.0.1:${site.port}` });
    await agent.arrive();
    const { _id } = await agent.createRoom({ title: 'Below' });
    const ear = agent.connect('/chat', { extraHeaders: { Cookie: agent.cookie, Origin: new URL(site.url).origin } });
    assert.ok((await ear.join(_id)).ok);
    const posted = (await agent.postGif(_id, await pictures.gif())).body as MessageView;
    assert.match(posted.gif?.url ?? '', /^\/b\/gif\/[\w.-]+$/);
    assert.equal((await ear.hear<MessageView>('chat')).gif?.url, posted.gif?.url);
    const history = (await agent.history(_id)).body as { chats: MessageView[] };
    assert.equal(history.chats.at(-1)?.gif?.url, posted.gif?.url);
    const image = await fetch(`http://127.0.0.1:${site.port}${posted.gif?.url ?? ''}`, {
      headers: { Cookie: agent.cookie },
    });
    assert.equal(image.status, 200);
    const html = (await agent.open(_id)).text;
    assert.ok(html.includes(`src="${posted.gif?.url ?? ''}"`));
    agent.leaveAll();
  });
});

describe('a site whose language nobody set', () => {
  it('speaks English to programs and to whoever asks for no language, Korean to who asks for it', async () => {
    const site = await startSite();
    const lang = async (asked: Record<string, string>) => {
      const agent = new TestVisitor(site).agent;
      const { text } = await agent.get('/').set({ Accept: 'text/html', ...asked });
      const refused = await agent.get('/api/v1/rooms/none').set({ Accept: 'application/json', ...asked });
      const { message } = (refused.body as { error: { message: string } }).error;
      return [/<html lang="(\w+)"/.exec(text)?.[1], /[가-힣]/.test(message) ? 'ko' : 'en'];
    };
    assert.deepEqual(await lang({}), ['en', 'en']);
    for (const other of ['*', 'de']) assert.deepEqual(await lang({ 'Accept-Language': other }), ['en', 'en'], other);
    assert.deepEqual(await lang({ 'Accept-Language': 'ko-KR, en;q=0.5' }), ['ko', 'ko']);
    await site.close();
  });
});

describe('places that are off', () => {
  let site: TestSite;
  after(() => site.close());

  it('answer 404 to pages and writes, connect_error to sockets, and no page leads there', async () => {
    site = await startSite({ PLACES: 'none', CONSULT_PASSWORD: 'a good password' });
    const visitor = await arrive(site);
    for (const path of [
      '/lobby',
      '/messages',
      '/chat/consult',
      '/chat/admin',
      '/api/users',
      '/lobby/messages',
      '/api/messages',
    ])
      assert.equal((await visitor.agent.get(path)).status, 404, path);
    for (const path of ['/lobby/join', '/lobby/messages', `/api/messages/send/${visitor.id}`, '/chat/admin/sign-in'])
      assert.equal((await visitor.agent.post(path).send({ name: 'x', chat: 'x', message: 'x' })).status, 404, path);
    for (const path of ['/lobby', '/direct', '/consult'])
      assert.equal(await visitor.connect(path).refused(), 'not_found', path);
    const { _id } = await visitor.createRoom({ title: 'Rooms alone' });
    for (const html of [(await visitor.agent.get('/').set('Accept', 'text/html')).text, (await visitor.open(_id)).text])
      assert.doesNotMatch(html, /href="\/(lobby|messages|chat\/consult)/);
    visitor.leaveAll();
  });

  it('leave the others as they are', async () => {
    await site.restart({ PLACES: 'lobby' });
    const visitor = await arrive(site);
    assert.equal((await visitor.agent.get('/lobby').set('Accept', 'text/html')).status, 200);
    assert.equal((await visitor.agent.get('/messages').set('Accept', 'text/html')).status, 404);
    assert.match((await visitor.agent.get('/').set('Accept', 'text/html')).text, /href="\/lobby"/);
    const ear = await visitor.listen('/lobby');
    assert.ok(ear.socket.connected);
    visitor.leaveAll();
  });
});
