/** What one visitor, and one address, may ask for: each refusal beside what goes on meanwhile. The floods themselves: test/chaos/floods.chaos.ts. */
import assert from 'node:assert/strict';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { startLine } from '../support/line.js';
import { head, Wire } from '../support/raw.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type SocketOptions, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const codeOf = (answer: { ok: true } | { ok: false; error: { code: string } }): string =>
  answer.ok ? 'ok' : answer.error.code;

/** Ask so often, one after another. @returns the codes of the answers. */
async function askInTurn(ear: Ear, times: number, ...ask: [event: string, ...args: unknown[]]): Promise<string[]> {
  const codes: string[] = [];
  for (let time = 0; time < times; time++) codes.push(codeOf(await ear.ask(...ask)));
  return codes;
}

describe('floods', () => {
  let site: TestSite;
  const start = async (LIMITS: string, env: Record<string, string> = {}) => {
    site = await startSite({ LIMITS, ...env });
    return Promise.all([arrive(site), arrive(site)]);
  };
  const from = (visitor: TestVisitor, address: string): SocketOptions => ({
    extraHeaders: { cookie: visitor.cookie, origin: site.url, 'X-Forwarded-For': address },
  });
  afterEach(() => site.close());

  it('a visitor who asks for too much hears rate_limited on all sockets and is closed; others go on', async () => {
    const [greedy, other] = await start('work=26/3600');
    const room = await greedy.createRoom({ title: 'Greedy' });
    const [one, two, calm] = [await greedy.listen(), await greedy.listen(), await other.listen()];
    // Two sockets let in for 3 each, three joins for 6 each and what they bring.
    assert.deepEqual(await askInTurn(one, 4, 'join', room._id), ['ok', 'ok', 'ok', 'rate_limited']);
    assert.equal(codeOf(await two.join(room._id)), 'rate_limited');
    assert.equal(codeOf(await calm.join(room._id)), 'ok');
    // What costs less than is left is done still: the site is closed to nobody.
    await greedy.say(room._id, 'over HTTP');
    await calm.hear<MessageView>('chat', ({ chat }) => chat === 'over HTTP');
    await one.ask('join', room._id).catch(() => undefined);
    one.socket.emit('join', room._id);
    await waitFor('the end of a socket that asks on', () => !one.socket.connected);
    assert.ok(calm.socket.connected);
    greedy.leaveAll();
    other.leaveAll();
  });

  it('an answer that brings many messages costs more than one that brings none', async () => {
    const [behind, upToDate] = await start('work=40/3600');
    const room = await behind.createRoom({ title: 'History' });
    for (let number = 1; number <= 100; number++) await behind.say(room._id, `${number}`);
    const [one, two] = [await behind.listen(), await upToDate.listen()];
    const join = (after: number) => ['join', { room: room._id, after }] as const;
    assert.deepEqual(await askInTurn(two, 5, ...join(100)), Array(5).fill('ok'));
    const codes = await askInTurn(one, 5, ...join(0));
    assert.deepEqual(codes.slice(0, 2), ['ok', 'ok']);
    assert.deepEqual(codes.slice(3), ['rate_limited', 'rate_limited']);
    behind.leaveAll();
    upToDate.leaveAll();
  });

  it('an address that asks for too much hears busy, and keeps its sockets; another address does not notice', async () => {
    const [greedy, other] = await start('work_ip=26/3600', { TRUST_PROXY: '1' });
    const room = await greedy.createRoom({ title: 'Address' });
    const [one, same] = [await greedy.listen(), await other.listen()];
    const elsewhere = await other.listen('/chat', from(other, '203.0.113.7'));
    assert.deepEqual(await askInTurn(one, 4, 'join', room._id), ['ok', 'ok', 'ok', 'busy']);
    assert.equal(codeOf(await same.join(room._id)), 'busy');
    assert.equal(codeOf(await elsewhere.join(room._id)), 'ok');
    assert.deepEqual(await askInTurn(one, 4, 'join', room._id), Array(4).fill('busy'));
    await other.say(room._id, 'heard by all who sit');
    await one.hear<MessageView>('chat');
    assert.ok(one.socket.connected);
    greedy.leaveAll();
    other.leaveAll();
  });

  it('a namespace more than a visitor may open is refused with rate_limited; another visitor is let in', async () => {
    const [greedy, other] = await start('work=7/3600');
    await greedy.listen('/');
    await greedy.listen('/lobby');
    const third = greedy.connect('/direct', { reconnection: false });
    assert.equal(await third.refused(), 'rate_limited');
    assert.deepEqual(third.refusal?.data, { code: 'rate_limited' });
    await other.listen('/direct');
    greedy.leaveAll();
    other.leaveAll();
  });

  it('a raw connection counts like the others: rate_limited, and another visitor is answered', async () => {
    const [greedy, other] = await start('work=10/3600');
    const [one, two] = [await startLine(greedy), await startLine(other)];
    for (let turn = 0; turn < 3; turn++) one.send({ type: 'read', with: other.id, upTo: 0 });
    await waitFor('a refusal', () => one.all('error').some(({ code }) => code === 'rate_limited'));
    two.send({ type: 'token' });
    await two.hear('token');
    one.drop();
    two.drop();
  });

  describe('handshakes', () => {
    const WEBSOCKET = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    async function handshake(visitor: TestVisitor, transport: 'polling' | 'websocket', path = '/socket.io/') {
      const { port, url } = site;
      const wire = new Wire(port);
      const upgrade = transport === 'websocket' ? WEBSOCKET : {};
      const headers = { Origin: url, Cookie: visitor.cookie, ...upgrade };
      wire.send(head(port, `GET ${path}?EIO=4&transport=${transport}`, headers));
      await waitFor('an answer', () => wire.heard.includes('\r\n\r\n'));
      wire.cut();
      return { status: wire.status, heard: wire.heard };
    }

    it('of a visitor beyond the limit are answered 429 with Retry-After, on every way in; another visitor comes in', async () => {
      const [greedy, other] = await start('handshake=2/3600');
      assert.equal((await handshake(greedy, 'polling')).status, 200);
      assert.equal((await handshake(greedy, 'websocket')).status, 101);
      const refused = [
        await handshake(greedy, 'polling'),
        await handshake(greedy, 'websocket'),
        await handshake(greedy, 'websocket', '/ws'),
      ];
      for (const { status, heard } of refused) {
        assert.equal(status, 429);
        assert.match(heard, /\r\nRetry-After: [1-9]\d*\r\n/);
      }
      assert.match(refused[0]!.heard, /"code":"rate_limited"/);
      assert.equal((await handshake(other, 'websocket', '/ws')).status, 101);
      assert.equal((await handshake(other, 'polling')).status, 200);
    });

    it('of an address beyond the limit are refused before their session is read from the store', async () => {
      const store: DistantStore = await distantStore();
      const [greedy, other] = await start('handshake_ip=1/3600', { MONGO_URL: store.url });
      try {
        // A session that was just made is not remembered.
        store.forget();
        assert.equal((await handshake(greedy, 'polling')).status, 200);
        assert.ok(store.asked('sessions') > 0);
        await waitFor('the end of the first', async () => {
          store.forget();
          return (await fetch(`${site.url}/healthz`)).ok;
        });
        for (let turn = 0; turn < 5; turn++) assert.equal((await handshake(other, 'websocket')).status, 429);
        assert.equal(store.asked('sessions'), 0);
      } finally {
        await site.close();
        await store.close();
      }
    });
  });

  it('of what one socket asks for at once a few wait, in order, and the rest hears busy; the socket stays', async () => {
    const [visitor, other] = await start('asks=1/0');
    const room: RoomView = await visitor.createRoom({ title: 'At once' });
    await other.open(room._id);
    const [ear, calm] = [await visitor.sit(room._id), await other.sit(room._id)];
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const asked = numbers.map((number) => ear.ask('post', { room: room._id, chat: `${number}` }));
    assert.equal(codeOf(await calm.ask('post', { room: room._id, chat: 'another' })), 'ok');
    const codes = (await Promise.all(asked)).map(codeOf);
    assert.deepEqual([...new Set(codes)].sort(), ['busy', 'ok']);
    const said = (await visitor.readAll(room._id)).flatMap(({ chat = '' }) =>
      chat === 'another' ? [] : [Number(chat)],
    );
    assert.deepEqual(
      said,
      numbers.filter((number) => codes[number] === 'ok'),
    );
    assert.equal(codeOf(await ear.ask('post', { room: room._id, chat: 'afterwards' })), 'ok');
    visitor.leaveAll();
    other.leaveAll();
  });
});
