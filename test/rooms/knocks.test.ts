/** Asking to be let in: what those who knock hear at every door, what hosts see and answer, and what is kept of it. */
import assert from 'node:assert/strict';
import type { JoinAnswer, RoomView } from '../../schemas/rooms/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import { KNOCKS_MAX } from '../../services/rooms/knocks.js';
import { MovableClock } from '../support/clock.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, arriveFrom, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const FIVE_MINUTES = 5 * 60_000;

describe('asking to be let in', () => {
  const clock = new MovableClock();
  let site: TestSite;
  let store: Store;
  let host: TestVisitor;
  let guest: TestVisitor;
  let room: string;
  let visitors: TestVisitor[] = [];

  before(async () => {
    site = await startSite({ LIMITS: 'seats_ip=60/0', ROOM_GRACE_MS: '60000', TRUST_PROXY: '1' }, { clock });
    store = await Store.open(site.databaseUrl);
  });
  beforeEach(async () => {
    [host, guest] = [await someone(), await someone()];
    room = await asking({ title: 'Knocking' });
  });
  afterEach(() => {
    for (const visitor of visitors) visitor.leaveAll();
    visitors = [];
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  async function someone(): Promise<TestVisitor> {
    const visitor = await arrive(site);
    void visitor.agent.set('Accept-Language', 'en');
    visitors.push(visitor);
    return visitor;
  }
  const set = (settings: object, id = room) => host.agent.patch(`/room/${id}`).send(settings);
  /** A room whose host is asked. */
  async function asking(body: object): Promise<string> {
    const { _id } = await host.createRoom(body);
    assert.equal((await set({ approval: true }, _id)).status, 200);
    return _id;
  }
  type Refusable = { status: number; body: { error?: { code: string } } };
  const codeOf = ({ status, body }: Refusable) => [status, body.error?.code];
  const enter = ({ agent }: TestVisitor, body: object = {}) => agent.post(`/api/v1/rooms/${room}/enter`).send(body);
  const answer = (who: { id: string }, admit: unknown, by = host) =>
    by.agent.post(`/room/${room}/knocks/${who.id}`).send({ admit });
  const waiting = async (by = host) =>
    ((await by.agent.get(`/room/${room}/knocks`)).body as { knocks: Person[] }).knocks.map(({ id }) => id);
  const joinCode = async (ear: Ear) => {
    const joined = await ear.join(room);
    return joined.ok ? 'ok' : joined.error.code;
  };
  const knocks = () => store.count('knocks', { room });

  it('every way in is a knock, and one only: a page, JSON, sockets; who was let in before stays so', async () => {
    const early = await someone();
    assert.equal((await set({ approval: false })).status, 200);
    await early.open(room);
    assert.equal((await set({ approval: true })).status, 200);
    assert.equal((await early.open(room)).status, 200);
    const page = await guest.open(room);
    assert.equal(page.status, 202);
    assert.match(page.text, /Knocking/);
    assert.match(page.text, /http-equiv="refresh" content="15; url=\/room\//);
    const ear = await guest.listen();
    assert.equal(await joinCode(ear), 'knocking');
    const json = await guest.agent.get(`/room/${room}`).set('Accept', 'application/json');
    assert.deepEqual(codeOf(json), [202, 'knocking']);
    assert.equal(json.headers['retry-after'], '15');
    assert.deepEqual(codeOf(await enter(guest)), [202, 'knocking']);
    assert.deepEqual(codeOf(await guest.agent.post(`/room/${room}/enter`).send({ password: '' })), [202, 'knocking']);
    assert.equal((await guest.enter(room, '')).status, 202);
    for (const refused of [await guest.post(room, 'x'), await guest.history(room)])
      assert.deepEqual(codeOf(refused), [403, 'not_admitted']);
    assert.deepEqual(await waiting(), [guest.id]);
    assert.equal(await knocks(), 1);
    assert.equal(await store.count('admissions', { room, visitor: guest.id }), 0);
  });

  it('hosts and helpers in the room hear who knocks, others do not; who is admitted hears so everywhere, for good', async () => {
    const [helper, member] = [await someone(), await someone()];
    await set({ approval: false });
    for (const visitor of [helper, member]) await visitor.open(room);
    await set({ approval: true });
    await host.agent.put(`/room/${room}/people/${helper.id}/role`).send({ role: 'helper' });
    const [hosting, helping, reading, idle] = [
      await host.sit(room),
      await helper.sit(room),
      await member.sit(room),
      await host.listen(),
    ];
    const tabs = [await guest.listen(), await guest.listen()];
    await guest.open(room);
    for (const ear of [hosting, helping]) {
      const [person] = await ear.hear<Person[]>('knocks', (people) => people.length > 0);
      assert.deepEqual(Object.keys(person ?? {}).sort(), ['color', 'id', 'name']);
      assert.equal(person?.id, guest.id);
    }
    const again = await host.listen();
    const joined = await again.ask<JoinAnswer>('join', room);
    assert.deepEqual(joined.ok && [joined.knocks?.map(({ id }) => id), joined.hands], [[guest.id], []]);
    const { body } = await answer(guest, true, helper);
    assert.deepEqual(body, { knocks: [] });
    for (const ear of tabs) assert.deepEqual(await ear.hear('admitted'), { room });
    await hosting.hear<Person[]>('knocks', (people) => people.length === 0);
    assert.equal((await guest.open(room)).status, 200);
    assert.equal(await joinCode(tabs[0] as Ear), 'ok');
    assert.equal((await guest.post(room, 'inside')).status, 200);
    assert.deepEqual(codeOf(await answer(guest, true)), [404, 'person_not_found']);
    assert.equal(reading.all('knocks').length + idle.all('knocks').length, 0);
  });

  it('who is refused hears so, waits before they may knock again, and is then asked for anew', async () => {
    await guest.open(room);
    const ear = await guest.listen();
    assert.equal((await answer(guest, false)).status, 200);
    assert.deepEqual(await ear.hear('refused'), { room });
    const page = await guest.open(room);
    assert.equal(page.status, 403);
    assert.match(page.text, /You can ask again in 5 minutes/);
    assert.ok(!page.text.includes('http-equiv="refresh"'));
    assert.deepEqual(codeOf(await enter(guest)), [403, 'not_admitted']);
    assert.equal(await joinCode(ear), 'not_admitted');
    // Leaving is no way around it.
    assert.equal((await guest.agent.post(`/room/${room}/leave`)).status, 303);
    assert.equal((await guest.open(room)).status, 403);
    assert.deepEqual(await waiting(), []);
    clock.pass(FIVE_MINUTES);
    assert.equal((await guest.open(room)).status, 202);
    assert.deepEqual(await waiting(), [guest.id]);
  });

  it('a knock counts for a quarter of an hour after its visitor was heard of, or until they stop waiting', async () => {
    const other = await someone();
    await guest.open(room);
    await other.open(room);
    clock.pass(2 * FIVE_MINUTES);
    await guest.open(room);
    clock.pass(2 * FIVE_MINUTES);
    assert.deepEqual(await waiting(), [guest.id]);
    assert.equal((await other.open(room)).status, 202);
    assert.deepEqual(await waiting(), [guest.id, other.id]);
    assert.equal((await guest.agent.post(`/room/${room}/leave`)).status, 303);
    assert.deepEqual(await waiting(), [other.id]);
  });

  it('a password is asked for first, once; the page says what room it is to whom the list or the password has said it', async () => {
    room = await asking({ title: 'Secret title', password: 'open sesame' });
    assert.equal((await set({ listed: false })).status, 200);
    const form = await guest.open(room).set('Accept-Language', 'en');
    assert.deepEqual([form.status, form.text.includes('Then the host is asked to let you in.')], [401, true]);
    assert.equal((await guest.enter(room, 'wrong')).status, 403);
    assert.equal(await knocks(), 0);
    const right = await guest.enter(room, 'open sesame');
    assert.equal(right.status, 202);
    assert.match(right.text, /Secret title/);
    assert.equal((await guest.open(room)).status, 202);
    assert.deepEqual(codeOf(await enter(guest)), [202, 'knocking']);
    assert.equal((await answer(guest, true)).status, 200);
    assert.equal((await guest.open(room)).status, 200);
    assert.deepEqual(codeOf(await enter(await someone(), { password: 'open sesame' })), [202, 'knocking']);
    const unlisted = await asking({ title: 'Secret title' });
    await set({ listed: false }, unlisted);
    const page = await (await someone()).open(unlisted);
    assert.equal(page.status, 202);
    assert.ok(!page.text.includes('Secret title'));
  });

  it('all at once: as many as there are seats, in order; and everybody who waits when the host is asked no more', async () => {
    room = await asking({ title: 'Small', max: 3 });
    await host.sit(room);
    const crowd = [await someone(), await someone(), await someone()];
    for (const visitor of crowd) assert.equal((await visitor.open(room)).status, 202);
    const { body } = await host.agent.post(`/room/${room}/knocks`).send();
    const ids = (people: Person[]) => people.map(({ id }) => id);
    const { admitted, knocks: left } = body as { admitted: Person[]; knocks: Person[] };
    const [first, second, third] = crowd.map(({ id }) => id);
    assert.deepEqual([ids(admitted), ids(left)], [[first, second], [third]]);
    for (const visitor of crowd.slice(0, 2)) await visitor.sit(room);
    assert.deepEqual(codeOf(await answer(crowd[2] as TestVisitor, true)), [409, 'room_full']);
    assert.deepEqual(codeOf(await host.agent.post(`/room/${room}/knocks`)), [409, 'room_full']);
    // Who waits at a full room goes on waiting; who comes new need not.
    assert.deepEqual(codeOf(await enter(crowd[2] as TestVisitor)), [202, 'knocking']);
    const late = await guest.open(room);
    assert.deepEqual([late.status, late.headers['location']], [302, '/?error=room_full']);
    const ear = await (crowd[2] as TestVisitor).listen();
    assert.equal((await set({ approval: false, max: 4 })).status, 200);
    assert.deepEqual(await ear.hear('admitted'), { room });
    assert.equal((await (crowd[2] as TestVisitor).open(room)).status, 200);
  });

  it('a closed door, a removal and a ban come before: they are not knocked at, and no admission undoes them', async () => {
    await host.sit(room);
    await guest.open(room);
    assert.equal((await set({ closedDoor: true })).status, 200);
    assert.deepEqual(codeOf(await answer(guest, true)), [403, 'door_closed']);
    assert.deepEqual(codeOf(await enter(guest)), [403, 'door_closed']);
    assert.equal((await set({ closedDoor: false })).status, 200);
    assert.equal((await answer(guest, true)).status, 200);
    const ear = await guest.sit(room);
    await host.agent.post(`/room/${room}/people/${guest.id}/remove`).send({});
    assert.deepEqual(await ear.hear('closed'), { room, reason: 'removed' });
    // Who was made to leave has to open the page, and to ask, again.
    assert.equal(await joinCode(ear), 'not_admitted');
    assert.equal((await guest.open(room)).status, 202);
    const banned = await host.agent.post(`/room/${room}/people/${guest.id}/remove`).send({ ban: true });
    assert.equal(banned.status, 200);
    assert.deepEqual(await waiting(), []);
    assert.deepEqual(codeOf(await answer(guest, true)), [404, 'person_not_found']);
    assert.equal((await guest.open(room)).status, 403);
    assert.equal(await joinCode(ear), 'banned');
  });

  it('somebody who only knocks can be banned, with their address', async () => {
    const [near, neighbour] = [await arriveFrom('192.0.2.9', site), await arriveFrom('192.0.2.9', site)];
    for (const visitor of [near, neighbour]) assert.equal((await visitor.open(room)).status, 202);
    const ear = await near.listen();
    visitors.push(near);
    const ban = { ban: true, byAddress: true };
    assert.equal((await host.agent.post(`/room/${room}/people/${near.id}/remove`).send(ban)).status, 200);
    assert.deepEqual(await ear.hear('closed'), { room, reason: 'banned' });
    assert.deepEqual(await waiting(), []);
    assert.equal((await neighbour.open(room)).status, 403);
    assert.deepEqual(codeOf(await host.agent.post(`/room/${room}/people/${guest.id}/remove`).send({})), [
      404,
      'person_not_found',
    ]);
  });

  it('what is no answer is refused; forms work; members and strangers may not', async () => {
    await guest.open(room);
    for (const admit of [undefined, null, 'perhaps', 1, [true]])
      assert.equal((await answer(guest, admit)).status, 400, String(admit));
    assert.deepEqual(codeOf(await answer({ id: 'nobody' }, true)), [404, 'person_not_found']);
    for (const refused of [
      await answer(guest, true, guest),
      await guest.agent.get(`/room/${room}/knocks`),
      await guest.agent.post(`/room/${room}/knocks`),
    ])
      assert.deepEqual(codeOf(refused), [403, 'not_host']);
    const page = await host.open(room);
    assert.match(page.text, new RegExp(`action="/room/${room}/knocks/${guest.id}"`));
    const form = (path: string, body: string) =>
      host.agent.post(`/room/${room}/knocks${path}`).type('form').set('Accept', 'text/html').send(body);
    const admitted = await form(`/${guest.id}`, 'admit=true');
    assert.deepEqual([admitted.status, admitted.headers['location']], [303, `/room/${room}`]);
    assert.equal((await guest.open(room)).status, 200);
    const late = await form(`/${guest.id}`, 'admit=false');
    assert.deepEqual([late.status, late.headers['location']], [303, `/room/${room}?error=person_not_found`]);
  });

  it('a list has an end, also for one address; it is erased with the room', async () => {
    const view = (await host.agent.get(`/api/v1/rooms/${room}`)).body as RoomView;
    assert.equal(view.approval, true);
    const now = clock.date();
    const made = (count: number, address: string) =>
      Array.from({ length: count }, (_, at) => ({
        ...{ room, visitor: `${address}${at}`, name: 'Somebody', color: '#123456', address },
        ...{ state: 'waiting', until: new Date(now.getTime() + FIVE_MINUTES), createdAt: now },
      }));
    await guest.open(room);
    const [mine] = await store.collection('knocks').find({ room }).toArray();
    await store.collection('knocks').insertMany(made(59, String(mine?.['address'])));
    assert.deepEqual(codeOf(await enter(await someone())), [409, 'too_many_seats']);
    await store.collection('knocks').insertMany(made(KNOCKS_MAX - 60, 'elsewhere'));
    assert.deepEqual(codeOf(await enter(await someone())), [503, 'busy']);
    assert.equal((await waiting()).length, KNOCKS_MAX);
    await host.remove(room);
    await waitFor('no knocks', async () => (await knocks()) === 0);
  });
});
