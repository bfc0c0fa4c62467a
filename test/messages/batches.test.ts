/** Messages in batches, for sockets that ask: the same messages, in the same order, each once, in fewer events. */
import assert from 'node:assert/strict';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import { someone, write } from '../support/direct.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const POSTS = 30;

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const seqs = (messages: { seq: number }[]) => messages.map(({ seq }) => seq);
/** All that came in batches, one after another. */
const batched = <M>(ear: Ear, event = 'chats') => ear.all<M[]>(event).flat();

describe('messages in batches', () => {
  let site: TestSite;
  before(async () => (site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' })));
  after(() => site.close());

  describe('of a room', () => {
    let room: RoomView;
    let owner: TestVisitor;
    let guest: TestVisitor;
    beforeEach(async () => {
      [owner, guest] = [await arrive(site), await arrive(site)];
      room = await owner.createRoom({ title: 'Batches', max: 50 });
      await guest.open(room._id);
    });
    afterEach(() => {
      owner.leaveAll();
      guest.leaveAll();
    });

    const sit = async (visitor: TestVisitor, batch?: boolean): Promise<Ear> => {
      const ear = await visitor.listen();
      const answer = await ear.join({ room: room._id, ...(batch !== undefined && { batch }) });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      return ear;
    };
    const postMany = (authors = [owner, guest]) =>
      Promise.all(upTo(POSTS).map((number) => authors[number % authors.length]!.say(room._id, `number ${number}`)));
    /** What an ear heard of a room, whatever it is called. */
    const heard = (ear: Ear) => [...batched<MessageView>(ear), ...ear.all<MessageView>('chat')];

    it('come to those who ask, and one by one to those who do not, in one room', async () => {
      const asks = [await sit(owner, true), await sit(guest, true)];
      const others = [await sit(owner), await sit(guest, false)];
      await postMany();
      const everybody = [...asks, ...others];
      await waitFor('all messages', () => everybody.every((ear) => heard(ear).length >= POSTS));
      const stored = await owner.readAll(room._id);
      for (const ear of asks) assert.deepEqual(batched(ear), stored);
      for (const ear of others) assert.deepEqual(ear.all('chat'), stored);
      assert.ok(asks.every((ear) => ear.all('chat').length === 0));
      assert.ok(asks.every((ear) => ear.all<MessageView[]>('chats').every(({ length }) => length > 0)));
      assert.ok(others.every((ear) => ear.all('chats').length === 0));
      assert.ok(asks[0]!.all('chats').length < POSTS, 'what was stored together came one by one');
    });

    it('come as a batch of one where nothing else is said', async () => {
      const ear = await sit(guest, true);
      const said = await owner.say(room._id, 'alone');
      assert.deepEqual(await ear.hear('chats'), [said]);
    });

    it('come to a client that polls, too', async () => {
      const ear = await guest.listen('/chat', { transports: ['polling'] });
      assert.ok((await ear.join({ room: room._id, batch: true })).ok);
      await postMany([owner]);
      await waitFor('all messages', () => batched(ear).length >= POSTS);
      assert.deepEqual(seqs(batched(ear)), upTo(POSTS));
    });

    it('come before the news that somebody left, or that the room is closed', async () => {
      const ear = await sit(owner, true);
      await sit(guest, true);
      await postMany();
      await guest.ears[0]!.ask('leave');
      await ear.hear('exit');
      assert.deepEqual(seqs(batched(ear)), upTo(POSTS));
      await postMany([owner]);
      await owner.remove(room._id);
      await ear.hear('closed');
      assert.deepEqual(seqs(batched(ear)), upTo(2 * POSTS));
      const events = ear.heard.map(({ event }) => event);
      assert.ok(events.lastIndexOf('chats') < events.indexOf('closed'));
    });

    it('reach who joins in the middle of them, with what the answer holds', async () => {
      const first = await sit(owner, true);
      const posting = postMany();
      await first.hear('chats');
      const late = await guest.listen();
      const answer = await late.join({ room: room._id, after: 0, batch: true });
      assert.ok(answer.ok);
      await posting;
      const all = () => new Set(seqs([...answer.missed, ...batched<MessageView>(late)]));
      await waitFor('all messages', () => all().size === POSTS);
      assert.deepEqual(
        seqs(batched(late)),
        [...new Set(seqs(batched(late)))].sort((a, b) => a - b),
      );
    });

    it('come in the way that the latest join asked for, each once', async () => {
      const ear = await sit(guest);
      await owner.say(room._id, 'one by one');
      await ear.join({ room: room._id, batch: true });
      await postMany();
      await ear.join(room._id);
      await owner.say(room._id, 'one by one again');
      await waitFor('all messages', () => heard(ear).length >= POSTS + 2);
      assert.deepEqual(seqs(ear.all<MessageView>('chat')), [1, POSTS + 2]);
      assert.deepEqual(seqs(batched(ear)), upTo(POSTS + 1).slice(1));
    });

    it('come no more to who has left, with whatever tab', async () => {
      const tabs = [await sit(guest, true), await sit(guest, true)];
      const ear = await sit(owner, true);
      await tabs[0]!.ask('leave');
      await tabs[1]!.ask('leave');
      await owner.say(room._id, 'gone');
      await ear.hear<MessageView[]>('chats');
      await tabs[0]!.join(room._id); // refused or not: whatever was sent before has arrived with the answer
      assert.ok(tabs.every((tab) => heard(tab).every(({ chat }) => chat !== 'gone')));
    });

    for (const batch of ['yes', 1, null, { really: true }]) {
      it(`are refused to who asks with ${JSON.stringify(batch)}, and nobody has joined`, async () => {
        const ear = await guest.listen();
        const answer = await ear.join({ room: room._id, batch });
        assert.ok(!answer.ok && answer.error.code === 'bad_input', JSON.stringify(answer));
        const witness = await sit(owner);
        await owner.say(room._id, 'unheard');
        await witness.hear('chat');
        await ear.ask('leave');
        assert.deepEqual(heard(ear), []);
      });
    }
  });

  describe('of the lobby', () => {
    const said = (messages: LobbyMessageView[]) => messages.filter(({ chat }) => chat?.startsWith('said'));

    it('come to those who ask in the handshake or at join, and one by one to the others', async () => {
      const [speaker, reader, plain] = [await arrive(site), await arrive(site), await arrive(site)];
      const reading = await reader.listen('/lobby', { auth: { batch: true } });
      const single = await plain.listen('/lobby');
      const speaking = await speaker.listen('/lobby');
      const answer = await speaking.ask('join', { name: 'Batcher', batch: true });
      assert.ok(answer.ok, JSON.stringify(answer));
      await Promise.all(upTo(POSTS).map((number) => speaking.ask('sendMessage', `said ${number}`)));
      await waitFor('all messages', () => said(single.all('message')).length === POSTS);
      for (const ear of [reading, speaking]) {
        await waitFor('all messages', () => said(batched(ear, 'messages')).length >= POSTS);
        assert.deepEqual(said(batched(ear, 'messages')), said(single.all('message')));
        assert.deepEqual(said(ear.all('message')), []);
      }
      assert.deepEqual(single.all('messages'), []);
      for (const { ears } of [speaker, reader, plain]) for (const ear of ears) ear.close();
    });

    it('are refused to who asks with something else, in the handshake and at join', async () => {
      const visitor = await arrive(site);
      assert.equal(await visitor.connect('/lobby', { auth: { batch: 'yes' } }).refused(), 'bad_input');
      const ear = await visitor.listen('/lobby');
      const answer = await ear.ask('join', { name: 'Refused', batch: 'yes' });
      assert.ok(!answer.ok && answer.error.code === 'bad_input', JSON.stringify(answer));
      ear.close();
    });
  });

  describe('of direct messages', () => {
    it('come to the tabs that ask in the handshake, and one by one to the others', async () => {
      const [from, to] = [await someone(site), await someone(site)];
      const asks = [await to.visitor.listen('/direct', { auth: { batch: true } })];
      asks.push(await from.visitor.listen('/direct', { auth: { batch: true } }));
      const other = await to.visitor.listen('/direct', { auth: { batch: false } });
      await Promise.all(upTo(POSTS).map((number) => write(from, to, `number ${number}`)));
      await waitFor('all messages', () => other.all('newMessage').length >= POSTS);
      for (const ear of asks) {
        await waitFor('all messages', () => batched(ear, 'newMessages').length >= POSTS);
        assert.deepEqual(batched<DirectView>(ear, 'newMessages'), other.all<DirectView>('newMessage'));
        assert.deepEqual(ear.all('newMessage'), []);
      }
      assert.deepEqual(seqs(other.all<DirectView>('newMessage')), upTo(POSTS));
      assert.deepEqual(other.all('newMessages'), []);
      for (const { visitor } of [from, to]) visitor.leaveAll();
    });

    it('are refused to who asks with something else', async () => {
      const visitor = await arrive(site);
      for (const batch of ['yes', 1, null]) {
        const refused = visitor.connect('/direct', { auth: { batch } });
        assert.equal(await refused.refused(), 'bad_input');
        assert.deepEqual(refused.refusal?.data, { code: 'bad_input' });
      }
    });
  });
});
