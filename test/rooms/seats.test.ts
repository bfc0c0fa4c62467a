/** Seats: who sits, how many, for how long, and what becomes of a room that nobody sits in. */
import assert from 'node:assert/strict';
import { rm, mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { MessageView, PresenceView, RoomView } from '../../schemas/rooms/contract.js';
import { gif } from '../support/pictures.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { filesUnder, startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const GRACE_LONG = '60000';
const GRACE_SHORT = '250';
const TRIALS = 4;

const code = (answer: Awaited<ReturnType<Ear['join']>>): string => (answer.ok ? 'ok' : answer.error.code);

/** Several visitors who have opened the front page. */
const arriveMany = (site: TestSite, count: number) => Promise.all(Array.from({ length: count }, () => arrive(site)));

describe('seats', () => {
  let site: TestSite;
  let store: Store;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;
  const guests: TestVisitor[] = [];

  before(async () => {
    site = await startSite({ ROOM_GRACE_MS: GRACE_LONG, LIMITS: 'off' });
    store = await Store.open(site.databaseUrl);
    [owner, guest] = (await arriveMany(site, 2)) as [TestVisitor, TestVisitor];
    guests.push(owner, guest);
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Seats', max: 10 });
  });
  afterEach(() => {
    for (const visitor of guests) visitor.leaveAll();
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  /** The head count that the list tells, once it is this. */
  const people = (list: Ear, id: string, count: number) =>
    list.hear<RoomView>('updateRoom', (view) => view._id === id && view.people === count);

  describe('are taken', () => {
    it('by join: the answer holds the room, the cursor, nothing missed, and who is here', async () => {
      const ear = await owner.listen();
      const answer = await ear.join(room._id);
      assert.ok(answer.ok);
      assert.deepEqual(Object.keys(answer).sort(), [
        'changed',
        'hands',
        'members',
        'missed',
        'more',
        'moreChanged',
        'notices',
        'ok',
        'people',
        'rev',
        'roles',
        'room',
        'seq',
      ]);
      const { members, ...rest } = answer;
      assert.deepEqual(rest, {
        ok: true,
        room: room._id,
        seq: 0,
        rev: 0,
        missed: [],
        changed: [],
        moreChanged: false,
        people: 1,
        more: false,
        roles: { [owner.id]: 'host' },
        hands: [],
        notices: [],
      });
      assert.deepEqual(
        members.map((member) => [Object.keys(member).sort(), member.id]),
        [[['color', 'id', 'name', 'shift'], owner.id]],
      );
    });

    it('and those inside are told who came and who went, by the record of the server', async () => {
      const inside = await owner.sit(room._id);
      const other = await owner.createRoom({ title: 'Another' });
      await guest.open(room._id);
      // The original found the room of a leaving socket by its Referer: here that header says something else.
      const ear = await guest.listen('/chat', {
        extraHeaders: { cookie: guest.cookie, origin: site.url, referer: `${site.url}/room/${other._id}` },
      });
      const answer = await ear.join(room._id);
      assert.ok(answer.ok && answer.people === 2);
      const came = await inside.hear<PresenceView>('join', ({ who }) => who.id === guest.id);
      assert.deepEqual(Object.keys(came).sort(), ['chat', 'people', 'user', 'who']);
      assert.deepEqual([came.user, came.people], ['system', 2]);
      assert.deepEqual(Object.keys(came.who).sort(), ['color', 'id', 'name']);
      assert.ok(came.chat.includes(came.who.name));
      assert.deepEqual(ear.all('join'), [], 'the joiner hears its own arrival');
      ear.close();
      const went = await inside.hear<PresenceView>('exit', ({ who }) => who.id === guest.id);
      assert.deepEqual([went.user, went.people], ['system', 1]);
      assert.ok(went.chat.includes(came.who.name));
    });

    it('only by the admitted: a locked room needs its password, on sockets as on pages', async () => {
      const locked = await owner.createRoom({ title: 'Locked', password: 'let-me-in' });
      const ear = await guest.listen();
      assert.equal(code(await ear.join(locked._id)), 'not_admitted');
      assert.equal(code(await ear.join({ room: locked._id, after: 0 })), 'not_admitted');
      assert.equal((await guest.enter(locked._id, 'let-me-in')).status, 303);
      assert.equal(code(await ear.join(locked._id)), 'ok');
    });

    it('only in rooms there are', async () => {
      const ear = await owner.listen();
      assert.equal(code(await ear.join('0123456789abcdef01234567')), 'room_not_found');
      for (const target of ['x', 7, null, {}, [], { room: 'x' }, { room: { $ne: 1 } }, { room: room._id, after: -1 }]) {
        assert.equal(code(await ear.join(target)), 'bad_input');
      }
      assert.equal(code(await ear.join(room._id)), 'ok');
    });

    it('in no more than five rooms by one socket', async () => {
      const ear = await owner.listen();
      for (let number = 0; number < 5; number++) {
        assert.equal(code(await ear.join((await owner.createRoom({ title: `Room ${number}` }))._id)), 'ok');
      }
      // Asked four times: a full socket is no flood, and stays.
      for (let tries = 0; tries < 4; tries++) assert.equal(code(await ear.join(room._id)), 'too_many_rooms');
      assert.ok((await ear.ask('leave')).ok);
      assert.equal(code(await ear.join(room._id)), 'ok');
    });

    it('by a join that was refused nobody is let in', async () => {
      const small = await owner.createRoom({ title: 'Small', max: 2 });
      for (const visitor of [owner, guest]) await visitor.sit(small._id);
      const third = await arrive(site);
      guests.push(third);
      assert.equal(code(await (await third.listen()).join(small._id)), 'room_full');
      assert.equal((await third.history(small._id)).status, 403);
    });

    it('in the order of asking: join and leave sent together end outside, leave and join inside', async () => {
      const [ear, other] = [await guest.listen(), await owner.sit(room._id)];
      const went = await Promise.all([ear.join(room._id), ear.ask('leave')]);
      assert.deepEqual(
        went.map(({ ok }) => ok),
        [true, true],
      );
      await owner.say(room._id, 'behind the back');
      await other.hear('chat');
      assert.deepEqual(ear.all('chat'), []);
      assert.ok((await ear.join(room._id)).ok);
      const back = await Promise.all([ear.ask('leave'), ear.join(room._id)]);
      assert.deepEqual(
        back.map(({ ok }) => ok),
        [true, true],
      );
      await owner.say(room._id, 'to the face');
      await ear.hear('chat', ({ chat }: MessageView) => chat === 'to the face');
      assert.equal((await guest.history(room._id)).status, 200);
    });

    it('and given up with every tab by the button of the page: none of them hears or types any more', async () => {
      const tabs = [await guest.sit(room._id), await guest.sit(room._id)];
      const other = await owner.sit(room._id);
      await guest.agent.post(`/room/${room._id}/leave`).send({});
      await other.hear('exit', ({ who }: { who: { id: string } }) => who.id === guest.id);
      for (const tab of tabs) tab.socket.emit('typing', true);
      await owner.say(room._id, 'after the leave');
      await other.hear('chat');
      for (const tab of tabs) {
        assert.ok((await tab.ask('leave', room._id)).ok, 'an argument that leave does not know is no reason to stay');
        assert.deepEqual(tab.all('chat'), []);
      }
      assert.deepEqual(other.all('typing'), []);
    });

    it('an event that there is not is acknowledged like any bad input', async () => {
      for (const namespace of ['/', '/room', '/chat', '/lobby', '/direct', '/consult']) {
        const ear = await guest.listen(namespace);
        assert.equal(code(await ear.ask('no-such-event', { any: 'thing' })), 'bad_input', namespace);
        assert.equal(code(await ear.ask('no-such-event')), 'bad_input', namespace);
        ear.close();
      }
    });

    it('however many rooms have ended under a socket before', async () => {
      const ear = await guest.listen();
      for (let number = 0; number < 7; number++) {
        const { _id } = await owner.createRoom({ title: `Ends ${number}` });
        assert.equal(code(await ear.join(_id)), 'ok');
        await owner.remove(_id);
        await ear.hear<{ room: string }>('closed', (end) => end.room === _id);
      }
    });
  });

  describe('count visitors, not tabs', () => {
    it('five tabs are one seat until the fifth is closed, and others see no flicker', async () => {
      const list = await guest.listen('/room');
      await guest.open(room._id);
      const witness = await guest.sit(room._id);
      const tabs = await Promise.all(Array.from({ length: 5 }, () => owner.listen()));
      const answers = await Promise.all(tabs.map((tab) => tab.join(room._id)));
      assert.deepEqual(answers.map(code), Array(5).fill('ok'));
      await witness.hear('join');
      assert.equal(await store.count('seats', { room: room._id }), 2);
      for (const tab of tabs.slice(0, 4)) tab.close();
      await waitFor('four holds gone', async () => {
        const seat = await store.collection('seats').findOne({ room: room._id, visitor: owner.id });
        return (seat?.['sockets'] as unknown[]).length === 1;
      });
      await owner.say(room._id, 'still here');
      await witness.hear('chat');
      assert.equal(witness.all('join').length, 1);
      assert.equal(witness.all('exit').length, 0);
      tabs[4]!.close();
      await witness.hear('exit');
      await people(list, room._id, 1);
      assert.equal(await store.count('seats', { room: room._id }), 1);
    });

    it('joining again on the same socket is fine and is no second seat', async () => {
      const ear = await owner.listen();
      const answers = await Promise.all([
        ear.join(room._id),
        ear.join(room._id),
        ear.join({ room: room._id, after: 0 }),
      ]);
      assert.deepEqual(answers.map(code), ['ok', 'ok', 'ok']);
      assert.equal(await store.count('seats', { room: room._id }), 1);
      ear.close();
      await waitFor('the seat to be free', async () => (await store.count('seats', { room: room._id })) === 0);
    });
  });

  describe('of many who come at once', () => {
    const MANY = 60;

    it('are taken by all of them, each in a slot of its own, and told of in few notices', async () => {
      const big = await owner.createRoom({ title: 'Storm', max: 100 });
      const listener = await owner.sit(big._id);
      const newcomers = await arriveMany(site, MANY);
      guests.push(...newcomers);
      const ears = await Promise.all(newcomers.map((newcomer) => newcomer.listen()));
      const answers = await Promise.all(ears.map((ear) => ear.join(big._id)));
      assert.deepEqual([...new Set(answers.map(code))], ['ok']);
      const told = () => listener.all<PresenceView>('join');
      await waitFor('the last notice', () => told().at(-1)?.people === MANY + 1);
      const named = told().flatMap(({ who, others = [] }) => [...others, who].map(({ id }) => id));
      assert.deepEqual(named.toSorted(), newcomers.map(({ id }) => id).toSorted());
      assert.ok(told().length < MANY / 2, `${told().length} notices`);
      const slots = (await store.collection('seats').find({ room: big._id }).toArray()).map(({ slot }) => Number(slot));
      assert.deepEqual(
        slots.sort((a, b) => a - b),
        Array.from({ length: MANY + 1 }, (_, slot) => slot),
      );
      const fence = await owner.listen();
      const answer = await fence.join(big._id);
      assert.ok(answer.ok && answer.people === MANY + 1 && answer.members.length === MANY + 1);
    });

    it('with several tabs each: one seat a visitor', async () => {
      const newcomers = await arriveMany(site, 8);
      guests.push(...newcomers);
      const ears = await Promise.all(newcomers.flatMap((newcomer) => [1, 2, 3].map(() => newcomer.listen())));
      const answers = await Promise.all(ears.map((ear) => ear.join(room._id)));
      assert.deepEqual([...new Set(answers.map(code))], ['ok']);
      const seats = await store.collection('seats').find({ room: room._id }).toArray();
      assert.deepEqual(
        seats.map(({ sockets }) => (sockets as unknown[]).length),
        Array<number>(8).fill(3),
      );
    });

    it('and of those who leave while others come nobody stays on a list', async () => {
      const big = await owner.createRoom({ title: 'Coming and going', max: 100 });
      const listener = await owner.sit(big._id);
      const newcomers = await arriveMany(site, 20);
      guests.push(...newcomers);
      const ears = await Promise.all(newcomers.map((newcomer) => newcomer.listen()));
      await Promise.all(
        ears.map(async (ear, index) => {
          assert.ok((await ear.join(big._id)).ok);
          if (index % 2 === 0) await ear.ask('leave');
        }),
      );
      await waitFor('the last notices', () => {
        const here = new Set<string>();
        for (const { event, args } of listener.heard) {
          const { who, others = [] } = args[0] as PresenceView;
          if (event === 'join') for (const { id } of [...others, who]) here.add(id);
          if (event === 'exit') here.delete(who.id);
        }
        return here.size === 10;
      });
    });
  });

  describe('never exceed the maximum', () => {
    let crowd: TestVisitor[];
    before(async () => {
      crowd = await arriveMany(site, 10);
      guests.push(...crowd);
    });

    it(`ten visitors at the last seat: exactly one sits down, in each of ${TRIALS} trials`, async () => {
      const ears = await Promise.all(crowd.map((visitor) => visitor.listen()));
      const list = await owner.listen('/room');
      const keeper = await owner.listen();
      for (let trial = 0; trial < TRIALS; trial++) {
        const { _id } = await owner.createRoom({ title: `Trial ${trial}`, max: 2 });
        await keeper.join(_id);
        const answers = (await Promise.all(ears.map((ear) => ear.join(_id)))).map(code);
        assert.equal(answers.filter((answer) => answer === 'ok').length, 1, answers.join());
        assert.equal(answers.filter((answer) => answer === 'room_full').length, 9, answers.join());
        assert.equal(await store.count('seats', { room: _id }), 2);
        await Promise.all([...ears, keeper].map((ear) => ear.ask('leave')));
      }
      const counts = list.all<RoomView>('updateRoom').map((view) => view.people);
      assert.ok(counts.length > 0 && Math.max(...counts) <= 2, 'the list told of more heads than seats');
    });

    it('tabs and strangers at once: one seat each and none too many', async () => {
      const { _id } = await owner.createRoom({ title: 'Mixed', max: 5 });
      const ears = await Promise.all(
        crowd.flatMap((visitor) => [visitor.listen(), visitor.listen(), visitor.listen()]),
      );
      const answers = (await Promise.all(ears.map((ear) => ear.join(_id)))).map(code);
      const seats = await store.collection('seats').find({ room: _id }).toArray();
      assert.equal(seats.length, 5);
      assert.equal(new Set(seats.map((seat) => String(seat['visitor']))).size, 5);
      assert.equal(new Set(seats.map((seat) => Number(seat['slot']))).size, 5);
      // All three tabs of those who sit are in; all others are not.
      assert.equal(answers.filter((answer) => answer === 'ok').length, 15);
    });

    it('a post, or sitting down, without a socket takes a seat by the same rule', async () => {
      const { _id } = await owner.createRoom({ title: 'No script', max: 3 });
      await Promise.all(crowd.map((visitor) => visitor.open(_id)));
      const answers = await Promise.all([
        ...crowd.slice(0, 5).map((visitor) => visitor.post(_id, 'let me in').then(({ status }) => status)),
        ...crowd.slice(5).map((visitor) => visitor.agent.post(`/room/${_id}/sit`).then(({ status }) => status)),
      ]);
      assert.equal(answers.filter((status) => status === 200).length, 3, answers.join());
      assert.equal(answers.filter((status) => status === 409).length, 7, answers.join());
      assert.equal(await store.count('seats', { room: _id }), 3);
    });
  });

  /** Sockets that the server counts on a seat; null when there is no seat. */
  const sockets = async (visitor: TestVisitor, id = room._id): Promise<number | null> => {
    const seat = await store.collection('seats').findOne({ room: id, visitor: visitor.id });
    return seat === null ? null : (seat['sockets'] as unknown[]).length;
  };

  describe('outlive a short absence', () => {
    it('a reload keeps the seat, and those inside notice nothing', async () => {
      await guest.open(room._id);
      const witness = await guest.sit(room._id);
      let tab = await owner.sit(room._id);
      await witness.hear('join');
      for (let reload = 1; reload <= 3; reload++) {
        assert.equal((await owner.open(room._id)).status, 200);
        tab.close();
        await waitFor('the closed socket to be noticed', async () => (await sockets(owner)) === 0);
        tab = await owner.sit(room._id);
        await owner.say(room._id, `reload ${reload}`);
        await witness.hear('chat', ({ chat }: { chat?: string }) => chat === `reload ${reload}`);
      }
      assert.equal(witness.all('join').length, 1);
      assert.equal(witness.all('exit').length, 0);
    });

    it('a lone visitor whose line drops finds room and history within the grace time', async () => {
      const list = await guest.listen('/room');
      const tab = await owner.sit(room._id);
      await owner.say(room._id, 'before the drop');
      tab.close();
      await people(list, room._id, 0);
      const again = await (await owner.listen()).join({ room: room._id, after: 0 });
      assert.ok(again.ok);
      assert.deepEqual(
        again.missed.map(({ chat }) => chat),
        ['before the drop'],
      );
      await people(list, room._id, 1);
      assert.deepEqual(list.all('removeRoom'), []);
    });

    it('so does everybody else: an empty room in its grace time may be entered', async () => {
      const tab = await owner.sit(room._id);
      tab.close();
      await waitFor('the seat to be free', async () => (await sockets(owner)) === null);
      assert.equal((await guest.open(room._id)).status, 200);
      await guest.sit(room._id);
      assert.equal((await guest.say(room._id, 'hello?')).seq, 1);
    });

    it('a restart of the site keeps the room, its seats and its history', async () => {
      await owner.sit(room._id);
      await owner.say(room._id, 'before the restart');
      await store.close();
      await site.restart();
      store = await Store.open(site.databaseUrl);
      const page = await owner.open(room._id);
      assert.equal(page.status, 200);
      assert.ok(page.text.includes('before the restart'));
      const answer = await (await owner.listen()).join({ room: room._id, after: 0 });
      assert.ok(answer.ok);
      assert.deepEqual([answer.people, answer.missed.length], [1, 1]);
      assert.equal((await owner.say(room._id, 'after the restart')).seq, 2);
    });
  });

  describe('end a room', () => {
    let brief: TestSite;
    let behind: Store;
    let host: TestVisitor;
    let visitor: TestVisitor;
    let list: Ear;
    before(async () => {
      brief = await startSite({ ROOM_GRACE_MS: GRACE_SHORT, LIMITS: 'off' });
      behind = await Store.open(brief.databaseUrl);
      [host, visitor] = (await arriveMany(brief, 2)) as [TestVisitor, TestVisitor];
      guests.push(host, visitor);
    });
    beforeEach(async () => {
      list = await visitor.listen('/room');
    });
    after(async () => {
      await behind.close();
      await brief.close();
    });

    /** Nothing speaks of the room any more, in the store or on the disk. */
    const gone = (id: string) =>
      waitFor(`nothing left of ${id}`, async () => {
        const traces = await behind.traces(id);
        return Object.keys(traces).length === 0 && !(await filesUnder(brief.uploads)).some((file) => file.includes(id));
      });

    it('after the grace time: list told, messages and files erased, posts hear 410', async () => {
      const { _id } = await host.createRoom({ title: 'Brief' });
      const tab = await host.sit(_id);
      await host.say(_id, 'to be erased');
      const posted = await host.postGif(_id, await gif());
      assert.equal(posted.status, 200);
      assert.equal((await filesUnder(path.join(brief.uploads, 'rooms'))).length, 1);
      tab.close();
      await list.hear('removeRoom', (id) => id === _id);
      await gone(_id);
      assert.equal((await host.post(_id, 'too late')).status, 410);
      assert.equal((await host.agent.get(posted.body.gif.url)).status, 404);
      assert.equal((await host.agent.get(`/room/${_id}/closed`).set('Accept', 'text/html')).status, 410);
    });

    it('at once when the last one leaves by the button, of the socket or of the page', async () => {
      const patient = await startSite();
      try {
        const lone = await arrive(patient);
        guests.push(lone);
        const ends = await lone.listen('/room');
        const bySocket = (await lone.createRoom({ title: 'By socket' }))._id;
        const tab = await lone.sit(bySocket);
        assert.ok((await tab.ask('leave')).ok);
        await ends.hear('removeRoom', (id) => id === bySocket);
        const byPage = (await lone.createRoom({ title: 'By page' }))._id;
        const open = await lone.sit(byPage);
        const left = await lone.agent.post(`/room/${byPage}/leave`).type('form').set('Accept', 'text/html');
        assert.deepEqual([left.status, left.headers['location']], [303, '/']);
        await ends.hear('removeRoom', (id) => id === byPage);
        assert.equal((await open.hear<{ who: { id: string } }>('exit')).who.id, lone.id);
      } finally {
        await patient.close();
      }
    });

    it('not while somebody else is there: the room stays when one of two leaves', async () => {
      const { _id } = await host.createRoom({ title: 'Two' });
      await visitor.open(_id);
      const [tab, witness] = [await host.sit(_id), await visitor.sit(_id)];
      await tab.ask('leave');
      await witness.hear('exit');
      assert.equal((await visitor.say(_id, 'I stay')).seq, 1);
      assert.deepEqual(list.all('removeRoom'), []);
    });

    it('once, however many leave in the same moment', async () => {
      const crowd = await arriveMany(brief, 4);
      guests.push(...crowd);
      const rooms: string[] = [];
      for (let trial = 0; trial < TRIALS; trial++) {
        const { _id } = await host.createRoom({ title: `Exodus ${trial}` });
        rooms.push(_id);
        const tabs = await Promise.all(crowd.map((each) => each.sit(_id)));
        if (trial % 2 === 0) await Promise.all(tabs.map((tab) => tab.ask('leave')));
        for (const tab of tabs) tab.close();
        await list.hear('removeRoom', (id) => id === _id);
        await gone(_id);
      }
      const ended = list.all<string>('removeRoom').filter((id) => rooms.includes(id));
      assert.deepEqual(ended, rooms);
    });

    it('or keep it: whoever comes as it ends is in an open room, or is told that it closed', async () => {
      const joiners = await arriveMany(brief, 6);
      guests.push(...joiners);
      const ears = await Promise.all(joiners.map((joiner) => joiner.listen()));
      let inside = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const { _id } = await host.createRoom({ title: `Closing ${trial}` });
        const tab = await host.sit(_id);
        // Spread over some milliseconds, so that one of them meets the end at each step of its joining.
        const joining = ears.map((ear, index) => later(index * 4).then(() => ear.join(_id)));
        await joining[trial % 4];
        const ending = trial % 3 === 0 ? tab.ask('leave') : host.remove(_id).then(() => undefined);
        const answers = await Promise.all(joining);
        await ending;
        const ofThis = ({ room: of }: { room: string }) => of === _id;
        for (const [index, answer] of answers.entries()) {
          if (!answer.ok) {
            assert.match(answer.error.code, /^room_(closed|not_found)$/);
            continue;
          }
          inside++;
          // In, so either the room lives and hears us, or its end is told to this very socket.
          const { status } = await joiners[index]!.post(_id, 'here');
          assert.ok(status === 200 || status === 410);
          await ears[index]!.hear(status === 200 ? 'chat' : 'closed', ofThis);
        }
        await Promise.all(ears.map((ear) => ear.ask('leave')));
        await gone(_id);
      }
      assert.ok(inside > 0, 'nobody was ever inside: the trials prove nothing');
    });
  });

  describe('of a process that died', () => {
    let dir: string;
    let child: SiteProcess;
    before(async () => {
      dir = await temporaryFolder();
    });
    after(async () => {
      await child.end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    });

    it('kill -9, and nobody comes back: rooms and files go; leftovers of every kind are swept', async () => {
      const env = { ROOM_GRACE_MS: '1000', LIMITS: 'off' };
      child = await startProcess(dir, env);
      const uploads = path.join(dir, 'uploads');
      const lone = await arrive(child);
      guests.push(lone);
      const rooms: string[] = [];
      for (let number = 0; number < 3; number++) {
        const { _id } = await lone.createRoom({ title: `Abandoned ${number}` });
        await lone.sit(_id);
        await lone.say(_id, 'anybody?');
        assert.equal((await lone.postGif(_id, await gif())).status, 200);
        rooms.push(_id);
      }
      const pictures = () => filesUnder(path.join(uploads, 'rooms'));
      assert.equal((await pictures()).length, 3);
      await child.end('SIGKILL');
      lone.leaveAll();
      await leaveLitter(uploads, rooms[0]!);
      const { port } = new URL(child.url);
      child = await startProcess(dir, { ...env, PORT: port });
      assert.deepEqual(await filesUnder(path.join(uploads, '.tmp')), [], 'old temporary files were left at start');
      assert.ok(!(await pictures()).some((file) => file.includes('stray') || file.includes('ffff')));
      for (const id of rooms) {
        await waitFor('the receipt', async () => (await lone.agent.get(`/room/${id}/closed`)).status === 410);
        assert.equal((await lone.post(id, 'still there?')).status, 410);
      }
      await waitFor('no files', async () => (await pictures()).length === 0);
    });

    /** What crashes leave: an old temporary file, a picture that no message names, a folder of no room. */
    async function leaveLitter(uploads: string, room: string): Promise<void> {
      const old = path.join(uploads, '.tmp', 'forgotten');
      await writeFile(old, 'x');
      await utimes(old, new Date(0), new Date(0));
      await writeFile(path.join(uploads, 'rooms', room, 'stray.gif'), 'x');
      const ghost = path.join(uploads, 'rooms', 'f'.repeat(24));
      await mkdir(ghost);
      await writeFile(path.join(ghost, 'ghost.gif'), 'x');
    }

    it('kill -9, and its visitor comes back in time: the room lives', async () => {
      await child.end('SIGKILL');
      const env = { ROOM_GRACE_MS: GRACE_LONG, LIMITS: 'off' };
      const { port } = new URL(child.url);
      child = await startProcess(dir, { ...env, PORT: port });
      const lone = await arrive(child);
      guests.push(lone);
      const { _id } = await lone.createRoom({ title: 'Survivor', max: 2 });
      await lone.sit(_id);
      await lone.say(_id, 'before');
      await child.end('SIGKILL');
      lone.leaveAll();
      child = await startProcess(dir, { ...env, PORT: port });
      const answer = await (await lone.listen()).join({ room: _id, after: 0 });
      assert.ok(answer.ok);
      assert.deepEqual([answer.people, answer.missed.length], [1, 1]);
    });
  });

  it('what a node wrote after a room had ended, sleeping through its end, is swept', async () => {
    const ended = 'e'.repeat(24);
    await store.collection('chats').insertMany([
      { room: ended, seq: 1, author: { id: 'x' }, chat: 'too late' },
      { room: ended, seq: 2, author: { id: 'x' }, chat: 'far too late' },
    ]);
    await store.collection('admissions').insertOne({ room: ended, visitor: 'x' });
    await owner.sit(room._id);
    await owner.say(room._id, 'lives on');
    await store.close();
    await site.restart();
    store = await Store.open(site.databaseUrl);
    await waitFor('no trace', async () => Object.keys(await store.traces(ended)).length === 0);
    assert.equal((await owner.readAll(room._id)).at(-1)?.chat, 'lives on');
  });

  it('a room whose erasing was cut short by a crash is erased at the next start', async () => {
    await owner.sit(room._id);
    await owner.say(room._id, 'half erased');
    assert.equal((await owner.postGif(room._id, await gif())).status, 200);
    const rooms = store.collection('rooms');
    const mine = (await rooms.find().toArray()).find(({ _id }) => String(_id) === room._id);
    await rooms.updateOne({ _id: mine!._id }, { $set: { state: 'closed', reason: 'empty' } });
    await store.close();
    await site.restart();
    store = await Store.open(site.databaseUrl);
    assert.deepEqual(await store.traces(room._id), {});
    assert.ok(!(await filesUnder(site.uploads)).some((file) => file.includes(room._id)));
    assert.equal((await owner.post(room._id, 'late')).status, 410);
  });
});
