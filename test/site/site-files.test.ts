/** What browsers and search engines ask of any site, and what a link to a room tells those who preview it. */
import assert from 'node:assert/strict';
import request from 'supertest';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';

describe('files of the site', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ PUBLIC_URL: 'http://localhost:8005/sub' });
  });
  after(() => site.close());

  const get = (path: string, lang = 'en') =>
    request(`http://127.0.0.1:${site.port}`).get(path).set('Accept-Language', lang);

  it('the manifest, with icons that are there, in the language of who asks', async () => {
    const { status, headers, text } = await get('/sub/manifest.webmanifest', 'ko');
    assert.deepEqual([status, headers['content-type']?.split(';')[0]], [200, 'application/manifest+json']);
    assert.equal(headers['set-cookie'], undefined);
    const manifest = JSON.parse(text) as Record<string, string> & {
      icons: { src: string; sizes: string; purpose: string }[];
    };
    const { lang, id, start_url: start, scope, display } = manifest;
    assert.deepEqual([lang, id, start, scope, display], ['ko', '/sub/', '/sub/', '/sub/', 'standalone']);
    assert.ok(manifest['name'] && manifest['short_name']);
    // What Chromium demands of a site that is to be installed.
    const sizes = manifest.icons.filter(({ purpose }) => purpose === 'any').map((icon) => icon.sizes);
    assert.deepEqual(sizes, ['192x192', '512x512']);
    for (const { src } of manifest.icons) {
      const icon = await get(src);
      assert.deepEqual([icon.status, icon.headers['content-type']], [200, 'image/png'], src);
    }
  });

  it('robots, who are kept out of conversations, and the icon of old browsers', async () => {
    const robots = await get('/sub/robots.txt');
    assert.deepEqual([robots.status, robots.headers['content-type']?.split(';')[0]], [200, 'text/plain']);
    assert.match(robots.text, /^Disallow: \/sub\/room$/m);
    const icon = await get('/sub/favicon.ico');
    assert.deepEqual([icon.status, icon.headers['content-type']], [200, 'image/x-icon']);
    const page = await get('/sub/').set('Accept', 'text/html');
    const touch = await get(/<link rel="apple-touch-icon" href="([^"]+)"/.exec(page.text)?.[1] ?? '');
    assert.deepEqual([touch.status, touch.headers['content-type']], [200, 'image/png']);
  });

  it('a service worker that is never kept long, and a page for it to keep that is about nobody', async () => {
    const worker = await get('/sub/service-worker.js?lang=en&theme=auto');
    const { 'content-type': type, 'cache-control': cache, 'set-cookie': cookie } = worker.headers;
    assert.deepEqual(
      [worker.status, type?.split(';')[0], cache, cookie],
      [200, 'text/javascript', 'no-cache', undefined],
    );
    assert.match(worker.headers['content-security-policy'] ?? '', /worker-src 'self'/);
    const files = /"files":(\[[^\]]+\])/.exec(worker.text)?.[1] ?? '[]';
    for (const file of JSON.parse(files) as string[]) {
      const { status, headers } = await get(file);
      assert.deepEqual([status, headers['cache-control']?.includes('immutable')], [200, true], file);
    }
    const visitor = await arrive({ url: `http://127.0.0.1:${site.port}/sub` });
    const { text, headers } = await visitor.agent.get('/offline').set('Accept', 'text/html').expect(200);
    assert.equal(headers['set-cookie'], undefined);
    assert.doesNotMatch(text, /data-me=|class="you"|<form|data-announcement/);
    assert.notEqual((await get('/sub/service-worker.js', 'ko')).text, worker.text, 'another page is kept for others');
  });

  it('a preview names an open room, and nothing of one that is locked or not listed', async () => {
    const reachable = { url: `http://127.0.0.1:${site.port}/sub` };
    const owner = await arrive(reachable);
    const preview = async (body: object, settings?: object) => {
      const { _id } = await owner.createRoom(body);
      if (settings) await owner.agent.patch(`/room/${_id}`).send(settings).expect(200);
      const { text } = await get(`/sub/room/${_id}`).set('Accept', 'text/html');
      return [...text.matchAll(/<meta (?:property|name)="(?:og:title|og:description|description)" content="([^"]*)"/g)];
    };
    const named = (found: RegExpMatchArray[], title: string) => found.some(([, content]) => content?.includes(title));
    assert.ok(named(await preview({ title: 'Open house' }), 'Open house'));
    const locked = await preview({ title: 'Secret plan', password: 'a-password' });
    assert.equal(locked.length, 3);
    assert.ok(!named(locked, 'Secret plan'));
    const unlisted = await preview({ title: 'Quiet corner' }, { listed: false });
    assert.equal(unlisted.length, 3);
    assert.ok(!named(unlisted, 'Quiet corner'));
  });
});
