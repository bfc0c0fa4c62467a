/// <reference lib="dom" />
/** What the open pages of a test looked like when it failed: without it a missing element says nothing about its reason. */
import type { Test } from 'mocha';
import type { Page } from 'playwright-core';

/** A page with what it told its reader and its console. */
interface Watched {
  page: Page;
  said: string[];
}

const SAID_MAX = 40;
const watched = new Set<Watched>();

/** Note what a page says from now on, until it is closed. */
export async function watch(page: Page): Promise<void> {
  const one: Watched = { page, said: [] };
  watched.add(one);
  page.on('close', () => watched.delete(one));
  page.on('console', (message) => {
    one.said.push(`${message.type()}: ${message.text()}`);
    if (one.said.length > SAID_MAX) one.said.shift();
  });
  await page.addInitScript(() => {
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes)
          if (node instanceof HTMLElement && node.matches('.notice, [role="alert"]'))
            console.info(`notice: ${node.innerText}`);
    }).observe(document, { childList: true, subtree: true });
  });
}

let test: Pick<Test, 'state' | 'fullTitle'> | undefined;

/** What runs now. */
export function begin(current: typeof test): void {
  test = current;
}

/** If what runs now has failed, print what every open page shows: once, and before the pages close. Never rejects. */
export async function describeIfFailed(): Promise<void> {
  if (test?.state !== 'failed' || watched.size === 0) return;
  const title = test.fullTitle();
  test = undefined;
  const described = [...watched].map(async ({ page, said }, index) => {
    const text = await page
      .locator('body')
      .innerText({ timeout: 2_000 })
      .catch((error: unknown) => String(error));
    return [`page ${index + 1}: ${page.url()}`, ...said.map((line) => `  ${line}`), text.slice(0, 1_500)].join('\n');
  });
  console.error(`${title}\n${(await Promise.all(described)).join('\n')}`);
}
