/// <reference lib="dom" />
/** axe-core on every page and state, in both languages, sizes and colour schemes: nothing serious, no policy violation. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { launchBrowser, SIZES } from '../support/browser.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import { startSite, type TestSite } from '../support/site.js';
import { guestFor, setStage, type Stage, STATES } from '../support/states.js';

/** Requests that are refused on purpose are no complaints of the page. */
const EXPECTED = /status of (400|401|403|404|410|503)|ERR_INTERNET_DISCONNECTED|WebSocket connection/;

/** Each size, each colour scheme and each language once: what axe looks at does not depend on how they meet. */
const DRESSES = [
  ['ko', 'phone', 'dark'],
  ['en', 'desktop', 'light'],
] as const;

for (const [lang, size, colorScheme] of DRESSES) {
  // It takes ten seconds until the page knows that it is offline: once is enough.
  const once = lang === 'ko';

  describe(`every page in ${lang}`, () => {
    let site: TestSite;
    let browser: Browser;
    let stage: Stage;

    before(async () => {
      [site, browser] = await Promise.all([
        startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD }),
        launchBrowser(),
      ]);
      stage = await setStage(site, lang);
    });
    after(async () => {
      await stage.close();
      await browser.close();
      await site.close();
    });

    for (const state of STATES.filter(({ name }) => name !== 'chat-offline' || once)) {
      it(`is fit for everybody: ${state.name}, ${size}, ${colorScheme}`, async () => {
        const dress = { viewport: SIZES[size], colorScheme, reducedMotion: 'reduce' } as const;
        const { context, page, complaints } = await guestFor(browser, lang, dress);
        await state.show(page, stage);
        const heard = complaints.filter((complaint) => !EXPECTED.test(complaint)); // axe adds styles of its own
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
        assert.deepEqual(serious, []);
        assert.deepEqual(heard, []);
        assert.equal(await page.locator('html').getAttribute('lang'), lang);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `the page is ${overflow} px wider than the screen`);
        await context.close();
      });
    }
  });
}
