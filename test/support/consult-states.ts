/// <reference lib="dom" />
/** The consultation's pages and the desk's, in every state, for the pictures and for axe: see states.ts. */
import type { Page } from 'playwright-core';
import type { DeskAnswer } from '../../schemas/consult/contract.js';
import { ready } from './browser.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, type TestConsultant, work } from './consultant.js';
import { rainbowGif } from './pictures.js';
import { startSite, type TestSite } from './site.js';
import { arrive, type Ear, type Reachable, type TestVisitor } from './visitor.js';
import { type State, stepFrom } from './state.js';
import type { Stage } from './states.js';

/** What the desk's states play on. */
export interface ConsultStage {
  /** A desk with a password and nobody at it. */
  night: TestSite;
  /** A site without a desk. */
  shut: TestSite;
  consultant: TestConsultant;
  desk: Ear;
  people: TestVisitor[];
  /** What the state before left behind. */
  tidy: (() => Promise<unknown>)[];
  close(): Promise<void>;
}

const WORDS = {
  ko: {
    consultants: ['지수', '민아'],
    me: '하린',
    topics: [
      '방이 열리지 않아요',
      '',
      '비밀번호를 잊어버렸는데 방 주인에게 연락할 방법이 있을까요?',
      'GIF가 안 움직여요',
    ],
    topic: '사진이 올라가지 않아요',
    ask: ['어제부터 사진을 올리면 "너무 복잡하다"고 나와요.', '이런 그림이에요'],
    alt: '빙글빙글 도는 무지개 네모',
    answers: [
      '안녕하세요, 반가워요! 바로 볼게요.',
      '장면이 300개보다 많은 GIF는 올릴 수 없어요. 조금 줄여서 다시 올려 보시겠어요?',
    ],
    thanks: '아하, 해볼게요. 고마워요!',
    notes: ['같은 문의가 어제도 두 번 있었음', '장면 수 제한을 안내함. 다시 오면 파일을 받아 볼 것'],
    replies: [
      ['인사', '안녕하세요, 무엇을 도와드릴까요?'],
      ['마무리', '더 궁금한 점이 있으면 언제든 다시 와 주세요. 좋은 하루 보내세요!'],
    ],
    line: '빨리 알려 주셔서 좋았어요',
  },
  en: {
    consultants: ['Juno', 'Mina'],
    me: 'Harin',
    topics: [
      'My room does not open',
      '',
      'I forgot the password of our room, is there any way to reach its owner?',
      'My GIF stands still',
    ],
    topic: 'My picture does not go up',
    ask: ['Since yesterday it says that my picture is too complex.', 'It is this one'],
    alt: 'A rainbow square, spinning',
    answers: [
      'Hello, good to see you! Let me have a look.',
      'A GIF of more than 300 frames cannot be posted. Could you cut it a little and try again?',
    ],
    thanks: 'I see, I will try. Thank you!',
    notes: ['Asked twice yesterday, too', 'Told about the limit of frames. If they come back: have a look at the file'],
    replies: [
      ['Greeting', 'Hello, how can I help you?'],
      ['Closing', 'If there is anything else, come back any time. Have a good day!'],
    ],
    line: 'Quick and clear',
  },
} as const;

