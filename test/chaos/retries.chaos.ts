/** R3, R4, R6, R10: what is sent again is stored once, whoever sends it, through whichever node, whatever became of the answer. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { createOutbox, type Item } from '../../public/js/messages/outbox.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type Cluster, seenFrom, startCluster } from '../support/cluster.js';
import { DESK_PASSWORD } from '../support/consultant.js';
import { PLACES, type Posted } from '../support/places.js';
import { Proxy } from '../support/proxy.js';
import { startSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { Checker } from './checker.js';
import { record, seeded, times } from './record.js';

const MESSAGES = times(200);
const MUTES = times(100);
const WRITERS = 6;
const ENV = { LIMITS: 'off', ROOM_GRACE_MS: '600000', CONSULT_PASSWORD: DESK_PASSWORD };

describe('R3', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster(ENV);
  });
  after(() => cluster.close());

  it(`${MESSAGES} messages of a room, each sent five times over two nodes: one each, five equal answers`, async () => {
    const { seed, random } = seeded();
    const author = await arrive(cluster.one);
    const { _id } = await author.createRoom({ title: 'again and again' });
    const ear = await author.sit(_id);
    const there = seenFrom(cluster.two, author);
    const send = async (by: TestVisitor, number: number): Promise<MessageView> => {
      await wait(random() * 15);
      return by.say(_id, `message ${number}`, `message-${number}`);
    };
    const wrong: number[] = [];
    for (let first = 0; first < MESSAGES; first += 10) {
      const numbers = Array.from({ length: Math.min(10, MESSAGES - first) }, (_, index) => first + index);
      const rushes = await Promise.all(
        numbers.map((number) => Promise.all([author, author, there, there].map((by) => send(by, number)))),
      );
      ear.socket.disconnect().connect();
      await waitFor('a connection', () => ear.socket.connected);
      assert.ok((await ear.join(_id)).ok);
      for (const [index, answers] of rushes.entries()) {
        const number = numbers[index]!;
        const all = [...answers, await send(random() < 0.5 ? author : there, number)];
        if (new Set(all.map(({ _id: id, seq }) => `${id} ${seq}`)).size !== 1) wrong.push(number);
      }
    }
    const stored = await author.readAll(_id);
    author.leaveAll();
    record('R3', { seed, messages: MESSAGES, sent: MESSAGES * 5, stored: stored.length, wrong: wrong.length });
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      Array.from({ length: MESSAGES }, (_, index) => index + 1),
    );
  });
});

describe('R4', () => {
  it(`${MESSAGES} client ids in every place: of two authors two messages, with another text the first one`, async () => {
    const { seed, random } = seeded();
    const site = await startSite(ENV);
    const wrong: string[] = [];
    for (const place of PLACES) {
      const stage = await place.open(site);
      const trials = Math.ceil(MESSAGES / PLACES.length);
      for (let trial = 0; trial < trials; trial++) {
        const id = `id-${trial}`;
        const sent: [string, 0 | 1][] = [
          ['one', 0],
          ['other', 1],
          ['one, changed', 0],
          ['other, changed', 1],
        ];
        const mixed = sent.splice(0, 2).sort(() => random() - 0.5);
        const first = await Promise.all(mixed.map(([text, by]) => stage.post(text, id, by)));
        const again = await Promise.all(sent.map(([text, by]) => stage.post(text, id, by)));
        const idOf = ({ message }: Posted = { code: 'none' }) => message?._id ?? 'none';
        const [one, other] = [
          first[mixed.findIndex(([, by]) => by === 0)],
          first[mixed.findIndex(([, by]) => by === 1)],
        ];
        const isRight =
          idOf(one) !== idOf(other) &&
          idOf(again[0]) === idOf(one) &&
          idOf(again[1]) === idOf(other) &&
          again[0]?.message?.text === 'one';
        if (!isRight) wrong.push(`${place.name} ${trial}`);
      }
      stage.close();
    }
    const author = await arrive(site);
    const rooms = await Promise.all(['here', 'there'].map((title) => author.createRoom({ title })));
    for (const { _id } of rooms) await author.sit(_id);
    const inRooms = await Promise.all(rooms.map(({ _id }) => author.say(_id, 'x', 'the-same')));
    author.leaveAll();
    await site.close();
    record('R4', { seed, ids: MESSAGES, wrong: wrong.length, roomsApart: inRooms[0]!._id !== inRooms[1]!._id });
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      inRooms.map(({ room, seq }) => [room, seq]),
      rooms.map(({ _id }) => [_id, 1]),
    );
  });
});

describe('R6', () => {
  it(`answers lost ${MUTES} times under the page's own outbox, and pages reloaded: each text stored once and shown as sent`, async () => {
    const { seed, random } = seeded();
    const site = await startSite(ENV);
    const proxy = await Proxy.open({ port: site.port, host: '127.0.0.1' });
    const host = await arrive(site);
    const { _id } = await host.createRoom({ title: 'a bad network' });
    const ear = await host.sit(_id);
    const heard = () => new Set(ear.all<MessageView>('chat').map(({ chat }) => chat));
    const checker = new Checker();
    const counts = { recovered: 0, reloads: 0 };
    const writers: Writer[] = [];
    for (let index = 0; index < WRITERS; index++) {
      const visitor = await arrive(site);
      await visitor.sit(_id);
      const through = seenFrom({ url: `http://127.0.0.1:${proxy.port}` }, visitor);
      writers.push(new Writer(through, _id, `writer ${index}`, checker, heard, counts));
    }
    for (let mute = 0; mute < MUTES; mute++) {
      for (const writer of writers) writer.write();
      await wait(random() * 60);
      proxy.mute();
      for (const writer of writers) writer.write();
      await wait(20 + random() * 60);
      proxy.cut();
      if (mute % 10 === 9) writers[Math.floor(random() * WRITERS)]?.reload();
      proxy.restore();
    }
    for (const writer of writers) await waitFor('an empty outbox', () => writer.isDone());
    const stored = await host.readAll(_id);
    checker.check(_id, stored);
    const inOrder = writers.every(({ name, written }) => {
      const own = stored.flatMap(({ chat }) => (chat?.startsWith(`${name}:`) ? [chat] : []));
      return own.join() === written.join();
    });
    host.leaveAll();
    for (const writer of writers) writer.leave();
    await proxy.close();
    await site.close();
    record('R6', { seed, mutes: MUTES, ...counts, inOrder, ...checker.figures });
    record('R10', { seed, texts: checker.attempted.size, reloads: counts.reloads, sentOnce: stored.length });
    checker.assertSound();
    assert.equal(stored.length, checker.attempted.size);
    assert.ok(inOrder);
    assert.ok(counts.recovered > 0);
  });
});

/** A page with its outbox: what it keeps outlives a reload, and an answer that comes after one reaches nobody. */
class Writer {
  #kept: Item[] = [];
  #page = 0;
  #box = this.#open();
  readonly written: string[] = [];

