/// <reference lib="dom" />
/** A lesson acted out: the teacher on a phone, a pupil at a desk with two tabs, and the rest of the class. */
import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { atAddress, closeContexts, type Guest, newGuest, release, sharedBrowser, SIZES } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

describe('a lesson in browsers', () => {
  let site: TestSite;
  let browser: Browser;
  let classmates: TestVisitor[];
  const guests: Guest[] = [];

  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
    classmates = await Promise.all(Array.from({ length: 4 }, () => arrive(site)));
  });
  after(async () => {
    for (const classmate of classmates) classmate.leaveAll();
    for (const { context } of guests.splice(0)) await release(context);
    await closeContexts(browser);
    await site.close();
  });

  async function guest(options = {}): Promise<Guest> {
    const made = await newGuest(browser, options);
    guests.push(made);
    return made;
  }

  const joined = (page: Page) => page.locator('html[data-joined]').waitFor({ state: 'attached' });
  const line = (page: Page, words: string | RegExp) => page.locator('[data-rows] .presence').getByText(words).waitFor();
  const idOf = (page: Page) => page.evaluate(() => document.documentElement.dataset['me'] ?? '');

  async function menu(page: Page, entry: string): Promise<void> {
    await page.locator('details[data-menu] summary').click();
    await page.locator(entry).click();
  }

  /** Open the sheet "Room", do something there, and close it. */
  async function inSheet(page: Page, act: (sheet: Locator) => Promise<unknown>): Promise<void> {
    await menu(page, '[data-settings-open]');
    const sheet = page.locator('dialog[open]:has([data-settings])');
    await act(sheet);
    await sheet.locator('.sheet-close').click();
    await sheet.waitFor({ state: 'hidden' });
  }
  const saved = (sheet: Locator) => sheet.getByText('Saved', { exact: true }).waitFor();

  it('is made, shared, left for the messenger, held, handed over and closed', async () => {
    const [teacher, pupil] = [await guest({ viewport: SIZES.phone }), await guest()];
    const { page } = teacher;
    await page.goto(`${site.url}/room`);
    await page.locator('input[name=title]').fill('Lesson');
    await page.locator('form[action$="/room"] [data-submit]').click();
    await atAddress(page, /\/room\/[0-9a-f]{24}$/);
    await joined(page);

    // Copy the link, change to the messenger, where the phone cuts the page off; come back.
    await page.locator('[data-share-open]').first().click();
    const url = await page.locator('[data-share-url]').inputValue();
    await page.goto('about:blank');
    await page.goto(url);
    await joined(page);
    assert.equal(await page.locator('main').getAttribute('data-role'), 'host');
    const room = url.split('/').at(-1) ?? '';

    // Five ask to come in, and are admitted at once.
    await inSheet(page, async (sheet) => {
      await sheet.getByRole('switch', { name: 'Ask to join' }).check();
      await saved(sheet);
    });
    await pupil.page.goto(url);
    await pupil.page.getByRole('heading', { name: 'Waiting to be let in' }).waitFor();
    for (const classmate of classmates) assert.equal((await classmate.open(room)).status, 202);
    await page.getByText('5 people ask to come in').waitFor();
    await page.getByRole('button', { name: 'Admit all' }).click();
    await joined(pupil.page);
    for (const classmate of classmates) await classmate.sit(room);
    await page.locator('[data-face-count]').getByText('6', { exact: true }).waitFor();

    // Only the host writes; then one message in ten seconds.
    const composer = pupil.page.locator('[data-composer]');
    await inSheet(page, async (sheet) => {
      await sheet.getByRole('switch', { name: 'Only the host writes' }).check();
      await saved(sheet);
    });
    await line(pupil.page, 'Only the host writes now');
    await composer.waitFor({ state: 'hidden' });
    await inSheet(page, async (sheet) => {
      await sheet.getByRole('switch', { name: 'Only the host writes' }).uncheck();
      await sheet.getByLabel('Slow mode').selectOption('10');
      await sheet.locator('select[name=slow]').blur();
      await saved(sheet);
    });
    await line(pupil.page, 'The host made the room quieter: one message every 10 seconds');
    await composer.waitFor();

    // A poll.
    await menu(page, '[data-ask-poll]');
    const ask = page.locator('dialog[open]');
    await ask.getByLabel('Question', { exact: true }).fill('Ready?');
    await ask.getByLabel('Option 1').fill('Yes');
    await ask.getByLabel('Option 2').fill('No');
    await ask.getByRole('button', { name: 'Post', exact: true }).click();
    await pupil.page.getByRole('radio', { name: 'Yes' }).check();
    await pupil.page.locator('[data-poll-send]').click();
    await page.locator('[data-poll] [data-votes]').first().getByText('1', { exact: true }).waitFor();
    await page.locator('[data-poll-end] button').click();
    await pupil.page.locator('[data-poll]', { hasText: 'ended' }).waitFor();

    // A hand.
    await menu(pupil.page, '[data-hand] button');
    await page.locator('[data-hands] li').waitFor();
    await page.locator('[data-hands] li button').click();
    await pupil.page.locator('[data-hands-box]').waitFor({ state: 'hidden' });

    // The pupil says something rude, has two tabs and a socket of their own, and is reported.
    await pupil.page.locator('textarea[name=chat]').fill('something rude');
    await pupil.page.keyboard.press('Enter');
    const rude = page.locator('.msg', { has: page.locator('.bubble', { hasText: 'something rude' }) });
    await rude.waitFor();
    const second = await pupil.context.newPage();
    await second.goto(url);
    await joined(second);
    const rudeId = await idOf(second);
    const cookie = (await pupil.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const own = await classmates[0]!.listen('/chat', { extraHeaders: { cookie, origin: new URL(site.url).origin } });
    assert.ok((await own.join(room)).ok);
    const messages = (await classmates[0]!.history(room)).body.chats as { _id: string; chat?: string }[];
    const said = messages.find(({ chat }) => chat === 'something rude')?._id ?? '';
    assert.equal(
      (await classmates[0]!.agent.post(`/room/${room}/chat/${said}/report`).send({ why: 'rude' })).status,
      202,
    );
    await page.locator('summary [data-reports-count]').getByText('1', { exact: true }).waitFor();
    await inSheet(page, async (sheet) => {
      await sheet.getByText('Why: rude').waitFor();
      await sheet.getByRole('button', { name: 'Dismiss' }).click();
      await sheet.locator('[data-reports]').waitFor({ state: 'hidden' });
    });
    await page.locator('summary [data-reports-count]').waitFor({ state: 'hidden' });

    // Banned with all three, and with what they said.
    await page.locator('[data-people-open]').click();
    await page.locator(`[data-person-menu="${rudeId}"]`).click();
    await page.locator('[data-person-dialog]').getByRole('button', { name: 'Ban', exact: true }).click();
    const question = page.locator('dialog[open]', { hasText: 'kept out for as long as it lives' });
    await question.getByLabel('Erase their messages and pictures').check();
    await question.getByRole('button', { name: 'Ban', exact: true }).click();
    for (const tab of [pupil.page, second]) {
      await atAddress(tab, ({ pathname }) => pathname === '/');
      await tab.locator('[data-banner]', { hasText: 'kept you out' }).waitFor();
    }
    assert.equal((await own.hear<{ reason: string }>('closed')).reason, 'banned');
    await page.locator('.msg-removed').waitFor({ state: 'attached' });

    // Handed over, and closed by the new host.
    const [heir] = classmates as [TestVisitor];
    await page.locator(`[data-person-menu="${heir.id}"]`).click();
    await page.locator('[data-person-dialog]').getByRole('button', { name: 'Hand the room over' }).click();
    await page.locator('[data-confirm][open] [data-confirm-yes]').click();
    await page.locator('main[data-role=member]').waitFor();
    assert.equal((await heir.remove(room)).status, 200);
    await atAddress(page, `/room/${room}/closed`);
    const expected = /status of (403|410)/;
    assert.deepEqual(
      [teacher, pupil].flatMap(({ complaints }) => complaints).filter((complaint) => !expected.test(complaint)),
      [],
    );
  });
});
