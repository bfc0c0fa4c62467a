/** The message log by a stream of its own: what the places cannot show from outside, because it takes a store that fails. */
import assert from 'node:assert/strict';
import type { Models } from '../../schemas/models.js';
import type { Chat } from '../../schemas/rooms/chat.js';
import { MessageLog } from '../../services/messages/message-log.js';
import type { Confirmation, Draft, Stream } from '../../services/messages/stream.js';
import { AppError } from '../../services/site/errors.js';
import { startSite, type TestSite } from '../support/site.js';

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('the message log', () => {
  let site: TestSite;
  let collection: Models['Chat']['collection'];
  let insertMany: typeof collection.insertMany;
  let count = 0;
  before(async () => {
    site = await startSite();
    ({ collection } = site.app.services.models.Chat);
    insertMany = collection.insertMany.bind(collection);
  });
  afterEach(() => {
    collection.insertMany = insertMany;
  });
  after(() => site.close());

  /** A log of one room's messages, and what it announces. */
  function open(
    confirm?: (chats: Chat[], announce: (chat: Chat) => () => void) => Promise<Confirmation[]>,
    options: { together?: true } = {},
  ) {
    const room = (++count).toString(16).padStart(24, '0');
    const announced: number[] = [];
    const announce =
      ({ seq }: Chat) =>
      () =>
        void announced.push(seq);
    const stream: Stream<Chat, 'seq'> = {
      model: site.app.services.models.Chat,
      numbers: { seq: ['room'] },
      retry: ['room', 'author.id'],
      lane: ['room'],
      ...options,
      confirm: (chats) => (confirm ? confirm(chats, announce) : Promise.resolve(chats.map(announce))),
    };
    const author = { id: 'a', name: 'A', color: '#123456', shift: 0 };
    const draft = (chat: string, clientId?: string, into = room): Draft<Chat, 'seq'> => ({
      ...{ room: into, author, chat, createdAt: new Date() },
      ...(clientId && { clientId }),
    });
    const log = new MessageLog(stream);
    return {
      log,
      room,
      announced,
      draft,
      another: () => new MessageLog(stream),
      append: async (chat: string, clientId?: string) => (await log.append(draft(chat, clientId))).message.seq,
    };
  }

  /** Hold the next insert back. @returns what lets it go on; the sizes of all inserts. */
  function hold() {
    const sizes: number[] = [];
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    collection.insertMany = async (...given: Parameters<typeof insertMany>) => {
      if (sizes.push(given[0].length) === 1) await gate;
      return insertMany(...given);
    };
    return { sizes, goOn };
  }

  /** Let the next insert fail, before or after it has happened. */
  function failOnce(error: Error, isStored: boolean): void {
    collection.insertMany = async (...given: Parameters<typeof insertMany>) => {
      collection.insertMany = insertMany;
      if (isStored) await insertMany(...given);
      throw error;
    };
  }

  it('inserts together what waits, two hundred at most, and announces all in order', async () => {
    const { append, announced } = open();
    const { sizes, goOn } = hold();
    const all = range(1, 451).map((number) => append(`${number}`));
    goOn();
    assert.deepEqual(await Promise.all(all), range(1, 451));
    assert.deepEqual(sizes, [1, 200, 200, 50]);
    assert.deepEqual(announced, range(1, 451));
  });

  it('lets no lane wait for another, and knows when each has settled', async () => {
    const [one, other] = [open(), open()];
    const { goOn } = hold();
    const held = one.append('held');
    assert.equal(await other.append('free'), 1);
    await other.log.settled({ room: other.room });
    let isSettled = false;
    const settled = one.log.settled({ room: one.room }).then(() => (isSettled = true));
    assert.equal(await other.append('free again'), 2);
    assert.equal(isSettled, false);
    goOn();
    await settled;
    assert.equal(await held, 1);
    assert.deepEqual(one.announced, [1]);
  });

  it('of two nodes that write at once: every number is given once, none is left out', async () => {
    const { log, another, draft, announced, room } = open();
    const logs = [log, another(), another()];
    const all = await Promise.all(range(1, 90).map((number) => logs[number % 3]!.append(draft(`${number}`))));
    const numbers = all.map(({ message }) => message.seq);
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      range(1, 90),
    );
    assert.deepEqual(
      [...announced].sort((a, b) => a - b),
      range(1, 90),
    );
    assert.equal(await log.newest({ room }), 90);
  });

  it('says busy when every number is lost, which leaves nothing stored, and goes on', async () => {
    const { append, announced } = open();
    const lost = Object.assign(new Error('E11000'), { code: 11_000, writeErrors: { index: 0 } });
    collection.insertMany = () => Promise.reject(lost);
    await assert.rejects(append('lost', 'lost-1'), { code: 'busy' });
    collection.insertMany = insertMany;
    assert.equal(await append('found'), 1);
    assert.deepEqual(announced, [1]);
  });

  it('answers everybody of a batch that fails, and counts on from what was stored of it', async () => {
    const { append, announced } = open();
    const error = new Error('the answer is lost');
    failOnce(error, true);
    const answers = await Promise.allSettled([append('first', 'c1'), append('second', 'c2')]);
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error))),
      [error, 2],
    );
    assert.equal(await append('first', 'c1'), 1);
    assert.equal(await append('first', 'c1'), 1);
    assert.equal(await append('third'), 3);
    assert.deepEqual(announced, [2, 1, 3]);
  });

  it('announces nothing twice when a retry fails of what everybody has heard', async () => {
    const { append, announced } = open();
    assert.equal(await append('heard', 'c1'), 1);
    failOnce(new Error('away'), false);
    await assert.rejects(append('heard', 'c1'), { message: 'away' });
    assert.equal(await append('heard', 'c1'), 1);
    assert.deepEqual(announced, [1]);
  });

  it('looks for a retry behind what is being written, and announces what it finds unannounced', async () => {
    const { log, append, room, announced } = open();
    const { goOn } = hold();
    const first = append('first', 'c1');
    const found = log.byClientId({ room, author: { id: 'a' } }, 'c1');
    goOn();
    assert.equal((await found)?.seq, await first);
    for (const [clientId, author] of [
      ['c2', 'a'],
      ['c1', 'b'],
      [undefined, 'a'],
    ] as const)
      assert.equal(await log.byClientId({ room, author: { id: author } }, clientId), null);
    failOnce(new Error('the answer is lost'), true);
    await assert.rejects(append('second', 'c2'), { message: 'the answer is lost' });
    assert.deepEqual(announced, [1]);
    for (let times = 0; times < 2; times++)
      assert.equal((await log.byClientId({ room, author: { id: 'a' } }, 'c2'))?.seq, 2);
    assert.deepEqual(announced, [1, 2]);
  });

  it('tells each message apart that the stream lets pass, keeps silent, refuses, or cannot confirm yet', async () => {
    let isAway = false;
    const { log, draft, announced } = open((chats, announce) => {
      if (isAway) return Promise.reject(new Error('away'));
      const fates = new Map<string | null | undefined, Confirmation>([
        ['silent', null],
        ['refused', new AppError('forbidden')],
      ]);
      return Promise.resolve(chats.map((chat) => (fates.has(chat.chat) ? fates.get(chat.chat)! : announce(chat))));
    });
    const { goOn } = hold();
    const all = ['first', 'told', 'silent', 'refused', 'told too'].map((chat) => log.append(draft(chat)));
    goOn();
    const answers = (await Promise.allSettled(all)).map((answer) =>
      answer.status === 'fulfilled' ? answer.value.announced : (answer.reason as AppError).code,
    );
    assert.deepEqual(answers, [true, true, false, 'forbidden', true]);
    assert.deepEqual(announced, [1, 2, 5]);
    isAway = true;
    await assert.rejects(log.append(draft('later', 'c1')), { message: 'away' });
    await assert.rejects(log.append(draft('later', 'c1')), { message: 'away' });
    isAway = false;
    assert.equal((await log.append(draft('later', 'c1'))).announced, true);
    assert.equal((await log.append(draft('later', 'c1'))).announced, false);
    assert.deepEqual(announced, [1, 2, 5, 6]);
  });

  describe('of many rooms together', () => {
    /** Rooms of one log, each with a first message, so that their numbers are known. */
    async function openRooms(names: string[]) {
      const opened = open(undefined, { together: true });
      const told = new Map<string, number[]>(names.map((name) => [name, []]));
      const { log, draft, room } = opened;
      const idOf = (name: string) => `${room.slice(-20)}${Buffer.from(name).toString('hex').padStart(4, '0')}`;
      const append = async (name: string, chat: string, clientId?: string) => {
        const { seq } = (await log.append(draft(chat, clientId, idOf(name)))).message;
        told.get(name)?.push(seq);
        return seq;
      };
      const taken = (name: string, seq: number) =>
        insertMany([{ ...draft('from another node', undefined, idOf(name)), seq }]);
      const stored = async (name: string) => (await log.page({ room: idOf(name) })).messages.map(({ chat }) => chat);
      for (const name of names) await append(name, 'first');
      return { append, told, taken, stored };
    }

    it('inserts what waits in all of them at once', async () => {
      const { append } = await openRooms(['a', 'b', 'c']);
      const { sizes, goOn } = hold();
      const all = ['a', 'b', 'c', 'b', 'a'].map((name) => append(name, 'x'));
      goOn();
      assert.deepEqual(await Promise.all(all), [2, 2, 2, 3, 3]);
      assert.deepEqual(sizes, [1, 4]);
    });

    it('one whose number another node took goes on by itself, in order; the others are stored with the next insert', async () => {
      const { append, taken, told, stored } = await openRooms(['a', 'b', 'c']);
      await taken('b', 2);
      const { sizes, goOn } = hold();
      const all = ['a', 'b', 'b', 'c', 'b', 'a'].map((name, index) => append(name, `${index}`));
      goOn();
      assert.deepEqual(await Promise.all(all), [2, 3, 4, 2, 5, 3]);
      // Of the second insert the first is refused: two are left over, beside b's three under new numbers.
      assert.deepEqual(sizes.slice(0, 2), [1, 5]);
      assert.deepEqual([...sizes.slice(2)].sort(), [2, 3]);
      assert.deepEqual(
        [...told.values()],
        [
          [1, 2, 3],
          [1, 3, 4, 5],
          [1, 2],
        ],
      );
      assert.deepEqual(await stored('b'), ['first', 'from another node', '1', '2', '4']);
      // For a while it stays by itself: what it waits for keeps nobody waiting.
      const later = hold();
      const slow = append('b', 'slow');
      assert.equal(await append('a', 'fast'), 4);
      later.goOn();
      assert.equal(await slow, 6);
    });

    it('one that repeats a message is answered with it, and leaves no hole', async () => {
      const { append, stored } = await openRooms(['a', 'b']);
      assert.equal(await append('b', 'once', 'c1'), 2);
      const { goOn } = hold();
      const all = [append('a', 'x'), append('b', 'again', 'c1'), append('b', 'next'), append('a', 'y')];
      goOn();
      assert.deepEqual(await Promise.all(all), [2, 2, 3, 3]);
      assert.deepEqual(await stored('b'), ['first', 'once', 'next']);
    });

    it('a busy one fills no batch alone: who comes behind it is in the next', async () => {
      const { append } = await openRooms(['a', 'b']);
      const { sizes, goOn } = hold();
      const done: string[] = [];
      const note = (name: string) => (seq: number) => void done.push(`${name} ${seq}`);
      const busy = range(1, 451).map((number) => append('a', `${number}`).then(note('a')));
      const quiet = append('b', 'x').then(note('b'));
      goOn();
      await Promise.all([...busy, quiet]);
      assert.deepEqual(sizes, [1, 200, 200, 51]);
      assert.ok(done.indexOf('b 2') <= 201, `${done.indexOf('b 2')}`);
    });
  });

  it('erases a sequence, which begins anew then', async () => {
    const { log, append, room } = open();
    for (const text of ['one', 'two']) await append(text);
    assert.equal(await log.erase({ room }), 2);
    assert.equal(await append('anew'), 1);
  });

  it('tells who comes back what was missed, as much as one answer may carry', async () => {
    const { log, append, room } = open();
    for (let number = 1; number <= 9; number++) await append('x'.repeat(10));
    const missed = async (after: number | undefined, most: { messages?: number; characters?: number } = {}) => {
      const limits = { messages: 5, characters: 1_000, charactersOf: ({ chat }: Chat) => chat?.length ?? 0, ...most };
      const { seq, messages, more } = await log.missed({ room }, after, limits);
      return [messages.map((message) => message.seq), more, seq];
    };
    assert.deepEqual(await missed(undefined), [[], false, 9]);
    assert.deepEqual(await missed(0), [range(1, 5), true, 9]);
    assert.deepEqual(await missed(3), [range(4, 8), true, 9]);
    assert.deepEqual(await missed(4), [range(5, 9), false, 9]);
    assert.deepEqual(await missed(9), [[], false, 9]);
    assert.deepEqual(await missed(99), [[], false, 9]);
    assert.deepEqual(await missed(4, { characters: 35 }), [range(5, 7), true, 9]);
    assert.deepEqual(await missed(0, { messages: 9 }), [range(1, 9), false, 9]);
    assert.deepEqual(await missed(0, { messages: 8 }), [range(1, 8), true, 9]);
  });
});
