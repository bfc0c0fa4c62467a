/// <reference lib="dom" />
/** What a page's service worker does and keeps. */
import type { Page } from 'playwright-core';
import { waitFor } from './wait.js';

/** Wait until the page is served by its service worker. */
export const controlled = (page: Page): Promise<true> =>
  waitFor('a service worker', () => page.evaluate(() => navigator.serviceWorker.controller?.state === 'activated'));

/** Name of each cache -> the addresses in it, without their origin. */
export const kept = (page: Page): Promise<Record<string, string[]>> =>
  page.evaluate(async () => {
    const found: Record<string, string[]> = {};
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      found[name] = requests.map(({ url }) => url.slice(location.origin.length));
    }
    return found;
  });

/** The text that is kept of an address. */
export const keptText = (page: Page, address: string): Promise<string> =>
  page.evaluate(async (wanted) => (await (await caches.match(wanted))?.text()) ?? '', address);
