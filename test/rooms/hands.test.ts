/** Raised hands, a queue that all see in the same order, and the announcement at the top. */
import assert from 'node:assert/strict';
import type { Person } from '../../schemas/people/contract.js';
import type { MemberRoomView, MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const ids = (hands: Person[]) => hands.map(({ id }) => id);
const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

describe('a class', () => {
  let site: TestSite;
  let host: TestVisitor;
  let one: TestVisitor;
  let two: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    [host, one, two] = await Promise.all([arrive(site), arrive(site), arrive(site)]);
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Class' });
    await Promise.all([one.open(room._id), two.open(room._id)]);
  });
  afterEach(() => {
    for (const visitor of [host, one, two]) visitor.leaveAll();
  });
  after(() => site.close());

  const hand = (who: TestVisitor, method: 'put' | 'delete' = 'put') =>
    who.agent[method](`/room/${room._id}/hand`).set('Accept', 'application/json');
  const pin = (chat: string | null, who = host) => who.agent.put(`/room/${room._id}/pinned`).send({ chat });

  it('raises hands in order, lowers them, and all hear so', async () => {
    const ear = await host.sit(room._id);
    assert.deepEqual(ids((await hand(one)).body.hands), [one.id]);
    assert.deepEqual(Object.keys((await hand(two)).body.hands[1]).sort(), ['color', 'id', 'name']);
    assert.deepEqual(ids((await hand(one)).body.hands), [one.id, two.id]);
    await ear.hear<Person[]>('hands', (hands) => ids(hands).join() === `${one.id},${two.id}`);
    assert.deepEqual(codeOf(await one.agent.delete(`/room/${room._id}/hands/${two.id}`)), [403, 'not_host']);
    assert.deepEqual(ids((await host.agent.delete(`/room/${room._id}/hands/${one.id}`)).body.hands), [two.id]);
    assert.deepEqual(codeOf(await host.agent.delete(`/room/${room._id}/hands/${one.id}`)), [404, 'person_not_found']);
    assert.deepEqual((await hand(two, 'delete')).body, { hands: [] });
    await ear.hear<Person[]>('hands', (hands) => hands.length === 0);
    assert.deepEqual(codeOf(await hand(await arrive(site))), [403, 'not_admitted']);
  });

  it('of hands at the same time has each once; who leaves or is removed lowers theirs', async () => {
    await Promise.all([hand(one), hand(two), hand(one), hand(host), hand(two)]);
    const ear = await host.sit(room._id);
    assert.equal(new Set(ids((await hand(host)).body.hands)).size, 3);
    await one.agent.post(`/room/${room._id}/leave`).set('Accept', 'application/json');
    const left = await ear.hear<Person[]>('hands', (hands) => !ids(hands).includes(one.id));
    assert.equal(left.length, 2);
    await host.agent.post(`/room/${room._id}/people/${two.id}/remove`).send({ ban: true }).expect(200);
    await ear.hear<Person[]>('hands', (hands) => !ids(hands).includes(two.id));
  });

  it('has an announcement at the top, that those in charge change', async () => {
    const ear = await one.sit(room._id);
    const message = await host.say(room._id, 'Read page 12');
    const { body } = await pin(message._id);
    assert.deepEqual((body as MemberRoomView).pinned, message);
    assert.deepEqual((await ear.hear<MemberRoomView>('room', ({ pinned }) => pinned !== null)).pinned, message);
    assert.match((await one.open(room._id)).text, /data-pinned-text>Read page 12</);
    assert.deepEqual(codeOf(await pin(message._id, one)), [403, 'not_host']);
    for (const none of ['0'.repeat(24), (await (await arrive(site)).createRoom({ title: 'x' }))._id])
      assert.deepEqual(codeOf(await pin(none)), [404, 'not_found']);
    for (const bad of [undefined, 'none', 7]) assert.equal((await pin(bad as string)).status, 400);
    assert.equal(((await pin(null)).body as MemberRoomView).pinned, null);
  });

  it('works by plain forms', async () => {
    const form = (who: TestVisitor, path: string, fields = '') =>
      who.agent.post(`/room/${room._id}${path}`).type('form').set('Accept', 'text/html').send(fields);
    assert.equal((await form(one, '/hand')).status, 303);
    const page = await host.open(room._id);
    assert.match(page.text, new RegExp(`hands/${one.id}/lower`));
    assert.match((await one.open(room._id)).text, /\/hand\/lower"/);
    assert.equal((await form(host, `/hands/${one.id}/lower`)).status, 303);
    assert.equal((await form(host, '/pinned', 'text=Hello')).status, 303);
    const [said] = (await host.history(room._id)).body.chats as MessageView[];
    assert.equal(said?.chat, 'Hello');
    assert.match((await one.open(room._id)).text, /data-pinned-text>Hello</);
    assert.equal((await form(host, '/pinned', 'text=')).status, 303);
    assert.match((await one.open(room._id)).text, /data-pinned hidden/);
  });
});
