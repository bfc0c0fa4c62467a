/// <reference lib="dom" />
/** axe-core on every page and state, in both languages, sizes and colour schemes: nothing serious, no policy violation. */
import assert from 'node:assert/strict';
import { ADMIN_PASSWORD } from '../support/admin-states.js';
import { seriousOn } from '../support/axe.js';
import { closeContexts, forget, type Guest, sharedBrowser, SIZES } from '../support/browser.js';
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
    let stage: Stage;
    let guest: Guest;
    /** The state that the guest's page is in, once it was found fit. */
    let shown: string | undefined;

    before(async () => {
      site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, ADMIN_PASSWORD });
      stage = await setStage(site, lang);
      const dress = { viewport: SIZES[size], colorScheme, reducedMotion: 'reduce' } as const;
      guest = await guestFor(await sharedBrowser(), lang, dress);
    });
    after(async () => {
      await closeContexts(await sharedBrowser());
      await stage.close();
      await site.close();
    });

    for (const state of STATES.filter(({ name }) => name !== 'chat-offline' || once)) {
      it(`is fit for everybody: ${state.name}, ${size}, ${colorScheme}`, async () => {
        const { page, complaints } = guest;
        const before = shown;
        shown = undefined;
        if (before !== undefined && state.from?.name === before) await state.from.step(page, stage);
        else {
          await forget(guest);
          await state.show(page, stage);
        }
        const heard = complaints.filter((complaint) => !EXPECTED.test(complaint)); // axe adds styles of its own
        assert.deepEqual(await seriousOn(page), []);
        assert.deepEqual(heard, []);
        assert.equal(await page.locator('html').getAttribute('lang'), lang);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `the page is ${overflow} px wider than the screen`);
        complaints.length = 0;
        shown = state.name;
      });
    }
  });
}
