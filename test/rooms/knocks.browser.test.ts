/// <reference lib="dom" />
/** Asking to be let in, by pages: who waits goes on by itself, and a host answers by keyboard and by pointer. */
import assert from 'node:assert/strict';
import { atAddress, closeContexts, newGuest, sharedBrowser, SIZES } from '../support/browser.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive } from '../support/visitor.js';

describe('a page that waits and a page that lets in', () => {
  let site: TestSite;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
  });
  after(async () => {
    await closeContexts(await sharedBrowser());
    await site.close();
  });

  it('one is let in by keyboard and is inside at once; the next is refused', async () => {
    const browser = await sharedBrowser();
    const { page: hosting } = await newGuest(browser);
    const { page: asking } = await newGuest(browser, { viewport: SIZES.phone });
    await hosting.goto(site.url);
    const { _id } = (await (
      await hosting.request.post(`${site.url}/room`, { data: { title: 'Asked', max: 5 } })
    ).json()) as { _id: string };
    const set = (data: object) => hosting.request.patch(`${site.url}/room/${_id}`, { data });
    await hosting.goto(`${site.url}/room/${_id}`);
    await hosting.locator('html[data-joined]').waitFor({ state: 'attached' });
    // A lock that is put on, or taken off, is seen in the room and in the list.
    await asking.goto(site.url);
    await asking.locator('[data-pulse].is-live').waitFor({ state: 'attached' });
    const locks = [hosting.locator('.room-sub [data-room-lock]'), asking.locator('.room [data-slot="lock"]')];
    for (const [password, state] of [
      ['a password', 'visible'],
      ['', 'hidden'],
    ] as const) {
      await set({ password });
      for (const lock of locks) await lock.waitFor({ state });
    }
    assert.equal(await locks[1]?.textContent(), 'Password');
    const asks = asking.locator('.room [data-slot="asks"]');
    assert.ok(await asks.isHidden());
    await set({ approval: true });
    await asks.waitFor();
    assert.equal(await asks.textContent(), 'The host lets people in');
    await asking.goto(`${site.url}/room/${_id}`);
    await asking.getByRole('heading', { name: 'Waiting to be let in' }).waitFor();
    await hosting.getByText('1 person asks to come in').waitFor();
    const other = await arrive(site);
    assert.equal((await other.open(_id)).status, 202);
    const ear = await other.listen();
    const rows = hosting.locator('[data-knocks] li');
    await rows.nth(1).waitFor();
    await rows.nth(0).getByRole('button').first().focus();
    await hosting.keyboard.press('Enter');
    await asking.locator('html[data-joined]').waitFor({ state: 'attached' });
    await atAddress(asking, `${site.url}/room/${_id}`);
    await hosting.getByText('1 person asks to come in').waitFor();
    assert.equal(await rows.count(), 1);
    assert.ok(await rows.first().evaluate((row) => row.contains(document.activeElement)));
    await rows
      .first()
      .getByRole('button', { name: /^Refuse/ })
      .click();
    await ear.hear('refused');
    await hosting.locator('[data-knocks-box]').waitFor({ state: 'hidden' });
    assert.ok(await hosting.evaluate(() => document.activeElement?.matches('textarea')));
    other.leaveAll();
  });
});