  constructor(
    private readonly visitor: TestVisitor,
    private readonly room: string,
    readonly name: string,
    private readonly checker: Checker,
    private readonly heard: () => Set<string | undefined>,
    private readonly counts: { recovered: number; reloads: number },
  ) {}

  write(): void {
    const chat = `${this.name}:${this.written.length}`;
    this.written.push(chat);
    this.checker.attempted.add(chat);
    this.#box.add({ clientId: chat.replaceAll(/\W/g, '-'), chat, at: new Date().toISOString(), state: 'waiting' });
  }

  reload(): void {
    this.counts.reloads++;
    this.#box.stop();
    this.#page++;
    this.#box = this.#open();
    this.#box.kick();
  }

  isDone = (): boolean => this.#box.items().length === 0;
  leave = (): void => this.visitor.leaveAll();

  #open() {
    const page = this.#page;
    const isGone = () => page !== this.#page;
    const never = new Promise<never>(() => undefined);
    return createOutbox({
      items: this.#kept,
      send: async ({ chat, clientId }) => {
        const wasStored = this.heard().has(chat);
        const { body, status } = await this.visitor.post(this.room, chat, clientId).timeout(2_000);
        if (isGone()) return never;
        if (status !== 200) throw new Error(String(status));
        if (wasStored) this.counts.recovered++;
        this.checker.answered.set(chat, body as MessageView);
      },
      judge: () => ({ passing: true, code: 'unavailable' }),
      save: (items) => {
        if (!isGone()) this.#kept = items;
      },
      changed: () => undefined,
      later(run, ms) {
        const timer = setTimeout(() => !isGone() && run(), Math.min(ms, 100));
        return () => clearTimeout(timer);
      },
    });
  }
}
