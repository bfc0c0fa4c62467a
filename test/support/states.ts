/// <reference lib="dom" />
/**
 * Every page and state that a person can see, on a seeded site: for the pictures (`npm run screenshots`) and for axe.
 * A state opens itself on a guest's page and leaves it standing still.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { atAddress, newGuest, type Guest } from './browser.js';
import { rainbowGif } from './pictures.js';
import { arrive, type TestVisitor } from './visitor.js';
import type { Reachable } from './visitor.js';
import { type State, stepFrom } from './state.js';
import { ADMIN_STATES } from './admin-states.js';
import { DOOR_STATES } from './door-states.js';
import { SEARCH_STATES } from './search-states.js';
import { MESSAGE_STATES } from './message-states.js';
import { CONSULT_STATES, type ConsultStage, setConsultStage } from './consult-states.js';

export interface Stage {
  site: Reachable;
  /** A room with a conversation, one with a password, one that is full. */
  lively: string;
  locked: string;
  full: string;
  /** A room that has ended, with its receipt. */
  ended: string;
  friends: TestVisitor[];
  consult: ConsultStage;
  lang: 'ko' | 'en';
  close(): Promise<void>;
}

const WORDS = {
  ko: {
    lively: '수요일 밤 영화 모임',
    locked: '3학년 2반 조별 과제',
    full: '보드게임 번개',
    others: ['고양이 자랑방', '퇴근길 수다', '야식 뭐 먹지', '독서 모임: 데미안', '주말 등산', '새벽 코딩'],
    talk: [
      '오늘 뭐 볼까요? 지난주에 고른 목록은 여기 있어요 https://example.org/list',
      '저는 <b>오리지널</b> 버전이 좋아요 🙂',
      '좋아요!',
      '그럼 아홉 시에 시작해요. 조금 늦어도 괜찮으니 천천히 들어오세요. 팝콘은 각자 준비하는 걸로 해요.',
      '네, 이따 봬요',
    ],
    alt: '빙글빙글 도는 무지개 네모',
    marks: [
      '**오늘 할 일**\n1. 목록 정하기\n2. `npm start`로 켜 보기\n   - 안 되면 ~~끄고~~ 물어보기',
      '> 몇 시에 모일까요?\n아홉 시요, *꼭* 와 주세요.\n```js\nconst seats = people.filter((person) => person.isHere && person.wantsPopcorn).length;\nconsole.log(seats);\n```',
    ],
  },
  en: {
    lively: 'Wednesday film night',
    locked: 'Class 3B group project',
    full: 'Board game dash',
    others: [
      'Show me your cat',
      'On the way home',
      'Midnight snacks',
      'Book club: Demian',
      'Weekend hike',
      'Late-night coding',
    ],
    talk: [
      'What are we watching? Last week’s list is at https://example.org/list',
      'I like the <b>original</b> cut 🙂',
      'Same here!',
      'Then let us start at nine. Come in whenever you can, nobody minds if you are a little late. Bring your own popcorn.',
      'See you then',
    ],
    alt: 'A rainbow square, spinning',
    marks: [
      '**To do tonight**\n1. Agree on the list\n2. Try `npm start`\n   - if it fails, ~~cry~~ ask',
      '> When do we meet?\nAt nine, *please* come.\n```js\nconst seats = people.filter((person) => person.isHere && person.wantsPopcorn).length;\nconsole.log(seats);\n```',
    ],
  },
} as const;

