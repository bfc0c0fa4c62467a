/** Messages: stored before they are answered, in one order for all, once, and never lost between history and live. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { rm } from 'node:fs/promises';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { Proxy } from '../support/proxy.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import type { TestVisitor } from '../support/visitor.js';
import { arrive, type Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const SENDERS = 20;
const EACH = 5;

const seqs = (messages: MessageView[]) => messages.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const texts = (messages: MessageView[]) => messages.map(({ chat }) => chat);

describe('messages', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    owner = await arrive(site);
    guest = await arrive(site);
  });
  beforeEach(async () => {
    room = await owner.createRoom({ title: 'Chat', max: 50 });
    await guest.open(room._id);
  });
  afterEach(() => {
    owner.leaveAll();
    guest.leaveAll();
  });
  after(() => site.close());

  describe('posted', () => {
    it('are answered with what was stored, heard by all inside, and there on the page', async () => {
      const ears = [await owner.sit(room._id), await guest.sit(room._id)];
      const answer = await guest.post(room._id, ' Hello,\r\n<b>world</b> 😀 ');
      assert.equal(answer.status, 200);
      const message = answer.body as MessageView;
      assert.deepEqual(Object.keys(message).sort(), [
        '_id',
        'author',
        'chat',
        'createdAt',
        'rev',
        'room',
        'seq',
        'user',
      ]);
      assert.deepEqual(
        { room: message.room, seq: message.seq, chat: message.chat, id: message.author.id },
        { room: room._id, seq: 1, chat: 'Hello,\n<b>world</b> 😀', id: guest.id },
      );
      assert.deepEqual(Object.keys(message.author).sort(), ['id', 'name']);
      assert.match(message.user, /^#[0-9a-f]{6}$/);
      for (const ear of ears) assert.deepEqual(await ear.hear('chat'), message);
      assert.deepEqual((await owner.history(room._id)).body, { chats: [message], more: false });
      const page = (await owner.open(room._id)).text;
      assert.ok(page.includes('&lt;b&gt;world&lt;/b&gt;') && !page.includes('<b>world'));
    });

    it('by a form without script: back to the room, where it stands', async () => {
      const answer = await guest.agent
        .post(`/room/${room._id}/chat`)
        .type('form')
        .set('Accept', 'text/html')
        .send({ chat: 'by form' });
      assert.deepEqual([answer.status, answer.headers['location']], [303, `/room/${room._id}`]);
      assert.ok((await guest.open(room._id)).text.includes('by form'));
      const refused = await guest.agent
        .post(`/room/${room._id}/chat`)
        .type('form')
        .set('Accept', 'text/html')
        .send({ chat: ' ' });
      assert.deepEqual([refused.status, refused.headers['location']], [303, `/room/${room._id}?error=chat_required`]);
    });

    it('as the server sees them: author, colour, room and number cannot be forged', async () => {
      const forged = await guest.agent.post(`/room/${room._id}/chat`).send({
        chat: 'who am I',
        user: '#000000',
        author: { id: owner.id, name: 'system' },
        room: '0123456789abcdef01234567',
        seq: 999,
        _id: '0123456789abcdef01234567',
        createdAt: '2001-01-01T00:00:00.000Z',
        gif: { name: 'x.gif' },
        system: true,
      });
      const message = forged.body as MessageView;
      assert.deepEqual([message.author.id, message.seq, message.room, message.gif], [guest.id, 1, room._id, undefined]);
      assert.notEqual(message.author.name, 'system');
      assert.ok(Date.parse(message.createdAt) > Date.parse('2020-01-01'));
    });

    it('by twenty at once: numbered without a gap, and in one order for every receiver', async () => {
      const senders = await Promise.all(Array.from({ length: SENDERS }, () => arrive(site)));
      await Promise.all(senders.map((sender) => sender.open(room._id)));
      const ears = await Promise.all([owner, guest, ...senders.slice(0, 5)].map((each) => each.sit(room._id)));
      const answers = await Promise.all(
        senders.map(async (sender, who) => {
          const said: MessageView[] = [];
          for (let number = 0; number < EACH; number++) said.push(await sender.say(room._id, `${who}:${number}`));
          return said;
        }),
      );
      const total = SENDERS * EACH;
      for (const ear of ears) {
        await waitFor('all messages', () => ear.all('chat').length >= total);
        assert.deepEqual(seqs(ear.all<MessageView>('chat')), upTo(total));
      }
      assert.deepEqual(
        seqs(answers.flat()).sort((a, b) => a - b),
        upTo(total),
      );
      const stored = await owner.readAll(room._id);
      assert.deepEqual(stored, ears[0]!.all<MessageView>('chat'));
      for (const said of answers) {
        assert.deepEqual(
          said,
          stored.filter(({ author }) => author.id === said[0]!.author.id),
        );
      }
      senders.forEach((sender) => sender.leaveAll());
    });
  });

  describe('refused, and nothing stored', () => {
    const nothing = async () => assert.deepEqual((await owner.history(room._id)).body.chats, []);

    const BAD: [situation: string, body: object, code: string][] = [
      ['no text', {}, 'chat_required'],
      ['an empty text', { chat: '' }, 'chat_required'],
      ['spaces', { chat: ' \n\t ' }, 'chat_required'],
      ['nothing visible', { chat: '\u200b\u200d' }, 'chat_required'],
      ['4,001 characters', { chat: '가'.repeat(4001) }, 'chat_too_long'],
      ['a number', { chat: 7 }, 'bad_input'],
      ['an object', { chat: { $ne: '' } }, 'bad_input'],
      ['an array', { chat: ['a'] }, 'bad_input'],
      ['half a character', { chat: 'a\udc00' }, 'bad_input'],
      ['a zero byte', { chat: 'a\0' }, 'bad_input'],
      ['a client id that is an object', { chat: 'x', clientId: { $gt: '' } }, 'bad_input'],
      ['a client id of 65 characters', { chat: 'x', clientId: 'a'.repeat(65) }, 'bad_input'],
      ['an empty client id', { chat: 'x', clientId: '' }, 'bad_input'],
    ];
    for (const [situation, body, code] of BAD) {
      it(`${situation}: 400 ${code}`, async () => {
        const answer = await guest.agent.post(`/room/${room._id}/chat`).send(body);
        assert.deepEqual([answer.status, answer.body.error.code], [400, code]);
        await nothing();
      });
    }

    it('4,000 characters of four bytes each are good', async () => {
      assert.equal((await guest.say(room._id, '😀'.repeat(4000))).seq, 1);
    });

    it('of somebody not let in: 403; of nobody: 401; then the admitted one is heard', async () => {
      const locked = await owner.createRoom({ title: 'Locked', password: 'open sesame' });
      const refused = await guest.post(locked._id, 'let me in');
      assert.deepEqual([refused.status, refused.body.error.code], [403, 'not_admitted']);
      assert.equal((await guest.history(locked._id)).status, 403);
      const stranger = await arrive(site);
      assert.equal((await stranger.post(room._id, 'I never opened the page')).status, 403);
      const nobody = await fetch(`${site.url}/room/${room._id}/chat`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"chat":"x"}',
      });
      assert.equal(nobody.status, 401);
      await guest.enter(locked._id, 'open sesame');
      assert.equal((await guest.say(locked._id, 'thanks')).seq, 1);
      await nothing();
    });

    it('after leaving by the button: 403 until the page is opened again', async () => {
      await owner.sit(room._id);
      await guest.sit(room._id);
      await guest.agent.post(`/room/${room._id}/leave`);
      assert.equal((await guest.post(room._id, 'from outside')).status, 403);
      await guest.open(room._id);
      assert.equal((await guest.post(room._id, 'from inside')).status, 200);
    });

    it('in a room that has ended: 410; in one that never was: 404', async () => {
      await owner.remove(room._id);
      const late = await guest.post(room._id, 'late');
      assert.deepEqual([late.status, late.body.error.code], [410, 'room_closed']);
      assert.equal((await guest.history(room._id)).status, 410);
      for (const id of ['0123456789abcdef01234567', 'x']) {
        assert.equal((await guest.post(id, 'nowhere')).status, 404);
        assert.equal((await guest.history(id)).status, 404);
      }
    });

    it('posts into a closing room are stored before its end or hear 410, and none outlives it', async () => {
      for (let trial = 0; trial < 5; trial++) {
        const { _id } = await owner.createRoom({ title: `Closing ${trial}` });
        await guest.open(_id);
        await guest.sit(_id);
        const posts = Array.from({ length: 30 }, (_, index) => guest.post(_id, `post ${index}`));
        await posts[trial * 5];
        const removing = owner.remove(_id).then(({ status }) => status);
        const statuses = await Promise.all(posts.map((post) => post.then(({ status }) => status)));
        assert.equal(await removing, 200);
        assert.ok(statuses.includes(200), statuses.join());
        assert.ok(
          statuses.every((status) => status === 200 || status === 410),
          statuses.join(),
        );
        assert.equal((await guest.post(_id, 'after')).status, 410);
      }
    });

    it('faster than the limit: 429 with Retry-After, for this visitor alone', async () => {
      const strict = await startSite({ LIMITS: 'chat=3/60' });
      try {
        const [quick, other] = [await arrive(strict), await arrive(strict)];
        const { _id } = await quick.createRoom({ title: 'Strict' });
        await other.open(_id);
        for (let number = 1; number <= 3; number++) await quick.say(_id, `${number}`);
        const over = await quick.post(_id, '4');
        assert.deepEqual([over.status, over.body.error.code], [429, 'rate_limited']);
        assert.ok(Number(over.headers['retry-after']) > 0);
        assert.equal((await other.say(_id, 'mine')).seq, 4);
      } finally {
        await strict.close();
      }
    });
  });

  describe('repeated with the same clientId', () => {
    it('three times at once: one message, three equal answers, no number spent', async () => {
      const ear = await owner.sit(room._id);
      const answers = await Promise.all([1, 2, 3].map(() => guest.say(room._id, 'once', 'id-1')));
      assert.equal(answers[0]!.clientId, 'id-1');
      assert.deepEqual(answers[1], answers[0]);
      assert.deepEqual(answers[2], answers[0]);
      assert.equal((await guest.say(room._id, 'next', 'id-2')).seq, 2);
      await waitFor('the next one', () => ear.all('chat').length >= 2);
      assert.deepEqual(seqs(ear.all('chat')), [1, 2]);
      assert.deepEqual(seqs(await owner.readAll(room._id)), [1, 2]);
    });

    it('in one rush with other messages: still no number spent', async () => {
      for (let trial = 0; trial < 10; trial++) {
        const said = [owner.say(room._id, 'before')];
        for (let number = 0; number < 3; number++) said.push(guest.say(room._id, 'once', `rush-${trial}`));
        said.push(owner.say(room._id, 'after'));
        await Promise.all(said);
      }
      assert.deepEqual(seqs(await owner.readAll(room._id)), upTo(30));
    });

    it('later, and with another text: the first text, and nobody hears it again', async () => {
      const ear = await owner.sit(room._id);
      const first = await guest.say(room._id, 'the first', 'same');
      assert.deepEqual(await guest.say(room._id, 'the second', 'same'), first);
      await guest.say(room._id, 'fence');
      await ear.hear('chat', ({ chat }: MessageView) => chat === 'fence');
      assert.deepEqual(texts(ear.all('chat')), ['the first', 'fence']);
    });

    it('after a restart of the site: still the first', async () => {
      const lasting = await startSite();
      try {
        const visitor = await arrive(lasting);
        const { _id } = await visitor.createRoom({ title: 'Lasting' });
        await visitor.sit(_id);
        const first = await visitor.say(_id, 'before', 'same');
        await lasting.restart();
        assert.deepEqual(await visitor.say(_id, 'after', 'same'), first);
        visitor.leaveAll();
      } finally {
        await lasting.close();
      }
    });

    it('by another author or in another room: another message', async () => {
      const other = await owner.createRoom({ title: 'Other' });
      await guest.open(other._id);
      const said = [
        await owner.say(room._id, 'a', 'shared'),
        await guest.say(room._id, 'b', 'shared'),
        await guest.say(other._id, 'c', 'shared'),
      ];
      assert.deepEqual(texts(said), ['a', 'b', 'c']);
      assert.deepEqual(seqs(said), [1, 2, 1]);
    });
  });

  describe('read back', () => {
    const TOTAL = 130;
    let long: RoomView;
    before(async () => {
      long = await owner.createRoom({ title: 'Long' });
      await owner.open(long._id);
      for (let ten = 0; ten < TOTAL / 10; ten++) {
        await Promise.all(Array.from({ length: 10 }, (_, index) => owner.say(long._id, `${ten}${index}`)));
      }
    });
    const page = async (query: object) => {
      const { status, body } = await owner.history(long._id, { ...query });
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body).sort(), ['chats', 'more']);
      return [seqs(body.chats), body.more] as [number[], boolean];
    };
    const from = (first: number, last: number) => upTo(last).slice(first - 1);

    it('the latest, older and newer ones, ascending, at most a hundred', async () => {
      assert.deepEqual(await page({}), [from(81, 130), true]);
      assert.deepEqual(await page({ before: 81 }), [from(31, 80), true]);
      assert.deepEqual(await page({ before: 31 }), [from(1, 30), false]);
      assert.deepEqual(await page({ after: 0, limit: 100 }), [from(1, 100), true]);
      assert.deepEqual(await page({ after: 100 }), [from(101, 130), false]);
      assert.deepEqual(await page({ after: 130 }), [[], false]);
      assert.deepEqual(await page({ after: 0, limit: 1_000_000 }), [from(1, 100), true]);
      assert.deepEqual(await page({ after: 0, limit: 0 }), [[1], true]);
      assert.deepEqual(await page({ before: 1 }), [[], false]);
    });

    it('with a cursor that is none: 400', async () => {
      for (const query of [
        'after=-1',
        'after=x',
        'after=1e20',
        'after[$gt]=0',
        'after=1&after=2',
        'after=1&before=9',
        'limit=x',
      ]) {
        const answer = await owner.agent.get(`/room/${long._id}/chats?${query}`);
        // `after[$gt]` is the name of another parameter: nothing is asked for, and the latest come.
        assert.equal(answer.status, query.includes('$') ? 200 : 400, query);
      }
    });

    it('the page shows the latest fifty and says that there are more', async () => {
      const { text } = await owner.open(long._id);
      assert.equal([...text.matchAll(/id="m-\d+"/g)].length, 50);
      assert.ok(text.includes('id="m-130"') && !text.includes('id="m-80"'));
    });
  });

  describe('missed while the line was down', () => {
    it('come once and in order after the reconnect, the live ones behind them', async () => {
      const proxy = await Proxy.open({ host: '127.0.0.1', port: site.port });
      try {
        await guest.sit(room._id);
        const ear = owner.connect('/chat', {
          through: proxy.port,
          reconnectionDelay: 20,
          reconnectionDelayMax: 50,
        });
        await waitFor('the line', () => ear.socket.connected);
        const first = await ear.join({ room: room._id, after: 0 });
        assert.ok(first.ok);
        const seen: MessageView[] = [];
        for (let number = 1; number <= 3; number++) await guest.say(room._id, `live ${number}`);
        await ear.hear('chat', ({ seq }: MessageView) => seq === 3);
        seen.push(...ear.all<MessageView>('chat'));
        ear.heard.length = 0;

        proxy.cut();
        await waitFor('the drop', () => !ear.socket.connected);
        for (let number = 1; number <= 20; number++) await guest.say(room._id, `missed ${number}`);
        proxy.restore();
        await waitFor('the reconnect', () => ear.socket.connected);
        const again = await ear.join({ room: room._id, after: seen.at(-1)!.seq });
        assert.ok(again.ok);
        assert.deepEqual([again.more, again.seq], [false, 23]);
        seen.push(...again.missed);
        await guest.say(room._id, 'live again');
        await ear.hear('chat', ({ chat }: MessageView) => chat === 'live again');
        seen.push(...ear.all<MessageView>('chat'));
        assert.deepEqual(seqs(seen), upTo(24));
        assert.deepEqual(seen, await guest.readAll(room._id));
      } finally {
        await proxy.close();
      }
    });

    it('a line that falls silent and wakes loses nothing either', async () => {
      const proxy = await Proxy.open({ host: '127.0.0.1', port: site.port });
      try {
        const ear = owner.connect('/chat', { through: proxy.port });
        await waitFor('the line', () => ear.socket.connected);
        await ear.join(room._id);
        proxy.freeze();
        for (let number = 1; number <= 20; number++) await guest.say(room._id, `${number}`);
        proxy.restore();
        await waitFor('all of them', () => ear.all('chat').length >= 20);
        assert.deepEqual(seqs(ear.all('chat')), upTo(20));
      } finally {
        await proxy.close();
      }
    });

    it('more than a join may bring: it says so, and the rest is read page by page', async () => {
      const total = 1_030;
      for (let done = 0; done < total; done += 103) {
        await Promise.all(Array.from({ length: 103 }, (_, index) => guest.say(room._id, `${done + index}`)));
      }
      const answer = await (await owner.listen()).join({ room: room._id, after: 0 });
      assert.ok(answer.ok);
      assert.deepEqual([answer.more, answer.missed.length], [true, 1_000]);
      assert.equal(answer.seq, total);
      const rest = await owner.readAll(room._id, answer.missed.at(-1)!.seq);
      assert.deepEqual(seqs([...answer.missed, ...rest]), upTo(total));
    });

    it('long ones: as many as one answer may weigh, and the rest page by page', async () => {
      const long = 'x'.repeat(4_000);
      await Promise.all(Array.from({ length: 130 }, () => guest.say(room._id, long)));
      const answer = await (await owner.listen()).join({ room: room._id, after: 0 });
      assert.ok(answer.ok);
      assert.deepEqual([answer.more, answer.missed.length, answer.seq], [true, 125, 130]);
      assert.deepEqual(seqs(await owner.readAll(room._id, 125)), [126, 127, 128, 129, 130]);
    });

    it('a cursor from the future gets the newest there is, not itself', async () => {
      const ear = await owner.listen();
      const empty = await ear.join({ room: room._id, after: 99_999 });
      assert.ok(empty.ok);
      assert.equal(empty.seq, 0);
      await guest.say(room._id, 'one');
      const again = await ear.join({ room: room._id, after: 99_999 });
      assert.ok(again.ok);
      assert.deepEqual([again.seq, again.missed], [1, []]);
    });

    it('a reader who asks for history and reads nothing does not fill the memory', async () => {
      const long = 'x'.repeat(4_000);
      await Promise.all(Array.from({ length: 130 }, () => guest.say(room._id, long)));
      const ear = await owner.listen('/chat', { reconnection: false });
      const { transport } = ear.socket.io.engine as unknown as { transport: { ws: { _socket: Socket } } };
      transport.ws._socket.pause();
      const { conn } = site.app.io.of('/chat').sockets.get(ear.socket.id!)!;
      const waiting = () =>
        (conn as unknown as { writeBuffer: { data?: { length: number } }[] }).writeBuffer.reduce(
          (all, { data }) => all + (data?.length ?? 0),
          0,
        );
      for (let number = 0; number < 60; number++)
        ear.socket.emit('join', { room: room._id, after: 0 }, () => undefined);
      await waitFor('something to wait', () => waiting() > 100_000);
      let most = 0;
      for (let round = 0; round < 40; round++) {
        most = Math.max(most, waiting());
        await owner.history(room._id, { limit: 1 });
      }
      assert.ok(most < 2_500_000, `${most} bytes`);
      transport.ws._socket.resume();
      ear.close();
    });

    it('joining while others post leaves no gap between history and live', async () => {
      const joiners = await Promise.all(Array.from({ length: 10 }, () => arrive(site)));
      await Promise.all(joiners.map((joiner) => joiner.open(room._id)));
      let posting = true;
      let posted = 0;
      const loops = [owner, guest].map(async (sender) => {
        while (posting || posted < 50) {
          await sender.say(room._id, `${++posted}`);
        }
      });
      const joined: { ear: Ear; seq: number; missed: MessageView[] }[] = [];
      for (const joiner of joiners) {
        for (const after of [0, Math.max(0, posted - 5)]) {
          const ear = await joiner.listen();
          const answer = await ear.join({ room: room._id, after });
          assert.ok(answer.ok && !answer.more);
          assert.deepEqual(seqs(answer.missed), upTo(answer.seq).slice(after));
          joined.push({ ear, seq: answer.seq, missed: answer.missed });
        }
      }
      posting = false;
      await Promise.all(loops);
      const stored = await owner.readAll(room._id);
      const last = stored.length;
      for (const { ear, seq, missed } of joined) {
        const first = missed[0]?.seq ?? seq + 1;
        await waitFor(
          'the last one',
          () => missed.at(-1)?.seq === last || ear.all<MessageView>('chat').at(-1)?.seq === last,
        );
        const live = ear.all<MessageView>('chat');
        assert.equal(new Set(seqs(live)).size, live.length, 'heard twice');
        const merged = new Map([...missed, ...live].map((message) => [message.seq, message]));
        assert.deepEqual(
          [...merged.keys()].sort((a, b) => a - b),
          upTo(last).slice(first - 1),
        );
        assert.deepEqual(
          [...merged.values()].sort((a, b) => a.seq - b.seq),
          stored.slice(first - 1),
        );
      }
      joiners.forEach((joiner) => joiner.leaveAll());
    });
  });

  describe('being written', () => {
    it('are told to the others and not to the one who types', async () => {
      const [mine, theirs] = [await owner.sit(room._id), await guest.sit(room._id)];
      const outside = await (await arrive(site)).listen();
      mine.socket.emit('typing', true);
      const state = await theirs.hear<{ who: { id: string }; on: boolean }>('typing');
      assert.deepEqual(Object.keys(state).sort(), ['on', 'who']);
      assert.deepEqual(Object.keys(state.who).sort(), ['color', 'id', 'name']);
      assert.deepEqual([state.who.id, state.on], [owner.id, true]);
      mine.socket.emit('typing', false);
      await theirs.hear<{ on: boolean }>('typing', ({ on }) => !on);
      await owner.say(room._id, 'fence');
      await mine.hear('chat');
      assert.deepEqual([...mine.all('typing'), ...outside.all('typing')], []);
      outside.close();
    });

    it('a storm of it is thinned out', async () => {
      const [mine, theirs] = [await owner.sit(room._id), await guest.sit(room._id)];
      for (let number = 0; number < 50; number++) mine.socket.emit('typing', true);
      assert.ok((await mine.ask('typing', false)).ok);
      await theirs.hear<{ on: boolean }>('typing', ({ on }) => !on);
      assert.ok(theirs.all<{ on: boolean }>('typing').filter(({ on }) => on).length < 25);
    });

    it('anything but yes or no is refused and told to nobody', async () => {
      const [mine, theirs] = [await owner.sit(room._id), await guest.sit(room._id)];
      for (const bad of [1, 'true', null, {}, [true]]) {
        const answer = await mine.ask('typing', bad);
        assert.ok(!answer.ok && answer.error.code === 'bad_input');
      }
      assert.ok((await mine.ask('typing', true)).ok);
      await theirs.hear('typing');
      assert.equal(theirs.all('typing').length, 1);
    });
  });

  describe('answered and then kill -9', () => {
    const ANSWERS = 40;
    let dir: string;
    let child: SiteProcess;
    before(async () => {
      dir = await temporaryFolder();
    });
    after(async () => {
      await child.end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    });

    it('in the middle of posting: every answered one is there, once, in order', async () => {
      const env = { LIMITS: 'off', ROOM_GRACE_MS: '60000' };
      child = await startProcess(dir, env);
      const { port } = new URL(child.url);
      const posters = await Promise.all(Array.from({ length: 5 }, () => arrive(child)));
      const { _id } = await posters[0]!.createRoom({ title: 'Crash' });
      await Promise.all(posters.map((poster) => poster.open(_id)));
      const answered = new Map<string, MessageView>();
      const attempted = new Set<string>();
      let alive = true;
      const loops = posters.map(async (poster, who) => {
        for (let number = 0; alive; number++) {
          const text = `${who}:${number}`;
          attempted.add(text);
          const answer = await poster.post(_id, text, text.replaceAll(':', '-')).catch(() => null);
          if (answer?.status === 200) answered.set(text, answer.body as MessageView);
        }
      });
      await waitFor('some answers', () => answered.size >= ANSWERS);
      await child.end('SIGKILL');
      alive = false;
      await Promise.all(loops);
      child = await startProcess(dir, { ...env, PORT: port });
      const stored = await posters[0]!.readAll(_id);
      const found = new Map(stored.map((message) => [message.chat ?? '', message]));
      assert.equal(found.size, stored.length, 'a message is there twice');
      assert.deepEqual(
        [...answered.keys()].filter((text) => !found.has(text)),
        [],
        'answered and lost',
      );
      assert.deepEqual(
        [...found.keys()].filter((text) => !attempted.has(text)),
        [],
        'never sent',
      );
      for (const [text, message] of answered) assert.deepEqual(found.get(text), message);
      // A retry of whatever had no answer is harmless, and numbers go on upwards.
      for (const text of [...attempted].slice(-5)) {
        const retried = await posters[Number(text.split(':')[0])]!.say(_id, text, text.replaceAll(':', '-'));
        answered.set(text, retried);
      }
      const after = await posters[0]!.readAll(_id);
      assert.equal(new Set(texts(after)).size, after.length, 'a retry was stored twice');
      assert.deepEqual(
        seqs(after),
        seqs(after).sort((a, b) => a - b),
      );
    });
  });
});
