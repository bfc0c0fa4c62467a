/** What a host sets: each by REST, heard live, obeyed at once by every door. */
import assert from 'node:assert/strict';
import type { MemberRoomView, RoomView } from '../../schemas/rooms/contract.js';
import { gif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { MovableClock } from '../support/clock.js';

type Refusable = { status: number; body: { error?: { code: string } } };
const codeOf = ({ status, body }: Refusable) => [status, body.error?.code];

describe('what a host sets', () => {
  const clock = new MovableClock();
  let site: TestSite;
  let store: Store;
  let host: TestVisitor;
  let guest: TestVisitor;
  let late: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' }, { clock });
    store = await Store.open(site.databaseUrl);
    [host, guest, late] = await Promise.all([arrive(site), arrive(site), arrive(site)]);
    for (const { agent } of [host, guest, late]) void agent.set('Accept-Language', 'en');
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Settings' });
    await guest.open(room._id);
  });
  afterEach(() => {
    for (const visitor of [host, guest, late]) visitor.leaveAll();
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  const set = (settings: object, who = host) => who.agent.patch(`/room/${room._id}`).send(settings);
  const isSet = async (settings: object): Promise<MemberRoomView> => {
    const answer = await set(settings);
    assert.equal(answer.status, 200, answer.text);
    return answer.body as MemberRoomView;
  };
  const joined = async (who: TestVisitor): Promise<string> => {
    const answer = await (await who.listen()).join(room._id);
    return answer.ok ? 'ok' : answer.error.code;
  };
  const posted = async (ear: Ear, chat = 'x', more = {}) => {
    const answer = await ear.ask('post', { room: room._id, chat, ...more });
    return answer.ok ? 'ok' : answer.error.code;
  };

  it('is answered with the room and heard by the list and by all inside', async () => {
    const [list, ear] = [await late.listen('/room'), await guest.sit(room._id)];
    const view = await isSet({ title: ' Another  title ', max: 20, slow: 5 });
    assert.deepEqual([view.title, view.max, view.slow, view.people], ['Another title', 20, 5, 1]);
    assert.deepEqual([view.roles, view.pinned, view.hostsOnly], [{ [host.id]: 'host' }, null, false]);
    assert.deepEqual(await ear.hear<MemberRoomView>('room', ({ title }) => title === 'Another title'), view);
    const listed = await list.hear<RoomView>('updateRoom', ({ title }) => title === 'Another title');
    assert.deepEqual([listed.max, 'roles' in listed], [20, false]);
    const found = await late.agent.get('/').query({ q: 'another tit' }).set('Accept', 'text/html');
    assert.match(found.text, new RegExp(`room-${room._id}`));
  });

  it('of bad input changes nothing', async () => {
    const BAD = [
      {},
      { none: 1 },
      { title: '' },
      { title: null },
      { max: 1 },
      { max: 101 },
      { slow: 301 },
      { slow: -1 },
    ];
    for (const settings of [...BAD, { slow: 1.5 }, { closedDoor: 'maybe' }, { password: 'abc' }, { listed: {} }, []])
      assert.equal((await set(settings)).status, 400, JSON.stringify(settings));
    const { body } = await set({ slow: 3 });
    const before = { ...(body as MemberRoomView) };
    assert.equal((await set({ slow: 9, title: '' })).status, 400);
    assert.deepEqual((await set({ slow: 3 })).body, before);
  });

  it('seats: never fewer than people are inside, wherever they sit', async () => {
    const more = await Promise.all([arrive(site), arrive(site), arrive(site)]);
    await host.sit(room._id);
    for (const visitor of [guest, ...more]) await visitor.sit(room._id);
    assert.deepEqual(codeOf(await set({ max: 4 })), [409, 'seats_taken']);
    guest.leaveAll();
    const left = await host.ears.at(-1)!.hear<{ people: number }>('exit');
    assert.equal(left.people, 4);
    assert.equal((await isSet({ max: 4 })).max, 4);
    assert.equal(await joined(guest), 'room_full');
    assert.equal(await store.count('seats', { room: room._id, slot: { $gte: 4 } }), 0);
    assert.equal((await isSet({ max: 5 })).max, 5);
    assert.equal(await joined(guest), 'ok');
    for (const visitor of more) visitor.leaveAll();
  });

  it('a password: set, changed and dropped, and those inside stay', async () => {
    const ear = await guest.sit(room._id);
    assert.equal((await isSet({ password: 'first-one' })).locked, true);
    assert.equal((await late.open(room._id)).status, 401);
    assert.equal(await joined(late), 'not_admitted');
    await isSet({ password: 'second-one' });
    assert.equal((await late.enter(room._id, 'first-one')).status, 403);
    assert.equal((await late.enter(room._id, 'second-one')).status, 303);
    assert.equal(await posted(ear), 'ok');
    assert.equal((await isSet({ password: '' })).locked, false);
    assert.equal((await (await arrive(site)).open(room._id)).status, 200);
  });

  it('a closed door: nobody new, but who was let in comes back', async () => {
    await guest.sit(room._id);
    guest.leaveAll();
    assert.equal((await isSet({ closedDoor: true })).closedDoor, true);
    const page = await late.open(room._id);
    assert.equal(page.status, 403);
    assert.match(page.text, /closed the door/);
    assert.deepEqual(codeOf(await late.agent.get(`/room/${room._id}`)), [403, 'door_closed']);
    assert.deepEqual(codeOf(await late.agent.post(`/room/${room._id}/sit`)), [403, 'door_closed']);
    assert.equal(await joined(late), 'door_closed');
    assert.equal((await guest.open(room._id)).status, 200);
    assert.equal(await joined(guest), 'ok');
    await isSet({ closedDoor: false });
    assert.equal(await joined(late), 'ok');
  });

  it('an unlisted room is in no list and no search, and comes back to them', async () => {
    const list = await late.listen('/room');
    const page = (q = '') => late.agent.get('/').query({ q }).set('Accept', 'text/html');
    await isSet({ title: 'Quite hidden', listed: false });
    await list.hear('removeRoom', (id) => id === room._id);
    for (const { text } of [await page(), await page('quite hidden')])
      assert.doesNotMatch(text, /Quite hidden<|room-[0-9a-f]{24}.*Quite/);
    await guest.sit(room._id);
    assert.equal((await late.open(room._id)).status, 200);
    await isSet({ title: 'Shown again', listed: true });
    await list.hear<RoomView>('newRoom', ({ _id }) => _id === room._id);
    assert.ok(!list.frames.some((frame) => frame.includes('Quite hidden')));
    assert.match((await page('shown again')).text, /Shown again/);
  });

  it('slow mode: one post of a person in so many seconds; hosts are exempt; a retry is no post', async () => {
    const ears = [await host.sit(room._id), await guest.sit(room._id)] as const;
    await isSet({ slow: 30 });
    assert.equal(await posted(ears[1], 'first', { clientId: 'a' }), 'ok');
    const refused = await guest.post(room._id, 'second');
    assert.deepEqual([...codeOf(refused), refused.headers['retry-after']], [429, 'slow_mode', '30']);
    assert.match(refused.text, /in 30 seconds/);
    assert.equal(await posted(ears[1], 'first', { clientId: 'a' }), 'ok');
    assert.deepEqual(codeOf(await guest.postGif(room._id, await gif())), [429, 'slow_mode']);
    for (const text of ['a', 'b']) assert.equal(await posted(ears[0], text), 'ok');
    clock.pass(29_000);
    assert.equal((await guest.post(room._id, 'third')).headers['retry-after'], '1');
    clock.pass(1_000);
    const both = await Promise.all([guest.post(room._id, 'fourth'), guest.post(room._id, 'fourth')]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 429]);
    await isSet({ slow: 0 });
    assert.equal(await posted(ears[1], 'fifth'), 'ok');
    assert.deepEqual(
      (await host.readAll(room._id)).map(({ chat }) => chat),
      ['first', 'a', 'b', 'fourth', 'fifth'],
    );
    await host.remove(room._id);
    assert.deepEqual(await store.traces(room._id), {});
  });

  it('only hosts write, and pictures pause', async () => {
    const [mine, theirs] = [await host.sit(room._id), await guest.sit(room._id)];
    await isSet({ hostsOnly: true });
    assert.equal(await posted(theirs), 'not_host');
    assert.deepEqual(codeOf(await guest.post(room._id, 'x')), [403, 'not_host']);
    assert.deepEqual(codeOf(await guest.postGif(room._id, await gif())), [403, 'not_host']);
    assert.equal(await posted(mine), 'ok');
    await isSet({ hostsOnly: false, picturesPaused: true });
    assert.equal(await posted(theirs), 'ok');
    assert.deepEqual(codeOf(await guest.postGif(room._id, await gif())), [403, 'pictures_paused']);
    assert.equal((await host.postGif(room._id, await gif())).status, 200);
    await isSet({ picturesPaused: false });
    assert.equal((await guest.postGif(room._id, await gif())).status, 200);
    assert.equal((await host.readAll(room._id)).length, 4);
  });

  it('is said on the page, and set without a script by the forms of a page of its own', async () => {
    const form = (fields: string) =>
      host.agent.post(`/room/${room._id}/settings`).type('form').set('Accept', 'text/html').send(fields);
    const page = await host.agent.get(`/room/${room._id}/settings`).set('Accept', 'text/html');
    assert.deepEqual([page.status, /name="password" type="password"/.test(page.text)], [200, true]);
    const saved = await form(
      'title=Formed&max=12&closedDoor=&closedDoor=on&approval=&listed=&listed=on&slow=60&hostsOnly=',
    );
    assert.deepEqual([saved.status, saved.headers['location']], [303, `/room/${room._id}/settings`]);
    const again = await host.agent.get(`/room/${room._id}/settings`).set('Accept', 'text/html');
    assert.match(again.text, /name="closedDoor" checked/);
    assert.match(again.text, /<option value="60" selected/);
    const { text } = await guest.open(room._id);
    assert.ok(text.includes('Slow mode: one message every 60 seconds · The door is closed'));
    assert.match((await form('max=1')).headers['location'] ?? '', /\?error=max_out_of_range$/);
  });
});
