/** Rooms on the raw gateway: joined, posted in, heard once and in order, left; with the refusals of every other door. */
import assert from 'node:assert/strict';
import { openLine, type Raw } from '../support/line.js';
import { program, type Program } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('rooms on the raw gateway', () => {
  let site: TestSite;
  let host: Program;
  let guest: Program;
  let page: TestVisitor;
  const connections: Raw[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    [host, guest, page] = await Promise.all([program(site), program(site), arrive(site)]);
  });
  after(async () => {
    for (const connection of connections) connection.drop();
    page.leaveAll();
    await site.close();
  });

  async function connect(who: Program): Promise<Raw> {
    const connection = await openLine(page, {});
    connections.push(connection);
    connection.send({ type: 'init', token: who.token });
    await connection.hear('ready');
    return connection;
  }
  const texts = (connection: Raw) => connection.all('room').map(({ message }) => message.chat);
  const refusal = async (connection: Raw, frame: object) => {
    const known = connection.all('error').length;
    connection.send(frame);
    return (await waitFor('a refusal', () => connection.all('error')[known])).code;
  };
  const peopleOf = async (room: string) =>
    ((await host.ask('GET', `/rooms/${room}/people`)).body.people as { id: string }[]).map(({ id }) => id);

  it('a room is joined with what was missed, and heard from there, each message once and in order', async () => {
    const { _id: room } = await host.createRoom({ title: 'Heard' });
    for (const chat of ['one', 'two']) await host.ask('POST', `/rooms/${room}/chats`, { chat });
    const connection = await connect(host);
    connection.send({ type: 'join', room, after: 1 });
    const joined = await connection.hear('joined');
    assert.deepEqual([joined.room, joined.seq, joined.more], [room, 2, false]);
    assert.deepEqual(
      joined.missed.map(({ chat }) => chat),
      ['two'],
    );
    await page.open(room);
    const many = Array.from({ length: 20 }, (_, at) => `text ${at}`);
    const posted = await Promise.all(many.map((chat) => page.say(room, chat)));
    await waitFor('all of them', () => connection.all('room').length === many.length);
    assert.deepEqual(
      connection.all('room').map(({ message }) => message),
      posted.sort((a, b) => a.seq - b.seq),
    );
  });

  it('what is posted is acknowledged by its clientId, stored once, and heard by all', async () => {
    const { _id: room } = await host.createRoom({ title: 'Posted' });
    await guest.ask('POST', `/rooms/${room}/enter`);
    const ear = (await page.open(room), await page.sit(room));
    const [one, other] = [await connect(host), await connect(guest)];
    for (const connection of [one, other]) {
      connection.send({ type: 'join', room });
      await connection.hear('joined');
    }
    one.send({ type: 'post', room, chat: 'hello', clientId: 'c-1' });
    const { message } = await one.hear('posted', ({ clientId }) => clientId === 'c-1');
    assert.deepEqual([message.chat, message.author.id], ['hello', host.visitor.id]);
    one.send({ type: 'post', room, chat: 'hello', clientId: 'c-1' });
    await waitFor('the second answer', () => one.all('posted').length === 2);
    assert.deepEqual(one.all('posted')[1]?.message, message);
    for (const connection of [one, other]) assert.deepEqual((await connection.hear('room')).message, message);
    assert.deepEqual(await ear.hear('chat'), message);
    other.send({ type: 'post', room, chat: 'back' });
    assert.equal((await other.hear('posted')).clientId, undefined);
    await waitFor('both', () => texts(one).length === 2);
    assert.deepEqual(texts(one), ['hello', 'back']);
    ear.close();
  });

  it('a connection that comes back joins with the last seq it heard, and misses nothing', async () => {
    const { _id: room } = await host.createRoom({ title: 'Resumed' });
    const first = await connect(host);
    first.send({ type: 'join', room });
    await first.hear('joined');
    first.send({ type: 'post', room, chat: 'before' });
    const { message } = await first.hear('room');
    first.drop();
    await host.ask('POST', `/rooms/${room}/chats`, { chat: 'meanwhile' });
    const second = await connect(host);
    second.send({ type: 'join', room, after: message.seq });
    assert.deepEqual(
      (await second.hear('joined')).missed.map(({ chat }) => chat),
      ['meanwhile'],
    );
  });

  it('keeps a seat while it lives, and no longer', async () => {
    const { _id: room } = await host.createRoom({ title: 'Seats' });
    await guest.ask('POST', `/rooms/${room}/enter`);
    const [one, other] = [await connect(host), await connect(guest)];
    for (const connection of [one, other]) {
      connection.send({ type: 'join', room });
      await connection.hear('joined');
    }
    assert.deepEqual(await peopleOf(room), [host.visitor.id, guest.visitor.id]);
    other.drop();
    await waitFor('a free seat', async () => (await peopleOf(room)).length === 1);
  });

  it('is left on purpose: nothing more is heard, and posting is refused', async () => {
    const { _id: room } = await host.createRoom({ title: 'Left' });
    await guest.ask('POST', `/rooms/${room}/enter`);
    const [one, other] = [await connect(host), await connect(guest)];
    for (const connection of [one, other]) {
      connection.send({ type: 'join', room });
      await connection.hear('joined');
    }
    other.send({ type: 'leave', room });
    assert.equal(await refusal(other, { type: 'post', room, chat: 'x' }), 'not_admitted');
    assert.deepEqual(await peopleOf(room), [host.visitor.id]);
    one.send({ type: 'post', room, chat: 'alone' });
    await one.hear('room');
    assert.equal(await refusal(other, { type: 'leave', room }), 'not_admitted');
    assert.deepEqual(texts(other), []);
  });

  it('the end of a room, or of a seat, is told: closed', async () => {
    const { _id: room } = await host.createRoom({ title: 'Closed' });
    await guest.ask('POST', `/rooms/${room}/enter`);
    const [one, other] = [await connect(host), await connect(guest)];
    for (const connection of [one, other]) {
      connection.send({ type: 'join', room });
      await connection.hear('joined');
    }
    await guest.ask('DELETE', `/rooms/${room}/seat`);
    assert.deepEqual(await other.hear('closed'), { type: 'closed', room, reason: 'left' });
    await host.ask('DELETE', `/rooms/${room}`);
    assert.deepEqual(await one.hear('closed'), { type: 'closed', room, reason: 'owner' });
    assert.equal(await refusal(one, { type: 'post', room, chat: 'late' }), 'room_closed');
    assert.equal(other.all('closed').length, 1);
  });

  it('who is removed or banned hears so, and the room no more; who has to ask first is told that they do', async () => {
    const made = await page.createRoom({ title: 'Put out' });
    const room = made._id;
    await page.sit(room);
    const put = (wish: object) => page.agent.post(`/room/${room}/people/${guest.visitor.id}/remove`).send(wish);
    const connection = await connect(guest);
    for (const [wish, reason] of [
      [{}, 'removed'],
      [{ ban: true }, 'banned'],
    ] as const) {
      assert.equal((await guest.ask('POST', `/rooms/${room}/enter`)).status, 200);
      connection.send({ type: 'join', room });
      await waitFor('joining', () => connection.all('joined').length === connection.all('closed').length + 1);
      assert.equal((await put(wish)).status, 200);
      await page.say(room, `after: ${reason}`);
      assert.deepEqual(await connection.hear('closed', (frame) => frame.reason === reason), {
        type: 'closed',
        room,
        reason,
      });
      const code = reason === 'banned' ? 'banned' : 'not_admitted';
      assert.equal(await refusal(connection, { type: 'post', room, chat: 'still here' }), code);
      assert.equal(await refusal(connection, { type: 'join', room }), code);
    }
    assert.deepEqual(texts(connection), []);
    await page.agent.patch(`/room/${room}`).send({ approval: true });
    const other = await connect(host);
    assert.equal(await refusal(other, { type: 'join', room }), 'knocking');
    const { knocks } = (await page.agent.get(`/room/${room}/knocks`)).body as { knocks: { id: string }[] };
    assert.deepEqual(
      knocks.map(({ id }) => id),
      [host.visitor.id],
    );
  });

  it('refusals carry a code: who is not let in, what is none, a room too many', async () => {
    const { _id: locked } = await host.createRoom({ title: 'Locked', password: 'secret' });
    const connection = await connect(guest);
    assert.equal(await refusal(connection, { type: 'join', room: locked }), 'not_admitted');
    assert.equal(await refusal(connection, { type: 'join', room: 'a'.repeat(24) }), 'room_not_found');
    assert.equal(await refusal(connection, { type: 'join', room: 'x' }), 'bad_input');
    assert.equal(await refusal(connection, { type: 'post', room: locked, chat: 'x', clientId: 'c' }), 'not_admitted');
    assert.equal(connection.all('error').at(-1)?.clientId, 'c');
    for (let count = 0; count < 5; count++) {
      const { _id: room } = await guest.createRoom({ title: `Room ${count}` });
      connection.send({ type: 'join', room });
      await connection.hear('joined', (frame) => frame.room === room);
    }
    const { _id: sixth } = await guest.createRoom({ title: 'One more' });
    assert.equal(await refusal(connection, { type: 'join', room: sixth }), 'too_many_rooms');
    const nobody = await openLine(page, {});
    connections.push(nobody);
    assert.equal(await refusal(nobody, { type: 'join', room: sixth }), 'no_session');
  });
});
