/** Rooms: made, listed, found, locked, filled, ended by their owner. */
import assert from 'node:assert/strict';
import { translator } from '../../services/site/locales.js';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import type { Ear } from '../support/visitor.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const UNKNOWN = '0123456789abcdef01234567';
const VIEW_KEYS = [
  '_id',
  'approval',
  'closedDoor',
  'createdAt',
  'emptyUntil',
  'listed',
  'locked',
  'max',
  'owner',
  'people',
  'slow',
  'title',
];

/** Ids of the rooms that a list page shows, in its order. */
const listed = (html: string): string[] => [
  ...new Set([...html.matchAll(/href="[^"]*\/room\/([0-9a-f]{24})"/g)].map((match) => match[1] ?? '')),
];
const words = (code: string) => translator('en')(`errors.${code}`).replaceAll("'", '&#39;');

describe('rooms', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let guest: TestVisitor;

  before(async () => {
    site = await startSite();
    owner = await arrive(site);
    guest = await arrive(site);
  });
  after(async () => {
    owner.leaveAll();
    guest.leaveAll();
    await site.close();
  });

  const list = async (query: object = {}, visitor = guest) => {
    const response = await visitor.agent.get('/').query(query).set('Accept', 'text/html').set('Accept-Language', 'en');
    assert.equal(response.status, 200);
    return response;
  };

  it('are counted with their people by the pulse, which tells each change by itself', async () => {
    const pulse = await guest.listen('/');
    type News = { rooms: number; people: number };
    const told = (rooms: number, people: number) =>
      pulse.hear<News>('news', (news) => news.rooms === rooms && news.people === people);
    await told(0, 0);
    const { _id } = await owner.createRoom({ title: 'Counted' });
    await told(1, 0);
    await owner.sit(_id);
    await told(1, 1);
    await guest.open(_id);
    await guest.sit(_id);
    await told(1, 2);
    pulse.heard.length = 0;
    await owner.remove(_id);
    await told(0, 0);
    for (const visitor of [owner, guest]) visitor.leaveAll();
  });

  describe('made', () => {
    it('by a form: 302 to the room, whose page opens', async () => {
      const made = await owner.agent.post('/room').type('form').set('Accept', 'text/html').send({ title: 'By form' });
      assert.equal(made.status, 302);
      const address = made.headers['location'] ?? '';
      assert.match(address, /^\/room\/[0-9a-f]{24}$/);
      const page = await owner.agent.get(address).set('Accept', 'text/html');
      assert.equal(page.status, 200);
      assert.match(page.text, /By form/);
    });

    it('by JSON: 201, its address, its public view and no key more, with the documented defaults', async () => {
      const made = await owner.agent.post('/room').send({ title: 'By JSON' });
      assert.equal(made.status, 201);
      const room = made.body as RoomView;
      assert.deepEqual(Object.keys(room).sort(), VIEW_KEYS);
      assert.equal(made.headers['location'], `/room/${room._id}`);
      assert.deepEqual(
        { title: room.title, max: room.max, locked: room.locked, people: room.people, owner: room.owner },
        { title: 'By JSON', max: 10, locked: false, people: 0, owner: owner.id },
      );
      assert.ok(!Number.isNaN(Date.parse(room.createdAt)));
    });

    it('with the seats asked for, from 2 to 100, as a number or as a form sends it', async () => {
      for (const max of [2, 100]) assert.equal((await owner.createRoom({ title: 'Seats', max })).max, max);
      const form = await owner.agent
        .post('/room')
        .type('form')
        .set('Accept', 'application/json')
        .send('title=Seats&max=42');
      assert.equal(form.status, 201);
      assert.equal(form.body.max, 42);
      const empty = await owner.agent
        .post('/room')
        .type('form')
        .set('Accept', 'application/json')
        .send('title=S&max=&password=');
      assert.deepEqual([empty.body.max, empty.body.locked], [10, false]);
    });

    it('with a title as people mean it: trimmed, spaces joined, one form of each letter', async () => {
      const { title } = await owner.createRoom({ title: '  \u1112\u1161\u11ab글\t \u202emoji 😀 ' });
      assert.equal(title, '한글 moji 😀');
    });

    it('whatever else a client sends is not taken from it', async () => {
      const room = await owner.createRoom({
        title: 'Forged',
        _id: UNKNOWN,
        owner: guest.id,
        people: 99,
        locked: true,
        createdAt: '2001-01-01T00:00:00.000Z',
        state: 'closed',
        lastSeq: 1000,
        passwordHash: 'x',
      });
      assert.notEqual(room._id, UNKNOWN);
      assert.deepEqual([room.owner, room.people, room.locked], [owner.id, 0, false]);
      assert.ok(Date.parse(room.createdAt) > Date.parse('2020-01-01'));
      await owner.sit(room._id);
      assert.equal((await owner.say(room._id, 'first')).seq, 1);
    });
  });

  describe('not made of bad input', () => {
    const REFUSED: [situation: string, body: object, code: string][] = [
      ['no title', {}, 'title_required'],
      ['an empty title', { title: '' }, 'title_required'],
      ['a title of spaces', { title: ' \t  ' }, 'title_required'],
      ['a title of nothing visible', { title: '\u200b\u2060\ufeff' }, 'title_required'],
      ['a null title', { title: null }, 'title_required'],
      ['a title of 101 characters', { title: '가'.repeat(101) }, 'title_too_long'],
      ['a title that is an object', { title: { $where: 'sleep(5000)' } }, 'bad_input'],
      ['a title that is an array', { title: ['a', 'b'] }, 'bad_input'],
      ['a title with a zero byte', { title: 'a\0b' }, 'bad_input'],
      ['half a character', { title: '\ud800' }, 'bad_input'],
      ['one seat', { title: 'x', max: 1 }, 'max_out_of_range'],
      ['no seat', { title: 'x', max: 0 }, 'max_out_of_range'],
      ['101 seats', { title: 'x', max: 101 }, 'max_out_of_range'],
      ['half a seat', { title: 'x', max: 2.5 }, 'max_out_of_range'],
      ['fewer seats than none', { title: 'x', max: -1 }, 'max_out_of_range'],
      ['seats in words', { title: 'x', max: '2abc' }, 'max_out_of_range'],
      ['seats in powers', { title: 'x', max: '1e3' }, 'max_out_of_range'],
      ['seats with a space', { title: 'x', max: ' 2' }, 'max_out_of_range'],
      ['seats as null', { title: 'x', max: null }, 'max_out_of_range'],
      ['seats as an object', { title: 'x', max: { $gt: 1 } }, 'max_out_of_range'],
      ['a password of 3 characters', { title: 'x', password: '123' }, 'password_length'],
      ['a password of 129 characters', { title: 'x', password: 'a'.repeat(129) }, 'password_length'],
      ['a password that is an object', { title: 'x', password: { $ne: '' } }, 'bad_input'],
      ['a password that is true', { title: 'x', password: true }, 'bad_input'],
      ['a password that is null', { title: 'x', password: null }, 'bad_input'],
    ];

    for (const [situation, body, code] of REFUSED) {
      it(`${situation}: 400 ${code}`, async () => {
        const before = listed((await list()).text);
        const refused = await owner.agent.post('/room').send(body);
        assert.equal(refused.status, 400);
        assert.equal(refused.body.error.code, code);
        assert.deepEqual(listed((await list()).text), before);
      });
    }

    it('in a form: the form again with what was typed, the reason in words, and nothing made', async () => {
      const before = listed((await list()).text);
      const refused = await owner.agent
        .post('/room')
        .type('form')
        .set('Accept', 'text/html')
        .set('Accept-Language', 'en')
        .send({ title: 'Typed already', max: '500', password: 'do-not-repeat-me' });
      assert.equal(refused.status, 400);
      assert.match(refused.text, /value="Typed already"/);
      assert.ok(refused.text.includes(words('max_out_of_range')));
      assert.ok(!refused.text.includes('do-not-repeat-me'));
      assert.deepEqual(listed((await list()).text), before);
    });

    it('a title of 100 characters and passwords of 4 and 128 are still good', async () => {
      assert.equal((await owner.createRoom({ title: '가'.repeat(100) })).title.length, 100);
      for (const length of [4, 128]) {
        assert.equal((await owner.createRoom({ title: 'x', password: '😀'.repeat(length) })).locked, true);
      }
    });
  });

  describe('in the live list', () => {
    it('are told when they open, when heads change, and when they end, each as its public view', async () => {
      const ear = await guest.listen('/room');
      const room = await owner.createRoom({ title: 'Watched', max: 3, password: 'watch-this' });
      const opened = await ear.hear<RoomView>('newRoom', ({ _id }) => _id === room._id);
      assert.deepEqual(opened, room);
      const seat = await owner.sit(room._id);
      const changed = await ear.hear<RoomView>('updateRoom', ({ _id, people }) => _id === room._id && people === 1);
      assert.deepEqual(changed, { ...room, people: 1, emptyUntil: null });
      seat.close();
      await ear.hear<RoomView>('updateRoom', ({ _id, people }) => _id === room._id && people === 0);
      await owner.remove(room._id);
      await ear.hear('removeRoom', (id) => id === room._id);
    });

    it('are told again to a socket that names when its page was drawn, and nothing of those that are not listed', async () => {
      const ends = await owner.createRoom({ title: 'Ends' });
      const secret = await owner.createRoom({ title: 'Secret' });
      await owner.agent.patch(`/room/${secret._id}`).send({ listed: false });
      const since = Number(/data-drawn-at="(\d+)"/.exec((await list()).text)?.[1]);
      const opened = await owner.createRoom({ title: 'Opened' });
      await owner.remove(ends._id);
      await owner.sit(secret._id);
      const ear = await guest.listen('/room');
      assert.deepEqual(await ear.ask('catchUp', { since }), { ok: true, complete: true });
      assert.ok(ear.all<RoomView>('newRoom').some(({ _id }) => _id === opened._id));
      assert.ok(ear.all<string>('removeRoom').includes(ends._id));
      const told = [...ear.all<RoomView>('newRoom'), ...ear.all<RoomView>('updateRoom')];
      assert.ok(!told.some(({ _id }) => _id === secret._id));
      ear.heard.length = 0;
      assert.deepEqual(await ear.ask('catchUp', { since: since + 3_600_000 }), { ok: true, complete: true });
      assert.deepEqual(await ear.ask('catchUp', { since: 1 }), { ok: true, complete: false });
      assert.ok(!ear.all<RoomView>('newRoom').some(({ _id }) => _id === opened._id));
      for (const { _id } of [secret, opened]) await owner.remove(_id);
    });

    it('a page lists 50, newest first, and its pager leads to the rest', async () => {
      const crowd = await startSite({ LIMITS: 'off' });
      try {
        const maker = await arrive(crowd);
        const made: string[] = [];
        for (let number = 0; number < 53; number++) made.unshift((await maker.createRoom({ title: `R${number}` }))._id);
        const first = await maker.agent.get('/').set('Accept', 'text/html');
        assert.deepEqual(listed(first.text), made.slice(0, 50));
        const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1] ?? '';
        const second = await maker.agent.get(next.replaceAll('&amp;', '&')).set('Accept', 'text/html');
        assert.deepEqual(listed(second.text), made.slice(50));
        assert.doesNotMatch(second.text, /rel="next"/);
        assert.match(second.text, /rel="prev" href="[^"]*page=1/);
        // Rooms with people come first on their page, and move to no other one.
        const live = [made[49], made[52]].map(String);
        for (const room of live) await maker.sit(room);
        const again = await maker.agent.get('/').set('Accept', 'text/html');
        assert.deepEqual(listed(again.text), [live[0], ...made.slice(0, 49)]);
        const rest = await maker.agent.get('/?page=2').set('Accept', 'text/html');
        assert.deepEqual(listed(rest.text), [live[1], ...made.slice(50, 52)]);
        // Rooms end while somebody turns pages: whoever comes too late gets the last page there is.
        const beyond = await maker.agent.get('/?page=7').set('Accept', 'text/html');
        assert.deepEqual(listed(beyond.text), listed(rest.text));
        assert.match(beyond.text, /rel="prev" href="[^"]*page=1/);
        maker.leaveAll();
      } finally {
        await crowd.close();
      }
    });

    it('pages that are none show the first, and never an error', async () => {
      const first = listed((await list()).text);
      for (const page of ['0', '-1', 'x', '1e9', '']) assert.deepEqual(listed((await list({ page })).text), first);
      const doubled = await guest.agent.get('/?page=2&page=3&q=a&q=b').set('Accept', 'text/html');
      assert.equal(doubled.status, 200);
    });
  });

  describe('found by title', () => {
    const ids = new Map<string, string>();
    const TITLES = [
      '퇴근후고양이모임',
      'Cats AND Dogs',
      'a.*b (c|d)+$ [x] \\ ^',
      'aXXb',
      'ＦＵＬＬ width',
      '100% {{7*7}}',
    ];
    before(async () => {
      for (const title of TITLES) ids.set(title, (await owner.createRoom({ title }))._id);
    });
    const found = async (q: string) => {
      const shown = listed((await list({ q })).text);
      return TITLES.filter((title) => shown.includes(ids.get(title) ?? ''));
    };

    it('by the middle of a Korean word, by two syllables, by one', async () => {
      assert.deepEqual(await found('고양이'), ['퇴근후고양이모임']);
      assert.deepEqual(await found('후고'), ['퇴근후고양이모임']);
      assert.deepEqual(await found('양'), ['퇴근후고양이모임']);
      assert.deepEqual(await found('고이'), []);
    });
    it('in either case and width', async () => {
      assert.deepEqual(await found('cAtS and'), ['Cats AND Dogs']);
      assert.deepEqual(await found('full'), ['ＦＵＬＬ width']);
    });
    it('literally: signs of a pattern are signs', async () => {
      assert.deepEqual(await found('.*'), ['a.*b (c|d)+$ [x] \\ ^']);
      assert.deepEqual(await found('(c|d)+$'), ['a.*b (c|d)+$ [x] \\ ^']);
      assert.deepEqual(await found('\\'), ['a.*b (c|d)+$ [x] \\ ^']);
      assert.deepEqual(await found('['), ['a.*b (c|d)+$ [x] \\ ^']);
      assert.deepEqual(await found('a.*b'), ['a.*b (c|d)+$ [x] \\ ^']);
    });
    it('a query is shown back as text, and finds what it says', async () => {
      assert.deepEqual(await found('{{7*7}}'), ['100% {{7*7}}']);
      const { text } = await list({ q: '<script>alert(1)</script>{{7*7}}' });
      assert.ok(!text.includes('<script>alert(1)'));
      assert.ok(!text.includes('49}') && text.includes('{{7*7}}'));
    });
    it('a query of 5,000 characters, or an object, is no error', async () => {
      await list({ q: 'x'.repeat(5_000) });
      const response = await guest.agent.get('/?q[$ne]=1').set('Accept', 'text/html');
      assert.equal(response.status, 200);
    });
  });

  describe('reasons on the list page', () => {
    it('a known code is shown in words', async () => {
      assert.ok((await list({ error: 'room_full' })).text.includes(words('room_full')));
    });
    it('anything else is not shown at all', async () => {
      const plain = (await list()).text;
      for (const error of ['<script>alert(1)</script>', 'Call 555-0100 now', '__proto__', 'toString', 'ROOM_FULL']) {
        const { text } = await list({ error });
        assert.ok(!text.includes('Call 555-0100') && !text.includes('alert(1)'));
        assert.equal(text.includes('data-banner'), plain.includes('data-banner'));
      }
    });
  });

  describe('with a password', () => {
    const password = 'correct horse 배터리';
    let room: RoomView;
    beforeEach(async () => {
      room = await owner.createRoom({ title: 'Locked', password });
    });

    it('a stranger gets the form (401) and not the conversation; the owner gets in', async () => {
      await owner.sit(room._id);
      await owner.say(room._id, 'said behind the door');
      const stranger = await guest.open(room._id);
      assert.equal(stranger.status, 401);
      assert.match(stranger.text, /name="password"/);
      assert.ok(!stranger.text.includes('said behind the door'));
      const inside = await owner.open(room._id);
      assert.equal(inside.status, 200);
      assert.ok(inside.text.includes('said behind the door'));
    });

    it('a JSON client is told so: 401 password_required', async () => {
      const refused = await guest.agent.get(`/room/${room._id}`).set('Accept', 'application/json');
      assert.equal(refused.status, 401);
      assert.equal(refused.body.error.code, 'password_required');
    });

    it('a wrong one: the form again with 403; the right one: 303 to the room, which stays open to this visitor', async () => {
      const visitor = await arrive(site);
      const wrong = await visitor.enter(room._id, 'wrong');
      assert.equal(wrong.status, 403);
      assert.match(wrong.text, /name="password"/);
      assert.equal((await visitor.open(room._id)).status, 401);
      const right = await visitor.enter(room._id, password);
      assert.equal(right.status, 303);
      assert.equal(right.headers['location'], `/room/${room._id}`);
      assert.equal((await visitor.open(room._id)).status, 200);
      assert.equal((await guest.open(room._id)).status, 401);
    });

    it('the same word typed in decomposed letters opens it, a trimmed or longer one does not', async () => {
      const visitor = await arrive(site);
      for (const wrong of [`${password} `, password.slice(0, -1), password.toUpperCase(), '']) {
        assert.equal((await visitor.enter(room._id, wrong)).status, 403);
      }
      assert.equal((await visitor.enter(room._id, password.normalize('NFD'))).status, 303);
    });

    it('?password= of old links works and leads at once to the clean address', async () => {
      const visitor = await arrive(site);
      const right = await visitor.agent.get(`/room/${room._id}`).query({ password }).set('Accept', 'text/html');
      assert.equal(right.status, 302);
      assert.equal(right.headers['location'], `/room/${room._id}`);
      assert.equal((await visitor.open(room._id)).status, 200);
      const other = await arrive(site);
      const wrong = await other.agent
        .get(`/room/${room._id}`)
        .query({ password: 'nope-nope' })
        .set('Accept', 'text/html');
      assert.equal(wrong.status, 302);
      assert.ok(!(wrong.headers['location'] ?? '').includes('nope'));
      assert.equal((await other.open(room._id)).status, 401);
    });

    it('given twice in an old link: the address is clean all the same', async () => {
      const answer = await guest.agent.get(`/room/${room._id}?password=a&password=b`).set('Accept', 'text/html');
      assert.deepEqual([answer.status, answer.headers['location']?.includes('password=')], [302, false]);
    });

    it('a class behind one address enters together: nobody is told to wait a quarter of an hour', async () => {
      const pupils = await Promise.all(Array.from({ length: 35 }, () => arrive(site)));
      const answers = await Promise.all(pupils.map((pupil) => pupil.enter(room._id, password)));
      const late = pupils.filter((_pupil, index) => answers[index]?.status !== 303);
      for (const { status } of answers) assert.ok(status === 303 || status === 503, `${status}`);
      for (const pupil of late) assert.equal((await pupil.enter(room._id, password)).status, 303);
    });

    it('a form that was drawn after a wrong one leads back to the room, not to an address that only takes passwords', async () => {
      const page = await guest.enter(room._id, 'not this one');
      assert.equal(page.status, 403);
      assert.match(page.text, new RegExp(`name="back" value="/room/${room._id}"`));
      const entrance = await guest.agent.get(`/room/${room._id}/enter`).set('Accept', 'text/html');
      assert.deepEqual([entrance.status, entrance.headers['location']], [302, `/room/${room._id}`]);
    });

    it('five wrong ones: 429 with Retry-After, even for the right one, while another session still gets in', async () => {
      const guesser = await arrive(site);
      for (let tries = 0; tries < 5; tries++)
        assert.equal((await guesser.enter(room._id, `guess ${tries}`)).status, 403);
      const blocked = await guesser.enter(room._id, password);
      assert.equal(blocked.status, 429);
      assert.ok(Number(blocked.headers['retry-after']) > 0);
      assert.equal((await guesser.open(room._id)).status, 401);
      const viaLink = await guesser.agent.get(`/room/${room._id}`).query({ password });
      assert.equal(viaLink.status, 302);
      assert.equal((await guesser.open(room._id)).status, 401);
      const other = await arrive(site);
      assert.equal((await other.enter(room._id, password)).status, 303);
    });

    it('a forged X-Forwarded-For buys no further tries, of one session or of the address', async () => {
      const patient = await startSite({ LIMITS: 'password_ip=7/900,password_spare_ip=1/900' });
      try {
        const maker = await arrive(patient);
        const { _id } = await maker.createRoom({ title: 'Locked', password });
        const guesser = await arrive(patient);
        const guess = (visitor: TestVisitor, number: number) =>
          visitor
            .enter(_id, 'wrong')
            .set('X-Forwarded-For', `10.1.2.${number}`)
            .set('Forwarded', `for=10.1.2.${number}`);
        for (let tries = 0; tries < 5; tries++) assert.equal((await guess(guesser, tries)).status, 403);
        assert.equal((await guess(guesser, 77)).status, 429);
        const fresh = await arrive(patient);
        assert.equal((await guess(fresh, 101)).status, 403);
        assert.equal((await guess(fresh, 102)).status, 403);
        assert.equal((await guess(await arrive(patient), 103)).status, 429);
      } finally {
        await patient.close();
      }
    });

    it('neither it nor its hash is in any page, answer or socket frame', async () => {
      const secret = 'canary-Zx9-password';
      const heard: string[] = [];
      const visitor = await arrive(site);
      const ears: Ear[] = [await visitor.listen('/room'), await visitor.listen('/')];
      const made = await owner.agent.post('/room').send({ title: 'Canary', password: secret });
      const id = (made.body as RoomView)._id;
      heard.push(made.text, JSON.stringify(made.headers));
      const keep = async (request: PromiseLike<{ text: string; headers: unknown }>) => {
        const response = await request;
        heard.push(response.text, JSON.stringify(response.headers));
      };
      await keep(visitor.open(id));
      await keep(visitor.enter(id, secret));
      await keep(visitor.open(id));
      await keep(visitor.agent.get(`/room/${id}`).query({ password: secret }));
      ears.push(await visitor.sit(id), await owner.sit(id));
      await keep(visitor.post(id, 'hello'));
      await keep(visitor.history(id));
      await keep(visitor.agent.get(`/room/${id}/log`));
      await keep(visitor.agent.get(`/room/${id}/qr.svg`));
      await keep(visitor.agent.get('/').set('Accept', 'text/html'));
      await keep(
        owner.agent.post('/room').type('form').set('Accept', 'text/html').send({ title: '', password: secret }),
      );
      await keep(owner.remove(id));
      await keep(visitor.agent.get(`/room/${id}/closed`));
      await ears[0]!.hear('removeRoom', (room) => room === id);
      await ears[2]!.hear('closed');
      const all = [...heard, ...ears.flatMap((ear) => ear.frames)].join('\n');
      assert.ok(ears.every((ear) => ear.frames.length > 0));
      assert.ok(all.includes(id), 'the record is empty');
      for (const leak of [secret, encodeURIComponent(secret), 'argon2', 'passwordHash']) {
        assert.ok(!all.includes(leak), `${leak} leaked`);
      }
    });
  });

  describe('deleted', () => {
    it('by their owner: ok, everybody told, and gone: posts hear 410', async () => {
      const { _id } = await owner.createRoom({ title: 'To be deleted' });
      const lists = await guest.listen('/room');
      await guest.open(_id);
      const [mine, theirs] = [await owner.sit(_id), await guest.sit(_id)];
      await guest.say(_id, 'soon gone');
      const removed = await owner.remove(_id);
      assert.equal(removed.status, 200);
      assert.equal(removed.text, 'ok');
      for (const ear of [mine, theirs]) assert.deepEqual(await ear.hear('closed'), { room: _id, reason: 'owner' });
      await lists.hear('removeRoom', (id) => id === _id);
      for (const visitor of [owner, guest]) {
        const late = await visitor.post(_id, 'too late');
        assert.equal(late.status, 410);
        assert.equal(late.body.error.code, 'room_closed');
      }
      const page = await guest.open(_id);
      assert.deepEqual([page.status, page.headers['location']], [302, `/room/${_id}/closed`]);
      assert.equal((await owner.remove(_id)).status, 410);
      const again = await theirs.join(_id);
      assert.ok(!again.ok && again.error.code === 'room_closed');
    });

    it('by nobody else: 403 for a member, a stranger and one without a session; the room goes on', async () => {
      const { _id } = await owner.createRoom({ title: 'Stays' });
      await guest.open(_id);
      await Promise.all([owner.sit(_id), guest.sit(_id)]);
      const stranger = await arrive(site);
      for (const visitor of [guest, stranger]) {
        const refused = await visitor.remove(_id);
        assert.deepEqual([refused.status, refused.body.error.code], [403, 'not_host']);
        assert.equal((await visitor.agent.post(`/room/${_id}/delete`)).status, 403);
      }
      const nobody = await fetch(`${site.url}/room/${_id}`, { method: 'DELETE' });
      assert.equal(nobody.status, 401);
      const overridden = await guest.agent.post(`/room/${_id}/leave`).set('X-HTTP-Method-Override', 'DELETE');
      assert.notEqual(overridden.text, 'ok');
      assert.equal((await owner.say(_id, 'still here')).seq, 1);
    });

    it('an unknown one: 404, and a malformed id the same', async () => {
      for (const id of [UNKNOWN, 'not-an-id', '%00', 'a'.repeat(5_000)]) {
        const answer = await owner.agent.delete(`/room/${id}`);
        assert.deepEqual([answer.status, answer.body.error.code], [404, 'room_not_found']);
      }
    });
  });

  describe('that cannot be entered', () => {
    it('full: 302 to the list with the reason for a newcomer, while those inside may reload', async () => {
      const { _id } = await owner.createRoom({ title: 'Two only', max: 2 });
      await guest.open(_id);
      await owner.sit(_id);
      const seat = await guest.sit(_id);
      const third = await arrive(site);
      const refused = await third.open(_id);
      assert.deepEqual([refused.status, refused.headers['location']], [302, '/?error=room_full']);
      const knocking = await third.listen();
      const answer = await knocking.join(_id);
      assert.ok(!answer.ok && answer.error.code === 'room_full');
      assert.equal((await guest.open(_id)).status, 200);
      await seat.ask('leave');
      await waitFor('a free seat', async () => (await third.open(_id)).status === 200);
      assert.ok((await knocking.join(_id)).ok);
      third.leaveAll();
    });

    it('unknown or malformed: 302 to the list with the reason, all alike', async () => {
      for (const id of [
        UNKNOWN,
        'not-an-id',
        '[object Object]',
        'aaaaaaaaaaaa',
        '..%2f..%2fetc',
        '%00',
        'a'.repeat(9_000),
      ]) {
        const answer = await guest.agent.get(`/room/${encodeURI(decodeURI(id))}`).set('Accept', 'text/html');
        assert.deepEqual([answer.status, answer.headers['location']], [302, '/?error=room_not_found'], id.slice(0, 40));
      }
    });
  });

  it('errors for JSON clients: a code, a sentence in their language, and nothing more', async () => {
    const english = await guest.agent.post('/room').set('Accept-Language', 'en').send({});
    assert.deepEqual(Object.keys(english.body), ['error']);
    assert.deepEqual(Object.keys(english.body.error).sort(), ['code', 'fields', 'message']);
    assert.equal(english.body.error.message, translator('en')('errors.title_required'));
    const korean = await guest.agent.post('/room').set('Accept-Language', 'ko').send({});
    assert.equal(korean.body.error.message, translator('ko')('errors.title_required'));
    const missing = await guest.agent.get('/nowhere');
    assert.equal(missing.status, 404);
    assert.deepEqual(Object.keys(missing.body.error).sort(), ['code', 'message']);
  });
});
