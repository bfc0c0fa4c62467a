/// <reference lib="dom" />
/** PLACES in a browser: what an operator has left out is not led to, and says in words that it is not here. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const AWAY = ['/lobby', '/messages', '/chat/consult', '/chat/admin'];

describe('a site of rooms alone, in a browser', () => {
  let site: TestSite;
  let browser: Browser;
  let host: TestVisitor;
  before(async () => {
    [site, browser] = await Promise.all([startSite({ PLACES: 'none', LIMITS: 'off' }), sharedBrowser()]);
    host = await arrive(site);
  });
  after(async () => {
    await closeContexts(browser);
    host.leaveAll();
    await site.close();
  });

  it('has no way to lobby, messages and desk, neither on its pages nor by a name in a room; their addresses say so in words', async () => {
    const room = (await host.createRoom({ title: 'Rooms alone' }))._id;
    await host.open(room);
    await host.sit(room);
    await host.say(room, 'said by somebody else');
    const { page, complaints } = await newGuest(browser);
    const led = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLAnchorElement>('a[href], form[action]')].map(
          (element) =>
            new URL(element.getAttribute('href') ?? element.getAttribute('action') ?? '', location.href).pathname,
        ),
      );
    for (const path of ['/', `/room/${room}`]) {
      await page.goto(site.url + path);
      if (path !== '/') await page.getByText('said by somebody else').waitFor();
      const found = (await led()).filter((to) => AWAY.some((away) => to.startsWith(away)) || to.startsWith('/api/'));
      assert.deepEqual(found, [], path);
    }
    assert.deepEqual(complaints, []);
    for (const path of AWAY) {
      const answer = await page.goto(site.url + path);
      assert.equal(answer?.status(), 404, path);
      assert.match(await page.locator('main').innerText(), /It is not here\. Check the address/, path);
    }
    await page.getByRole('link', { name: 'Rooms', exact: true }).first().click();
    await page.getByText('Rooms alone', { exact: true }).first().waitFor();
  });
});
