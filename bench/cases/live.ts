/// <reference lib="dom" />
/** How long a visitor waits who has never been here: a browser with an empty cache, 150 ms from the site. */
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../test/support/browser.js';
import { HttpConnection } from '../clients/http.js';
import { createRooms, visitors } from '../clients/visitors.js';
import type { Measure, Row } from '../figures.js';
import type { Target } from '../target.js';
import { type Case, inTurns, rowsOf, sites, withTargets } from './bench.js';

const LATENCY_MS = 150;
const MESSAGES = 30;
/** Pages until the server's templates and queries are compiled. */
const WARM_UP = 50;
/** Pages of a round. */
const VISITS = 5;

interface Visit {
  requests: number;
  paint: number;
  live: number;
}

const FIGURES: [Measure, (visit: Visit) => number][] = [
  [{ name: 'requests', unit: '', better: 'less' }, ({ requests }) => requests],
  [{ name: 'first paint', unit: 'ms', better: 'less' }, ({ paint }) => paint],
  [{ name: 'live', unit: 'ms', better: 'less' }, ({ live }) => live],
];

export const live: Case = {
  name: 'live',
  about: `first paint and live state of the list and of a room, empty cache, ${LATENCY_MS} ms latency (needs a browser)`,
  slow: true,
  async run(bench) {
    const builds = sites(bench);
    const browser = await launchBrowser();
    try {
      return await withTargets(builds, {}, async (targets) => {
        const rooms = new Map<Target, string>();
        for (const target of targets) rooms.set(target, await roomWithMessages(target));
        const rows: Row[][] = [];
        for (const [name, address, isLive] of [
          ['the list', () => '/', '[data-pulse].is-live'],
          ['a room', (target: Target) => `/room/${rooms.get(target) ?? ''}`, 'html[data-joined]'],
        ] as const) {
          const visits = await inTurns(targets, bench.rounds * VISITS, (target) =>
            visit(browser, target.url + address(target), isLive),
          );
          const about = { case: `${name}, ${LATENCY_MS} ms away`, state: 'warm' } as const;
          rows.push(rowsOf(bench, builds, visits, about, FIGURES));
        }
        return rows.flat();
      });
    } finally {
      await browser.close();
    }
  },
};

/** One page for one new visitor. `isLive`: matches once the page is connected. */
async function visit(browser: Browser, url: string, isLive: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  let requests = 0;
  page.on('request', () => requests++).on('websocket', () => requests++);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const unlimited = { downloadThroughput: -1, uploadThroughput: -1 };
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: LATENCY_MS, ...unlimited });
  await page.addInitScript((selector) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(selector)) return;
      watch.disconnect();
      performance.mark('live');
    });
    watch.observe(document, { attributes: true, childList: true, subtree: true });
  }, isLive);
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('live').length > 0);
  const [paint, alive] = await page.evaluate(() =>
    ['first-contentful-paint', 'live'].map((name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN),
  );
  await context.close();
  return { requests, paint: paint ?? NaN, live: alive ?? NaN };
}

/** An open room with a conversation in it. */
async function roomWithMessages(target: Target): Promise<string> {
  const [cookie = ''] = await visitors(target.url, 1);
  const [room = ''] = await createRooms(target.url, [cookie], 1);
  const http = await HttpConnection.open(target.url);
  for (let count = 0; count < WARM_UP; count++) {
    await http.request('GET', `/room/${room}`, { cookie, accept: 'text/html' });
    if (count >= MESSAGES) continue;
    const body = Buffer.from(JSON.stringify({ chat: `message ${count}, of a length that people write` }));
    await http.request('POST', `/room/${room}/chat`, { cookie, type: 'application/json', body });
  }
  http.close();
  return room;
}
