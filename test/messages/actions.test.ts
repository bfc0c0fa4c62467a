/** What is done to messages after they were posted: by whom, told to whom, and found by whoever was away. */
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { LobbyAnswer, LobbyMessageView } from '../../schemas/lobby/contract.js';
import type { ChangesView } from '../../schemas/messages/contract.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { JoinAnswer, MessageView } from '../../schemas/rooms/contract.js';
import { list, readPage, someone, type Someone, write } from '../support/direct.js';
import { openLine } from '../support/line.js';
import * as pictures from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';

const NOTHING = '0123456789abcdef01234567';

describe('actions on messages', () => {
  let site: TestSite;
  let host: TestVisitor;
  let guest: TestVisitor;

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    host = await arrive(site);
    guest = await arrive(site);
  });
  afterEach(() => {
    host.leaveAll();
    guest.leaveAll();
  });
  after(() => site.close());

  const refusal = (answer: { status: number; body: unknown }) => [
    answer.status,
    (answer.body as { error?: { code: string } }).error?.code,
  ];

  describe('in a room', () => {
    let room: string;
    let there: Ear;
    beforeEach(async () => {
      room = (await host.createRoom({ title: 'Actions', max: 50 }))._id;
      await guest.open(room);
      there = await guest.sit(room);
    });

    const edit = (who: TestVisitor, id: string, chat: unknown) =>
      who.agent.patch(`/room/${room}/chat/${id}`).send({ chat });
    const remove = (who: TestVisitor, id: string) => who.agent.delete(`/room/${room}/chat/${id}`);
    const joined = async (who: TestVisitor, cursors: object): Promise<JoinAnswer> => {
      const answer = await (await who.listen()).join({ room, ...cursors });
      assert.ok(answer.ok);
      return answer;
    };

    it('an edit is answered, heard by all inside, and there on the page; the same again changes nothing', async () => {
      const message = await guest.say(room, 'teh text');
      assert.equal(message.rev, 0);
      const answer = await edit(guest, message._id, ' the text ');
      assert.equal(answer.status, 200);
      const edited = answer.body as MessageView;
      assert.ok(edited.editedAt !== undefined && edited.editedAt >= message.createdAt);
      assert.deepEqual(edited, { ...message, chat: 'the text', rev: 1, editedAt: edited.editedAt });
      assert.deepEqual(await there.hear('chatChanged'), edited);
      assert.deepEqual((await edit(guest, message._id, 'the text')).body, edited);
      assert.deepEqual((await host.history(room)).body, { chats: [edited], more: false });
      const next = (await edit(guest, message._id, 'another')).body as MessageView;
      assert.equal(next.rev, 2);
      await there.hear<MessageView>('chatChanged', ({ rev }) => rev === 2);
      assert.equal(there.all('chatChanged').length, 2);
    });

    it('only who wrote a text edits it, to a text that may be said', async () => {
      const message = await guest.say(room, 'mine');
      await host.sit(room);
      assert.deepEqual(refusal(await edit(host, message._id, 'yours')), [403, 'not_yours']);
      assert.deepEqual(refusal(await edit(guest, message._id, ' ')), [400, 'chat_required']);
      assert.deepEqual(refusal(await edit(guest, message._id, 'x'.repeat(4001))), [400, 'chat_too_long']);
      assert.deepEqual(refusal(await edit(guest, NOTHING, 'x')), [404, 'message_not_found']);
      assert.deepEqual(refusal(await edit(guest, 'nothing', 'x')), [404, 'message_not_found']);
      const stranger = await arrive(site);
      const { _id: elsewhere } = await stranger.createRoom({ title: 'Elsewhere' });
      const other = await stranger.agent.patch(`/room/${elsewhere}/chat/${message._id}`).send({ chat: 'x' });
      assert.deepEqual(refusal(other), [404, 'message_not_found']);
      const locked = await host.createRoom({ title: 'Locked', password: 'a-password' });
      const secret = await host.say(locked._id, 'secret');
      const outside = await guest.agent.patch(`/room/${locked._id}/chat/${secret._id}`).send({ chat: 'x' });
      assert.deepEqual(refusal(outside), [403, 'not_admitted']);
      const picture = (await guest.postGif(room, await pictures.gif())).body as MessageView;
      assert.deepEqual(refusal(await edit(guest, picture._id, 'x')), [403, 'not_yours']);
      assert.deepEqual((await guest.history(room)).body.chats, [message, picture]);
    });

    it('a removed one is a stub for everybody; its picture is gone at once, and its bytes are given back', async () => {
      const picture = (await guest.postGif(room, await pictures.gif(), { fields: { alt: 'a cat' } }))
        .body as MessageView;
      const file = path.join(site.uploads, 'rooms', room, picture.gifName ?? '');
      await access(file);
      const { _id, seq, user, author, createdAt } = picture;
      const stub = { _id, room, seq, user, author, createdAt, rev: 1, removed: 'author' };
      const answer = await remove(guest, _id);
      assert.deepEqual([answer.status, answer.body], [200, stub]);
      assert.deepEqual(await there.hear('chatChanged'), stub);
      await assert.rejects(access(file));
      assert.equal((await guest.agent.get(picture.gif?.url ?? '')).status, 404);
      const owner = await site.app.database.models.Room.findById(room).lean();
      assert.deepEqual([owner?.images, owner?.imageBytes], [0, 0]);
      assert.deepEqual((await remove(guest, _id)).body, stub, 'again');
      assert.equal((await site.app.database.models.Room.findById(room).lean())?.images, 0);
      assert.deepEqual(refusal(await edit(guest, _id, 'back')), [410, 'message_removed']);
      assert.deepEqual((await host.history(room)).body.chats, [stub]);
      assert.equal(there.all('chatChanged').length, 1);
    });

    it('the host removes what others wrote; nobody else does', async () => {
      const [theirs, mine] = [await guest.say(room, 'theirs'), await host.say(room, 'mine')];
      assert.deepEqual(refusal(await remove(guest, mine._id)), [403, 'not_host']);
      assert.equal(((await remove(host, theirs._id)).body as MessageView).removed, 'host');
      assert.equal(((await remove(host, mine._id)).body as MessageView).removed, 'author');
      assert.deepEqual(refusal(await remove(host, NOTHING)), [404, 'message_not_found']);
    });

    it('without script, by a form: back to the room', async () => {
      const message = await guest.say(room, 'by form');
      const form = (action: string, body: object) =>
        guest.agent
          .post(`/room/${room}/chat/${message._id}/${action}`)
          .type('form')
          .set('Accept', 'text/html')
          .send(body);
      const edited = await form('edit', { chat: 'by another form' });
      assert.deepEqual([edited.status, edited.headers['location']], [303, `/room/${room}`]);
      assert.ok((await guest.open(room)).text.includes('by another form'));
      assert.equal((await form('delete', {})).status, 303);
      assert.ok(!(await guest.open(room)).text.includes('by another form'));
      const refused = await form('edit', { chat: 'x' });
      assert.equal(refused.headers['location'], `/room/${room}?error=message_removed`);
    });

    it('without script: a link a message leads to its forms, and the composer answers it', async () => {
      const [mine, theirs] = [await guest.say(room, 'mine to change'), await host.say(room, 'a question')];
      const log = (await guest.agent.get(`/room/${room}/log`).set('Accept', 'text/html')).text;
      for (const { _id } of [mine, theirs]) assert.ok(log.includes(`href="/room/${room}?message=${_id}#act"`));
      const forms = async (who: TestVisitor, id: string) =>
        (await who.agent.get(`/room/${room}?message=${id}`).set('Accept', 'text/html')).text;
      const [own, other] = [await forms(guest, mine._id), await forms(guest, theirs._id)];
      for (const action of ['edit', 'delete']) {
        assert.ok(own.includes(`action="/room/${room}/chat/${mine._id}/${action}"`));
        assert.ok(!other.includes(`/chat/${theirs._id}/${action}"`));
      }
      assert.ok((await forms(host, mine._id)).includes(`action="/room/${room}/chat/${mine._id}/delete"`), 'the host');
      assert.ok(other.includes(`name="replyTo" value="${theirs._id}"`));
      const answer = { chat: 'an answer', replyTo: theirs._id };
      const sent = await guest.agent.post(`/room/${room}/chat`).type('form').set('Accept', 'text/html').send(answer);
      assert.equal(sent.status, 303);
      assert.match((await guest.open(room)).text, /class="msg-quote"[^>]*>.*a question/);
      await remove(host, theirs._id);
      assert.ok(!(await forms(guest, theirs._id)).includes('id="act"'));
      assert.match((await guest.open(room)).text, /class="msg-quote"[^>]*>.*a deleted message/);
    });

    it('whoever was away is told what was changed: each message once, as it is, in the order of the changes', async () => {
      const [a, b, c] = [await guest.say(room, 'a'), await guest.say(room, 'b'), await guest.say(room, 'c')];
      assert.equal((await joined(host, {})).rev, 0);
      const empty = await joined(host, { after: 3, rev: 0 });
      assert.deepEqual([empty.rev, empty.changed, empty.moreChanged], [0, [], false]);
      await edit(guest, c._id, 'c2');
      await edit(guest, a._id, 'a2');
      await edit(guest, c._id, 'c3');
      await remove(guest, b._id);
      const first = await joined(host, { after: 3, rev: 0 });
      const told = ({ changed }: ChangesView<MessageView>) => changed.map(({ seq, rev, chat }) => [seq, rev, chat]);
      assert.deepEqual(told(first), [
        [1, 2, 'a2'],
        [3, 3, 'c3'],
        [2, 4, undefined],
      ]);
      assert.equal(first.rev, 4);
      assert.deepEqual(told(await joined(host, { rev: 2 })), [
        [3, 3, 'c3'],
        [2, 4, undefined],
      ]);
      assert.deepEqual(told(await joined(host, { rev: 4 })), []);
      assert.equal((await joined(host, { rev: 4 })).rev, 4);
      const read = (await host.history(room, { after: 3, rev: 3 })).body as ChangesView<MessageView>;
      assert.deepEqual([read.rev, told(read)], [4, [[2, 4, undefined]]]);
      const bad = await (await host.listen()).join({ room, rev: -1 });
      assert.deepEqual(bad.ok ? null : bad.error.code, 'bad_input');
    });

    it('many at once: one number each, and everybody hears them in order', async () => {
      const messages = await Promise.all(Array.from({ length: 8 }, (_, index) => guest.say(room, `m${index}`)));
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, index) => edit(guest, messages[index % 8]!._id, `e${index}`)),
      );
      const revs = answers.map(({ body }) => (body as MessageView).rev);
      const numbers = Array.from({ length: 32 }, (_, index) => index + 1);
      assert.deepEqual(
        revs.sort((x, y) => x - y),
        numbers,
      );
      await there.hear<MessageView>('chatChanged', ({ rev }) => rev === 32);
      assert.deepEqual(
        there.all<MessageView>('chatChanged').map(({ rev }) => rev),
        numbers,
      );
    });

    it('a reply shows what it answers as that is now, and nothing of it once it was removed', async () => {
      const question = await host.say(room, `A question\n${'x'.repeat(200)}`);
      const picture = (await guest.postGif(room, await pictures.gif(), { fields: { alt: 'a cat' } }))
        .body as MessageView;
      const reply = async (replyTo: string) =>
        (await guest.agent.post(`/room/${room}/chat`).send({ chat: 'An answer', replyTo })).body as MessageView;
      const [answer, comment] = [await reply(question._id), await reply(picture._id)];
      const { _id, seq, author } = question;
      const quote = { _id, seq, name: author.name, excerpt: `A question ${'x'.repeat(109)}` };
      assert.deepEqual(answer.replyTo, quote);
      assert.equal(comment.replyTo?.excerpt, 'a cat');
      assert.deepEqual(await there.hear<MessageView>('chat', (heard) => heard.seq === answer.seq), answer);
      await edit(host, question._id, 'Another question');
      const shown = async (query = {}) =>
        ((await host.history(room, query)).body.chats as MessageView[]).find((each) => each._id === answer._id)
          ?.replyTo;
      assert.equal((await shown())?.excerpt, 'Another question');
      await remove(host, question._id);
      assert.deepEqual(await shown(), { ...quote, excerpt: '' });
      assert.deepEqual(await shown({ after: answer.seq - 1 }), { ...quote, excerpt: '' });
      const stub = (await remove(guest, answer._id)).body as MessageView;
      assert.equal(stub.replyTo, undefined);
      for (const [replyTo, expected] of [
        [NOTHING, [404, 'message_not_found']],
        [question._id, [410, 'message_removed']],
        ['nothing', [400, 'bad_input']],
      ] as const)
        assert.deepEqual(refusal(await guest.agent.post(`/room/${room}/chat`).send({ chat: 'x', replyTo })), expected);
      const posted = await there.ask<{ message: MessageView }>('post', { room, chat: 'x', replyTo: picture._id });
      assert.ok(posted.ok && posted.message.replyTo?.excerpt === 'a cat');
    });

    it('a picture, a GIF of the shelf and a frame of the gateway answer a message, too', async () => {
      const question = await host.say(room, 'What next?');
      const replyTo = question._id;
      const picture = await guest.postGif(room, await pictures.gif(), { fields: { replyTo } });
      const gif = await guest.agent.post(`/room/${room}/gif`).send({ shelf: 'reactions/thumbs-up', replyTo });
      for (const { body } of [picture, gif]) assert.equal((body as MessageView).replyTo?.excerpt, 'What next?');
      const line = await openLine(guest);
      line.send({ type: 'init' });
      await line.hear('ready');
      line.send({ type: 'join', room });
      await line.hear('joined');
      line.send({ type: 'post', room, chat: 'by a frame', replyTo });
      assert.equal((await line.hear('posted')).message.replyTo?._id, replyTo);
      line.send({ type: 'post', room, chat: 'by a frame', replyTo: NOTHING });
      assert.equal((await line.hear('error')).code, 'message_not_found');
      line.drop();
      const before = await site.app.database.models.Room.findById(room).lean();
      const refused = await guest.postGif(room, await pictures.gif(), { fields: { replyTo: NOTHING } });
      assert.deepEqual(refusal(refused), [404, 'message_not_found']);
      const after = await site.app.database.models.Room.findById(room).lean();
      assert.deepEqual([after?.images, after?.imageBytes], [before?.images, before?.imageBytes], 'its file is gone');
    });

    it('reactions are counted for all, one each a person and kind; who chose what is told on demand', async () => {
      const message = await guest.say(room, 'funny');
      const react = (who: TestVisitor, emoji: string, method: 'put' | 'delete' = 'put') =>
        who.agent[method](`/room/${room}/chat/${message._id}/reactions/${encodeURIComponent(emoji)}`);
      const first = (await react(host, '😄')).body as MessageView;
      assert.deepEqual([first.reactions, first.mine, first.rev], [{ '😄': 1 }, ['😄'], 1]);
      const heard = await there.hear<MessageView>('chatChanged');
      assert.deepEqual([heard.reactions, heard.mine], [{ '😄': 1 }, undefined]);
      assert.equal(((await react(host, '😄')).body as MessageView).rev, 1, 'again');
      await react(guest, '😄');
      const both = { '😄': 2, '👨‍👩‍👧‍👦': 1 };
      assert.deepEqual(((await react(guest, '👨‍👩‍👧‍👦')).body as MessageView).reactions, both);
      const back = await joined(host, { after: 0, rev: 0 });
      const [read] = (await host.history(room)).body.chats as MessageView[];
      for (const view of [back.missed[0], back.changed[0], read])
        assert.deepEqual([view?.reactions, view?.mine], [both, ['😄']]);
      const who = (await host.agent.get(`/room/${room}/chat/${message._id}/reactions`)).body as Record<string, unknown>;
      const person = ({ author, user }: MessageView) => ({ ...author, color: user });
      const mine = person(await host.say(room, 'me'));
      assert.deepEqual(who, { '😄': [mine, person(message)], '👨‍👩‍👧‍👦': [person(message)] });
      await react(host, '😄', 'delete');
      const gone = (await react(host, '😄', 'delete')).body as MessageView;
      assert.deepEqual([gone.reactions, gone.mine, gone.rev], [{ ...both, '😄': 1 }, undefined, 4]);
      for (const none of ['a', '😄😄', ' ', '1', '<b>', '\0'])
        assert.deepEqual(refusal(await react(host, none)), [400, 'bad_input'], none);
      // An emoji in another skin tone is another kind.
      for (const kind of [...Array.from('🐀🐁🐂🐃🐄🐅🐆🐇🐈🐉🐊🐋🐌🐍🐎🐏'), '👍', '👍🏽'])
        assert.equal((await react(host, kind)).status, 200);
      assert.deepEqual(refusal(await react(host, '🐒')), [409, 'too_many_reactions']);
      assert.equal((await react(host, '👨‍👩‍👧‍👦')).status, 200, 'one that is there');
      await remove(guest, message._id);
      assert.deepEqual(refusal(await react(host, '😄')), [410, 'message_removed']);
    });

    it('mentions are people in the room whose whole name follows an @ that begins a word', async () => {
      await host.sit(room);
      const [me, other] = [await host.say(room, 'a'), await guest.say(room, 'b')].map(({ author, user }) => ({
        ...author,
        color: user,
      }));
      const mentions = async (text: string) => (await guest.say(room, text)).mentions;
      assert.deepEqual(await mentions(`hello @${me!.name}, and (@${other!.name})`), [me, other]);
      assert.deepEqual(await mentions(`@${me!.name.toUpperCase()}님 @${me!.name}`), [me]);
      for (const text of [`x@${me!.name}`, `@${me!.name}s`, `@ ${me!.name}`, `@${me!.name.slice(0, -1)}`, me!.name])
        assert.equal(await mentions(text), undefined, text);
      const message = await guest.say(room, 'nobody');
      const edited = (await edit(guest, message._id, `@${me!.name}`)).body as MessageView;
      assert.deepEqual(edited.mentions, [me]);
      assert.equal(((await edit(guest, message._id, 'nobody')).body as MessageView).mentions, undefined);
    });

    it('nothing is changed by who has left, or in a room that has ended', async () => {
      const message = await guest.say(room, 'stays');
      await host.sit(room);
      await guest.agent.post(`/room/${room}/leave`).send({});
      const { status } = await edit(guest, message._id, 'x');
      assert.equal(status, 403);
      await guest.open(room);
      await host.remove(room);
      assert.equal((await edit(guest, message._id, 'x')).status, 410);
    });
  });

  describe('in the lobby', () => {
    const join = async (who: TestVisitor, input: object): Promise<LobbyAnswer & { ok: true }> => {
      const answer = (await (await who.listen('/lobby')).ask('join', input)) as LobbyAnswer;
      assert.ok(answer.ok);
      return answer;
    };

    it('one edits and removes what one said; the others hear it, and find it when they come back', async () => {
      const { rev } = await join(host, { name: 'Lobby host' });
      await join(guest, { name: 'Lobby guest' });
      const ear = await host.listen('/lobby');
      const said = (await guest.agent.post('/lobby/messages').send({ chat: 'hello' })).body as LobbyMessageView;
      const path = `/lobby/messages/${said._id}`;
      const edited = (await guest.agent.patch(path).send({ chat: 'hello all' })).body as LobbyMessageView;
      assert.deepEqual([edited.chat, edited.rev], ['hello all', rev + 1]);
      assert.deepEqual(await ear.hear('messageChanged'), edited);
      assert.deepEqual(refusal(await host.agent.delete(path)), [403, 'not_yours']);
      assert.deepEqual(refusal(await host.agent.patch(path).send({ chat: 'x' })), [403, 'not_yours']);
      const stub = (await guest.agent.delete(path)).body as LobbyMessageView;
      assert.deepEqual([stub.removed, stub.chat, stub.user], ['author', undefined, said.user]);
      const back = await join(host, { name: 'Lobby host', after: said.seq, rev });
      assert.deepEqual([back.rev, back.changed], [rev + 2, [stub]]);
      const read = (await host.agent.get('/lobby/messages').query({ rev: rev + 1 })).body as ChangesView<unknown>;
      assert.deepEqual([read.rev, read.changed], [rev + 2, [stub]]);
      const stranger = await arrive(site);
      assert.deepEqual(refusal(await stranger.agent.delete(path)), [403, 'lobby_name_required']);
    });

    it('one replies, reacts and mentions', async () => {
      await join(host, { name: 'Lobby host' });
      await join(guest, { name: '로비 손님' });
      const said = (await guest.agent.post('/lobby/messages').send({ chat: 'hello' })).body as LobbyMessageView;
      const answer = { chat: '@로비 손님아 안녕', replyTo: said._id };
      const reply = (await host.agent.post('/lobby/messages').send(answer)).body as LobbyMessageView;
      assert.deepEqual(reply.replyTo, { _id: said._id, seq: said.seq, name: '로비 손님', excerpt: 'hello' });
      assert.deepEqual(
        reply.mentions?.map(({ name }) => name),
        ['로비 손님'],
      );
      const path = `/lobby/messages/${said._id}/reactions`;
      const reacted = (await host.agent.put(`${path}/${encodeURIComponent('❤️')}`)).body as LobbyMessageView;
      assert.deepEqual([reacted.reactions, reacted.mine], [{ '❤️': 1 }, ['❤️']]);
      const { chats } = (await host.agent.get('/lobby/messages')).body as { chats: LobbyMessageView[] };
      assert.deepEqual(chats.find(({ _id }) => _id === said._id)?.mine, ['❤️']);
      const gif = await guest.agent.post('/lobby/gif').send({ shelf: 'reactions/thumbs-up', replyTo: said._id });
      assert.equal((gif.body as LobbyMessageView).replyTo?.excerpt, 'hello');
      const who = (await guest.agent.get(path)).body as Record<string, { name: string }[]>;
      assert.equal(who['❤️']?.[0]?.name, 'Lobby host');
    });

    it('without script: a message has forms on the page of who is in', async () => {
      await join(guest, { name: 'Lobby guest' });
      const said = (await guest.agent.post('/lobby/messages').send({ chat: 'by form' })).body as LobbyMessageView;
      const page = async (query = '') => (await guest.agent.get(`/lobby${query}`).set('Accept', 'text/html')).text;
      assert.ok((await page()).includes(`href="/lobby?message=${said._id}#act"`));
      assert.ok((await page(`?message=${said._id}`)).includes(`action="/lobby/messages/${said._id}/edit"`));
    });

    it("what the site itself says is nobody's to change", async () => {
      await join(guest, { name: 'Lobby guest' });
      const { chats } = (await guest.agent.get('/lobby/messages')).body as { chats: LobbyMessageView[] };
      const note = chats.find(({ event }) => event === 'joined');
      assert.deepEqual(refusal(await guest.agent.delete(`/lobby/messages/${note?._id}`)), [404, 'message_not_found']);
    });
  });

  describe('between two people', () => {
    let me: Someone;
    let other: Someone;
    beforeEach(async () => ([me, other] = [await someone(site), await someone(site)]));
    afterEach(() => [me, other].forEach(({ visitor }) => visitor.leaveAll()));

    const pathOf = (person: Someone, { _id }: DirectView) => `/api/messages/${person.id}/${_id}`;

    it('one edits and removes what one wrote: both hear it, lists show it, and it is unread no more', async () => {
      const [mine, theirs] = [await me.visitor.listen('/direct'), await other.visitor.listen('/direct')];
      const first = await write(me, other, 'frist');
      const second = await write(me, other, 'second');
      const edited = (await me.visitor.agent.patch(pathOf(other, second)).send({ message: 'last' })).body as DirectView;
      assert.deepEqual([edited.message, edited.rev], ['last', 1]);
      for (const ear of [mine, theirs]) assert.deepEqual(await ear.hear('messageChanged'), edited);
      assert.equal((await list(other)).conversations[0]?.last?.message, 'last');
      assert.deepEqual(refusal(await other.visitor.agent.delete(pathOf(me, first))), [403, 'not_yours']);
      const stub = (await me.visitor.agent.delete(pathOf(other, first))).body as DirectView;
      assert.deepEqual([stub.removed, stub.message, stub.rev], ['author', undefined, 2]);
      assert.equal((await list(other)).unread, 1);
      const page = (await readPage(other, me, '?rev=0')) as unknown as ChangesView<DirectView>;
      assert.deepEqual([page.rev, page.changed], [2, [edited, stub]]);
    });

    it('both reply and react', async () => {
      const said = await write(me, other, 'hello');
      const answer = await other.visitor.agent
        .post(`/api/messages/send/${me.id}`)
        .send({ message: 'hi', replyTo: said._id });
      const reply = answer.body as DirectView;
      assert.deepEqual([reply.replyTo?._id, reply.replyTo?.seq, reply.replyTo?.excerpt], [said._id, 1, 'hello']);
      const ear = await me.visitor.listen('/direct');
      const path = `${pathOf(me, said)}/reactions`;
      const reacted = await other.visitor.agent.put(`${path}/${encodeURIComponent('👍')}`);
      assert.deepEqual((reacted.body as DirectView).mine, ['👍']);
      assert.deepEqual((await ear.hear<DirectView>('messageChanged')).reactions, { '👍': 1 });
      const page = await readPage(other, me);
      assert.deepEqual([page.messages[0]?.mine, (await readPage(me, other)).messages[0]?.mine], [['👍'], undefined]);
      const who = (await me.visitor.agent.get(`${pathOf(other, said)}/reactions`)).body as Record<
        string,
        { id: string }[]
      >;
      assert.equal(who['👍']?.[0]?.id, other.id);
      const gif = await other.visitor.agent
        .post(`/api/messages/send/${me.id}/gif`)
        .send({ shelf: 'reactions/thumbs-up', replyTo: said._id });
      assert.equal((gif.body as DirectView).replyTo?.excerpt, 'hello');
      const line = await openLine(other.visitor);
      line.send({ type: 'init' });
      await line.hear('ready');
      line.send({ type: 'chat', toUserId: me.id, message: 'by a frame', replyTo: said._id });
      assert.equal((await line.hear('sent')).message.replyTo?._id, said._id);
      line.drop();
      const elsewhere = await someone(site);
      const foreign = await elsewhere.visitor.agent
        .post(`/api/messages/send/${me.id}`)
        .send({ message: 'x', replyTo: said._id });
      assert.deepEqual(refusal(foreign), [404, 'message_not_found']);
    });

    it('without script: a message has forms on the page of the conversation', async () => {
      const said = await write(me, other, 'by form');
      const path = `/messages/${other.id}?message=${said._id}`;
      const page = async (at: string) => (await me.visitor.agent.get(at).set('Accept', 'text/html')).text;
      assert.ok((await page(`/messages/${other.id}`)).includes(`href="${path}#act"`));
      assert.ok((await page(path)).includes(`action="/api/messages/${other.id}/${said._id}/edit"`));
    });

    it('a third finds no message, and one who was blocked changes nothing and hears nothing', async () => {
      const message = await write(me, other, 'between us');
      const third = await someone(site);
      for (const person of [me, other]) {
        const asked = await third.visitor.agent.patch(pathOf(person, message)).send({ message: 'x' });
        assert.deepEqual(refusal(asked), [404, 'message_not_found']);
      }
      const reply = await write(other, me, 'a reply');
      const ear = await me.visitor.listen('/direct');
      await other.visitor.agent.post(`/api/messages/${me.id}/block`).send({ on: true });
      const blocked = await me.visitor.agent.patch(pathOf(other, message)).send({ message: 'x' });
      assert.deepEqual(refusal(blocked), [404, 'person_not_found']);
      assert.equal((await other.visitor.agent.delete(pathOf(me, reply))).status, 200);
      await ear.hear('changed');
      assert.deepEqual(ear.all('messageChanged'), []);
    });
  });
});
