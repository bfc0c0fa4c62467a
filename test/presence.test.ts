/** Who is online for messages: tabs, reloads, dead nodes, and what it costs when a thousand come and go. */
import assert from 'node:assert/strict';
import { someone } from './support/direct.js';
import { startLine } from './support/line.js';
import { startSite, type TestSite } from './support/site.js';
import { waitFor } from './support/wait.js';

describe('presence', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '300' });
  });
  after(() => site.close());

  it('lasts until the last tab has gone, Socket.IO and raw alike', async () => {
    const [watcher, a] = [await someone(site), await someone(site)];
    const eye = await watcher.visitor.listen('/direct');
    const tabs = [await a.visitor.listen('/direct'), await a.visitor.listen('/direct')];
    const raw = await startLine(a.visitor);
    await eye.hear<string[]>('getOnlineUsers', (ids) => ids.includes(a.id));
    for (const tab of tabs) tab.close();
    const { presence } = site.app.services;
    await waitFor('one hold left', async () => (await holds(a.id)) === 1);
    assert.equal(await presence.isOnline(a.id), true);
    raw.drop();
    await waitFor('them offline', async () => !(await presence.isOnline(a.id)));
    await waitFor('a list without them', () => !eye.all<string[]>('getOnlineUsers').at(-1)!.includes(a.id));
    eye.close();
  });

  const holds = async (id: string) =>
    (await site.app.database.models.Presence.findOne({ _id: id }).lean())?.holds.length ?? 0;

  it('does not flicker for a reload', async () => {
    const [watcher, a] = [await someone(site), await someone(site)];
    const eye = await watcher.visitor.listen('/direct');
    let tab = await a.visitor.listen('/direct');
    await eye.hear<string[]>('getOnlineUsers', (ids) => ids.includes(a.id));
    for (let i = 0; i < 4; i++) {
      tab.close();
      await waitFor('the hold gone', async () => (await holds(a.id)) === 0);
      tab = await a.visitor.listen('/direct');
      await waitFor('the hold back', async () => (await holds(a.id)) === 1);
    }
    const lists = eye.all<string[]>('getOnlineUsers');
    const since = lists.findIndex((ids) => ids.includes(a.id));
    assert.ok(lists.slice(since).every((ids) => ids.includes(a.id)));
    tab.close();
    eye.close();
  });

  it('ends with the node that held it', async () => {
    const { presence, nodes, reaper } = site.app.services;
    const a = await someone(site);
    await presence.take(a.id, { node: 'dead-node', socket: 's' });
    await site.app.database.models.NodeLease.create({ _id: 'dead-node', until: new Date(0) });
    assert.notEqual(nodes.id, 'dead-node');
    await reaper.sweep();
    await waitFor('them offline', async () => !(await presence.isOnline(a.id)));
  });

  it('survives a restart of the site as nobody online, not as ghosts', async () => {
    const a = await someone(site);
    const tab = await a.visitor.listen('/direct', { reconnection: false });
    await waitFor('a hold', async () => (await holds(a.id)) === 1);
    await site.restart();
    await waitFor('them offline', async () => !(await site.app.services.presence.isOnline(a.id)));
    tab.close();
  });

  it('costs at most two lists a second while a thousand come and go, and ends with the truth', async () => {
    const { presence } = site.app.services;
    const watcher = await someone(site);
    const eye = await watcher.visitor.listen('/direct');
    await eye.hear('getOnlineUsers');
    const ids = Array.from({ length: 1_000 }, (_, i) => `c${i.toString(16).padStart(31, '0')}`);
    const before = eye.all('getOnlineUsers').length;
    const began = performance.now();
    for (let at = 0; at < ids.length; at += 50) {
      await Promise.all(ids.slice(at, at + 50).map((id) => presence.take(id, { node: 'x', socket: id })));
    }
    const all = await eye.hear<string[]>('getOnlineUsers', (list) => list.length >= 1_001);
    const seconds = (performance.now() - began) / 1000;
    const lists = eye.all('getOnlineUsers').length - before;
    assert.ok(ids.every((id) => all.includes(id)));
    assert.ok(lists <= 2 * seconds + 2, `${lists} lists in ${seconds.toFixed(1)} s`);
    await presence.releaseNode('x');
    await waitFor(
      'the truth',
      () =>
        eye
          .all<string[]>('getOnlineUsers')
          .at(-1)!
          .every((id) => !ids.includes(id)),
      30_000,
    );
    eye.close();
  }).timeout(60_000);
});
