/// <reference lib="dom" />
/** A page that is one too many says so, and connects when another is closed. */
import { closeContexts, newGuest, release, sharedBrowser } from '../support/browser.js';
import { startSite } from '../support/site.js';

describe('a page whose connection is one too many', () => {
  it('says so in a sentence, and connects by itself when another page is closed', async () => {
    const [site, browser] = await Promise.all([startSite({ LIMITS: 'sockets=1/0' }), sharedBrowser()]);
    const { context, page: first } = await newGuest(browser);
    try {
      await first.goto(`${site.url}/`);
      await first.locator('[data-pulse].is-live').waitFor({ state: 'attached' });
      const second = await context.newPage();
      await second.goto(`${site.url}/lobby`);
      await second.locator('.notice', { hasText: 'too many tabs' }).waitFor();
      await first.close();
      await second.locator('[data-connection]').waitFor({ state: 'hidden' });
      await second.goto(`${site.url}/`);
      await second.locator('[data-pulse].is-live').waitFor({ state: 'attached' });
    } finally {
      await release(context);
      await closeContexts(browser);
      await site.close();
    }
  });
});
