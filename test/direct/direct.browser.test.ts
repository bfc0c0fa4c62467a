/// <reference lib="dom" />
/** Two browsers and a raw client: names, presence, messages in all directions, away and back, two tabs, block. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { atAddress, closeContexts, type Guest, newGuest, release, sharedBrowser } from '../support/browser.js';
import { someone, type Someone, write } from '../support/direct.js';
import { startLine } from '../support/line.js';
import { hide, notes, stand, stubNotifications } from '../support/notifications.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';

describe('lobby and messages in the browser', () => {
  let site: TestSite;
  let browser: Browser;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '300' });
    browser = await sharedBrowser();
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });

  const idOf = (page: Page) => page.evaluate(() => document.documentElement.dataset['me'] ?? '');

  async function guestAt(path: string): Promise<Guest & { id: string }> {
    const guest = await newGuest(browser);
    await guest.page.goto(site.url + path);
    return { ...guest, id: await idOf(guest.page) };
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.fill('[data-text]', text);
    await page.press('[data-text]', 'Enter');
  }

  const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });

  it('takes a name in the lobby, says a taken one is taken, and leads from a name to messages', async () => {
    const [one, two] = [await guestAt('/lobby'), await guestAt('/lobby')];
    const enter = async ({ page }: Guest, name: string) => {
      await page.fill('#name', name);
      await page.click('[data-name-form] button');
    };
    await enter(one, 'Ada Lovelace');
    await one.page.waitForSelector('[data-speak]:not([hidden])');
    await enter(two, 'ａｄａlovelace');
    await two.page.locator('[data-error=name]:not([hidden])', { hasText: 'already has that name' }).waitFor();
    await enter(two, 'Grace');
    await two.page.waitForSelector('[data-speak]:not([hidden])');
    await one.page.locator('.presence', { hasText: 'Grace' }).waitFor();
    await say(one.page, 'hello lobby');
    await bubble(two.page, 'hello lobby').waitFor();
    await two.page.reload();
    await two.page.waitForSelector('[data-speak]:not([hidden])');
    await two.page.click('.person-link:has-text("Ada Lovelace")');
    await atAddress(two.page, `/messages/${one.id}`);
    await two.page.locator('[data-text]').pressSequentially('@a');
    await two.page.locator('.suggest [role=option]', { hasText: 'Ada Lovelace' }).waitFor();
    await two.page.keyboard.press('Tab');
    assert.equal(await two.page.inputValue('[data-text]'), '@Ada Lovelace ');
    await say(two.page, 'a word in private');
    await one.page.locator('[data-unread]:not([hidden])', { hasText: '1' }).waitFor();
    for (const guest of [one, two]) {
      assert.deepEqual(guest.complaints, []);
      await release(guest.context);
    }
  });

  it('asks for a name again when another tab has left the lobby', async () => {
    const { page, context, complaints } = await guestAt('/lobby');
    await page.fill('#name', 'Two Tabs');
    await page.click('[data-name-form] button');
    await page.waitForSelector('[data-speak]:not([hidden])');
    const tab = await context.newPage();
    await tab.goto(`${site.url}/lobby`);
    await tab.click('[data-leave] button');
    await tab.waitForSelector('[data-enter]:not([hidden])');
    await say(page, 'am I still here?');
    await page.locator('[data-error=name]:not([hidden])', { hasText: 'name' }).waitFor();
    await page.click('[data-name-form] button');
    await page.waitForSelector('[data-enter]', { state: 'hidden' });
    await page.click('[data-retry]');
    await bubble(tab, 'am I still here?').waitFor();
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('403')),
      [],
    );
    await release(context);
  });

  it('carries messages between two browsers and a raw client, with presence, reload and two tabs', async () => {
    const [one, two] = [await guestAt('/messages'), await guestAt('/messages')];
    const raw: Someone = await someone(site);
    const line = await startLine(raw.visitor);
    await one.page.locator(`[data-online] [data-id="${two.id}"]`).waitFor();
    await one.page.goto(`${site.url}/messages/${two.id}`);
    const tab = await one.context.newPage();
    await tab.goto(`${site.url}/messages/${two.id}`);
    await say(one.page, 'first words');
    await bubble(tab, 'first words').waitFor();
    await two.page.locator('.contact', { hasText: 'first words' }).waitFor();
    await two.page.click('.contact-link');
    await bubble(two.page, 'first words').waitFor();
    await one.page.locator('.msg-read').waitFor();
    await two.page.fill('[data-text]', 'typ');
    await one.page.locator('[data-typing]', { hasText: 'is typing' }).waitFor();
    await say(two.page, 'an answer');
    for (const page of [one.page, tab]) await bubble(page, 'an answer').waitFor();
    await one.page.reload();
    assert.equal(await one.page.locator('.bubble').count(), 2);

    line.send({ type: 'chat', toUserId: one.id, message: 'from a program' });
    await one.page.locator('.contact', { hasText: 'from a program' }).waitFor();
    await one.page.goto(`${site.url}/messages/${raw.id}`);
    await say(one.page, 'to a program');
    await line.hear('chat', ({ message }) => message === 'to a program');
    line.drop();
    await one.page.locator('[data-status]', { hasText: 'away' }).waitFor();
    for (const guest of [one, two]) {
      assert.deepEqual(guest.complaints, []);
      await release(guest.context);
    }
  });

  it('keeps what came while away, offline sends wait in sight, and a block shuts the door', async () => {
    const one = await guestAt('/messages');
    const other = await someone(site);
    await one.page.goto('about:blank');
    const id = one.id;
    await write(other, { ...other, id }, 'while you were away');
    await one.page.goto(site.url);
    await one.page.locator('[data-unread]:not([hidden])').waitFor();
    await one.page.goto(`${site.url}/messages/${other.id}`);
    await bubble(one.page, 'while you were away').waitFor();
    await one.context.setOffline(true);
    await say(one.page, 'sent offline');
    await one.page.locator('.msg.is-pending').waitFor();
    await one.context.setOffline(false);
    await one.page.locator('.msg.mine:not(.is-pending)', { hasText: 'sent offline' }).waitFor();

    await one.page.click('[data-conversation] [data-menu] summary');
    await one.page.click('[data-block] button');
    await one.page.click('[data-confirm-yes]');
    await one.page.locator('.shut', { hasText: 'You have blocked' }).waitFor();
    const refused = await other.visitor.agent.post(`/api/messages/send/${id}`).send({ message: 'x' });
    assert.equal(refused.status, 404);
    await one.page.click('.shut button');
    await one.page.waitForSelector('[data-composer]');
    await release(one.context);
  });

  /** Says everything that `sounds` and `shaken` ask about: set up before a page's own scripts run. */
  const watchful = (page: Page) =>
    page.addInitScript(() => {
      const seen = { tones: 0, pitches: [] as number[], shakes: [] as string[] };
      Object.assign(window, { seen });
      const start = Reflect.get<OscillatorNode, 'start'>(OscillatorNode.prototype, 'start');
      OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
        seen.tones++;
        seen.pitches.push(this.frequency.value);
        start.call(this, when);
      };
      document.addEventListener('animationstart', ({ animationName, target }) => {
        if (animationName === 'shake' && target instanceof Element) seen.shakes.push(target.textContent);
      });
    });
  interface Seen {
    tones: number;
    pitches: number[];
    shakes: string[];
  }
  const seen = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

  /** A guest in a conversation with somebody who writes to them over HTTP; the page has been touched, so it may sound. */
  async function conversing(options: BrowserContextOptions = {}, prepare: (page: Page) => Promise<unknown> = watchful) {
    const other = await someone(site);
    const guest = await newGuest(browser, options);
    await prepare(guest.page);
    const caughtUp = guest.page.waitForResponse((response) => response.url().includes(`/api/messages/${other.id}?`));
    await guest.page.goto(`${site.url}/messages/${other.id}`);
    const id = await idOf(guest.page);
    // From now on what is written comes by its event, and not with what was missed.
    await (await caughtUp).finished();
    await guest.page.locator('html[data-joined]').waitFor({ state: 'attached' });
    await guest.page.locator('[data-text]').click();
    const writes = async (text: string) => {
      await write(other, { ...other, id }, text);
      await bubble(guest.page, text).waitFor();
      // Two frames later, whatever was to begin has begun.
      await guest.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    };
    return { ...guest, other, id, writes, hide: (hidden: boolean) => hide(guest.page, hidden) };
  }

  describe('a new message', () => {
    it('sounds two soft notes and shakes, once; what one says oneself does neither', async () => {
      const { page, context, writes, complaints } = await conversing();
      await writes('first');
      assert.deepEqual(await seen(page), { tones: 2, pitches: [660, 880], shakes: ['first'] });
      await say(page, 'mine');
      await page.locator('.msg.mine:not(.is-pending)', { hasText: 'mine' }).waitFor();
      await writes('second');
      assert.deepEqual(await seen(page), { tones: 4, pitches: [660, 880, 660, 880], shakes: ['first', 'second'] });
      await page.reload();
      await bubble(page, 'second').waitFor();
      assert.deepEqual(await seen(page), { tones: 0, pitches: [], shakes: [] });
      assert.deepEqual(complaints, []);
      await release(context);
    });

    it('stands still where motion is unwanted, and still sounds', async () => {
      const { page, context, writes } = await conversing({ reducedMotion: 'reduce' });
      await writes('calmly');
      const { tones, shakes } = await seen(page);
      assert.deepEqual([tones, shakes], [2, []]);
      const motion = await bubble(page, 'calmly').evaluate((element) => getComputedStyle(element).animationName);
      assert.equal(motion, 'none');
      await release(context);
    });

    it('is silent in a muted conversation, and sounds again after', async () => {
      const { page, context, writes } = await conversing();
      const toggle = async () => {
        await page.click('[data-conversation] [data-menu] summary');
        const answered = page.waitForResponse((response) => response.url().endsWith('/mute'));
        await page.click('[data-mute] button');
        await answered;
        await page.locator('[data-conversation] [data-menu][open]').waitFor({ state: 'detached' });
      };
      await writes('before');
      await toggle();
      await page.locator('.contact .contact-end', { hasText: 'Muted' }).locator('.icon').waitFor();
      await writes('muted');
      assert.equal((await seen(page)).tones, 2);
      await toggle();
      await page.locator('.contact .contact-end .icon').waitFor({ state: 'detached' });
      await writes('after');
      assert.equal((await seen(page)).tones, 4);
      await release(context);
    });

    it('is silent once the sound is switched off, on the next page too', async () => {
      const { page, context, writes } = await conversing();
      await page.click('.side-head [data-menu] summary');
      await page.locator('[data-sound]').uncheck({ force: true });
      await writes('quiet');
      assert.equal((await seen(page)).tones, 0);
      await page.reload();
      await page.locator('[data-text]').click();
      await writes('still quiet');
      assert.equal((await seen(page)).tones, 0);
      await release(context);
    });

    it('counts in the title while the page is out of sight, and no longer when it is seen', async () => {
      const { page, context, writes, hide } = await conversing();
      const title = await page.title();
      await writes('seen at once');
      assert.equal(await page.title(), title);
      await hide(true);
      await writes('one');
      assert.equal(await page.title(), `(1) ${title}`);
      await writes('two');
      assert.equal(await page.title(), `(2) ${title}`);
      await hide(false);
      assert.equal(await page.title(), title);
      await release(context);
    });
  });

  describe('notifications', () => {
    const ask = async (page: Page) => {
      await page.click('.side-head [data-menu] summary');
      await page.locator('[data-notify]').click();
    };

    it('come once asked for, out of sight, without what was said, and go when the page is seen', async () => {
      const { page, context, writes, hide } = await conversing({}, (page) => stubNotifications(page, 'granted'));
      await hide(true);
      await writes('not asked for');
      await hide(false);
      await ask(page);
      await page.locator('[data-notify]:checked').waitFor();
      await writes('in sight');
      assert.deepEqual(await notes(page), []);
      await hide(true);
      await writes('a secret');
      // What came just before it may still be told now: every one of them says the same.
      await stand(page, 1);
      for (const note of await notes(page)) {
        assert.deepEqual([note.title, note.body], ['GIF Chat', 'A new direct message']);
      }
      await hide(false);
      await stand(page, 0);
      await release(context);
    });

    it('that the browser refuses are off, and the reader is told', async () => {
      const { page, context } = await conversing({}, (page) => stubNotifications(page, 'denied'));
      await ask(page);
      await page.locator('.notice', { hasText: 'does not allow notifications' }).waitFor();
      assert.equal(await page.locator('[data-notify]').isChecked(), false);
      await release(context);
    });
  });

  describe('a name above what somebody said', () => {
    it('leads to messages, drawn by the server and live alike; on phone and desktop, by mouse and keyboard', async () => {
      const host = await arrive(site);
      const room = (await host.createRoom({ title: 'Names' }))._id;
      await host.open(room);
      await host.sit(room);
      await host.say(room, 'said before');
      await host.say(room, 'and went on');
      const guest = await guestAt(`/room/${room}`);
      const { page } = guest;
      const links = page.locator('.rows .name-link');
      assert.equal(await links.count(), 1, 'one for a group');
      await say(page, 'my own words');
      // Until it is stored it stands below what comes meanwhile.
      await page.locator('.msg.mine:not(.is-pending)', { hasText: 'my own words' }).waitFor();
      assert.equal(await page.locator('.mine .name-link').count(), 0);
      await host.say(room, 'said live');
      await bubble(page, 'said live').waitFor();
      assert.equal(await links.count(), 2);
      const [first, live] = await Promise.all(
        [0, 1].map((at) => links.nth(at).evaluate((link) => [link.outerHTML, getComputedStyle(link).color])),
      );
      assert.deepEqual(live, first, 'the same element in the same colour');
      const link = links.nth(1);
      const underline = () => link.evaluate((element) => getComputedStyle(element).textDecorationLine);
      assert.equal(await underline(), 'none');
      await link.hover();
      assert.equal(await underline(), 'underline');
      await page.mouse.move(0, 0);
      await link.focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      assert.equal(await underline(), 'underline');
      assert.equal(await link.getAttribute('title'), `Message ${await link.textContent()}`);
      await page.keyboard.press('Enter');
      await atAddress(page, `/messages/${host.id}`);
      await say(page, 'in private');
      await bubble(page, 'in private').waitFor();
      assert.equal(await page.locator('.rows .name-link').count(), 0, 'between two people a name leads nowhere');
      assert.deepEqual(guest.complaints, []);
      host.leaveAll();
      await release(guest.context);
    });

    it('leads there from the lobby, and says so in words when the person is gone', async () => {
      const [one, two] = [await guestAt('/lobby'), await guestAt('/lobby')];
      for (const [{ page }, name] of [
        [one, 'Name One'],
        [two, 'Name Two'],
      ] as const) {
        await page.fill('#name', name);
        await page.click('[data-name-form] button');
        await page.waitForSelector('[data-speak]:not([hidden])');
      }
      await say(one.page, 'live in the lobby');
      const row = two.page.locator('.msg', { hasText: 'live in the lobby' });
      await row.locator('.name-link', { hasText: 'Name One' }).waitFor();
      await two.page.reload();
      await row.locator('.name-link').click();
      await atAddress(two.page, `/messages/${one.id}`);
      await two.page.goto(`${site.url}/lobby`);
      await site.app.database.models.Person.deleteOne({ _id: one.id });
      await row.locator('.name-link').click();
      await atAddress(two.page, `/messages/${one.id}`);
      await two.page.locator('.error-page', { hasText: 'There is nobody there' }).waitFor();
      for (const { context } of [one, two]) await release(context);
    });

    it('leads out of the frame that shows a room without JavaScript', async () => {
      const host = await arrive(site);
      const room = (await host.createRoom({ title: 'Framed' }))._id;
      await host.open(room);
      await host.sit(room);
      await host.say(room, 'said in a frame');
      const { context, page } = await newGuest(browser, { javaScriptEnabled: false });
      await page.goto(`${site.url}/room/${room}`);
      await page.frameLocator('iframe').locator('.name-link').click();
      await atAddress(page, `/messages/${host.id}`);
      host.leaveAll();
      await release(context);
    });
  });

  describe('the online list', () => {
    it('shows a page, then more, finds by name, and follows who goes', async () => {
      const { Person } = site.app.database.models;
      const { presence } = site.app.services;
      const nameOf = (at: number) => `Walker ${String(at).padStart(3, '0')}`;
      const ids = Array.from({ length: 120 }, (_, at) => `c${at.toString(16).padStart(31, '0')}`);
      const visit = { color: '#123456', lang: 'en', lastSeen: new Date(), until: new Date(Date.now() + 1e7) };
      await Person.insertMany(ids.map((_id, at) => ({ _id, name: nameOf(at), ...visit })));
      for (const id of ids) await presence.take(id, { node: 'walkers', socket: id });
      const guest = await guestAt('/messages');
      const { page } = guest;
      const rows = page.locator('[data-online] li');
      await page.locator('[data-online-number]', { hasText: /^1[2-9]\d$/ }).waitFor();
      // The reader's own place on a page stays empty.
      const some = (count: number) =>
        page.waitForFunction((most) => {
          const { length } = document.querySelectorAll('[data-online] li');
          return length <= most && length >= most - 1;
        }, count);
      await some(50);
      await page.locator('[data-online-more]').focus();
      await page.keyboard.press('Enter');
      await some(100);
      await page.click('[data-online-more]');
      await page.locator('[data-online-more]').waitFor({ state: 'hidden' });
      assert.ok((await rows.count()) >= 120);
      assert.equal(await page.evaluate(() => document.activeElement?.closest('[data-online]') !== null), true);
      const shown = await rows.locator('.contact-name').allTextContents();
      assert.equal(new Set(shown.filter((name) => name.startsWith('Walker'))).size, 120);

      await page.fill('#find', 'walker 07');
      await some(10);
      await presence.release(ids[75]!, { node: 'walkers', socket: ids[75]! });
      await rows.locator('a', { hasText: nameOf(75) }).waitFor({ state: 'detached' });
      assert.equal(await rows.count(), 9);
      await page.fill('#find', 'nobody at all');
      await page.locator('[data-online-empty]', { hasText: 'Nobody online goes by that name' }).waitFor();
      await page.fill('#find', '');
      await some(50);
      await page.fill('#find', 'walker 011');
      await some(1);
      await page.click(`[data-online] [data-id="${ids[11]}"] a`);
      await atAddress(page, `/messages/${ids[11]}`);
      assert.deepEqual(guest.complaints, []);
      await presence.releaseNode('walkers');
      await page.goto(`${site.url}/messages`);
      await page.locator('[data-online-more]').waitFor({ state: 'hidden' });
      await release(guest.context);
    });

    it('reads names again now and then, and not with everybody who comes', async () => {
      const guest = await newGuest(browser);
      const { page } = guest;
      const number = (online: number) =>
        page.locator('[data-online-number]', { hasText: new RegExp(`^${online}$`) }).waitFor();
      await page.clock.install();
      await page.goto(`${site.url}/messages`);
      await number(0);
      await page.locator('html[data-joined]').waitFor({ state: 'attached' });
      await page.clock.pauseAt(Date.now() + 10_000);
      const reads: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/api/users')) reads.push(request.url());
      });
      const tabs = [];
      for (const [turn, crowd] of [10, 1, 1].entries()) {
        const come = await Promise.all(Array.from({ length: crowd }, () => someone(site)));
        for (const { visitor } of come) tabs.push(await visitor.listen('/direct'));
        await number(tabs.length);
        assert.equal(reads.length, turn, 'nothing is read while no time passes');
        await page.clock.runFor(2_600);
        for (const { id } of come) await page.locator(`[data-online] [data-id="${id}"]`).waitFor();
        assert.equal(reads.length, turn + 1);
      }
      for (const tab of tabs) tab.close();
      await release(guest.context);
    });
  });

  it('sends a form without JavaScript', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US' });
    const page = await context.newPage();
    const other = await someone(site);
    await page.goto(`${site.url}/messages/${other.id}`);
    await page.fill('[data-text]', 'plain form');
    await page.click('[data-send]');
    await bubble(page, 'plain form').waitFor();
    await page.goto(`${site.url}/lobby`);
    await page.fill('#name', 'Plain Form');
    await page.click('[data-name-form] button');
    await page.fill('[data-text]', 'hello from a form');
    await page.click('[data-send]');
    await bubble(page, 'hello from a form').waitFor();
    await release(context);
  });
});
