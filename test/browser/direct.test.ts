/// <reference lib="dom" />
/** Two browsers and a raw client: names, presence, messages in all directions, away and back, two tabs, block. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { type Guest, launchBrowser, newGuest } from '../support/browser.js';
import { someone, type Someone, write } from '../support/direct.js';
import { startLine } from '../support/line.js';
import { startSite, type TestSite } from '../support/site.js';

describe('lobby and messages in the browser', () => {
  let site: TestSite;
  let browser: Browser;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '300' });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await site.close();
  });

  const idOf = (page: Page) => page.evaluate(() => document.documentElement.dataset['me'] ?? '');

  async function guestAt(path: string): Promise<Guest & { id: string }> {
    const guest = await newGuest(browser);
    await guest.page.goto(site.url + path);
    return { ...guest, id: await idOf(guest.page) };
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.fill('[data-text]', text);
    await page.press('[data-text]', 'Enter');
  }

  const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });

  it('takes a name in the lobby, says a taken one is taken, and leads from a name to messages', async () => {
    const [one, two] = [await guestAt('/lobby'), await guestAt('/lobby')];
    const enter = async ({ page }: Guest, name: string) => {
      await page.fill('#name', name);
      await page.click('[data-name-form] button');
    };
    await enter(one, 'Ada Lovelace');
    await one.page.waitForSelector('[data-speak]:not([hidden])');
    await enter(two, 'ａｄａlovelace');
    await two.page.locator('[data-error=name]:not([hidden])', { hasText: 'already has that name' }).waitFor();
    await enter(two, 'Grace');
    await two.page.waitForSelector('[data-speak]:not([hidden])');
    await one.page.locator('.presence', { hasText: 'Grace' }).waitFor();
    await say(one.page, 'hello lobby');
    await bubble(two.page, 'hello lobby').waitFor();
    await two.page.reload();
    await two.page.waitForSelector('[data-speak]:not([hidden])');
    await two.page.click('.person-link:has-text("Ada Lovelace")');
    await two.page.waitForURL(`**/messages/${one.id}`);
    await say(two.page, 'a word in private');
    await one.page.locator('[data-unread]:not([hidden])', { hasText: '1' }).waitFor();
    for (const guest of [one, two]) {
      assert.deepEqual(guest.complaints, []);
      await guest.context.close();
    }
  });

  it('carries messages between two browsers and a raw client, with presence, reload and two tabs', async () => {
    const [one, two] = [await guestAt('/messages'), await guestAt('/messages')];
    const raw: Someone = await someone(site);
    const line = await startLine(raw.visitor);
    await one.page.locator(`[data-online] [data-id="${two.id}"]`).waitFor();
    await one.page.goto(`${site.url}/messages/${two.id}`);
    const tab = await one.context.newPage();
    await tab.goto(`${site.url}/messages/${two.id}`);
    await say(one.page, 'first words');
    await bubble(tab, 'first words').waitFor();
    await two.page.locator('.talk', { hasText: 'first words' }).waitFor();
    await two.page.click('.talk-link');
    await bubble(two.page, 'first words').waitFor();
    await one.page.locator('.msg-read').waitFor();
    await two.page.fill('[data-text]', 'typ');
    await one.page.locator('[data-typing]', { hasText: 'is typing' }).waitFor();
    await say(two.page, 'an answer');
    for (const page of [one.page, tab]) await bubble(page, 'an answer').waitFor();
    await one.page.reload();
    assert.equal(await one.page.locator('.bubble').count(), 2);

    line.send({ type: 'chat', toUserId: one.id, message: 'from a program' });
    await one.page.locator('.talk', { hasText: 'from a program' }).waitFor();
    await one.page.goto(`${site.url}/messages/${raw.id}`);
    await say(one.page, 'to a program');
    await line.hear('chat', ({ message }) => message === 'to a program');
    line.drop();
    await one.page.locator('[data-status]', { hasText: 'away' }).waitFor();
    for (const guest of [one, two]) {
      assert.deepEqual(guest.complaints, []);
      await guest.context.close();
    }
  });

  it('keeps what came while away, offline sends wait in sight, and a block shuts the door', async () => {
    const one = await guestAt('/messages');
    const other = await someone(site);
    await one.page.goto('about:blank');
    const id = one.id;
    await write(other, { ...other, id }, 'while you were away');
    await one.page.goto(site.url);
    await one.page.locator('[data-unread]:not([hidden])').waitFor();
    await one.page.goto(`${site.url}/messages/${other.id}`);
    await bubble(one.page, 'while you were away').waitFor();
    await one.context.setOffline(true);
    await say(one.page, 'sent offline');
    await one.page.locator('.msg.is-pending').waitFor();
    await one.context.setOffline(false);
    await one.page.locator('.msg.mine:not(.is-pending)', { hasText: 'sent offline' }).waitFor();

    await one.page.click('[data-conversation] [data-menu] summary');
    await one.page.click('[data-block] button');
    await one.page.click('[data-confirm-yes]');
    await one.page.locator('.shut', { hasText: 'You have blocked' }).waitFor();
    const refused = await other.visitor.agent.post(`/api/messages/send/${id}`).send({ message: 'x' });
    assert.equal(refused.status, 404);
    await one.page.click('.shut button');
    await one.page.waitForSelector('[data-composer]');
    await one.context.close();
  });

  it('sends a form without JavaScript', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US' });
    const page = await context.newPage();
    const other = await someone(site);
    await page.goto(`${site.url}/messages/${other.id}`);
    await page.fill('[data-text]', 'plain form');
    await page.click('[data-send]');
    await bubble(page, 'plain form').waitFor();
    await page.goto(`${site.url}/lobby`);
    await page.fill('#name', 'Plain Form');
    await page.click('[data-name-form] button');
    await page.fill('[data-text]', 'hello from a form');
    await page.click('[data-send]');
    await bubble(page, 'hello from a form').waitFor();
    await context.close();
  });
});
