/// <reference lib="dom" />
/** What the open pages of a test looked like when it failed: without it a missing element says nothing about its reason. */
import type { Context, Test } from 'mocha';
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

/**
 * Let a test that fails say what every open page shows, in its own error: what a process prints elsewhere is far from the
 * failure. Tests that take a callback are left as they are.
 */
export function describeFailure(test: Test | undefined): void {
  const run = test?.fn as (() => unknown) | undefined;
  if (!test || !run || run.length > 0) return;
  test.fn = async function (this: Context) {
    try {
      await run.call(this);
    } catch (error) {
      if (error instanceof Error && watched.size > 0) error.stack = `${error.stack ?? error.message}\n${await pages()}`;
      throw error;
    }
  };
}

async function pages(): Promise<string> {
  const described = [...watched].map(async ({ page, said }, index) => {
    const text = await page
      .locator('body')
      .innerText({ timeout: 2_000 })
      .catch((error: unknown) => String(error));
    return [`page ${index + 1}: ${page.url()}`, ...said.map((line) => `  ${line}`), text.slice(0, 1_500)].join('\n');
  });
  return (await Promise.all(described)).join('\n');
}
