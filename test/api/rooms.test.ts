/** /api/v1/rooms: what pages do, as JSON for programs; with the rights and refusals of the pages. */
import assert from 'node:assert/strict';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { MovableClock } from '../support/clock.js';
import { documented } from '../support/pages.js';
import { gif } from '../support/pictures.js';
import { ask, program, type Program } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];
const NONE = 'a'.repeat(24);

describe('rooms of the API', () => {
  const clock = new MovableClock();
  let site: TestSite;
  let host: Program;
  let guest: Program;
  let page: TestVisitor;
  before(async () => {
    site = await startSite({ LIMITS: 'off' }, { clock });
    [host, guest, page] = await Promise.all([program(site), program(site), arrive(site)]);
  });
  after(async () => {
    page.leaveAll();
    await site.close();
  });

  it('are opened: 201, the view of a room and its address; a bad title, seats or password are refused by code', async () => {
    const { status, headers, body } = await host.ask('POST', '/rooms', { title: 'By a program', max: 4 });
    assert.equal(status, 201);
    assert.equal(headers.get('location'), `/api/v1/rooms/${body._id}`);
    assert.deepEqual([body.title, body.max, body.locked, body.people], ['By a program', 4, false, 0]);
    assert.equal(body.owner, host.visitor.id);
    const refused = await host.ask('POST', '/rooms', { title: '', max: 1, password: 'x' });
    assert.deepEqual(codeOf(refused), [400, 'title_required']);
    assert.equal(refused.body.error.fields.max, 'max_out_of_range');
    assert.deepEqual(codeOf(await host.ask('POST', '/rooms')), [400, 'bad_input']);
    assert.deepEqual(codeOf(await ask(site, 'POST', '/rooms', { title: 'x' })), [401, 'no_session']);
  });

  it('are listed newest first, page by page with a cursor, and searched', async () => {
    for (const number of [1, 2, 3, 4, 5]) await host.createRoom({ title: `Walk ${number}` });
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
      const { status, body } = await guest.ask('GET', `/rooms?q=walk&limit=2${cursor}`);
      assert.equal(status, 200);
      const rooms = body.rooms as RoomView[];
      assert.ok(rooms.length <= 2);
      seen.push(...rooms.map(({ title }) => title));
      next = body.next as string | null;
    }
    assert.deepEqual(seen, ['Walk 5', 'Walk 4', 'Walk 3', 'Walk 2', 'Walk 1']);
    const { body } = await guest.ask('GET', '/rooms?q=nothing+like+it');
    assert.deepEqual(body, { rooms: [], next: null });
    const byCookie = await ask(site, 'GET', '/rooms', undefined, { Cookie: page.cookie });
    assert.ok(byCookie.body.rooms.length >= 5);
    for (const query of ['cursor=x', 'cursor=1_2', 'limit=x', 'cursor[$ne]=1'])
      assert.ok([200, 400].includes((await guest.ask('GET', `/rooms?${query}`)).status), query);
    assert.deepEqual(codeOf(await guest.ask('GET', '/rooms?cursor=1_2')), [400, 'bad_input']);
    assert.deepEqual(codeOf(await ask(site, 'GET', '/rooms')), [401, 'no_session']);
  });

  it('one is shown: to anybody as the list does, to its members with the roles', async () => {
    const { _id } = await host.createRoom({ title: 'To look at', password: 'secret' });
    const seen = await guest.ask('GET', `/rooms/${_id}`);
    assert.deepEqual([seen.status, seen.body._id, seen.body.locked, seen.body.roles], [200, _id, true, undefined]);
    const own = await host.ask('GET', `/rooms/${_id}`);
    assert.deepEqual(own.body.roles, { [host.visitor.id]: 'host' });
    for (const id of [NONE, 'x', '..%2f', '$ne'])
      assert.deepEqual(codeOf(await guest.ask('GET', `/rooms/${id}`)), [404, 'room_not_found'], id);
  });

  it('are entered: by the password, with how many tries are left; without one where there is none', async () => {
    const { _id } = await host.createRoom({ title: 'Locked', password: 'secret' });
    const enter = (body?: object) => guest.ask('POST', `/rooms/${_id}/enter`, body);
    assert.deepEqual(codeOf(await enter()), [401, 'password_required']);
    const wrong = await enter({ password: 'wrong' });
    assert.deepEqual(codeOf(wrong), [403, 'wrong_password']);
    assert.ok('triesLeft' in wrong.body.error);
    assert.deepEqual(codeOf(await guest.ask('GET', `/rooms/${_id}/people`)), [403, 'not_admitted']);
    assert.equal((await enter({ password: 'secret' })).status, 200);
    const open = await host.createRoom({ title: 'Open' });
    const { status, body } = await guest.ask('POST', `/rooms/${open._id}/enter`);
    assert.deepEqual([status, body._id, body.roles[host.visitor.id]], [200, open._id, 'host']);
    assert.deepEqual(codeOf(await enter({ password: 5 })), [400, 'bad_input']);
    const text = { 'Content-Type': 'text/plain' };
    assert.deepEqual(codeOf(await guest.ask('POST', `/rooms/${_id}/enter`, 'secret', text)), [400, 'bad_input']);
  });

  it('tell how many tries are left where tries are counted', async () => {
    const counted = await startSite();
    const [owner, visitor] = [await program(counted), await program(counted)];
    const { _id } = await owner.createRoom({ title: 'Locked', password: 'secret' });
    const { body } = await visitor.ask('POST', `/rooms/${_id}/enter`, { password: 'wrong' });
    await counted.close();
    assert.deepEqual([body.error.code, body.error.triesLeft], ['wrong_password', 4]);
  });

  it('hold texts: posted once a clientId, heard by pages, read with a cursor', async () => {
    const { _id } = await host.createRoom({ title: 'Texts' });
    await page.open(_id);
    const ear = await page.sit(_id);
    const post = (body: object) => host.ask('POST', `/rooms/${_id}/chats`, body);
    const { status, body } = await post({ chat: 'one', clientId: 'c-1' });
    assert.equal(status, 200);
    assert.deepEqual([body.seq, body.chat, body.author.id, body.clientId], [1, 'one', host.visitor.id, 'c-1']);
    assert.deepEqual((await post({ chat: 'one', clientId: 'c-1' })).body, body);
    assert.deepEqual(await ear.hear('chat'), body);
    await page.say(_id, 'two');
    const read = await host.ask('GET', `/rooms/${_id}/chats?after=1`);
    assert.deepEqual(
      [(read.body.chats as { chat: string }[]).map(({ chat }) => chat), read.body.more],
      [['two'], false],
    );
    assert.deepEqual(codeOf(await post({ chat: '' })), [400, 'chat_required']);
    assert.deepEqual(codeOf(await post({ chat: 'x', clientId: 'no good' })), [400, 'bad_input']);
    assert.deepEqual(codeOf(await guest.ask('POST', `/rooms/${_id}/chats`, { chat: 'x' })), [403, 'not_admitted']);
    assert.deepEqual(codeOf(await guest.ask('GET', `/rooms/${_id}/chats`)), [403, 'not_admitted']);
    ear.close();
  });

  it('take a clientId of the length and characters that docs/programs.md names, and no other', async () => {
    const rule = /`clientId`\*\* is 1 to (\d+) of `A-Z a-z 0-9 ([^`]+)`/.exec(documented('programs.md')) ?? [];
    const [length, marks] = [Number(rule[1]), (rule[2] ?? '').split(' ')];
    assert.ok(length > 0 && marks.length > 1);
    const { _id } = await host.createRoom({ title: 'Named' });
    const post = (clientId: string) => host.ask('POST', `/rooms/${_id}/chats`, { chat: 'x', clientId });
    for (const clientId of ['a', 'Az09'.repeat(length).slice(0, length), marks.join('')]) {
      const { status, body } = await post(clientId);
      assert.deepEqual([status, body.clientId], [200, clientId]);
    }
    const others = [' ', '/', '+', '=', ',', 'é', '\n'].filter((mark) => !marks.includes(mark));
    for (const clientId of ['', 'a'.repeat(length + 1), ...others])
      assert.deepEqual(codeOf(await post(clientId)), [400, 'bad_input'], clientId);
  });

  it('give whoever posts a seat for as long as docs/programs.md says, begun anew in its second half', async () => {
    const ms = 1_000 * Number(/Who posts gets one for (\d+) seconds/.exec(documented('programs.md'))?.[1]);
    const { _id } = await host.createRoom({ title: 'Leased' });
    const post = () => host.ask('POST', `/rooms/${_id}/chats`, { chat: 'x' });
    const peopleAfter = async (passed: number) => {
      clock.pass(passed);
      await site.app.services.sweeper.sweep();
      return ((await host.ask('GET', `/rooms/${_id}/people`)).body.people as unknown[]).length;
    };
    await post();
    assert.equal(await peopleAfter(0.4 * ms), 1);
    await post(); // too early to begin it anew
    assert.equal(await peopleAfter(0.59 * ms), 1);
    await post();
    assert.equal(await peopleAfter(0.99 * ms), 1, 'begun anew');
    assert.equal(await peopleAfter(0.02 * ms), 0);
    await post();
    assert.equal(await peopleAfter(0), 1, 'another seat');
  });

  it('hold pictures, which the token of a member may fetch, and no other', async () => {
    const { _id } = await host.createRoom({ title: 'Pictures' });
    const form = new FormData();
    form.set('alt', 'a square');
    form.set('gif', new Blob([new Uint8Array(await gif())]), 'x.gif');
    const { status, body } = await host.ask('POST', `/rooms/${_id}/gifs`, form);
    assert.deepEqual([status, body.gif?.alt], [200, 'a square']);
    const fetched = async (headers: Record<string, string>) =>
      (await fetch(new URL(body.gif.url as string, site.url), { headers })).status;
    assert.equal(await fetched({ Authorization: `Bearer ${host.token}` }), 200);
    assert.equal(await fetched({ Authorization: `Bearer ${guest.token}` }), 404);
    assert.equal(await fetched({ Authorization: 'Bearer none' }), 401);
    assert.equal(await fetched({}), 404);
    const none = new FormData();
    none.set('gif', new Blob(['no picture']), 'x.gif');
    assert.deepEqual(codeOf(await host.ask('POST', `/rooms/${_id}/gifs`, none)), [415, 'image_unsupported']);
  });

  it('tell who is there, and are left on purpose: 204, and the way back is a new admission', async () => {
    const { _id } = await host.createRoom({ title: 'People', password: 'secret', max: 2 });
    await guest.ask('POST', `/rooms/${_id}/enter`, { password: 'secret' });
    for (const who of [host, guest]) await who.ask('POST', `/rooms/${_id}/chats`, { chat: 'here' });
    const people = await guest.ask('GET', `/rooms/${_id}/people`);
    assert.deepEqual(people.body, { people: [host.visitor, guest.visitor] });
    const third = await program(site);
    assert.deepEqual(codeOf(await third.ask('POST', `/rooms/${_id}/enter`, { password: 'secret' })), [
      409,
      'room_full',
    ]);
    const left = await guest.ask('DELETE', `/rooms/${_id}/seat`);
    assert.deepEqual([left.status, left.body], [204, null]);
    assert.deepEqual((await host.ask('GET', `/rooms/${_id}/people`)).body, { people: [host.visitor] });
    assert.deepEqual(codeOf(await guest.ask('GET', `/rooms/${_id}/people`)), [403, 'not_admitted']);
    assert.equal((await guest.ask('DELETE', `/rooms/${_id}/seat`)).status, 204);
    assert.deepEqual(codeOf(await guest.ask('DELETE', `/rooms/${NONE}/seat`)), [404, 'room_not_found']);
  });

  it('are closed by their host alone; afterwards 410, with the receipt', async () => {
    const { _id } = await host.createRoom({ title: 'To close' });
    await host.ask('POST', `/rooms/${_id}/chats`, { chat: 'one' });
    assert.deepEqual(codeOf(await guest.ask('DELETE', `/rooms/${_id}`)), [403, 'not_host']);
    const closed = await host.ask('DELETE', `/rooms/${_id}`);
    assert.deepEqual([closed.status, closed.body], [200, { ok: true }]);
    for (const [method, tail] of [
      ['GET', ''],
      ['POST', '/enter'],
      ['GET', '/people'],
      ['GET', '/chats'],
      ['DELETE', '/seat'],
      ['DELETE', ''],
    ] as const) {
      const { status, body } = await guest.ask(method, `/rooms/${_id}${tail}`);
      assert.equal(status, 410, method + tail);
      const { closedAt, ...receipt } = body.receipt;
      assert.deepEqual(receipt, { room: _id, reason: 'owner', messages: 1, images: 0 });
      assert.ok(Date.parse(closedAt as string) > 0);
      assert.deepEqual(Object.keys(body.error).sort(), ['code', 'message']);
      assert.equal(body.error.code, 'room_closed');
    }
  });

  it('a page may ask by its cookie, a foreign page may not', async () => {
    const room = await host.createRoom({ title: 'By cookie' });
    const post = (headers: Record<string, string>) =>
      ask(site, 'POST', `/rooms/${room._id}/enter`, {}, { Cookie: page.cookie, ...headers });
    assert.equal((await post({ Origin: site.url })).status, 200);
    assert.deepEqual(codeOf(await post({ Origin: 'https://evil.example' })), [403, 'cross_site']);
  });
});
