/// <reference lib="dom" />
/** The service worker: what it keeps, what is there without a connection, and that nothing is worse with it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { atAddress, closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { hide, notes, stand, stubNotifications } from '../support/notifications.js';
import { Proxy } from '../support/proxy.js';
import { controlled, kept, keptText } from '../support/service-worker.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('the service worker', () => {
  let site: TestSite;
  let proxy: Proxy;
  /** Another server: a link to the site on every page, and nothing else. */
  let other: Server;
  let url: string;
  before(async () => {
    proxy = await Proxy.open({ port: 1, host: '127.0.0.1' });
    url = `http://localhost:${proxy.port}/sub`;
    site = await startSite({ LIMITS: 'off', PUBLIC_URL: url });
    other = createServer((_request, response) => {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end(`<a href="${url}/lobby">the lobby</a>`);
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
  });
  beforeEach(() => {
    proxy.target = { port: site.port, host: '127.0.0.1' };
    proxy.restore();
  });
  afterEach(async () => closeContexts(await sharedBrowser()));
  after(async () => {
    await proxy.close();
    other.close();
    await site.close();
  });

  const guest = async () => (await newGuest(await sharedBrowser(), { serviceWorkers: 'allow' })).page;
  const otherPort = () => (other.address() as AddressInfo).port;
  const heading = (page: Page) => page.locator('h1').innerText();

  /** Press a notification with this path in the worker itself. A test's press is none, so no window may really come up. */
  async function pressed(page: Page, path: string): Promise<object> {
    const [worker] = page.context().serviceWorkers();
    assert.ok(worker);
    return worker.evaluate(async (to) => {
      const scope = globalThis as unknown as {
        WindowClient: { prototype: object };
        clients: object;
        ExtendableEvent: new (type: string) => Event;
      };
      const done: { focused?: string; opened?: string } = {};
      Object.assign(scope.WindowClient.prototype, {
        focus(this: { url: string }) {
          done.focused = this.url;
        },
      });
      Object.assign(scope.clients, { openWindow: (opened: string) => void Object.assign(done, { opened }) });
      const event = new scope.ExtendableEvent('notificationclick');
      let work: Promise<unknown> = Promise.resolve();
      const own = {
        notification: { data: { path: to }, close: () => undefined },
        waitUntil: (until: Promise<unknown>) => (work = until),
      };
      for (const [name, value] of Object.entries(own)) Object.defineProperty(event, name, { value });
      globalThis.dispatchEvent(event);
      await work;
      return done;
    }, path);
  }

  it('keeps files alone; without a connection menus open with their icons, and a page that says so goes on by itself', async () => {
    const page = await guest();
    await page.goto(`${url}/healthz`, { waitUntil: 'commit' });
    await page.evaluate(async () => {
      for (const name of ['gif-chat /sub/ old', 'gif-chat / of another site']) await caches.open(name);
    });
    await page.goto(`${url}/room`);
    await controlled(page);
    // It comes last of what is loaded ahead.
    const ahead = page.waitForResponse(/\/shelf\.css$/);
    await page.fill('input[name=title]', 'Secret garden');
    await page.click('form[action$="/room"] [data-submit]');
    await atAddress(page, /\/room\/[0-9a-f]{24}$/);
    await page.fill('[data-text]', 'a word');
    await page.press('[data-text]', 'Enter');
    await page.locator('.msg.mine[tabindex]').waitFor();

    const mine = /^gif-chat \/sub\/ [0-9a-f]{12}$/;
    const parts = /\/(message-menu|outgoing|emoji-panel|settings-sheet)\.js$|\/shelf\.css$/;
    await ahead;
    const found = await waitFor('the parts of the page', async () => {
      const all = await kept(page);
      const files = all[Object.keys(all).find((name) => mine.test(name)) ?? ''] ?? [];
      return files.filter((file) => parts.test(file)).length === 5 && all;
    });
    const [another, own = '', ...more] = Object.keys(found).sort();
    assert.deepEqual([another, mine.test(own), more], ['gif-chat / of another site', true, []]);
    const version = own.split(' ').at(-1);
    for (const file of found[own] ?? []) {
      assert.ok(file === '/sub/offline' || file.startsWith(`/sub/assets/${version}/`), file);
      assert.doesNotMatch(file, /\/emoji\//);
    }

    proxy.cut();
    await page.locator('.msg.mine[tabindex]').press('Enter');
    await page.locator('[data-message-dialog] .menu-item').first().waitFor();
    await waitFor('icons', () =>
      page
        .locator('[data-message-dialog] use')
        .evaluateAll((uses) => uses.length > 0 && uses.every((use) => (use as SVGUseElement).getBBox().width > 0)),
    );
    await page.goto(`${url}/messages`);
    assert.equal(await heading(page), 'No connection');
    assert.equal(page.url(), `${url}/messages`);
    assert.doesNotMatch(await page.content(), /Secret garden|data-me=/);
    const drawn = await page.locator('.empty-art use').evaluate((use) => (use as SVGUseElement).getBBox().width);
    assert.ok(drawn > 0, 'its icon is there');
    assert.equal(
      await page.locator('.empty-art').evaluate((art) => getComputedStyle(art).display),
      'flex',
      'its style is there',
    );
    proxy.restore();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await waitFor('the page itself', async () => (await heading(page).catch(() => '')) === 'Messages');
  });

  it('says it in the language and the colours that the reader chose since, and is missed by nothing once it lost its files', async () => {
    const page = await guest();
    await page.goto(`${url}/`);
    await controlled(page);
    await page.request.post(`${url}/preferences`, { form: { lang: 'ko', theme: 'dark', back: '/' } });
    await page.reload();
    await waitFor('the other page', async () => (await keptText(page, '/sub/offline')).includes('lang="ko"'));
    proxy.cut();
    await page.goto(`${url}/lobby`);
    const { lang, theme } = await page.evaluate(() => ({
      lang: document.documentElement.lang,
      theme: document.documentElement.dataset['theme'],
    }));
    assert.deepEqual([lang, theme, await heading(page)], ['ko', 'dark', '연결되지 않았어요']);
    proxy.restore();
    await page.goto(`${url}/`);
    await page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    await page.reload();
    assert.equal(await page.locator('.page-rooms, main').first().isVisible(), true);
    proxy.cut();
    await assert.rejects(page.goto(`${url}/lobby`), /ERR_/);
  });

  it('shows who is named, in a room and in the lobby, and nothing of what was said; a press leads to that page', async () => {
    const page = await guest();
    await stubNotifications(page, 'granted');
    const host = await arrive({ url: `http://127.0.0.1:${site.port}/sub` });
    const { _id: room } = await host.createRoom({ title: 'Secret garden' });
    await host.open(room);
    await host.agent.post(`/room/${room}/sit`).expect(200);
    await page.goto(`${url}/room/${room}`);
    await controlled(page);
    const me = await page.evaluate(() => document.documentElement.dataset['name'] ?? '');
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    await page.locator('.room-bar [data-menu] summary').click();
    await page.locator('[data-notify]').click();
    await page.locator('[data-notify]:checked').waitFor();
    await hide(page, true);
    await host.say(room, 'nobody in particular');
    await host.say(room, `@${me} come here`);
    const [note] = await stand(page, 1);
    const path = `/sub/room/${room}`;
    assert.deepEqual(
      [note?.title, note?.body, note?.path, note?.worker],
      ['GIF Chat', 'Somebody named you', path, true],
    );
    await host.say(room, `@${me} and again`);
    await waitFor('the next one', async () => (await notes(page)).length === 2);
    await stand(page, 1);
    assert.deepEqual(await pressed(page, path), { focused: `${url}/room/${room}` });
    assert.deepEqual(await pressed(page, '/sub/lobby'), { opened: '/sub/lobby' });
    for (const foreign of ['https://example.org/', '//example.org/', '/elsewhere'])
      assert.deepEqual(await pressed(page, foreign), {});
    await hide(page, false);
    await stand(page, 0);

    await page.goto(`${url}/lobby`);
    await page.fill('#name', 'Walks by night');
    await page.click('[data-name-form] button');
    await page.locator('[data-speak]:not([hidden])').waitFor();
    await page.evaluate(() => Notification.requestPermission());
    await hide(page, true);
    await host.agent.post('/lobby/join').send({ name: 'Host' }).expect(200);
    await host.agent.post('/lobby/messages').send({ chat: '@Walks by night hello' }).expect(201);
    const [named] = await stand(page, 1);
    assert.deepEqual([named?.body, named?.path], ['Somebody named you', '/sub/lobby']);
  });

  it('lets links of other sites in, also where the browser does not load ahead of it, and leaves a site that serves none', async () => {
    const page = await guest();
    await page.goto(`${url}/`);
    await controlled(page);
    for (const preload of [true, false]) {
      await page.evaluate(async (on) => {
        const { navigationPreload } = await navigator.serviceWorker.ready;
        await (on ? navigationPreload.enable() : navigationPreload.disable());
      }, preload);
      await page.goto(`http://127.0.0.1:${otherPort()}/`, { waitUntil: 'commit' });
      await page.click('a');
      await atAddress(page, '/sub/lobby');
      assert.equal(await heading(page), 'Lobby', `preload: ${preload}`);
    }
    proxy.target = { port: otherPort(), host: '127.0.0.1' };
    proxy.cut();
    proxy.restore();
    await page.goto(`${url}/`, { waitUntil: 'commit' });
    await waitFor('the worker to leave', async () => {
      const left = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
      return left === 0 && Object.keys(await kept(page)).length === 0;
    });
  });
});
