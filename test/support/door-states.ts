/// <reference lib="dom" />
/** States of a room whose host is asked: the page of who waits, of who was refused, and the host's list. */
import type { Page } from 'playwright-core';
import type { Stage } from './states.js';
import { type State, stepFrom } from './state.js';
import type { TestVisitor } from './visitor.js';

const TITLE = { ko: '3학년 2반 조회', en: 'Class 3B, morning round' };

const hostOf = ({ friends }: Stage) => friends[1] as TestVisitor;

/** The guest knocks at a room of a friend. */
const waiting: State = {
  name: 'waiting',
  async show(page, stage) {
    const host = hostOf(stage);
    const { _id } = await host.createRoom({ title: TITLE[stage.lang], max: 30 });
    await host.agent.patch(`/room/${_id}`).send({ approval: true });
    await page.goto(`${stage.site.url}/room/${_id}`);
  },
};

async function refused(page: Page, stage: Stage): Promise<void> {
  const room = (await page.locator('#main').getAttribute('data-room')) ?? '';
  const me = await page.evaluate(() => document.documentElement.dataset['me'] ?? '');
  await hostOf(stage).agent.post(`/room/${room}/knocks/${me}`).send({ admit: false });
  await page.locator('main[data-refused]').waitFor();
}

/** Friends knock at a room of the guest. */
async function showKnocks(page: Page, stage: Stage): Promise<void> {
  await page.goto(stage.site.url);
  const made = await page.request.post(`${stage.site.url}/room`, { data: { title: TITLE[stage.lang], max: 30 } });
  const { _id } = (await made.json()) as { _id: string };
  await page.request.patch(`${stage.site.url}/room/${_id}`, { data: { approval: true } });
  for (const friend of stage.friends.slice(1, 4)) await friend.open(_id);
  await page.goto(`${stage.site.url}/room/${_id}`);
  await page.locator('[data-knocks] li').nth(2).waitFor();
}

export const DOOR_STATES: State[] = [
  waiting,
  stepFrom(waiting, 'waiting-refused', refused),
  { name: 'chat-knocks', show: showKnocks },
];
