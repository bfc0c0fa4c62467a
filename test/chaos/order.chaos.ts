/** R5, R8, R9: everybody sees the same conversation: live, on joining in the middle of it, and on a page opened afterwards. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { JoinAnswer, MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { type Cluster, seenFrom, startCluster } from '../support/cluster.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, seeded, times } from './record.js';

const SENDERS = 20;
const OF_EACH = times(150);
const JOINS = times(500);
const ACTIONS = times(400);

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

let cluster: Cluster;
let busy = 0;
before(async () => {
  cluster = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
});
after(() => cluster.close());

/** A room with a host, and guests who have opened it; every second one on the other node. */
async function roomOf(guests: number) {
  const host = await arrive(cluster.one);
  const { _id } = await host.createRoom({ title: 'a room', max: 100 });
  const people = await Promise.all(upTo(guests).map(() => arrive(cluster.one)));
  const seen = people.map((person, index) => (index % 2 ? seenFrom(cluster.two, person) : person));
  await Promise.all(seen.map((person) => person.open(_id)));
  return { _id, host, people: seen };
}

/** Post until it is stored: two nodes that number one room at once may say `busy`, which stores nothing. */
async function post(ear: Ear, room: string, chat: string): Promise<MessageView> {
  const clientId = chat.replaceAll(/\W/g, '-');
  for (;;) {
    const answer = await ear.ask<{ message: MessageView }>('post', { room, chat, clientId });
    if (answer.ok) return answer.message;
    assert.equal(answer.error.code, 'busy');
    busy++;
  }
}

describe('R5', () => {
  it(`${SENDERS} senders on two nodes, ${OF_EACH} messages each: one order for all, without a hole`, async () => {
    const { seed, random } = seeded();
    const { _id, host, people } = await roomOf(SENDERS);
    const ears = await Promise.all(people.map((person) => person.sit(_id)));
    const began = performance.now();
    await Promise.all(
      ears.map(async (ear, who) => {
        for (let number = 0; number < OF_EACH; number++) {
          await post(ear, _id, `${who}:${number}`);
          await wait(random() * 40);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    const total = SENDERS * OF_EACH;
    await waitFor('everybody to hear everything', () => ears.every((ear) => ear.all('chat').length >= total));
    const orders = ears.map((ear) => ear.all<MessageView>('chat').map(({ seq }) => seq));
    const sorted = orders.map((order) => order.toSorted((a, b) => a - b).join());
    const stored = await host.readAll(_id);
    const isOwnOrder = people.every((_, who) => {
      const own = stored.flatMap(({ chat }) => (chat?.startsWith(`${who}:`) ? [Number(chat.split(':')[1])] : []));
      return (
        own.join() ===
        upTo(OF_EACH)
          .map((number) => number - 1)
          .join()
      );
    });
    const different = sorted.filter((order) => order !== upTo(total).join()).length;
    const overtaken = orders.filter((order, at) => order.join() !== sorted[at]).length;
    for (const person of people) person.leaveAll();
    record('R5', {
      seed,
      total,
      busy,
      perSecond: Math.round(total / seconds),
      receivers: ears.length,
      different,
      overtaken,
      isOwnOrder,
    });
    assert.equal(different, 0);
    assert.ok(isOwnOrder);
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      upTo(total),
    );
  });
});

describe('R8', () => {
  it(`${JOINS} joins of a room in which others write, on two nodes: nothing missing between history and live`, async () => {
    const { seed, random } = seeded();
    const { _id, host, people } = await roomOf(20);
    const writer = await host.sit(_id);
    let newest = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        ({ seq: newest } = await post(writer, _id, `number ${newest + 1}`));
        await wait(5);
      }
    })();
    await waitFor('some history', () => newest > 40);
    let left = JOINS;
    const gaps: number[][] = [];
    await Promise.all(
      people.map(async (person) => {
        while (left-- > 0) {
          const ear = await person.listen();
          const after = newest - Math.floor(random() * 40);
          const answer = await ear.join({ room: _id, after });
          assert.ok(answer.ok);
          const until = answer.seq + 5;
          const seqs = () => new Set([...answer.missed, ...ear.all<MessageView>('chat')].map(({ seq }) => seq));
          // The message behind the last one that is compared has come: what is missing now was lost.
          await waitFor('what is written afterwards', () => [...seqs()].some((seq) => seq > until));
          await wait(100);
          const got = seqs();
          const missing = upTo(until - after)
            .map((number) => after + number)
            .filter((seq) => !got.has(seq));
          if (missing.length > 0) gaps.push(missing);
          ear.close();
        }
      }),
    );
    isOver = true;
    await writing;
    for (const person of [host, ...people]) person.leaveAll();
    record('R8', { seed, joins: JOINS, written: newest, joinsWithGaps: gaps.length });
    assert.deepEqual(gaps, []);
  });
});

