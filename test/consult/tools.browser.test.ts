/** The rest of the desk in browsers: images both ways, the alert, ready replies, coming back by code, long conversations. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { consultConsultant } from '../../controllers/consult/names.js';
import type { DeskAnswer } from '../../schemas/consult/contract.js';
import { closeContexts, holdSent, release, sharedBrowser } from '../support/browser.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, work } from '../support/consultant.js';
import { deskPages } from '../support/desk-pages.js';
import { hide, notes, stand, stubNotifications } from '../support/notifications.js';
import { rainbowGif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const LONG = 130;

describe('the desk in browsers, its tools', () => {
  let site: TestSite;
  let browser: Browser;
  before(async () => {
    site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD, LIMITS: 'off', CONSULT_LINE_MS: '3600000' });
    browser = await sharedBrowser();
  });
  after(async () => {
    await closeContexts(browser);
    await site.close();
  });
  afterEach(async () => {
    for (const { context } of guests.splice(0)) await release(context);
  });
  const { guest, guests, signIn, start, say, sees, state, take, open, end } = deskPages(() => ({ site, browser }));

  const picture = async (name: string) => ({ name, mimeType: 'image/gif', buffer: await rainbowGif() });
  const choose = async (page: Page, name: string) => {
    await page.setInputFiles('[data-attach-file]', await picture(name));
    await page.locator('[data-attach] img').waitFor();
    await page.locator('[data-attach-note]', { hasText: name }).waitFor();
  };
  const shown = (page: Page, alt: string) =>
    waitFor(`the image "${alt}" to be drawn`, async () => {
      const image = page.locator(`.msg img[alt="${alt}"]`);
      return (
        (await image.count()) === 1 &&
        (await image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth > 0))
      );
    });

  it('an image is chosen, previewed, described and sent by either side, and both see it', async () => {
    const desk = await signIn('Pictures');
    const visitor = await start('with images');
    await choose(visitor, 'before.gif');
    await visitor.fill('[data-attach-alt]', 'sent while waiting');
    await visitor.click('[data-send]');
    await shown(visitor, 'sent while waiting');
    await visitor.locator('[data-attach]').waitFor({ state: 'hidden' });
    await take(desk, 'with images');
    await shown(desk, 'sent while waiting');
    await choose(desk, 'answer.gif');
    await desk.fill('[data-attach-alt]', 'sent by the desk');
    await desk.fill('[data-text]', 'and a word with it');
    await desk.click('[data-send]');
    for (const page of [desk, visitor]) {
      await shown(page, 'sent by the desk');
      await sees(page, 'and a word with it');
    }
    await visitor.reload();
    await shown(visitor, 'sent by the desk');
    await choose(visitor, 'not sent.gif');
    await visitor.click('[data-attach-cancel]');
    await visitor.locator('[data-attach]').waitFor({ state: 'hidden' });
    await visitor.setInputFiles('[data-attach-file]', {
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no image'),
    });
    await visitor.locator('.attach.is-refused').waitFor();
    await end(visitor);
    await state(visitor, 'ended');
  });

  it('an image chosen for one visitor does not follow the consultant to another', async () => {
    const desk = await signIn('Two at once');
    const one = await start('case one');
    const two = await start('case two');
    await take(desk, 'case one');
    await take(desk, 'case two');
    await choose(desk, 'for two.gif');
    await open(desk, 'case one');
    await desk.locator('[data-attach]').waitFor({ state: 'hidden' });
    await say(desk, 'hello one');
    await sees(one, 'hello one');
    for (const page of [one, two, desk]) assert.equal(await page.locator('.msg img').count(), 0);
    for (const page of [one, two]) await end(page);
  });

  it('a note begun beside one visitor does not follow the consultant to another, and is there on return', async () => {
    const desk = await signIn('Notes');
    const one = await start('note one');
    const two = await start('note two');
    await take(desk, 'note one');
    await take(desk, 'note two');
    const shows = (topic: string) => desk.locator('[data-sub]', { hasText: topic }).waitFor();
    await shows('note two');
    await desk.fill('#note', 'about two');
    await open(desk, 'note one');
    await shows('note one');
    await waitFor('an empty note', async () => (await desk.inputValue('#note')) === '');
    await desk.fill('#note', 'about one');
    await desk.click('[data-note-form] button');
    await desk.locator('.note', { hasText: 'about one' }).waitFor();
    await open(desk, 'note two');
    await waitFor('the note begun', async () => (await desk.inputValue('#note')) === 'about two');
    await waitFor('no note beside it', async () => (await desk.locator('.note').count()) === 0);
    for (const page of [one, two]) await end(page);
  });

  it('a note begun while a case is still loading goes on in the note', async () => {
    const desk = await signIn('Quick');
    const one = await start('opened slowly');
    await say(one, 'read me');
    await sees(one, 'read me');
    await take(desk, 'opened slowly');
    await sees(desk, 'read me');
    const question = holdSent('open-consult');
    await question.on(desk);
    await desk.reload();
    await desk.locator('[data-mine] .desk-open', { hasText: 'opened slowly' }).click();
    await desk.locator('[data-sub]', { hasText: 'opened slowly' }).waitFor();
    await waitFor('the question for the case', () => question.held() > 0);
    await desk.locator('#note').click();
    await desk.keyboard.type('for our ');
    question.release();
    await sees(desk, 'read me');
    await desk.keyboard.type('eyes only');
    assert.deepEqual([await desk.inputValue('#note'), await desk.inputValue('[data-text]')], ['for our eyes only', '']);
    await end(one);
  });

  it('a case opens although its row is drawn anew between press and release', async () => {
    const desk = await signIn('Presses');
    const one = await start('pressed');
    const two = await start('looked at');
    await take(desk, 'pressed');
    await take(desk, 'looked at');
    await desk.locator('[data-sub]', { hasText: 'looked at' }).waitFor();
    const row = desk.locator('[data-mine] .desk-open', { hasText: 'pressed' });
    await row.locator('.who-topic').hover();
    await desk.mouse.down();
    await say(one, 'meanwhile');
    await row.locator('.tag-new').waitFor();
    await desk.mouse.up();
    await desk.locator('[data-sub]', { hasText: 'pressed' }).waitFor();
    await sees(desk, 'meanwhile');
    for (const page of [one, two]) await end(page);
  });

  it('each case keeps its own draft, and what was missed in one that is not open counts as unread', async () => {
    const desk = await signIn('Drafts');
    const one = await start('draft one');
    const two = await start('draft two');
    await take(desk, 'draft one');
    await take(desk, 'draft two');
    await desk.locator('[data-sub]', { hasText: 'draft two' }).waitFor();
    await desk.fill('[data-text]', 'half a thought');
    await open(desk, 'draft one');
    await waitFor('an empty composer', async () => (await desk.inputValue('[data-text]')) === '');
    await open(desk, 'draft two');
    await waitFor('the draft', async () => (await desk.inputValue('[data-text]')) === 'half a thought');
    await desk.context().setOffline(true);
    for (const text of ['are you there?', 'hello?']) await say(one, text);
    await sees(one, 'hello?');
    await waitFor('both to be stored', async () => (await one.locator('.msg.is-pending').count()) === 0);
    await desk.context().setOffline(false);
    await desk
      .locator('[data-mine] .desk-row', { hasText: 'draft one' })
      .locator('.tag-new', { hasText: '2' })
      .waitFor();
    await open(desk, 'draft one');
    await sees(desk, 'hello?');
    await desk.locator('[data-mine] .tag-new').waitFor({ state: 'detached' });
    for (const page of [one, two]) await end(page);
  });

  it('a desk page that the server sent away comes back by itself, and says when the sign-in is over', async () => {
    const desk = await signIn('Sent away');
    const signedIn = (await site.app.services.consultants.list()).find(({ name }) => name === 'Sent away');
    const [socket] = [...site.app.io.of('/consult').sockets.values()].filter(({ rooms }) =>
      rooms.has(consultConsultant(signedIn?._id ?? '')),
    );
    socket!.disconnect(true);
    const visitor = await start('after that');
    await take(desk, 'after that');
    await end(visitor);
    await site.app.services.desk.signOut((socket!.data as { session: string }).session);
    await desk.locator('[data-over-dialog][open]').waitFor();
  });

  it('the alert repeats, by sound and title, until somebody takes; switched off, by title and a notification', async () => {
    const counted = async (page: Page) => {
      await page.clock.install();
      await stubNotifications(page, 'granted');
      await page.addInitScript(() => {
        const scope = window as unknown as { OscillatorNode: new (...given: unknown[]) => object; tones: number };
        const real = scope.OscillatorNode;
        scope.tones = 0;
        scope.OscillatorNode = class extends real {
          constructor(...given: unknown[]) {
            super(...given);
            scope.tones += 1;
          }
        };
      });
    };
    const tones = (page: Page) => page.evaluate(() => (window as unknown as { tones: number }).tones);
    const loud = await signIn('Loud', {}, counted);
    const quiet = await signIn('Quiet', {}, counted);
    const seconds = async (count: number) => {
      for (const page of [loud, quiet]) await page.clock.runFor(count * 1_000);
    };
    await loud.click('.desk-head h1'); // a browser lets a page sound after a gesture
    await quiet.locator('[data-alert]').uncheck();
    await quiet.locator('[data-notify]').click();
    await quiet.locator('[data-notify]:checked').waitFor();
    await hide(quiet, true);
    await loud.locator('[data-alert-hint]').waitFor({ state: 'hidden' });
    const title = await loud.title();
    assert.equal(await tones(loud), 0, 'nobody waits');
    for (const page of [loud, quiet]) await page.clock.pauseAt(Date.now() + 10_000);
    // A client without pages: a page that loads anew is away for a moment, and rings twice.
    const ear = await (await arrive(site)).listen('/consult');
    const id = await startConsult(ear, 'somebody there?');
    const blinks = async (page: Page) => (await page.title()).startsWith('(');
    for (const page of [loud, quiet]) await waitFor('an alert in the title', () => blinks(page));
    assert.equal(await tones(loud), 3);
    const [note] = await stand(quiet, 1);
    assert.deepEqual([note?.title, note?.body], ['GIF Chat', 'Somebody is waiting at the desk']);
    await hide(quiet, false);
    await stand(quiet, 0);
    assert.deepEqual(await notes(loud), [], 'who did not ask for any');
    await seconds(1);
    assert.deepEqual([await loud.title(), await quiet.title()], [title, title]);
    await seconds(1);
    assert.deepEqual([await blinks(loud), await blinks(quiet)], [true, true]);
    await seconds(3);
    assert.equal(await tones(loud), 6);
    await take(quiet, 'somebody there?');
    // The clock stands until both know: no alert falls due on the way.
    for (const page of [loud, quiet])
      await page.locator('[data-waiting] .desk-row', { hasText: 'somebody there?' }).waitFor({ state: 'detached' });
    const at = await tones(loud);
    await seconds(12);
    assert.deepEqual(
      [await tones(loud), await loud.title(), await tones(quiet), await quiet.title()],
      [at, title, 0, title],
    );
    await ear.ask('end-consult', id);
    ear.close();
  });

  it('a ready reply is kept, used, changed and removed, for everybody at the desk', async () => {
    const writer = await signIn('Writes');
    const reader = await signIn('Reads');
    const visitor = await start('the usual question');
    await writer.click('[data-reply-new]');
    await writer.fill('#reply-title', 'Greeting');
    await writer.fill('#reply-text', 'Hello, how can I help?');
    await writer.click('[data-reply-form] .primary');
    await reader.locator('.reply', { hasText: 'Greeting' }).waitFor();
    await take(reader, 'the usual question');
    await reader.locator('.reply-use', { hasText: 'Greeting' }).click();
    assert.equal(await reader.inputValue('[data-text]'), 'Hello, how can I help?');
    await reader.press('[data-text]', 'Enter');
    await sees(visitor, 'Hello, how can I help?');

    await reader.getByRole('button', { name: 'Edit: Greeting' }).click();
    await reader.fill('#reply-text', 'Good day!');
    await reader.click('[data-reply-form] .primary');
    await writer.locator('.reply', { hasText: 'Good day!' }).waitFor();
    await writer.click('[data-reply-new]');
    await writer.fill('#reply-title', 'Goodbye');
    await writer.fill('#reply-text', 'Bye');
    await writer.click('[data-reply-form] .primary');
    await reader.locator('.reply', { hasText: 'Goodbye' }).waitFor();
    await reader.getByRole('button', { name: 'Edit: Goodbye' }).click();
    await reader.fill('#reply-title', 'Greeting');
    // A notice stays for some seconds only: it is waited for before what brings it.
    const refused = reader.locator('.notice', { hasText: 'already' }).waitFor();
    await Promise.all([refused, reader.click('[data-reply-form] .primary')]);
    await reader.click('[data-reply-cancel]');
    for (const title of ['Greeting', 'Goodbye']) {
      await writer.getByRole('button', { name: `Remove: ${title}` }).click();
      await reader.locator('.reply', { hasText: title }).waitFor({ state: 'detached' });
    }
    await reader.locator('[data-replies-none]').waitFor();
    await end(visitor);
  });

  it('a question left at night is answered while its visitor is away, and read in another browser by its code', async () => {
    const visitor = await start('left at night');
    await visitor.locator('[data-wait-title]', { hasText: 'Your question is waiting' }).waitFor();
    await say(visitor, 'does it open on Sunday?');
    await visitor.locator('.msg.mine:not(.is-pending)', { hasText: 'does it open on Sunday?' }).waitFor();
    await visitor.click('[data-code-open]');
    const code = await visitor.locator('[data-code-value]').inputValue();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
    await visitor.context().close();

    const desk = await signIn('Morning');
    await desk.locator('[data-waiting] .desk-row', { hasText: 'Page closed' }).waitFor();
    await take(desk, 'left at night');
    await say(desk, 'yes, from ten');
    await desk.locator('[data-sub]', { hasText: 'has closed the page' }).waitFor();

    const elsewhere = await guest();
    await elsewhere.goto(`${site.url}/chat/consult`);
    await elsewhere.click('.consult-return summary');
    await elsewhere.fill('#code', code.toLowerCase());
    await elsewhere.press('#code', 'Enter');
    await state(elsewhere, 'taken');
    await sees(elsewhere, 'yes, from ten');
    await elsewhere.locator('.msg.mine', { hasText: 'does it open on Sunday?' }).waitFor();
    await desk.locator('[data-sub]', { hasText: 'left at night' }).waitFor();
    await elsewhere.click('[data-code-open]');
    const next = await elsewhere.locator('[data-code-value]').inputValue();
    assert.match(next, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
    assert.notEqual(next, code, 'a code is used up; the new browser has the next one');
    await elsewhere.keyboard.press('Escape');
    await say(elsewhere, 'thank you');
    await sees(desk, 'thank you');
    await elsewhere.reload();
    await elsewhere.locator('.msg.mine', { hasText: 'thank you' }).waitFor();
    await end(desk);
    await state(elsewhere, 'ended');
  });

  it('by its code an old case is shown, not what this browser had last', async () => {
    const old = await start('the older one');
    await old.click('[data-code-open]');
    const code = await old.locator('[data-code-value]').inputValue();
    await old.keyboard.press('Escape');
    const page = await start('the newer one');
    const enter = async () => {
      await page.goto(`${site.url}/chat/consult?new=1`);
      await page.click('.consult-return summary');
      await page.fill('#code', code);
      await page.press('#code', 'Enter');
    };
    await end(page);
    await state(page, 'ended');
    await enter();
    await state(page, 'waiting');
    assert.ok((await page.content()).includes('the older one'));
    await end(page);
    await state(page, 'ended');
    assert.ok((await page.locator('.consult-topic').textContent())?.includes('the older one'));
  });

  it(`a conversation of ${LONG} is read from the end to the beginning by scrolling up, on both sides`, async () => {
    const visitor = await start('long story');
    const id = (await visitor.getAttribute('#main', 'data-session'))!;
    const writer = await work(site, 'Long');
    const ear = await writer.desk();
    await takeCase(ear, id);
    for (let n = 1; n <= LONG; n++) await saySomething(ear, id, `line ${n} of it`);
    const desk = await signIn('Reads on');
    const answer = await ear.ask<DeskAnswer>('resume-desk');
    assert.ok(answer.ok);
    const { id: to } = answer.desk.consultants.find(({ name }) => name === 'Reads on')!;
    assert.equal((await ear.ask('transfer-consult', { sessionId: id, to })).ok, true);
    await open(desk, 'long story');
    await visitor.reload();
    const numbers = (page: Page) =>
      page
        .locator('.msg')
        .evaluateAll((list) => list.map((line) => Number(/line (\d+) of/.exec(line.textContent)?.[1])));
    const all = Array.from({ length: LONG }, (_, index) => index + 1);
    for (const page of [visitor, desk]) {
      await sees(page, `line ${LONG} of it`);
      const first = await numbers(page);
      assert.ok(first.length < LONG, `${first.length} at once`);
      assert.deepEqual(first, all.slice(-first.length));
      await waitFor('the beginning', async () => {
        await page.locator('[data-log]').evaluate((log) => void (log.scrollTop = -log.scrollHeight));
        return (await numbers(page))[0] === 1;
      });
      assert.deepEqual(await numbers(page), all);
      await page.locator('[data-older]').waitFor({ state: 'hidden' });
      await page.locator('.presence', { hasText: 'started' }).waitFor();
    }
    await say(visitor, 'still in order');
    await sees(desk, 'still in order');
    writer.leaveAll();
  });
});
