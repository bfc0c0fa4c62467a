/// <reference lib="dom" />
/** The operator's pages: a wrong password, the overview with something in each of its parts, people who are searched for. */
import type { Page } from 'playwright-core';
import { type State, stepFrom } from './state.js';
import type { Stage } from './states.js';
import { arrive, type TestVisitor } from './visitor.js';

/** What the stage's site has as ADMIN_PASSWORD. */
export const ADMIN_PASSWORD = 'the operator alone';

const WORDS = {
  ko: {
    me: '하린',
    why: '자꾸 광고를 올려요.',
    picture: '이 사진은 무서워요.',
    announcement: '오늘 밤 11시에 10분 동안 점검해요.\n쓰던 말은 그대로 남아요.',
  },
  en: {
    me: 'Harin',
    why: 'They advertise again and again.',
    picture: 'This picture is frightening.',
    announcement: 'We are down for ten minutes at eleven tonight.\nWhat you have written stays.',
  },
} as const;

async function doorWrong(page: Page, { site, lang }: Stage): Promise<void> {
  await page.goto(`${site.url}/admin`);
  await page.fill('#name', WORDS[lang].me);
  await page.fill('#password', 'not the password');
  await page.click('[data-submit]');
  await page.waitForSelector('.field-error:not([hidden])');
}

/** Reports of a message and of a person in the lively room. Repeated, they are the same reports. */
async function report({ lively, lang, friends }: Stage): Promise<void> {
  const [one, two, three] = friends as [TestVisitor, TestVisitor, TestVisitor];
  const said = (await one.readAll(lively)).filter(({ author }) => author.id !== three.id);
  const path = `/room/${lively}`;
  const picture = said.find(({ gif }) => gif);
  await three.agent.post(`${path}/chat/${said[0]?._id}/report`).send({ why: WORDS[lang].why });
  await three.agent.post(`${path}/chat/${picture?._id}/report`).send({ why: WORDS[lang].picture });
  await three.agent.post(`${path}/people/${two.id}/report`).send({});
}

/** Signed in, with reports, an announcement, maintenance, a visitor and an address kept out, and an address that is none. */
async function overview(page: Page, stage: Stage): Promise<void> {
  const { site, lang } = stage;
  await report(stage);
  await page.fill('#name', WORDS[lang].me);
  await page.fill('#password', ADMIN_PASSWORD);
  await page.click('[data-submit]');
  await page.waitForSelector('.admin-head');
  const { id } = await arrive(site, lang);
  const act = (path: string, data: object) => page.request.post(`${site.url}/admin/${path}`, { data });
  await act('bans', { visitor: id, minutes: 1_440 });
  await act('bans', { address: '203.0.113.7', minutes: 60 });
  await act('announcement', { text: WORDS[lang].announcement });
  await act('maintenance', { on: true });
  await page.goto(`${site.url}/admin?error=address_invalid`);
  await page.locator('.admin-sure > summary').first().click();
}

/** What the overview has put above all pages is gone; a visitor is found by name. */
async function people(page: Page, { site, lively, friends }: Stage): Promise<void> {
  await page.request.post(`${site.url}/admin/announcement/end`);
  await page.request.post(`${site.url}/admin/maintenance`, { data: { on: false } });
  await page.goto(`${site.url}/admin`);
  const [said] = (await friends[0]?.readAll(lively)) ?? [];
  await page.fill('#q', said?.author.name ?? '');
  await page.press('#q', 'Enter');
  await page.waitForSelector('.admin-person');
}

const wrong: State = { name: 'admin-door-wrong', show: doorWrong };
const whole = stepFrom(wrong, 'admin', overview);

export const ADMIN_STATES: State[] = [wrong, whole, stepFrom(whole, 'admin-people', people)];
