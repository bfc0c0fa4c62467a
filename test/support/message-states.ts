/// <reference lib="dom" />
/** States of messages and pictures in a room: chosen, waiting, changed, looked at, reacted to. */
import type { Page } from 'playwright-core';
import { png, rainbowGif } from './pictures.js';
import { type State, stepFrom } from './state.js';
import type { Stage } from './states.js';
import type { TestVisitor } from './visitor.js';

const WORDS = {
  ko: {
    title: '수요일 밤 영화 모임',
    before: '아홉 시에 만나요',
    after: '아니, 열 시에 만나요',
    gone: '잘못 썼어요',
    named: '팝콘 부탁해요',
    alts: ['창밖 풍경', '무지개'],
  },
  en: {
    title: 'Wednesday film night',
    before: 'We meet at nine',
    after: 'No, we meet at ten',
    gone: 'This was a mistake',
    named: 'could you bring popcorn?',
    alts: ['Out of the window', 'A rainbow'],
  },
} as const;

const open = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.locator('html[data-joined]').waitFor({ state: 'attached' });
};

const lively: State = {
  name: 'chat',
  show: (page, stage) => open(page, `${stage.site.url}/room/${stage.lively}`),
};

const files = async () => [
  { name: 'window.png', mimeType: 'image/png', buffer: await png(300, 200) },
  { name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no picture') },
  { name: 'rainbow.gif', mimeType: 'image/gif', buffer: await rainbowGif() },
];

/** Several pictures are chosen, one of them is none. */
async function choose(page: Page, stage: Stage): Promise<void> {
  await page.locator('[data-attach-file]').setInputFiles(await files());
  await page.locator('.attach-tile img').nth(1).waitFor();
  await page.locator('.attach-choose').first().click();
  await page.locator('[data-attach-alt]').fill(WORDS[stage.lang].alts[0]);
}

/** They are sent, and the connection does not take them. */
async function wait(page: Page): Promise<void> {
  await page.route('**/room/*/gif', (route) => route.abort());
  await page.locator('[data-send]').click();
  await page.locator('.msg-state').first().waitFor();
}

/** Somebody names the guest, takes a text back, and reacts to one that the guest has changed and changes again. */
async function change(page: Page, stage: Stage): Promise<void> {
  const [host, friend] = stage.friends as [TestVisitor, TestVisitor];
  const words = WORDS[stage.lang];
  const room = (await host.createRoom({ title: words.title }))._id;
  await host.sit(room);
  await friend.sit(room);
  await open(page, `${stage.site.url}/room/${room}`);
  const name = await page.locator('html').getAttribute('data-name');
  await host.say(room, `@${name} ${words.named}`);
  const { _id: gone } = await friend.say(room, words.gone);
  await friend.agent.delete(`/room/${room}/chat/${gone}`);
  const say = async (text: string) => {
    await page.locator('[data-text]').fill(text);
    await page.locator('[data-text]').press('Enter');
  };
  const edit = () => page.locator('[data-text]').press('ArrowUp');
  for (const text of [words.before, words.after]) await say(text);
  await page.locator('#m-4').waitFor();
  await edit();
  await page.locator('.msg-edit textarea:focus').fill(`${words.after}!`);
  await page.keyboard.press('Enter');
  await page.locator('#m-4 .msg-edited').waitFor();
  const { body } = await host.history(room);
  const path = `/room/${room}/chat/${(body.chats as { _id: string }[])[3]?._id}/reactions/${encodeURIComponent('👍')}`;
  for (const visitor of [host, friend]) await visitor.agent.put(path);
  await page.locator('#m-4 .reaction').click();
  await page.locator('#m-4 .reaction[aria-pressed=true]').waitFor();
  await page.locator('[data-text]').focus();
}

const chosen = stepFrom(lively, 'chat-pictures', choose);
const changed: State = { name: 'chat-changed', show: change };

export const MESSAGE_STATES: State[] = [
  stepFrom(lively, 'chat-shelf', async (page) => {
    await page.locator('[data-shelf-open]').click();
    await page.locator('.shelf-gif img').first().waitFor();
  }),
  stepFrom(lively, 'chat-large', async (page) => {
    await page.locator('[data-large]').last().click();
    await page.locator('[data-lightbox] img').waitFor();
  }),
  stepFrom(lively, 'chat-who', async (page) => {
    await page.locator('#m-2[tabindex]').press('Enter');
    await page.locator('[data-message-dialog] .menu-item').nth(2).click();
    await page.locator('[data-reactions] .person').first().waitFor();
  }),
  chosen,
  stepFrom(chosen, 'chat-pictures-wait', wait),
  changed,
  stepFrom(changed, 'chat-editing', async (page) => {
    await page.locator('[data-text]').press('ArrowUp');
    await page.locator('.msg-edit textarea:focus').waitFor();
  }),
];
