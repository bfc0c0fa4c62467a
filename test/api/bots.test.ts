/** Bots: made by a room's host, posting by a key, in everybody's hearing; and gone when they are to be. */
import assert from 'node:assert/strict';
import { type Raw, openLine } from '../support/line.js';
import { ask, program, type Program } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

describe('bots', () => {
  let site: TestSite;
  let host: Program;
  let page: TestVisitor;
  let room: string;
  let ear: Ear;
  const lines: Raw[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'hook=20/600,token=1000/600' });
    [host, page] = await Promise.all([program(site), arrive(site)]);
    room = (await host.createRoom({ title: 'With bots', max: 2 }))._id;
    await page.open(room);
    ear = await page.sit(room);
  });
  after(async () => {
    for (const line of lines) line.drop();
    page.leaveAll();
    await site.close();
  });

  const make = async (name = 'Build bot', id = room) => {
    const { status, body } = await host.ask('POST', `/rooms/${id}/bots`, { name });
    assert.equal(status, 201);
    return body as { bot: { id: string; name: string }; key: string };
  };
  const hook = (key: string, body: object | string, type?: string) =>
    ask(site, 'POST', `/hooks/${key}`, body, type ? { 'Content-Type': type } : {});

  it('are made by the host alone: an id, a name, and a key that is shown once and kept as a hash', async () => {
    const { bot, key } = await make('Weather');
    assert.deepEqual(Object.keys(bot).sort(), ['id', 'name']);
    assert.equal(bot.name, 'Weather');
    assert.ok(key.length >= 32);
    assert.deepEqual((await host.ask('GET', `/rooms/${room}/bots`)).body, { bots: [bot] });
    const store = await Store.open(site.databaseUrl);
    const kept = JSON.stringify(await store.collection('tokens').find({ room }).toArray());
    await store.close();
    assert.ok(kept.includes(bot.id) && !kept.includes(key));
    const member = await program(site);
    assert.deepEqual(codeOf(await member.ask('POST', `/rooms/${room}/bots`, { name: 'x' })), [403, 'not_host']);
    for (const [name, code] of [
      ['', 'name_required'],
      ['x'.repeat(41), 'name_too_long'],
      [5, 'bad_input'],
    ])
      assert.deepEqual(codeOf(await host.ask('POST', `/rooms/${room}/bots`, { name })), [400, code]);
  });

  it('post by key: what curl -d sends, plain text, JSON; heard by all under the name of the bot, without a seat', async () => {
    const { bot, key } = await make();
    const form = 'application/x-www-form-urlencoded';
    for (const [body, type, chat] of [
      ['built & green: 5%', form, 'built & green: 5%'],
      ['plain', 'text/plain', 'plain'],
      ['{"chat":"as JSON"}', 'application/json', 'as JSON'],
      ['{"chat":"JSON by curl"}', form, 'JSON by curl'],
      ['42', 'application/json', '42'],
      ['{no JSON', 'application/json', '{no JSON'],
    ] as const) {
      const { status, body: message } = await hook(key, body, type);
      assert.equal(status, 200, body);
      assert.deepEqual([message.chat, message.author], [chat, { id: bot.id, name: 'Build bot' }]);
      assert.deepEqual(await ear.hear('chat', ({ seq }: { seq: number }) => seq === message.seq), message);
    }
    const once = { chat: 'once', clientId: 'c-1' };
    assert.deepEqual((await hook(key, once)).body, (await hook(key, once)).body);
    const { people } = (await host.ask('GET', `/rooms/${room}/people`)).body as { people: { id: string }[] };
    assert.deepEqual(
      people.map(({ id }) => id),
      [page.id],
    );
  });

  it('refuse what is no text, and a key that is none: 404', async () => {
    const { key } = await make();
    assert.deepEqual(codeOf(await hook(key, '')), [400, 'chat_required']);
    assert.deepEqual(codeOf(await hook(key, {})), [400, 'chat_required']);
    assert.deepEqual(codeOf(await hook(key, { chat: 5 })), [400, 'bad_input']);
    assert.deepEqual(codeOf(await hook(key, { chat: 'x', clientId: 'no good' })), [400, 'bad_input']);
    assert.deepEqual(codeOf(await hook(key, 'x'.repeat(4_001))), [400, 'chat_too_long']);
    assert.deepEqual(codeOf(await hook(key, 'x'.repeat(70_000))), [413, 'too_large']);
    for (const none of ['none', `${key}x`, host.token, 'x'.repeat(2_000)])
      assert.deepEqual(codeOf(await hook(none, 'hello')), [404, 'not_found']);
  });

  it('are limited, each by itself', async () => {
    const [{ key }, other] = [await make('Noisy'), await make('Quiet')];
    const answer = await waitFor('a refusal', async () => {
      const one = await hook(key, 'again');
      return one.status === 200 ? null : one;
    });
    assert.deepEqual(codeOf(answer), [429, 'rate_limited']);
    assert.equal((await hook(other.key, 'still here')).status, 200);
  });

  it('are let in by the gateway and by Socket.IO', async () => {
    const { _id } = await host.createRoom({ title: 'Sockets', password: 'secret' });
    const { bot, key } = await make('Socket', _id);
    const raw = await openLine(page, {});
    lines.push(raw);
    raw.send({ type: 'init', token: key });
    assert.equal((await raw.hear('ready')).userId, bot.id);
    const socket = host.connect('/chat', key);
    await waitFor('a connection', () => socket.socket.connected);
    assert.ok((await socket.join(_id)).ok);
    const posted = await socket.ask<{ message: { author: object } }>('post', { room: _id, chat: 'by socket' });
    assert.deepEqual(posted.ok && posted.message.author, { id: bot.id, name: 'Socket' });
    socket.close();
  });

  it('end with their removal, and with their room: 404', async () => {
    const { _id } = await host.createRoom({ title: 'To end' });
    const [first, second] = [await make('First', _id), await make('Second', _id)];
    assert.equal((await hook(first.key, 'hello')).status, 200);
    assert.deepEqual(codeOf(await host.ask('DELETE', `/rooms/${room}/bots/${first.bot.id}`)), [404, 'not_found']);
    assert.equal((await host.ask('DELETE', `/rooms/${_id}/bots/${first.bot.id}`)).status, 204);
    assert.deepEqual(codeOf(await host.ask('DELETE', `/rooms/${_id}/bots/${first.bot.id}`)), [404, 'not_found']);
    assert.deepEqual(codeOf(await hook(first.key, 'hello')), [404, 'not_found']);
    assert.equal(await host.connect('/chat', first.key).refused(), 'bad_token');
    assert.equal((await hook(second.key, 'hello')).status, 200);
    assert.equal((await host.ask('DELETE', `/rooms/${_id}`)).status, 200);
    assert.deepEqual(codeOf(await hook(second.key, 'hello')), [404, 'not_found']);
    assert.equal(await host.connect('/chat', second.key).refused(), 'bad_token');
  });

  it('a room has ten', async () => {
    const { _id } = await host.createRoom({ title: 'Ten' });
    for (let count = 0; count < 10; count++) await make(`Bot ${count}`, _id);
    assert.deepEqual(codeOf(await host.ask('POST', `/rooms/${_id}/bots`, { name: 'x' })), [409, 'too_many_bots']);
  });
});
