/** Who is online for messages: tabs, reloads, dead nodes, and what it costs when hundreds come and go. */
import assert from 'node:assert/strict';
import type { ContactView } from '../../schemas/direct/contract.js';
import { fold } from '../../services/site/search.js';
import { type Someone, someone } from '../support/direct.js';
import { startLine } from '../support/line.js';
import { pace } from '../support/pace.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

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
    await waitFor('one hold left', async () => (await sockets(a.id)) === 1);
    assert.equal(await presence.isOnline(a.id), true);
    raw.drop();
    await waitFor('them offline', async () => !(await presence.isOnline(a.id)));
    await waitFor('a list without them', () => !eye.all<string[]>('getOnlineUsers').at(-1)!.includes(a.id));
    eye.close();
  });

  const sockets = async (id: string) =>
    (await site.app.database.models.Presence.findOne({ _id: id }).lean())?.sockets.length ?? 0;

  it('is told to who comes with themselves in it, on every kind of line', async () => {
    const eye = await (await someone(site)).visitor.listen('/direct');
    await eye.hear('getOnlineUsers');
    // At once, while the list that was read for others is still new.
    for (let round = 0; round < 3; round++) {
      const [a, b] = [await someone(site), await someone(site)];
      const [ear, raw] = await Promise.all([a.visitor.listen('/direct'), startLine(b.visitor)]);
      await ear.hear('getOnlineUsers');
      assert.ok(ear.all<string[]>('getOnlineUsers')[0]!.includes(a.id));
      assert.ok((await raw.hear('ready')).online.includes(b.id));
      ear.close();
      raw.drop();
    }
    eye.close();
  });

  it('does not flicker for a reload', async () => {
    const patient = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    const [watcher, a] = [await someone(patient), await someone(patient)];
    const { Presence } = patient.app.database.models;
    const held = async () => (await Presence.findOne({ _id: a.id }).lean())?.sockets.length;
    const eye = await watcher.visitor.listen('/direct');
    let tab = await a.visitor.listen('/direct');
    await eye.hear<string[]>('getOnlineUsers', (ids) => ids.includes(a.id));
    for (let i = 0; i < 4; i++) {
      tab.close();
      await waitFor('the socket gone', async () => (await held()) === 0);
      tab = await a.visitor.listen('/direct');
      await waitFor('a socket again', async () => (await held()) === 1);
    }
    const lists = eye.all<string[]>('getOnlineUsers');
    const since = lists.findIndex((ids) => ids.includes(a.id));
    assert.ok(lists.slice(since).every((ids) => ids.includes(a.id)));
    await patient.close();
  });

  it('ends with the node that held it', async () => {
    const { presence, nodes, sweeper } = site.app.services;
    const a = await someone(site);
    await presence.take(a.id, { node: 'dead-node', socket: 's' });
    await site.app.database.models.NodeLease.create({ _id: 'dead-node', until: new Date(0) });
    assert.notEqual(nodes.id, 'dead-node');
    await sweeper.sweep();
    await waitFor('them offline', async () => !(await presence.isOnline(a.id)));
  });

  it('survives a restart of the site as nobody online, not as ghosts', async () => {
    const a = await someone(site);
    const tab = await a.visitor.listen('/direct', { reconnection: false });
    await waitFor('a hold', async () => (await sockets(a.id)) === 1);
    await site.restart();
    await waitFor('them offline', async () => !(await site.app.services.presence.isOnline(a.id)));
    tab.close();
  });

  describe('the list of people', () => {
    interface Users {
      users: ContactView[];
      next: string | null;
    }
    const users = async (me: Someone, query: Record<string, string> = {}): Promise<Users> => {
      const { status, body } = await me.visitor.agent.get('/api/users').query(query);
      assert.equal(status, 200);
      return body as Users;
    };
    const all = async (me: Someone, query: Record<string, string> = {}) => {
      const pages: ContactView[][] = [];
      for (let after: string | null = ''; after !== null;) {
        const page: Users = await users(me, { ...query, ...(after && { after }) });
        pages.push(page.users);
        after = page.next;
      }
      return pages;
    };
    let crowds = 0;
    const crowd = async (count: number, nameOf: (at: number) => string) => {
      const { Person } = site.app.database.models;
      const mark = `d${(crowds += 1)}`;
      const ids = Array.from({ length: count }, (_, at) => `${mark}${at.toString(16).padStart(30, '0')}`);
      const visit = { color: '#123456', lang: 'en', lastSeen: new Date(), until: new Date(Date.now() + 1e7) };
      await Person.insertMany(ids.map((_id, at) => ({ _id, name: nameOf(at), ...visit })));
      const { presence } = site.app.services;
      for (let at = 0; at < ids.length; at += 50)
        await Promise.all(ids.slice(at, at + 50).map((id) => presence.take(id, { node: 'crowd', socket: id })));
      return ids;
    };

    it('is read by page, by name, everybody once, without the reader and those who hide from them', async () => {
      // Many of one name: a page may end among them.
      const ids = await crowd(130, (at) => (at < 90 ? 'Same Name' : `Other ${at}`));
      const [me, hider] = [await someone(site), await someone(site)];
      const tabs = [await me.visitor.listen('/direct'), await hider.visitor.listen('/direct')];
      await waitFor('both online', async () => (await sockets(me.id)) + (await sockets(hider.id)) === 2);
      await hider.visitor.agent.post(`/api/messages/${me.id}/block`).send({ on: true });
      const pages = await all(me, { limit: '40' });
      assert.ok(pages.length >= 4 && pages.every((page) => page.length <= 40));
      const found = pages.flat();
      assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
      assert.deepEqual(
        found
          .map(({ id }) => id)
          .filter((id) => ids.includes(id))
          .sort(),
        ids,
      );
      assert.ok(!found.some(({ id }) => id === me.id || id === hider.id));
      const names = found.map((person) => fold([person.alias, person.name].filter(Boolean).join(' ')));
      assert.deepEqual(names, [...names].sort());
      await site.app.services.presence.releaseNode('crowd');
      for (const tab of tabs) tab.close();
    });

    it('is read by page past a name of any length', async () => {
      const ids = await crowd(3, (at) => `${'\ufdfa'.repeat(20)} ${at}`);
      const found = (await all(await someone(site), { limit: '1' })).flat().map(({ id }) => id);
      assert.deepEqual(
        found.filter((id) => ids.includes(id)),
        ids,
      );
      await site.app.services.presence.releaseNode('crowd');
    });

    it('is searched by any part of a name, the one of the lobby and the one of the visit', async () => {
      const [me, other] = [await someone(site), await someone(site)];
      const tabs = [await other.visitor.listen('/direct'), await other.visitor.listen('/lobby')];
      await waitFor('them online', async () => (await sockets(other.id)) >= 1);
      const finds = async (q: string) => (await all(me, { q })).flat().some(({ id }) => id === other.id);
      const { name } = (await all(me)).flat().find(({ id }) => id === other.id)!;
      assert.ok(await finds(name.slice(2).toUpperCase()));
      assert.equal(await finds('하늘'), false);
      assert.equal((await tabs[1]!.ask('join', '파란 하늘.*')).ok, true);
      assert.ok(await finds('하늘'));
      assert.ok(await finds('하늘.*'));
      assert.ok(await finds(name));
      assert.equal(await finds('.*'), true, 'what is in the name, and no pattern');
      assert.equal(await finds('파.하'), false);
      assert.equal((await tabs[1]!.ask('join', 'Another')).ok, true);
      await waitFor('the old name forgotten', async () => !(await finds('하늘')));
      for (const tab of tabs) tab.close();
    });

    for (const after of [
      'x',
      `${'0'.repeat(31)}_x`,
      `${'0'.repeat(32)}x`,
      `${'0'.repeat(32)}_a\0b`,
      `${'0'.repeat(32)}_${'x'.repeat(1000)}`,
    ]) {
      it(`refuses a place that is none: ${JSON.stringify(after).slice(0, 50)}`, async () => {
        const me = await someone(site);
        assert.equal((await me.visitor.agent.get('/api/users').query({ after })).status, 400);
        assert.equal((await me.visitor.agent.get('/api/users').query({ after: `${'0'.repeat(32)}_` })).status, 200);
        assert.equal((await me.visitor.agent.get('/messages').query({ people: after })).status, 200);
      });
    }

    it('goes on by a link, and is searched by a form, without JavaScript', async () => {
      const ids = await crowd(60, (at) => `Paper ${String(at).padStart(2, '0')}`);
      const me = await someone(site);
      const page = async (path: string) => (await me.visitor.agent.get(path).set('Accept', 'text/html')).text;
      const shown = (html: string) =>
        [...html.matchAll(/<li data-id="([0-9a-f]{32})"/g)].flatMap(([, id = '']) => (ids.includes(id) ? [id] : []));
      const first = await page('/messages');
      const link = /href="(\/messages\?people=[^"]+)" data-online-more>/.exec(first)?.[1]?.replaceAll('&amp;', '&');
      assert.ok(link);
      const second = await page(link);
      assert.equal(new Set([...shown(first), ...shown(second)]).size, shown(first).length + shown(second).length);
      assert.deepEqual([...shown(first), ...shown(second)].sort(), ids);
      assert.deepEqual(shown(await page('/messages?find=PAPER%2007')), [ids[7]]);
      await site.app.services.presence.releaseNode('crowd');
    });
  });

  it('costs at most two lists a second while hundreds come and go, and ends with the truth', async () => {
    const { presence } = site.app.services;
    const watcher = await someone(site);
    const eye = await watcher.visitor.listen('/direct');
    await eye.hear('getOnlineUsers');
    const ids = Array.from({ length: 300 }, (_, i) => `c${i.toString(16).padStart(31, '0')}`);
    const atMost = pace(() => eye.all('getOnlineUsers').length);
    for (let at = 0; at < ids.length; at += 50) {
      await Promise.all(ids.slice(at, at + 50).map((id) => presence.take(id, { node: 'x', socket: id })));
    }
    const all = await eye.hear<string[]>('getOnlineUsers', (list) => list.length > ids.length);
    atMost(2);
    assert.ok(ids.every((id) => all.includes(id)));
    await presence.releaseNode('x');
    await waitFor('the truth', () =>
      eye
        .all<string[]>('getOnlineUsers')
        .at(-1)!
        .every((id) => !ids.includes(id)),
    );
    eye.close();
  });
});