/** Fill a site with rooms and people; its desk needs DESK_PASSWORD, its operator ADMIN_PASSWORD. */
export async function setStage(site: Reachable, lang: 'ko' | 'en'): Promise<Stage> {
  const words = WORDS[lang];
  const friends: TestVisitor[] = [];
  for (let count = 0; count < 5; count++) friends.push(await arrive(site, lang));
  const [host, second, third] = friends as [TestVisitor, TestVisitor, TestVisitor];
  for (const title of words.others) {
    const room = await host.createRoom({ title, max: 6 + title.length });
    if (title.length % 2 === 0) await second.sit(room._id);
  }
  const locked = (await third.createRoom({ title: words.locked, max: 5, password: 'homework' }))._id;
  await third.sit(locked);
  const full = (await third.createRoom({ title: words.full, max: 2 }))._id;
  await third.sit(full);
  await second.sit(full);
  const lively = (await second.createRoom({ title: words.lively, max: 10 }))._id;
  for (const friend of friends) await friend.sit(lively);
  const said: string[] = [];
  for (const [index, text] of words.talk.entries()) {
    const message = await friends[[0, 1, 1, 0, 2][index] ?? 0]?.say(lively, text);
    said.push(message?._id ?? '');
  }
  await actOn(lively, said, friends);
  await second.agent
    .post(`/room/${lively}/gif`)
    .field('alt', words.alt)
    .attach('gif', await rainbowGif(), 'rainbow.gif');
  const over = (await second.createRoom({ title: 'over', max: 4 }))._id;
  await second.sit(over);
  await second.say(over, 'bye');
  await second.agent.delete(`/room/${over}`);
  const consult = await setConsultStage(site, lang);
  const close = async () => {
    for (const friend of friends) friend.leaveAll();
    await consult.close();
  };
  return { site, lively, locked, full, ended: over, friends, consult, lang, close };
}

/** Reactions of some kinds, a reply, and a message of nothing but emoji. */
async function actOn(room: string, said: string[], friends: TestVisitor[]): Promise<void> {
  for (const [at, emoji] of ['👍', '👍', '🎉', '❤️', '😂'].entries())
    await friends[at]?.agent.put(`/room/${room}/chat/${said[1]}/reactions/${encodeURIComponent(emoji)}`);
  await friends[4]?.agent.post(`/room/${room}/chat`).send({ chat: '🍿🎬', replyTo: said[3] });
}

/** Open the menu of a message of somebody else. */
async function openMessageMenu(page: Page): Promise<void> {
  await page.locator('#m-2[tabindex]').press('Enter');
  await page.locator('[data-message-dialog]').waitFor();
}

/** A name in the lobby is kept for whoever left, so every guest needs another. */
let walkers = 0;

/** Give the guest of a page a conversation. @returns with whom. */
async function writtenTo(page: Page, stage: Stage): Promise<string> {
  const [friend, away] = stage.friends as [TestVisitor, TestVisitor];
  await page.goto(stage.site.url + '/messages');
  const me = await page.evaluate(() => document.documentElement.dataset['me'] ?? '');
  const idOf = async (visitor: TestVisitor) =>
    /data-me="([0-9a-f]{32})"/.exec((await visitor.agent.get('/messages').set('Accept', 'text/html')).text)?.[1] ?? '';
  const send = (text: string, from = friend) => from.agent.post(`/api/messages/send/${me}`).send({ message: text });
  await send(WORDS[stage.lang].talk[4], away);
  for (const text of WORDS[stage.lang].talk.slice(0, 3)) await send(text);
  const id = await idOf(friend);
  await page.request.post(`${stage.site.url}/api/messages/send/${id}`, {
    data: { message: WORDS[stage.lang].talk[3] },
  });
  await friend.agent.post(`/api/messages/${me}/read`).send({ upTo: 4 });
  await friend.listen('/direct');
  return id;
}

const at = (path: (stage: Stage) => string) => async (page: Page, stage: Stage) => {
  await page.goto(stage.site.url + path(stage));
  await page.waitForLoadState('load');
};
const lively = at((stage) => `/room/${stage.lively}`);

/** Wait until a page's script has come alive: its pulse has been heard. */
export const alive = (page: Page) => page.locator('[data-pulse].is-live').waitFor({ state: 'attached' });