/**
 * What a page knows of its room, kept up to date by events alone. Who is there is counted by names: the number in an event is the one
 * of its node's moment, and another node's may overtake it.
 */
class Follower {
  readonly messages = new Map<number, MessageView>();
  members: Set<string>;

  constructor(answer: JoinAnswer) {
    this.members = new Set(answer.members.map(({ id }) => id));
    this.note(answer.missed);
  }

  note(messages: MessageView[]): void {
    for (const message of messages) this.messages.set(message.seq, message);
  }

  follow({ event, args }: Ear['heard'][number]): void {
    const payload = args[0] as never;
    if (event === 'chat') this.note([payload]);
    if (event !== 'join' && event !== 'exit') return;
    const { who, others = [] } = payload as { who: { id: string }; others?: { id: string }[] };
    for (const { id } of [...others, who])
      if (event === 'join') this.members.add(id);
      else this.members.delete(id);
  }

  get state() {
    const byNumber = [...this.messages.values()].sort((a, b) => a.seq - b.seq);
    return { messages: byNumber, members: [...this.members].sort() };
  }
}

describe('R9', () => {
  it(`${ACTIONS} actions in a room and its list, on two nodes: what events have told is what a fresh page reads`, async () => {
    const { seed, random } = seeded();
    const { _id, host, people } = await roomOf(10);
    const watchers = [await host.sit(_id), await seenFrom(cluster.two, await admitted(_id)).sit(_id)];
    const followers: Follower[] = [];
    for (const watcher of watchers) {
      const answer = await watcher.join({ room: _id, after: 0 });
      assert.ok(answer.ok);
      watcher.heard.length = 0;
      followers.push(new Follower(answer));
    }
    const list = await host.listen('/room');
    const inside = new Map<TestVisitor, Ear>();
    const made: { owner: TestVisitor; id: string }[] = [];
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const did = new Map<string, number>();
    const actions: Record<string, () => Promise<unknown>> = {
      async come() {
        const person = pick(people);
        if (!inside.has(person)) inside.set(person, await person.sit(_id));
      },
      go() {
        for (const [person, ear] of [...inside].slice(0, 1)) {
          inside.delete(person);
          ear.close();
        }
        return Promise.resolve();
      },
      async say() {
        const ear = pick([...watchers, ...inside.values()]);
        await post(ear, _id, `said ${random()}`);
      },
      async open() {
        const owner = pick([host, ...people]);
        made.push({ owner, id: (await owner.createRoom({ title: `room ${random()}` }))._id });
      },
      async end() {
        const room = made.splice(Math.floor(random() * made.length), 1)[0];
        if (room) assert.equal((await room.owner.remove(room.id)).status, 200);
      },
    };
    for (let number = 0; number < ACTIONS; number += 4) {
      const chosen = upTo(4).map(() => pick(Object.keys(actions)));
      for (const name of chosen) did.set(name, (did.get(name) ?? 0) + 1);
      for (const name of chosen) await actions[name]?.();
    }
    const fresh = await (await admitted(_id)).listen();
    const read = async () => {
      const answer = await fresh.join({ room: _id, after: 0 });
      assert.ok(answer.ok);
      return new Follower(answer).state;
    };
    const told = () =>
      followers.map((follower, index) => {
        for (const event of watchers[index]!.heard.splice(0)) follower.follow(event);
        return follower.state;
      });
    await waitFor('the same on every page', async () => {
      const page = JSON.stringify(await read());
      return told().every((state) => JSON.stringify(state) === page);
    }).catch(() => undefined); // what differs is shown below
    const page = await read();
    const tellsOf = (id: string) => list.all<RoomView>('newRoom').some((room) => room._id === id);
    await waitFor('the list to be told', () => made.every(({ id }) => tellsOf(id)));
    const removed = new Set(list.all<string>('removeRoom'));
    const listed = list.all<RoomView>('newRoom').flatMap(({ _id: id }) => (removed.has(id) ? [] : [id]));
    for (const visitor of [host, ...people]) visitor.leaveAll();
    for (const ear of [fresh, ...watchers]) ear.close();
    record('R9', { seed, actions: Object.fromEntries(did), messages: page.messages.length, listed: listed.length });
    assert.deepEqual(told(), [page, page]);
    assert.deepEqual(listed.toSorted(), made.map(({ id }) => id).toSorted());
  });

  const admitted = async (room: string): Promise<TestVisitor> => {
    const visitor = await arrive(cluster.one);
    await visitor.open(room);
    return visitor;
  };
});
