/// <reference lib="dom" />
/** Search in a room: the sheet of a conversation, and the page of those without scripts. */
import type { Page } from 'playwright-core';
import { type State, stepFrom } from './state.js';
import type { Stage } from './states.js';

/** What is said in the lively room of every stage. */
const WORD = { ko: '좋', en: 'at' } as const;

const status = '[data-search] [role=status]';

async function look(page: Page, query: string, found: string): Promise<void> {
  await page.locator('[data-search] input').fill(query);
  await page.locator(found).first().waitFor();
}

const empty: State = {
  name: 'chat-search-empty',
  async show(page, stage) {
    await page.goto(`${stage.site.url}/room/${stage.lively}`);
    await page.keyboard.press('Control+Shift+F');
    await page.locator(status).filter({ hasText: /\S/ }).waitFor();
  },
};

const found = stepFrom(empty, 'chat-search', (page, stage) => look(page, WORD[stage.lang], '[data-search] mark'));

const none = stepFrom(found, 'chat-search-none', (page) =>
  look(page, 'zzz', `${status}:text-matches("Nothing|없어요")`),
);

const page = (name: string, query: (stage: Stage) => string): State => ({
  name,
  async show(guestPage, stage) {
    // Only who has been inside may search.
    await guestPage.request.get(`${stage.site.url}/room/${stage.lively}`, { headers: { Accept: 'text/html' } });
    await guestPage.goto(`${stage.site.url}/room/${stage.lively}/search?q=${encodeURIComponent(query(stage))}`);
  },
});

export const SEARCH_STATES: State[] = [
  empty,
  found,
  none,
  page('room-search', ({ lang }) => WORD[lang]),
  page('room-search-none', () => 'zzz'),
];