const messages: State = {
  name: 'messages',
  async show(page, stage) {
    const id = await writtenTo(page, stage);
    await at(() => `/messages/${id}`)(page, stage);
    await page.waitForSelector('[data-online] li', { state: 'attached' });
  },
};

export const STATES: State[] = [
  { name: 'rooms', show: at(() => '/') },
  { name: 'rooms-full-notice', show: at(() => '/?error=room_full') },
  { name: 'rooms-search-none', show: at(() => '/?q=zzz') },
  { name: 'room-new', show: at(() => '/room') },
  {
    name: 'room-new-refused',
    show: async (page, stage) => {
      await at(() => '/room')(page, stage);
      await page.locator('form[action$="/room"]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
      await page.locator('input[name=password]').fill('abc');
      await page
        .locator(
          'form[action$="/room"] [data-submit], form[action$="/room"] button[type=submit], form[action$="/room"] button:not([type])',
        )
        .last()
        .click();
      await page.waitForLoadState('load');
    },
  },
  { name: 'password', show: at((stage) => `/room/${stage.locked}`) },
  {
    name: 'password-wrong',
    show: async (page, stage) => {
      await at(() => `/room/${stage.locked}`)(page, stage);
      await page.locator('input[name=password]').fill('not it');
      await page.locator('[data-submit]').click();
      await page.locator('.field-error').first().waitFor();
    },
  },
  { name: 'chat', show: lively },
  {
    name: 'chat-markdown',
    show: async (page, stage) => {
      const [host, friend] = stage.friends as [TestVisitor, TestVisitor];
      const room = (await host.createRoom({ title: WORDS[stage.lang].lively }))._id;
      await host.sit(room);
      await friend.sit(room);
      for (const text of WORDS[stage.lang].marks) await host.say(room, text);
      await at(() => `/room/${room}`)(page, stage);
      await page.locator('html[data-joined]').waitFor({ state: 'attached' });
      await page.locator('textarea[name=chat]').fill(WORDS[stage.lang].marks[1]);
      await page.keyboard.press('Enter');
      await page.locator('.msg.mine .code').waitFor();
    },
  },
  {
    name: 'chat-menu',
    async show(page, stage) {
      await lively(page, stage);
      await page.locator('.room-bar [data-menu] summary').click();
      await page.locator('[data-notify]').waitFor();
    },
  },
  {
    name: 'chat-message-menu',
    async show(page, stage) {
      await lively(page, stage);
      await openMessageMenu(page);
    },
  },
  {
    name: 'chat-emoji',
    async show(page, stage) {
      await lively(page, stage);
      await openMessageMenu(page);
      await page.locator('[data-react-all]').click();
      await page.locator('[data-emoji-panel] .emoji').first().waitFor();
      // All 1,870 would take axe seconds.
      await page.locator('[data-emoji-panel] input').fill(stage.lang === 'ko' ? '하트' : 'heart');
      await page.locator('[data-emoji-panel] .emoji', { hasText: '😻' }).first().waitFor();
    },
  },
  {
    name: 'chat-mention',
    async show(page, stage) {
      await lively(page, stage);
      await page.locator('#m-2[tabindex]').press('r');
      await page.locator('[data-reply]:not([hidden])').waitFor();
      await page.locator('[data-text]').fill('@');
      await page.locator('.suggest [role=option]').first().waitFor();
    },
  },
  {
    name: 'chat-empty',
    show: async (page, stage) => {
      await at(() => '/room')(page, stage);
      await page.locator('input[name=title]').fill(stage.lang === 'ko' ? '새로 연 방' : 'Brand new room');
      await page
        .locator('form[action$="/room"] [data-submit], form[action$="/room"] button:not([type])')
        .last()
        .click();
      await atAddress(page, /\/room\/[0-9a-f]{24}$/);
    },
  },
  {
    name: 'chat-share',
    show: async (page, stage) => {
      await lively(page, stage);
      await page.locator('[data-share-open]').first().click();
      await page.locator('[data-share] img.qr').waitFor();
    },
  },
  {
    name: 'chat-people',
    show: async (page, stage) => {
      await lively(page, stage);
      const open = page.locator('[data-people-open]');
      if (await open.isVisible()) await open.click(); // on a wide screen the people are there already
    },
  },
  {
    name: 'chat-room-sheet',
    async show(page, stage) {
      await at(() => '/room')(page, stage);
      await page.locator('input[name=title]').fill(stage.lang === 'ko' ? '새로 연 방' : 'Brand new room');
      await page.locator('form[action$="/room"] [data-submit]').click();
      await atAddress(page, /\/room\/[0-9a-f]{24}$/);
      const [, room = ''] = page.url().split('/room/');
      const [friend, other] = stage.friends as [TestVisitor, TestVisitor];
      for (const visitor of [friend, other]) await visitor.open(room);
      const { _id } = await friend.say(room, WORDS[stage.lang].talk[3]);
      await other.agent.post(`/room/${room}/chat/${_id}/report`).send({ why: WORDS[stage.lang].talk[4] });
      await page.locator('summary [data-reports-count]:not([hidden])').waitFor();
      await page.locator('details[data-menu] summary').click();
      await page.locator('[data-settings-open]').click();
      await page.locator('dialog[open] [data-reports] li').waitFor();
    },
  },
  {
    name: 'chat-report',
    async show(page, stage) {
      await lively(page, stage);
      await page.locator('.msg:not(.mine)[tabindex]').last().press('Enter');
      await page.locator('[data-message-dialog] .menu-item').last().click();
      await page.locator('[data-report-dialog]').waitFor();
    },
  },
  {
    name: 'chat-image',
    show: async (page, stage) => {
      await lively(page, stage);
      const file = { name: 'rainbow.gif', mimeType: 'image/gif', buffer: await rainbowGif() };
      await page.locator('input[type=file][data-file], .composer input[type=file]').first().setInputFiles(file);
    },
  },
  {
    name: 'chat-offline',
    show: async (page, stage) => {
      await lively(page, stage);
      await page.locator('textarea[name=chat]').waitFor();
      await page.context().setOffline(true);
      await page
        .locator('textarea[name=chat]')
        .fill(stage.lang === 'ko' ? '연결이 돌아오면 보내 주세요' : 'Send this when the line is back');
      await page.keyboard.press('Enter');
      await page.locator('[data-connection]:not([hidden])').waitFor({ timeout: 60_000 });
    },
  },
  { name: 'lobby-name', show: at(() => '/lobby') },
  {
    name: 'lobby',
    async show(page, stage) {
      await at(() => '/lobby')(page, stage);
      await page.fill('#name', `${stage.lang === 'ko' ? '밤산책' : 'Nightwalk'} ${++walkers}`);
      await page.click('[data-name-form] button');
      await page.waitForSelector('[data-speak]:not([hidden])');
    },
  },
  { name: 'messages-empty', show: at(() => '/messages') },
  { name: 'messages-find', show: at(() => '/messages?find=zzz') },
  messages,
  stepFrom(messages, 'messages-list', async (page, stage) => {
    await at(() => '/messages')(page, stage);
    await page.waitForSelector('.contact');
  }),
  { name: 'closed', show: at((stage) => `/room/${stage.ended}/closed`) },
  { name: 'not-found', show: at(() => '/no-such-page') },
  { name: 'offline', show: at(() => '/offline') },
  ...SEARCH_STATES,
  ...DOOR_STATES,
  ...MESSAGE_STATES,
  ...CONSULT_STATES,
  ...ADMIN_STATES,
];

/** A guest in the given dress. */
export const guestFor = (browser: Browser, lang: 'ko' | 'en', options: BrowserContextOptions): Promise<Guest> =>
  newGuest(browser, { ...options, locale: lang === 'ko' ? 'ko-KR' : 'en-US' });
