/// <reference lib="dom" />
/** One conversation in five places: what it promises holds in each of them. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import { conversations } from '../support/conversations.js';
import { Proxy } from '../support/proxy.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const MANY = 120;
/** PLACES=all: everything in each of the five. Else what all do by the same modules in two of them, the room and the desk. */
const ALL = process.env['PLACES'] === 'all';
/** More than the lobby has on one page. */
const LOBBY_PAGE = 60;

describe('a conversation in a browser', () => {
  let site: TestSite;
  let proxy: Proxy;
  let browser: Browser;

  before(async () => {
    proxy = await Proxy.open({ port: 1 });
    const origin = `http://127.0.0.1:${proxy.port}`;
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, EXTRA_ORIGINS: origin });
    proxy.target = { port: site.port, host: '127.0.0.1' };
    browser = await sharedBrowser();
  });
  const { places, leave } = conversations(() => ({ site, browser, url: `http://127.0.0.1:${proxy.port}` }));
  afterEach(async () => {
    proxy.restore();
    await leave();
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
    await proxy.close();
  });

  const texts = (page: Page) => page.locator('.msg .bubble').allTextContents();
  const send = async (page: Page, text: string) => {
    await page.fill('[data-text]', text);
    await page.press('[data-text]', 'Enter');
  };
  const sent = (page: Page, text: string) =>
    page.locator('.msg.mine:not(.is-pending):not(.is-failed)', { hasText: text }).waitFor();
  const failed = (page: Page, text: string) => page.locator('.msg.is-failed', { hasText: text });
  const numbers = (page: Page) =>
    page.locator('.msg[id]').evaluateAll((rows) => rows.map((row) => Number(row.id.replace('m-', ''))));

  it('connects anew when the server does not acknowledge that a page joined its room', async () => {
    const { page, meddling, says } = await places[0]!.open();
    meddling.loses = 'missed meanwhile';
    proxy.cut();
    await says('missed meanwhile');
    proxy.restore();
    await waitFor('the loss of what came with the acknowledgement', () => meddling.lost === 1);
    meddling.loses = null;
    await page.locator('.bubble', { hasText: 'missed meanwhile' }).waitFor();
    await page.locator('[data-connection]').waitFor({ state: 'hidden' });
  });

  it('finds what was said in the lobby before a page of nothing but comings and goings', async () => {
    const friend = await arrive(site);
    const ear = await friend.listen('/lobby');
    await ear.ask('join', 'Fickle');
    assert.equal((await friend.agent.post('/lobby/messages').send({ chat: 'long ago' })).status, 201);
    for (let at = 0; at < LOBBY_PAGE; at++) assert.ok((await ear.ask('join', `Fickle ${at}`)).ok);
    const { page } = await newGuest(browser);
    await page.goto(`${site.url}/lobby`);
    await page.locator('.bubble', { hasText: 'long ago' }).waitFor();
    friend.leaveAll();
    await page.context().close();
  });

  for (const { name, open } of places) {
    describe(`in ${name}`, () => {
      const lost = 'sends once what was typed while the connection was lost, and shows once what was missed or changed';
      const inTunnel = async () => {
        const { page, says, changes } = await open();
        for (const text of ['said before', 'taken back']) await says(text);
        await page.locator('.bubble', { hasText: 'said before' }).waitFor();
        await page.locator('[data-text]').pressSequentially('typed in ');
        proxy.cut();
        await page.locator('[data-text]').pressSequentially('a tunnel');
        await page.press('[data-text]', 'Enter');
        await page.locator('.msg.is-pending', { hasText: 'typed in a tunnel' }).waitFor();
        await page.locator('[data-connection]:not([hidden])').waitFor();
        for (const text of ['missed one', 'missed two']) await says(text);
        await changes?.('said before', 'said before, edited');
        await changes?.('taken back');
        proxy.restore();
        await sent(page, 'typed in a tunnel');
        for (const text of ['missed one', 'missed two']) await page.locator('.bubble', { hasText: text }).waitFor();
        await page.locator('[data-connection]').waitFor({ state: 'hidden' });
        await says('said after');
        await page.locator('.bubble', { hasText: 'said after' }).waitFor();
        if (changes) {
          for (const mark of ['.msg-edited', '.msg-removed']) await page.locator(`.msg ${mark}`).waitFor();
          await changes('said after', 'said after, edited');
          await page.locator('.msg:has(.msg-edited)', { hasText: 'said after, edited' }).waitFor();
        }
        const expected = [
          ...['missed one', 'missed two', 'typed in a tunnel'],
          ...(changes ? ['said before, edited', 'said after, edited'] : ['said before', 'taken back', 'said after']),
        ];
        const shown = (await texts(page)).filter((text) => /^(said|missed|typed|taken)/.test(text));
        assert.deepEqual([...shown].sort(), [...expected].sort());
        const order = await numbers(page);
        assert.deepEqual(
          order,
          [...new Set(order)].sort((a, b) => a - b),
        );
      };
      // In rooms it is a part of test/rooms/evening.browser.test.ts.
      if (name !== 'room') it(lost, inTunnel);
      if (!ALL && name !== places[0]?.name && name !== places.at(-1)?.name) return;

      it('asks for a message that did not arrive, once the next one shows that it is missing', async () => {
        const { page, meddling, says } = await open();
        await says('heard');
        await page.locator('.bubble', { hasText: 'heard' }).waitFor();
        meddling.loses = 'never delivered';
        await says('never delivered');
        await waitFor('the loss', () => meddling.lost === 1);
        meddling.loses = null;
        await says('the next one');
        await page.locator('.bubble', { hasText: 'the next one' }).waitFor();
        await page.locator('.bubble', { hasText: 'never delivered' }).waitFor();
        const shown = (await texts(page)).slice(-3);
        assert.deepEqual(shown, ['heard', 'never delivered', 'the next one']);
      });

      it('keeps a refused text with the reason, sends it again, forgets it, or brings it back to be changed', async () => {
        const { page, meddling, changes } = await open();
        meddling.refuses = true;
        for (const text of ['again', 'away with it', 'to be changed']) {
          await send(page, text);
          await failed(page, text).locator('.msg-state', { hasText: 'Keep it within 4,000' }).waitFor();
        }
        await page.press('[data-text]', 'ArrowUp');
        assert.equal(await page.inputValue('[data-text]'), 'to be changed');
        await failed(page, 'to be changed').waitFor({ state: 'detached' });
        await failed(page, 'away with it').locator('[data-discard]').click();
        await failed(page, 'away with it').waitFor({ state: 'detached' });
        meddling.refuses = false;
        await failed(page, 'again').locator('[data-retry]').click();
        await sent(page, 'again');
        await send(page, 'changed');
        await sent(page, 'changed');
        assert.deepEqual((await texts(page)).slice(-2), ['again', 'changed']);
        await page.press('[data-text]', 'ArrowUp');
        if (!changes) return assert.equal(await page.inputValue('[data-text]'), 'changed');
        await page.locator('.msg-edit textarea:focus').fill('edited');
        await page.keyboard.press('Enter');
        await page.locator('.msg.mine:has(.msg-edited) .bubble', { hasText: 'edited' }).waitFor();
        await page.locator('.msg-edit').waitFor({ state: 'detached' });
      });

      it('loads older messages as the reader scrolls up, once there is a connection, each once and in order', async () => {
        const said = Array.from({ length: MANY }, (_, index) => `${name}: line ${index + 1}`);
        const { page } = await open(said);
        await page.locator('.bubble', { hasText: said.at(-1) }).waitFor();
        const shown = async () => (await texts(page)).filter((text) => text.startsWith(`${name}: line`));
        const first = await shown();
        assert.ok(first.length < MANY, `${first.length} at once`);
        assert.deepEqual(first, said.slice(-first.length));
        proxy.cut();
        await page.locator('[data-connection]:not([hidden])').waitFor();
        await page.locator('[data-log]').evaluate((log) => void (log.scrollTop = -log.scrollHeight));
        proxy.restore();
        await waitFor('the beginning', async () => {
          await page.locator('[data-log]').evaluate((log) => void (log.scrollTop = -log.scrollHeight));
          return (await shown()).length === MANY;
        });
        assert.deepEqual(await shown(), said);
      });
    });
  }
});