/** Fill the desk: takes that an estimate can go by, people who wait, ready replies, an ended case with its rating. */
export async function setConsultStage(site: Reachable, lang: 'ko' | 'en'): Promise<ConsultStage> {
  const words = WORDS[lang];
  const [night, shut] = await Promise.all([
    startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, CONSULT_LINE_MS: '500' }),
    startSite({ LIMITS: 'off' }),
  ]);
  const people: TestVisitor[] = [];
  const visit = async () => {
    const visitor = await arrive(site, lang);
    people.push(visitor);
    return { visitor, ear: await visitor.listen('/consult') };
  };
  const consultant = await work(site, words.consultants[0]);
  const desk = await consultant.desk();
  for (let takes = 0; takes < 3; takes++) {
    const { visitor, ear } = await visit();
    const id = await startConsult(ear, words.topics[takes]);
    await takeCase(desk, id);
    await desk.ask('end-consult', id);
    if (takes === 0) await visitor.agent.post(`/chat/consult/${id}/rating`).send({ stars: 5, line: words.line });
  }
  for (const [title, text] of words.replies) await desk.ask('save-reply', { title, text });
  for (const topic of words.topics) await startConsult((await visit()).ear, topic);
  people.at(-1)?.leaveAll();
  return {
    night,
    shut,
    consultant,
    desk,
    people,
    tidy: [],
    async close() {
      for (const visitor of [consultant, ...people]) visitor.leaveAll();
      await Promise.all([night.close(), shut.close()]);
    },
  };
}

const tidied = async ({ consult }: Stage) => {
  for (const work of consult.tidy.splice(0)) await work();
};

/** A guest begins to wait. @returns the case. */
async function waits(page: Page, site: Reachable, { lang }: Stage): Promise<string> {
  await page.goto(`${site.url}/chat/consult`);
  await page.fill('#topic', WORDS[lang].topic);
  await page.click('[data-start] [data-submit]');
  await page.waitForSelector('#main[data-state="waiting"]');
  await ready(page);
  return (await page.getAttribute('#main', 'data-session')) ?? '';
}

/** A guest is taken and has talked with the desk. */
async function talked(page: Page, stage: Stage): Promise<void> {
  const { lang, site, consult } = stage;
  const words = WORDS[lang];
  await tidied(stage);
  const id = await waits(page, site, stage);
  const send = async (text: string) => {
    await page.fill('[data-text]', text);
    await page.press('[data-text]', 'Enter');
    await page.locator('.msg', { hasText: text }).waitFor();
  };
  await send(words.ask[0]);
  await takeCase(consult.desk, id);
  consult.tidy.push(() => consult.desk.ask('end-consult', id));
  await page.waitForSelector('#main[data-state="taken"]');
  await saySomething(consult.desk, id, words.answers[0]);
  await page.request.post(`${site.url}/chat/consult/${id}/gif?as=visitor`, {
    headers: { origin: new URL(site.url).origin },
    multipart: { alt: words.alt, gif: { name: 'a.gif', mimeType: 'image/gif', buffer: await rainbowGif() } },
  });
  await saySomething(consult.desk, id, words.answers[1]);
  await send(words.thanks);
  await page.locator('.msg img').first().waitFor();
}

/** A consultant's page, signed in. */
async function atDesk(page: Page, site: Reachable, { lang }: Stage): Promise<void> {
  await page.goto(`${site.url}/chat/admin`);
  await page.fill('#name', WORDS[lang].me);
  await page.fill('#password', DESK_PASSWORD);
  await page.click('[data-submit]');
  await page.waitForSelector('.colleague');
}

/** The same, with a case taken from a visitor, talked about and noted. */
async function withCase(page: Page, stage: Stage): Promise<void> {
  const { lang, site, consult } = stage;
  const words = WORDS[lang];
  await tidied(stage);
  const visitor = await arrive(site, lang);
  const ear = await visitor.listen('/consult');
  const id = await startConsult(ear, words.topic);
  await saySomething(ear, id, words.ask[0]);
  await takeCase(consult.desk, id);
  for (const note of words.notes) await consult.desk.ask('add-note', { sessionId: id, note });
  await saySomething(consult.desk, id, words.answers[0]);
  await visitor.agent
    .post(`/chat/consult/${id}/gif`)
    .field('alt', words.alt)
    .attach('gif', await rainbowGif(), 'a.gif');
  await atDesk(page, site, stage);
  const known = await consult.desk.ask<DeskAnswer>('resume-desk');
  const to = known.ok ? known.desk.consultants.find(({ name, away }) => name === words.me && !away)?.id : '';
  await consult.desk.ask('transfer-consult', { sessionId: id, to });
  await page.locator('[data-mine] .desk-open').first().click();
  await page.waitForSelector('.desk.has-case .msg img');
  await page.fill('[data-text]', words.answers[1]);
  await page.press('[data-text]', 'Enter');
  await page.locator('.msg:not(.is-pending)', { hasText: words.answers[1] }).waitFor();
  await saySomething(ear, id, words.thanks);
  await page.locator('.msg', { hasText: words.thanks }).waitFor();
  await page.locator('.notice').evaluateAll((notices) => notices.forEach((notice) => notice.remove()));
  consult.tidy.push(
    () => ear.ask('end-consult', id),
    () => {
      visitor.leaveAll();
      return Promise.resolve();
    },
  );
}

