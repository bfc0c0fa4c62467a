/** What visitors and consultants do in a browser, in one line each. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Guest, newGuest, ready } from './browser.js';
import { DESK_PASSWORD } from './consultant.js';
import type { Reachable } from './visitor.js';

/** @param stage asked at each use: a suite has its site and browser only once it runs. */
export function deskPages(stage: () => { site: Reachable; browser: Browser }) {
  /** Everybody who ever opened a page. */
  const guests: Guest[] = [];
  const guest = async (options: BrowserContextOptions = {}, before?: (page: Page) => Promise<unknown>) => {
    const made = await newGuest(stage().browser, options);
    guests.push(made);
    await before?.(made.page);
    return made.page;
  };
  const signIn = async (
    name: string,
    options: BrowserContextOptions = {},
    before?: (page: Page) => Promise<unknown>,
  ): Promise<Page> => {
    const page = await guest(options, before);
    await page.goto(`${stage().site.url}/chat/admin`);
    await page.fill('#name', name);
    await page.fill('#password', DESK_PASSWORD);
    await page.click('[data-submit]');
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });
    return page;
  };
  const state = (page: Page, name: string) => page.waitForSelector(`#main[data-state="${name}"]`);
  const start = async (topic: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await guest(options);
    await page.goto(`${stage().site.url}/chat/consult`);
    await page.fill('#topic', topic);
    await page.click('[data-submit]');
    await state(page, 'waiting');
    await ready(page);
    return page;
  };
  const say = async (page: Page, text: string) => {
    await page.fill('[data-text]', text);
    await page.press('[data-text]', 'Enter');
  };
  const sees = (page: Page, text: string) => page.locator('.msg', { hasText: text }).first().waitFor();
  /** The case is the one that the desk shows, and not the one before it. */
  const isOpen = async (page: Page, topic: string) => {
    await page.locator('[data-mine] .desk-open[aria-current="true"]', { hasText: topic }).waitFor();
    await page.waitForSelector('.desk.has-case [data-live]:not([hidden])');
  };
  const take = async (page: Page, topic: string) => {
    await page.locator('[data-waiting] .desk-row', { hasText: topic }).locator('[data-take]').click();
    await isOpen(page, topic);
  };
  const open = async (page: Page, topic: string) => {
    await page.locator('[data-mine] .desk-open', { hasText: topic }).click();
    await isOpen(page, topic);
  };
  const end = async (page: Page) => {
    await page.click('[data-end]');
    await page.click('[data-confirm-yes]');
  };
  return { guest, guests, signIn, start, say, sees, state, take, open, end };
}
