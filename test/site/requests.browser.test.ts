/// <reference lib="dom" />
/** What a page costs before it is alive: requests of a browser that has never been here. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import { deskPages } from '../support/desk-pages.js';
import { startSite, type TestSite } from '../support/site.js';
import { alive, setStage, type Stage } from '../support/states.js';

/** Pages, styles, scripts, words, icons, connections: all that a page asks for by itself. */
const MOST = 25;
/** Bytes on the wire before pictures, of pages that people open first. */
const BUDGETS: Readonly<Record<string, number>> = { 'the list': 100_000, 'a room': 160_000 };

interface Asked {
  urls: string[];
  /** Of all that came but pictures, compressed, with its headers. */
  bytes: number;
}

describe('a page for which nothing is cached', () => {
  let site: TestSite;
  let browser: Browser;
  let stage: Stage;
  const desk = deskPages(() => ({ site, browser }));

  before(async () => {
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD });
    [browser, stage] = [await sharedBrowser(), await setStage(site, 'en')];
  });
  afterEach(() => closeContexts(browser));
  after(async () => {
    await stage.close();
    await site.close();
  });

  /** Everything that is asked for until the page is alive and quiet. */
  async function asked(address: string, options: BrowserContextOptions = {}): Promise<Asked> {
    const { page, context } = await newGuest(browser, options);
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    page.on('websocket', (socket) => urls.push(socket.url()));
    const network = await context.newCDPSession(page);
    const pictures = new Set<string>();
    let bytes = 0;
    network.on('Network.responseReceived', ({ requestId, type }) => type === 'Image' && pictures.add(requestId));
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (!pictures.has(requestId)) bytes += encodedDataLength;
    });
    await network.send('Network.enable');
    await page.goto(address);
    await alive(page);
    await page.waitForLoadState('networkidle');
    return { urls, bytes };
  }

  async function few(address: string, options: BrowserContextOptions = {}, budget = Infinity): Promise<void> {
    const { urls: found, bytes } = await asked(address, options);
    assert.ok(found.length > 5, `${address} was looked at`);
    assert.ok(
      found.some((url) => url.startsWith('ws:')),
      `${address} is connected`,
    );
    assert.ok(found.length <= MOST, `${address} asks for ${found.length}:\n${found.join('\n')}`);
    assert.equal(new Set(found).size, found.length, `${address} asks twice:\n${found.join('\n')}`);
    assert.ok(bytes > 30_000 && bytes <= budget, `${address} transfers ${bytes} bytes`);
  }

  /** The same address, by somebody with this page's cookies and an empty cache. */
  async function fewOn(page: Page): Promise<void> {
    await few(page.url(), { storageState: await page.context().storageState() });
  }

  for (const [name, path] of [
    ['the list', () => '/'],
    ['a new room', () => '/room'],
    ['the door of a locked room', () => `/room/${stage.locked}`],
    ['a room', () => `/room/${stage.lively}`],
    ['a room that has ended', () => `/room/${stage.ended}/closed`],
    ['the lobby', () => '/lobby'],
    ['direct messages', () => '/messages'],
    ['the consultation', () => '/chat/consult'],
  ] as const) {
    const budget = BUDGETS[name];
    const words = budget === undefined ? '' : `, and transfers at most ${budget / 1000} KB before pictures`;
    it(`asks for at most ${MOST} files${words}: ${name}`, () => few(site.url + path(), {}, budget));
  }

  it(`asks for at most ${MOST} files: a consultation under way`, async () => fewOn(await desk.start('a question')));

  it(`asks for at most ${MOST} files: the desk`, async () => fewOn(await desk.signIn('Robin')));
});