const taken: State = { name: 'consult-taken', show: talked };
const code = stepFrom(taken, 'consult-code', async (page) => {
  await page.click('[data-code-open]');
  await page.locator('[data-code-value]').waitFor();
});
const ended = stepFrom(code, 'consult-ended', async (page, stage) => {
  await page.keyboard.press('Escape');
  await stage.consult.desk.ask('end-consult', (await page.getAttribute('#main', 'data-session')) ?? '');
  await page.waitForSelector('#main[data-state="ended"]');
  await page.locator('.stars label').nth(3).click();
});

const desk: State = { name: 'desk-case', show: withCase };
const transfer = stepFrom(desk, 'desk-transfer', async (page) => {
  await page.click('[data-transfer]');
  await page.locator('[data-transfer-dialog][open]').waitFor();
});
const tools = stepFrom(transfer, 'desk-tools', async (page) => {
  await page.keyboard.press('Escape');
  const open = page.locator('[data-tools-open]');
  if (await open.isVisible()) await open.click(); // on a wide screen they are there already
  await page.click('[data-reply-new]');
});

export const CONSULT_STATES: State[] = [
  {
    name: 'consult-start',
    show: async (page, { site }) => void (await page.goto(`${site.url}/chat/consult`)),
  },
  {
    name: 'consult-start-unstaffed',
    async show(page, { consult }) {
      await page.goto(`${consult.night.url}/chat/consult`);
      await page.locator('.consult-return summary').click();
    },
  },
  {
    name: 'consult-start-wrong-code',
    async show(page, { site }) {
      await page.goto(`${site.url}/chat/consult?new=1&error=code_wrong`);
    },
  },
  {
    name: 'consult-waiting',
    async show(page, stage) {
      await tidied(stage);
      await waits(page, stage.site, stage);
    },
  },
  {
    name: 'consult-question',
    async show(page, stage) {
      await waits(page, stage.consult.night, stage);
      await page.fill('[data-text]', WORDS[stage.lang].ask[0]);
      await page.press('[data-text]', 'Enter');
      await page.locator('.msg').waitFor();
    },
  },
  taken,
  code,
  ended,
  { name: 'desk-door', show: async (page, { site }) => void (await page.goto(`${site.url}/chat/admin`)) },
  {
    name: 'desk-door-wrong',
    async show(page, { site, lang }) {
      await page.goto(`${site.url}/chat/admin`);
      await page.fill('#name', WORDS[lang].me);
      await page.fill('#password', 'not the password');
      await page.click('[data-submit]');
      await page.waitForSelector('.field-error:not([hidden])');
    },
  },
  { name: 'desk-closed', show: async (page, { consult }) => void (await page.goto(`${consult.shut.url}/chat/admin`)) },
  {
    name: 'desk-empty',
    async show(page, stage) {
      await atDesk(page, stage.consult.night, stage);
    },
  },
  {
    name: 'desk-queue',
    async show(page, stage) {
      await tidied(stage);
      await atDesk(page, stage.site, stage);
      await page.waitForSelector('[data-waiting] .desk-row');
      await page.click('[data-ended-box] summary');
      await page.waitForSelector('.ended-row');
    },
  },
  desk,
  transfer,
  tools,
];
