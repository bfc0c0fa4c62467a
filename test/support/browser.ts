/// <reference lib="dom" />
/**
 * Headless Chromium for tests and screenshots: one browser a process, one context a visitor. A context that is given back
 * is the next visitor's, who has nothing of the last one but the cache of the site's files.
 */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { jitter } from './jitter.js';
import { watch } from './open-pages.js';
import { tool } from './tools.js';
import { LIMIT_MS, waitFor } from './wait.js';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;

export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: tool('browser'), args: QUIET });

let launched: Promise<Browser> | undefined;

/** The browser of this process, for all its test files. It ends with the process: suites close contexts only. */
export function sharedBrowser(): Promise<Browser> {
  launched ??= launchBrowser().then((browser) => browser.on('disconnected', () => (launched = undefined)));
  return launched;
}

/** Contexts that nobody uses, by what they were made with. */
const idle = new Map<string, BrowserContext[]>();

/** Close every context that a suite has left open, so that the next one begins with none. */
export async function closeContexts(browser: Browser): Promise<void> {
  idle.clear();
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/** A page of a new visitor, with everything that went wrong on it. */
export interface Guest {
  context: BrowserContext;
  page: Page;
  /** Console errors, exceptions and policy violations. */
  complaints: string[];
}

export async function newGuest(browser: Browser, options: BrowserContextOptions = {}): Promise<Guest> {
  const context = idle.get(keyOf(options))?.pop() ?? (await newContext(browser, options));
  const page = await context.newPage();
  await watch(page);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { context, page, complaints };
}

const keyOf = (options: BrowserContextOptions) => JSON.stringify(Object.entries(options).sort());

async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  // A service worker takes requests out of a test's hands, and outlives its page: tests that mean it say `allow`.
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: SIZES.desktop,
    serviceWorkers: 'block',
    ...options,
  });
  context.setDefaultTimeout(LIMIT_MS);
  if (options.javaScriptEnabled !== false) context.on('page', untilReady);
  await jitter(context);
  keys.set(context, keyOf(options));
  // A clock of a context's own cannot be taken out again.
  const install = context.clock.install.bind(context.clock);
  context.clock.install = (how) => {
    keys.delete(context);
    return install(how);
  };
  return context;
}
/** What each context that can be used again was made with. */
const keys = new WeakMap<BrowserContext, string>();

/** A guest is gone: their pages close, and their context is the next one's. */
export async function release(context: BrowserContext): Promise<void> {
  if (!context.browser()?.contexts().includes(context)) return;
  const key = keys.get(context);
  if (key === undefined) return context.close();
  for (const page of context.pages()) await clear(context, page);
  await Promise.all(context.pages().map((page) => page.close()));
  idle.set(key, [...(idle.get(key) ?? []), context]);
}

/** Leave the site on this page, for another address, and forget what it kept in the browser. */
async function clear(context: BrowserContext, page: Page, address = 'about:blank'): Promise<void> {
  await context.setOffline(false);
  const { origin } = new URL(page.url());
  await page.goto(address, { waitUntil: 'commit' });
  await context.clearCookies();
  if (origin === 'null') return;
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'local_storage' });
  await session.detach();
}

/** A page's scripts wait for their words, so they may come after its load event: being there means being ready. */
function untilReady(page: Page): void {
  const whole = async <T>(opening: Promise<T>, { waitUntil }: { waitUntil?: string } = {}): Promise<T> => {
    const opened = await opening;
    if (waitUntil !== 'commit' && page.url().startsWith('http')) await ready(page);
    return opened;
  };
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = (url, how) => whole(goto(url, how), how);
  page.reload = (how) => whole(reload(how), how);
}

/**
 * Keep back what pages send of one event over their sockets, or what a pattern fits, from their next load on, until it is
 * released.
 */
export function holdSent(event: string | RegExp) {
  const fits = (message: string) => (typeof event === 'string' ? message.includes(`"${event}"`) : event.test(message));
  const held: (() => void)[] = [];
  let holding = true;
  return {
    on: (page: Page) =>
      page.routeWebSocket(/socket\.io/, (near) => {
        const far = near.connectToServer();
        near.onMessage((message) => {
          const send = () => far.send(message);
          if (holding && fits(String(message))) held.push(send);
          else send();
        });
      }),
    held: () => held.length,
    release() {
      holding = false;
      for (const send of held) send();
    },
  };
}

/** Make a guest somebody new, who has never been to any site: cheaper than another context with another page. */
export async function forget({ context, page, complaints }: Guest): Promise<void> {
  const { origin } = new URL(page.url());
  if (origin === 'null') await clear(context, page);
  else {
    await page.evaluate(() => sessionStorage.clear());
    // A file of the site: from there the page stays in its process, which is warm.
    await clear(context, page, `${origin}/robots.txt`);
  }
  complaints.length = 0;
}

/**
 * Wait until a page shows this address and is loaded. Unlike `page.waitForURL` it does not fail when one navigation
 * replaces another on the way there.
 */
export async function atAddress(page: Page, wanted: string | RegExp | ((address: URL) => boolean)): Promise<void> {
  const isThere = (address: URL) => {
    if (typeof wanted === 'function') return wanted(address);
    return typeof wanted === 'string' ? address.href.endsWith(wanted) : wanted.test(address.href);
  };
  await waitFor(`the address ${String(wanted)}`, () => URL.canParse(page.url()) && isThere(new URL(page.url())));
  await page.waitForLoadState();
}

export const ready = (page: Page): Promise<void> => page.locator('html[data-ready]').waitFor({ state: 'attached' });
