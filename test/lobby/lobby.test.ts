/** The lobby: names that belong to one visitor, one message a person for coming and going, one stream kept short. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { LobbyAnswer, LobbyMessageView, LobbyUserView } from '../../schemas/lobby/contract.js';
import type { Failure } from '../../schemas/site/contract.js';
import { nameKey } from '../../schemas/site/names.js';
import type { Visitor } from '../../services/people/visitors.js';
import { raceForLobbyNames } from '../support/races.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const TRIALS = 10;

type Joined = Extract<LobbyAnswer, { ok: true }>;

const join = async (ear: Ear, name: unknown) => (await ear.ask('join', name)) as unknown as LobbyAnswer;

async function joined(ear: Ear, name: string): Promise<Joined> {
  const answer = await join(ear, name);
  assert.equal(answer.ok, true, JSON.stringify(answer));
  return answer;
}

const refusal = (answer: LobbyAnswer) => (answer.ok ? 'ok' : answer.error.code);
const texts = (ear: Ear) => ear.all<LobbyMessageView>('message').map(({ chat }) => chat);

describe('lobby', () => {
  let site: TestSite;
  let count = 0;
  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '150' });
  });
  after(() => site.close());

  const fresh = () => `name${++count}`;
  const enter = async (name = fresh()) => {
    const visitor = await arrive(site);
    const ear = await visitor.listen('/lobby');
    return { visitor, ear, name, ...(await joined(ear, name)) };
  };

  describe('a name', () => {
    it('is acknowledged as the contract says', async () => {
      const { ear, user, name } = await enter();
      assert.match(user.id, /^[0-9a-f]{32}$/);
      assert.equal(user.name, name);
      const answer = await join(ear, name);
      assert.equal(answer.success, true);
      ear.close();
    });

    for (const [held, tried] of [
      ['Kim Lee', 'kim lee'],
      ['Kim2', 'Ｋｉｍ２'],
      ['Anna B', 'Anna\u3000B'],
      ['Anna C', 'Anna\u00a0\u200bC'],
      ['AnnaD', 'Anna D'],
      ['Alice', 'Alice\u2800'],
      ['Straße', 'STRASSE'],
      ['가나다', '가 나다'],
      ['ｶﾞﾝﾀﾞﾑ', 'ガンダム'],
      ['é\u200dcole', 'e\u0301cole'],
      ['Pepe', '\u0440\u0435\u0440\u0435'],
      ['Toma', '\u0422\u043e\u043c\u0430'],
      ['Alice 10', 'AIice lO'],
      ['Mom', 'Morn'],
      ['Ivan', 'IVAN'],
    ] as const) {
      it(`held as ${JSON.stringify(held)} is not free as ${JSON.stringify(tried)}`, async () => {
        const one = await enter(held);
        const other = await (await arrive(site)).listen('/lobby');
        const answer = await join(other, tried);
        assert.equal(answer.success, false);
        assert.equal(refusal(answer), 'name_taken');
        assert.match((answer as Failure).error.message, /already/);
        one.ear.close();
        other.close();
      });
    }

    for (const [what, name, code] of [
      ['one character', 'a', 'name_length'],
      ['21 characters', 'a'.repeat(21), 'name_length'],
      ['spaces', '     ', 'name_length'],
      ['invisible characters', '\u200b\u200b\u200b', 'name_length'],
      ['one seen character', 'a\u200b\u200b', 'name_length'],
      ['blanks of braille', '\u2800\u2800\u2800', 'name_length'],
      ['combining marks', 'a\u0301\u0302\u0303', 'name_length'],
      ['the name of the site itself', 'ＳＹＳＴＥＭ', 'name_invalid'],
      ['what looks like the name of the site', 'Systern', 'name_invalid'],
      ['what looks so in Cyrillic letters', '\u0430\u0501\u043c\u0456\u0578', 'name_invalid'],
      ['two alphabets in a word', 's\u0443stem', 'name_invalid'],
      ['two alphabets in a word of no other name', '\u0441y\u0441t\u0435m', 'name_mixed'],
      ['a number', 5, 'bad_input'],
      ['an operator', { $ne: null }, 'bad_input'],
      ['nothing', null, 'bad_input'],
      ['a list', ['ab'], 'bad_input'],
      ['a lone surrogate', 'ab\ud800', 'bad_input'],
    ] as const) {
      it(`cannot be ${what}`, async () => {
        const ear = await (await arrive(site)).listen('/lobby');
        for (const target of [name, { name }]) assert.equal(refusal(await join(ear, target)), code);
        ear.close();
      });
    }

    it('of two or twenty characters is fine, in any script, with line breaks made spaces', async () => {
      for (const [given, kept] of [
        ['가나', '가나'],
        ['😀'.repeat(20), '😀'.repeat(20)],
        ['  two\n words  ', 'two words'],
        ['e\u0301a', 'éa'],
        ['Юлия Smith', 'Юлия Smith'],
        ['ジョンJohn존', 'ジョンJohn존'],
      ] as const) {
        const { ear, user } = await enter(given);
        assert.equal(user.name, kept);
        ear.close();
      }
    });

    it(`goes to exactly one of two who claim it at the same moment, ${TRIALS} times`, () =>
      raceForLobbyNames(site, TRIALS));

    it('that is taken is said in the form, also to somebody who is here already', async () => {
      const { name } = await enter();
      const visitor = await arrive(site);
      const wish = (wished: string) =>
        visitor.agent.post('/lobby/join').type('form').set('Accept', 'text/html').send({ name: wished });
      await wish(fresh());
      const back = await wish(name);
      assert.equal(back.status, 303);
      const page = async (path: string) =>
        (await visitor.agent.get(path).set('Accept', 'text/html').set('Accept-Language', 'en')).text;
      const shown = /data-enter [^>]*">\s*<form/;
      const refused = await page(back.headers['location']!);
      assert.match(refused, shown);
      assert.match(refused, /already has that name/);
      assert.doesNotMatch(await page('/lobby'), shown);
    });

    it('may be changed, which frees the old one and is said', async () => {
      const one = await enter();
      const old = one.name;
      const next = fresh();
      await joined(one.ear, next);
      const renamed = await one.ear.hear<LobbyMessageView>('message', ({ event }) => event === 'renamed');
      assert.equal(renamed.user.id, null);
      assert.equal(renamed.who!.name, next);
      const two = await enter(old);
      one.ear.close();
      two.ear.close();
    });

    it('comes back to the same visitor after leaving, and to nobody else until it is released', async () => {
      const { visitor, ear, name, user } = await enter();
      ear.close();
      const watcher = await (await arrive(site)).listen('/lobby');
      await watcher.hear<LobbyUserView[]>('users', (list) => list.some(({ id, online }) => id === user.id && !online));
      assert.equal(refusal(await join(watcher, name)), 'name_taken');
      const back = await visitor.listen('/lobby');
      assert.equal((await joined(back, name)).user.id, user.id);
      back.close();
      await watcher.hear<LobbyMessageView>('message', ({ event, who }) => event === 'left' && who?.id === user.id);
      await waitFor('them away', async () => (await site.app.services.lobby.user(user.id))?.online === false);
      await site.app.database.models.LobbyUser.updateOne(
        { _id: user.id },
        { $set: { until: new Date(Date.now() - 1) } },
      );
      assert.equal((await joined(watcher, name)).success, true);
      watcher.close();
    });
  });

  describe('coming and going', () => {
    it('again and again does not give the name away, nor flood the stream', async () => {
      const strict = await startSite({ LIMITS: 'name=4/600', ROOM_GRACE_MS: '100' });
      const visitor = await arrive(strict);
      const [ear, other] = [await visitor.listen('/lobby'), await (await arrive(strict)).listen('/lobby')];
      await joined(ear, 'Revolver');
      for (let times = 0; times < 3; times++) assert.deepEqual(await ear.ask('leave'), { ok: true });
      assert.equal(refusal(await join(other, 'Revolver')), 'name_taken');
      await strict.app.services.lobby.sweep();
      assert.equal(refusal(await join(other, 'Revolver')), 'name_taken');
      for (let times = 0; times < 3; times++) {
        await joined(ear, 'Revolver');
        await joined(ear, 'Revolver');
        await ear.ask('leave');
      }
      assert.equal(refusal(await join(ear, 'Revolver')), 'rate_limited');
      const events = other.all<LobbyMessageView>('message').map(({ event }) => event);
      assert.deepEqual(events, Array.from({ length: 4 }, () => ['joined', 'left']).flat());
      await strict.close();
    });

    it('is said once a person, not once a tab', async () => {
      const watcher = await (await arrive(site)).listen('/lobby');
      const { visitor, ear, name, user } = await enter();
      const second = await visitor.listen('/lobby');
      await joined(second, name);
      ear.close();
      const third = await visitor.listen('/lobby');
      await joined(third, name);
      second.close();
      third.close();
      await watcher.hear<LobbyMessageView>('message', ({ event, who }) => event === 'left' && who?.id === user.id);
      const about = watcher.all<LobbyMessageView>('message').filter(({ who }) => who?.id === user.id);
      assert.deepEqual(
        about.map(({ event, user: { id, name: by } }) => [event, id, by]),
        [
          ['joined', null, 'system'],
          ['left', null, 'system'],
        ],
      );
      watcher.close();
    });

    it('of a reload is not said at all', async () => {
      const watcher = await (await arrive(site)).listen('/lobby');
      const { visitor, ear, name, user } = await enter();
      for (let i = 0; i < 5; i++) {
        const before = visitor.ears.at(-1)!;
        const next = await visitor.listen('/lobby');
        before.close();
        await joined(next, name);
      }
      void ear;
      const marker = await enter();
      await watcher.hear<LobbyMessageView>('message', ({ who }) => who?.id === marker.user.id);
      assert.equal(watcher.all<LobbyMessageView>('message').filter(({ who }) => who?.id === user.id).length, 1);
      visitor.leaveAll();
      marker.ear.close();
      watcher.close();
    });

    it('on purpose is said at once, with every tab', async () => {
      const { visitor, ear, name } = await enter();
      const second = await visitor.listen('/lobby');
      await joined(second, name);
      assert.deepEqual(await ear.ask('leave'), { ok: true });
      await second.hear<LobbyMessageView>('message', ({ event, who }) => event === 'left' && who?.name === name);
      visitor.leaveAll();
    });

    it('is noticed when a node dies', async () => {
      const { lobby } = site.app.services;
      const visitor: Visitor = { id: 'b'.repeat(32), name: 'x', color: '#123456', lang: 'en' };
      await lobby.join(visitor, fresh(), { node: 'dead', socket: 's' });
      await lobby.releaseNode('dead');
      await waitFor('them away', async () => (await lobby.user(visitor.id))?.online === false);
    });
  });

  describe('the stream', () => {
    it('reaches everybody once, in one order, with the name at the time', async () => {
      const [one, two] = [await enter(), await enter()];
      const answer = await one.ear.ask<{ message: LobbyMessageView }>('sendMessage', 'hello all');
      assert.equal(answer.ok, true);
      const heard = await two.ear.hear<LobbyMessageView>('message', ({ chat }) => chat === 'hello all');
      assert.deepEqual(heard.user, { id: one.user.id, name: one.name });
      await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? one : two).ear.ask('sendMessage', `m${i}`)));
      await waitFor('all', () => texts(two.ear).filter((chat) => /^m\d/.test(chat ?? '')).length === 50);
      const seqs = two.ear.all<LobbyMessageView>('message').map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        [...seqs].sort((a, b) => a - b),
      );
      assert.equal(new Set(seqs).size, seqs.length);
      one.ear.close();
      two.ear.close();
    });

    it('takes a retried message once', async () => {
      const { ear, visitor } = await enter();
      for (let i = 0; i < 3; i++) await ear.ask('sendMessage', { chat: 'only once', clientId: 'c1' });
      const post = await visitor.agent.post('/lobby/messages').send({ chat: 'only once', clientId: 'c1' });
      assert.equal(post.status, 201);
      const { body } = await visitor.agent.get('/lobby/messages?limit=100');
      assert.equal((body as { chats: LobbyMessageView[] }).chats.filter(({ clientId }) => clientId === 'c1').length, 1);
      ear.close();
    });

    it('is closed to somebody without a name', async () => {
      const visitor = await arrive(site);
      const ear = await visitor.listen('/lobby');
      const answer = (await ear.ask('sendMessage', 'hello')) as { error: { code: string } };
      assert.equal(answer.error.code, 'lobby_name_required');
      assert.equal((await visitor.agent.post('/lobby/messages').send({ chat: 'hello' })).status, 403);
      ear.close();
    });

    for (const [bad, code] of [
      [undefined, 'bad_input'],
      [null, 'bad_input'],
      [5, 'bad_input'],
      [{}, 'bad_input'],
      [[], 'bad_input'],
      [{ chat: {} }, 'bad_input'],
      [{ chat: 'x', clientId: {} }, 'bad_input'],
      ['', 'chat_required'],
      [' ', 'chat_required'],
      ['x'.repeat(4001), 'chat_too_long'],
      [{ chat: 'x'.repeat(4001) }, 'chat_too_long'],
      ['a\0b', 'bad_input'],
    ] as const) {
      it(`refuses ${inspect(bad).slice(0, 30)}`, async () => {
        const { ear } = await enter();
        const answer = (await ear.ask('sendMessage', bad)) as Failure;
        assert.equal(answer.error.code, code);
        ear.close();
      });
    }

    it('keeps the last 500 messages', async () => {
      const { ear, visitor } = await enter();
      const { lobby } = site.app.services;
      const { id } = (await lobby.users()).list.find(({ online }) => online)!;
      const who: Visitor = { id, name: 'x', color: '#123456', lang: 'en' };
      await Promise.all(Array.from({ length: 620 }, (_, i) => lobby.post(who, `k${i}`, undefined)));
      await waitFor('the older ones to be deleted', async () => {
        return (await site.app.database.models.LobbyChat.countDocuments()) === 500;
      });
      const { body } = await visitor.agent.get('/lobby/messages?limit=100');
      const page = body as { chats: LobbyMessageView[]; more: boolean };
      assert.equal(page.chats.length, 100);
      assert.equal(page.more, true);
      ear.close();
    });

    it('gives what was missed on joining again', async () => {
      const one = await enter();
      const two = await enter();
      one.ear.close();
      for (let i = 0; i < 120; i++) await two.ear.ask('sendMessage', `missed ${i}`);
      const back = await one.visitor.listen('/lobby');
      const answer = (await join(back, { name: one.name, after: one.seq })) as Joined;
      const chats = answer.missed.filter(({ event }) => !event).map(({ chat }) => chat);
      assert.deepEqual(
        chats,
        Array.from({ length: 120 }, (_, i) => `missed ${i}`),
      );
      back.close();
      two.ear.close();
    });
  });

  it('works without JavaScript: join, say, read, leave', async () => {
    const visitor = await arrive(site);
    const html = (request: ReturnType<typeof visitor.agent.get>) => request.set('Accept', 'text/html');
    const name = fresh();
    const form = (path: string, body: object) => html(visitor.agent.post(path).type('form').send(body));
    assert.equal((await form('/lobby/join', { name: 'x' })).headers['location'], '/lobby?error=name_length');
    assert.equal((await form('/lobby/join', { name })).status, 303);
    assert.equal((await form('/lobby/messages', { chat: 'by a form' })).status, 303);
    const page = await html(visitor.agent.get('/lobby'));
    assert.match(page.text, /by a form/);
    assert.equal((await form('/lobby/leave', {})).status, 303);
    assert.match((await form('/lobby/messages', { chat: 'again' })).headers['location'] ?? '', /lobby_name_required/);
  });

  it('folds names to what makes them that name', () => {
    assert.equal(nameKey('Ａ b\u3000\u200bC'), nameKey('aBc'));
    assert.notEqual(nameKey('ab'), nameKey('abc'));
    assert.notEqual(nameKey('가나'), nameKey('거너'));
    assert.equal(nameKey('한글'), '한글');
  });
});
