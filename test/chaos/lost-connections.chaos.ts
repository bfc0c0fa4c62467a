/** R7, R28, R29: networks that fall silent, and a restart with everybody there. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { startLine } from '../support/line.js';
import { startProcess } from '../support/process.js';
import { Proxy } from '../support/proxy.js';
import { startSite, temporaryFolder } from '../support/site.js';
import { arrive, type Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, times } from './record.js';

const SILENT = times(60);
const SILENT_GATEWAY = times(20);
const MISSED = times(50) * 20;
const RESTARTED = times(500);
/** What a page reconnects with: public/js/net/socket.js. */
const AS_A_PAGE = { reconnectionDelay: 500, reconnectionDelayMax: 5_000, timeout: 10_000 };

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A reader who keeps what it has, and reads on from there after every reconnect, as docs/events.md says. */
class Reader {
  readonly got = new Set<number>();
  readonly order: number[] = [];
  /** Milliseconds of `performance.now` of the latest reconnect and of the latest message. */
  joinedAt = 0;
  newestAt = 0;

  constructor(
    readonly ear: Ear,
    private readonly room: string,
  ) {
    ear.socket.on('chat', (message: MessageView) => this.#note([message]));
    ear.socket.on('connect', () => void this.join());
  }

  async join(): Promise<void> {
    this.joinedAt = performance.now();
    for (let more = true; more;) {
      const answer = await this.ear.join({ room: this.room, after: this.order.length });
      if (!answer.ok) return;
      this.#note(answer.missed);
      ({ more } = answer);
    }
  }

  #note(messages: MessageView[]): void {
    for (const { seq } of messages) {
      if (this.got.has(seq)) continue;
      this.got.add(seq);
      this.newestAt = performance.now();
    }
    while (this.got.has(this.order.length + 1)) this.order.push(this.order.length + 1);
  }
}

describe('R7, R28', () => {
  it(`networks that fall silent: ${SILENT + SILENT_GATEWAY} clients are noticed, their seats freed; who comes back has all of ${MISSED}`, async () => {
    const site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    const [short, long] = await Promise.all(numbers(2).map(() => Proxy.open({ port: site.port, host: '127.0.0.1' })));
    const host = await arrive(site);
    const { _id } = await host.createRoom({ title: 'silence', max: 100 });
    const witness = await host.sit(_id);
    const readers: { name: string; proxy: Proxy; reader: Reader }[] = [];
    for (const [name, proxy] of [
      ['short', short!],
      ['long', long!],
    ] as const) {
      const visitor = await arrive(site);
      await visitor.open(_id);
      const reader = new Reader(await visitor.listen('/chat', { through: proxy.port, reconnectionDelayMax: 500 }), _id);
      await reader.join();
      readers.push({ name, proxy, reader });
    }
    const silent = await Promise.all(numbers(SILENT).map(() => arrive(site)));
    for (const visitor of silent) {
      await visitor.open(_id);
      assert.ok((await (await visitor.listen('/chat', { through: long!.port, reconnection: false })).join(_id)).ok);
    }
    const online = async () =>
      ((await host.agent.get('/api/users?limit=100')).body as { users: unknown[] }).users.length;
    const lines = await Promise.all(
      silent.slice(0, SILENT_GATEWAY).map((visitor) => startLine(visitor, {}, { through: long!.port })),
    );
    await waitFor('everybody to be online', async () => (await online()) >= SILENT_GATEWAY);

    short!.freeze();
    long!.freeze();
    const began = performance.now();
    for (let number = 0; number < MISSED; number += 20)
      await Promise.all(numbers(20).map((index) => witness.ask('post', { room: _id, chat: `${number + index}` })));
    const caughtUp: Record<string, number> = {};
    const allOf = async (name: string) => {
      const { reader, proxy } = readers.find((each) => each.name === name)!;
      proxy.restore();
      const back = performance.now();
      await waitFor(`everything for the ${name} silence`, () => reader.order.length >= MISSED);
      caughtUp[name] = Math.round(reader.newestAt - Math.max(back, reader.joinedAt));
    };
    await allOf('short');
    await waitFor('the seats of the silent', () => witness.all('exit').length > SILENT, 240_000);
    const freedMs = Math.round(performance.now() - began);
    // The reader whose connection is back is online by the page of its room.
    await waitFor('the gateway to notice', async () => (await online()) === 1, 240_000);
    const gatewayMs = Math.round(performance.now() - began);
    await allOf('long');
    const orders = readers.map(({ reader }) => reader.order.length);
    for (const visitor of [host, ...silent]) visitor.leaveAll();
    for (const line of lines) line.drop();
    for (const { reader } of readers) reader.ear.close();
    await Promise.all([short!.close(), long!.close()]);
    await site.close();
    record('R7', { missed: MISSED, caughtUpMs: caughtUp, got: orders });
    record('R28', { sockets: SILENT, gateway: SILENT_GATEWAY, seatsFreedMs: freedMs, gatewayNoticedMs: gatewayMs });
    assert.deepEqual(orders, [MISSED, MISSED]);
  });
});

describe('R29', () => {
  it(`a restart with ${RESTARTED} sockets: all are back in their rooms by themselves`, async () => {
    const dir = await temporaryFolder();
    const env = { LIMITS: 'off', ROOM_GRACE_MS: '60000' };
    let site = await startProcess(dir, env);
    const { port } = new URL(site.url);
    const visitors = await Promise.all(numbers(RESTARTED / 10).map(() => arrive(site)));
    const { _id } = await visitors[0]!.createRoom({ title: 'everybody', max: 100 });
    const arrivals: number[] = [];
    let refused = 0;
    for (const visitor of visitors) {
      await visitor.open(_id);
      await Promise.all(
        numbers(10).map(async () => {
          const ear = await visitor.listen('/chat', AS_A_PAGE);
          assert.ok((await ear.join(_id)).ok);
          ear.socket.on('connect', () => {
            void ear.join(_id).then(({ ok }) => (ok ? arrivals.push(performance.now()) : refused++));
          });
        }),
      );
    }
    await site.end('SIGTERM');
    site = await startProcess(dir, { ...env, PORT: port });
    const began = performance.now();
    const expected = visitors.length * 10;
    await waitFor('everybody', () => arrivals.length + refused >= expected);
    const seconds = arrivals.map((at) => Math.floor((at - began) / 1_000));
    const most = Math.max(...seconds.map((second) => seconds.filter((other) => other === second).length));
    for (const visitor of visitors) visitor.leaveAll();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R29', { sockets: expected, backMs: Math.round(Math.max(...arrivals) - began), mostASecond: most, refused });
    assert.equal(refused, 0);
  });
});
