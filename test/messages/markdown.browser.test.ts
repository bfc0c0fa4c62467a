/// <reference lib="dom" />
/** Markdown on the pages: the browser draws what the server writes, code can be copied and scrolls in its own box. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { messageHtml } from '../../controllers/site/message-text.js';
import { closeContexts, newGuest, sharedBrowser, SIZES } from '../support/browser.js';
import { HOSTILE, marked, TEXTS } from '../support/markdown-texts.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';

const CODE = `look:\n\`\`\`ts\nconst line = '${'long '.repeat(60)}';\n\`\`\`\n> **quoted** www.example.org`;

describe('Markdown on a page', () => {
  let site: TestSite;
  let browser: Browser;
  before(async () => {
    [site, browser] = await Promise.all([startSite({ LIMITS: 'off' }), sharedBrowser()]);
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  it('is the same from server and browser, in the log and live', async () => {
    const friend = await arrive(site);
    const room = (await friend.createRoom({ title: 'marks' }))._id;
    const ear = await friend.sit(room);
    const early = await friend.say(room, CODE);
    const { page, complaints } = await newGuest(browser, { viewport: SIZES.phone });
    await page.goto(`${site.url}/room/${room}`);
    const html = await page.locator(`#m-${early.seq} .bubble`).innerHTML();
    assert.match(html, /<blockquote><p><strong>quoted<\/strong> <a href="https:\/\/www\.example\.org\/"/);
    await page.locator('html[data-joined]').waitFor({ state: 'attached' });

    const late = await friend.say(room, CODE);
    const drawn = page.locator(`#m-${late.seq} .bubble`);
    await drawn.locator('[aria-label="Copy code"]').waitFor();
    assert.equal(
      await drawn.evaluate((live, seq) => {
        const there = document.querySelector(`#m-${seq} .bubble`);
        return there !== null && live.isEqualNode(there);
      }, early.seq),
      true,
      'the same, also with the button for copying',
    );
    const [box, wide] = await drawn.locator('pre').evaluate((pre) => [pre.clientWidth, pre.scrollWidth] as const);
    assert.ok(wide > box, 'long code scrolls');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);

    const texts = [
      ...TEXTS.map((each) => (typeof each === 'string' ? each : each[0])),
      ...HOSTILE,
      ...fc.sample(marked, { numRuns: 400, seed: 2026 }),
    ];
    const other = await page.evaluate(
      async (pairs) => {
        const all = [...document.scripts].map(({ src }) => src).find((src) => src.endsWith('.page.js')) ?? '';
        const { $modules } = (await import(new URL('../ui/all.js', all).href)) as {
          $modules: Partial<Record<string, { bubble: (text: string) => Element }>>;
        };
        const { bubble } = $modules['public/js/messages/text.js'] ?? {};
        const holder = document.createElement('template');
        return pairs.find(([text, written]) => {
          holder.innerHTML = written;
          return !bubble?.(text).isEqualNode(holder.content.firstElementChild);
        })?.[0];
      },
      texts.map((text) => [text, messageHtml(text)] as const),
    );
    assert.equal(other, undefined, 'a text that browser and server draw differently');

    await friend.agent.patch(`/room/${room}/chat/${late._id}`).send({ chat: 'now `inline`' }).expect(200);
    await page.locator(`#m-${late.seq} .bubble > code`).getByText('inline', { exact: true }).waitFor();
    assert.equal(await page.locator(`#m-${late.seq} pre`).count(), 0);
    assert.deepEqual(complaints, []);
    ear.close();
  });
});
