/// <reference lib="dom" />
/** Parts of a page that come at their first use: a press before they are there counts, a failure is said and can be mended. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { rainbowGif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

describe('what a page loads at its first use', () => {
  let site: TestSite;
  let browser: Browser;
  let host: TestVisitor;
  let page: Page;

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    host = await arrive(site);
  });
  beforeEach(async () => {
    const room = (await host.createRoom({ title: 'parts', max: 4 }))._id;
    ({ page } = await newGuest(browser));
    await page.goto(`${site.url}/room/${room}`);
  });
  afterEach(() => closeContexts(browser));
  after(async () => {
    host.leaveAll();
    await site.close();
  });

  const invite = () => page.locator('[data-share-open]').first().click();
  const invitation = () => page.locator('[data-share] .qr');

  it('opens when it has come, though it was asked for before', async () => {
    let asked = 0;
    let serve: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (serve = resolve));
    await page.route('**/rooms/share.js*', async (route) => {
      asked++;
      await held;
      await route.continue();
    });
    await Promise.all([page.waitForRequest('**/rooms/share.js*'), invite()]);
    assert.equal(await invitation().isVisible(), false);
    serve();
    await invitation().waitFor();
    await page.keyboard.press('Escape');
    await invite();
    await invitation().waitFor();
    assert.equal(asked, 1);
  });

  it('says so when it cannot come, and comes at the next press', async () => {
    await page.route('**/rooms/share.js*', (route) => route.abort());
    await invite();
    await page.locator('.notice[role=alert]').waitFor();
    assert.equal(await invitation().isVisible(), false);
    await page.unroute('**/rooms/share.js*');
    await invite();
    await invitation().waitFor();
  });

  it('keeps a picture that was chosen before', async () => {
    let serve: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (serve = resolve));
    // It is also loaded ahead, some time after the page: on a slow machine it may be there already.
    await page.route('**/pictures/outgoing.js*', async (route) => {
      await held;
      await route.continue();
    });
    const file = { name: 'rainbow.gif', mimeType: 'image/gif', buffer: await rainbowGif() };
    await page.locator('[data-attach-file]').setInputFiles(file);
    serve();
    await page.locator('[data-attach-strip] img').waitFor();
    await page.locator('[data-send]').click();
    await page.locator('[data-gif] img').waitFor();
    await page.locator('[data-large]').click();
    await page.locator('[data-lightbox] img').waitFor();
  });
});
