/// <reference lib="dom" />
/** axe-core on every page and state, in both sizes and colour schemes: nothing serious, no policy violation. */
import assert from 'node:assert/strict';
import { ADMIN_PASSWORD } from '../support/admin-states.js';
import { seriousOn } from '../support/axe.js';
import { closeContexts, forget, type Guest, sharedBrowser, SIZES } from '../support/browser.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import type { State } from '../support/state.js';
import { startSite, type TestSite } from '../support/site.js';
import { guestFor, setStage, type Stage, STATES } from '../support/states.js';

/** Requests that are refused on purpose are no complaints of the page. */
const EXPECTED = /status of (400|401|403|404|410|503)|ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection/;

/** Each state is opened in one language, and looked at in each of these: every size and every colour scheme. */
const DRESSES = [
  ['phone', 'dark'],
  ['desktop', 'light'],
] as const;

const LANGUAGES = ['ko', 'en'] as const;

/** The states in turn, but for those that are a step away from the one before: they stay in its language. */
const spoken = STATES.reduce<{ state: State; turn: number }[]>((all, state) => {
  const last = all.at(-1);
  const stays = last !== undefined && state.from?.name === last.state.name;
  return [...all, { state, turn: (last?.turn ?? -1) + (stays ? 0 : 1) }];
}, []);

for (const [at, lang] of LANGUAGES.entries()) {
  describe(`pages in ${lang}`, () => {
    let site: TestSite;
    let stage: Stage;
    let guest: Guest;
    /** The state that the guest's page is in, once it was found fit. */
    let shown: string | undefined;

    before(async () => {
      site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, ADMIN_PASSWORD });
      stage = await setStage(site, lang);
      guest = await guestFor(await sharedBrowser(), lang, { reducedMotion: 'reduce' });
    });
    after(async () => {
      await closeContexts(await sharedBrowser());
      await stage.close();
      await site.close();
    });

    const wear = async ([size, colorScheme]: (typeof DRESSES)[number]) => {
      await guest.page.setViewportSize(SIZES[size]);
      await guest.page.emulateMedia({ colorScheme });
    };

    for (const { state } of spoken.filter(({ turn }) => turn % LANGUAGES.length === at)) {
      it(`are fit for everybody: ${state.name}`, async () => {
        const { page, complaints } = guest;
        const before = shown;
        shown = undefined;
        await wear(DRESSES[0]);
        if (before !== undefined && state.from?.name === before) await state.from.step(page, stage);
        else {
          await forget(guest);
          await state.show(page, stage);
        }
        for (const dress of DRESSES) {
          await wear(dress);
          const heard = complaints.filter((complaint) => !EXPECTED.test(complaint)); // axe adds styles of its own
          assert.deepEqual(await seriousOn(page), [], dress.join());
          assert.deepEqual(heard, []);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overflow <= 0, `the page is ${overflow} px wider than the screen: ${dress.join()}`);
          complaints.length = 0;
        }
        assert.equal(await page.locator('html').getAttribute('lang'), lang);
        shown = state.name;
      });
    }
  });
}
