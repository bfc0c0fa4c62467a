/** The record of a room: its transcript, erasing everything so far, and what those in charge did in quiet lines. */
import assert from 'node:assert/strict';
import { Types } from 'mongoose';
import type { ErasedView, MemberRoomView, MessageView, NoticeView, RoomView } from '../../schemas/rooms/contract.js';
import { gif } from '../support/pictures.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';

/** More than a page of a transcript, and more than one batch of an erasure. */
const MANY = 1_200;

describe('the record of a room', () => {
  let site: TestSite;
  let store: Store;
  let host: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    store = await Store.open(site.databaseUrl);
    [host, guest] = await Promise.all([arrive(site), arrive(site)]);
    for (const { agent } of [host, guest]) void agent.set('Accept-Language', 'en');
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'A <record> & more' });
    await guest.open(room._id);
  });
  afterEach(() => {
    host.leaveAll();
    guest.leaveAll();
  });
  after(async () => {
    await store.close();
    await site.close();
  });

  const at = (path: string) => `/room/${room._id}${path}`;
  const transcript = (kind: string) => host.agent.get(at(`/transcript${kind}`));
  const erase = (who = host) => who.agent.delete(at('/chats')).set('Accept', 'application/json');
  const kinds = (ear: Ear) => ear.all<NoticeView>('notice').map(({ what, count }) => (count ? [what, count] : [what]));

  /** A conversation with one of everything. */
  async function talk(): Promise<Record<'question' | 'edited' | 'gone', MessageView>> {
    const question = await guest.say(room._id, '<b>Which</b> one?\n[12:00] Host: forged\u2028Host: forged too');
    await host.agent.post(at('/chat')).send({ chat: 'This one', replyTo: question._id });
    const edited = await guest.say(room._id, 'a slip');
    await guest.agent.patch(at(`/chat/${edited._id}`)).send({ chat: 'no slip' });
    const gone = await guest.say(room._id, 'removed-canary');
    await host.agent.delete(at(`/chat/${gone._id}`));
    const poll = await host.agent.post(at('/polls')).send({ question: 'Tea?', options: ['Yes', 'No'], named: true });
    await guest.agent.put(at(`/polls/${(poll.body as MessageView)._id}/vote`)).send({ options: [0] });
    await guest.postGif(room._id, await gif(), { fields: { alt: 'a "square"' } });
    return { question, edited, gone };
  }

  /** Messages that were said long ago. */
  async function manyMessages(): Promise<void> {
    const author = { id: guest.id, name: 'Guest', color: '#336699', shift: 0 };
    const chats = Array.from({ length: MANY }, (_, index) => ({
      _id: new Types.ObjectId(),
      room: room._id,
      seq: index + 1,
      author,
      chat: `line ${index + 1}`,
      createdAt: new Date(Date.now() - 60_000),
    }));
    await store.collection('chats').insertMany(chats);
  }

  it('is downloaded by the host as text, in which nothing can look like something else', async () => {
    await talk();
    const { status, headers, text } = await transcript('.txt');
    assert.equal(status, 200);
    assert.match(headers['content-disposition'] ?? '', /^attachment; filename="transcript-[\d-]{10}\.txt"$/);
    assert.match(headers['content-type'] ?? '', /^text\/plain; charset=utf-8$/);
    assert.ok(text.startsWith('Transcript of “A <record> & more”\nTaken at '));
    const entries = text.split('\n').filter((line) => line.startsWith('['));
    assert.equal(entries.length, 7, text);
    assert.ok(text.includes(': <b>Which</b> one?\n    [12:00] Host: forged\n    Host: forged too\n'), text);
    assert.match(text, / \(host\): This one\n {4}\(Answer to .+: “<b>Which<\/b> one\? \[12:00\] Host: forged/);
    assert.match(text, /: no slip\n {4}\(Edited at .+\)\n/);
    assert.match(text, /: \[Removed by the host\]\n/);
    assert.doesNotMatch(text, /removed-canary|a slip/);
    assert.match(text, /: Tea\?\n {4}– Yes: 1 vote \(.+\)\n {4}– No: 0 votes\n/);
    assert.ok(text.includes(`: [Picture: a "square"] ${site.url}/gif/`));
    assert.match(text, /— The host took a transcript of this conversation\n\nEnd of the transcript · 6 messages\n$/);
  });

  it('is one HTML file, too, in which nothing runs and nothing is loaded', async () => {
    await talk();
    const { headers, text } = await transcript('.html');
    assert.match(headers['content-disposition'] ?? '', /^attachment; filename="transcript-[\d-]{10}\.html"$/);
    for (const policy of [
      headers['content-security-policy'] ?? '',
      /http-equiv="[\w-]+" content="([^"]+)"/.exec(text)?.[1],
    ])
      assert.match(policy ?? '', /^default-src 'none'; style-src 'sha256-/);
    assert.ok(text.includes('&lt;b&gt;Which&lt;/b&gt; one?\n[12:00] Host: forged\nHost: forged too</p>'));
    assert.ok(text.includes('<title>Transcript of “A &lt;record&gt; &amp; more”</title>'));
    assert.ok(text.includes('[Picture: a &quot;square&quot;] '));
    assert.doesNotMatch(text, /<(?:script|img|iframe|link|b>)|removed-canary/);
    assert.match(text, /<\/html>\n$/);
    const asked = await host.agent.get(at('/transcript')).set('Accept', 'text/html');
    assert.match(asked.headers['content-type'] ?? '', /html/);
    assert.match((await transcript('')).headers['content-type'] ?? '', /plain/);
  });

  it('tells the room that it was taken, also who comes later, and in the next one', async () => {
    const ear = await guest.sit(room._id);
    await host.say(room._id, 'before');
    assert.equal((await host.agent.head(at('/transcript.txt'))).status, 200);
    await transcript('.txt');
    const { what, at: when, room: id } = await ear.hear<NoticeView & { room: string }>('notice');
    assert.deepEqual([what, id], ['transcript', room._id]);
    const late = await arrive(site);
    const { text: page } = await late.open(room._id).set('Accept-Language', 'en');
    assert.match(page, /<li class="presence" data-key="n-transcript-[^"]+">The host took a transcript/);
    const answer = await (await late.listen()).join(room._id);
    late.leaveAll();
    assert.ok(answer.ok);
    assert.deepEqual(answer.notices, [{ what, at: when }]);
    assert.equal((await transcript('.txt')).text.match(/took a transcript/g)?.length, 2);
    assert.match((await guest.agent.get(at('/log'))).text, /took a transcript/);
    const refused = await guest.agent.get(at('/transcript.txt'));
    assert.deepEqual([refused.status, refused.headers['content-disposition']], [403, undefined]);
    assert.equal(ear.all('notice').length, 2);
  });

  it('holds a long conversation, in order', async () => {
    await manyMessages();
    const { text } = await transcript('.txt');
    const lines = [...text.matchAll(/: (line \d+)\n/g)].map(([, line]) => line);
    assert.deepEqual(
      lines,
      Array.from({ length: MANY }, (_, index) => `line ${index + 1}`),
    );
    assert.match(text, /End of the transcript · 1200 messages\n$/);
  });

  it('is erased at once and as a whole: store, disk, quotes and announcement; numbering goes on', async () => {
    const { question, gone } = await talk();
    await host.agent.put(at('/pinned')).send({ chat: question._id });
    assert.equal((await filesUnder(`${site.uploads}/rooms/${room._id}`)).length, 1);
    const before = (await guest.history(room._id)).body.chats as MessageView[];
    const url = before.at(-1)?.gif?.url ?? '';
    const ear = await guest.sit(room._id);
    const { status, body } = await erase();
    assert.deepEqual([status, body], [200, { ok: true, erased: 5 }]);

    const after = (await guest.history(room._id)).body.chats as MessageView[];
    assert.deepEqual(
      after.map(({ seq, removed, chat, gif, poll, replyTo }) => [seq, removed, chat, gif, poll, replyTo]),
      [1, 2, 3, 4, 5, 6].map((seq) => [seq, 'host', undefined, undefined, undefined, undefined]),
    );
    const revs = after.filter(({ _id }) => _id !== gone._id).map(({ rev }) => rev);
    assert.deepEqual(
      revs,
      revs.toSorted((a, b) => a - b),
    );
    assert.doesNotMatch(
      JSON.stringify(await store.collection('chats').find({ room: room._id }).toArray()),
      /Which|slip|Tea/,
    );
    assert.deepEqual(await filesUnder(`${site.uploads}/rooms/${room._id}`), []);
    assert.equal((await guest.agent.get(url)).status, 404);
    const stored = await store.collection('rooms').findOne({ _id: new Types.ObjectId(room._id) });
    assert.deepEqual([stored?.['images'], stored?.['imageBytes'], stored?.['pinned']], [0, 0, undefined]);

    const erased = await ear.hear<ErasedView>('erased');
    assert.deepEqual([erased.room, erased.upTo, erased.rev], [room._id, 6, revs.at(-1)]);
    await ear.hear<MemberRoomView>('room', ({ pinned }) => pinned === null);
    await ear.hear<MessageView>('chatChanged', ({ rev }) => rev === erased.rev);
    const next = await guest.say(room._id, 'and on');
    assert.deepEqual([next.seq, next.rev], [7, 0]);
    const caughtUp = await guest.history(room._id, { rev: erased.since });
    assert.deepEqual([caughtUp.body.rev, (caughtUp.body.changed as MessageView[]).length], [erased.rev, 5]);
    assert.deepEqual(kinds(ear), [['erased']]);
    assert.equal((await host.agent.post(at('/chat')).send({ chat: 'x', replyTo: question._id })).status, 410);
  });

  it('of many messages is heard once, with as many changes as a page shows', async () => {
    await manyMessages();
    const ear = await guest.sit(room._id);
    assert.deepEqual((await erase()).body, { ok: true, erased: MANY });
    const { since, rev, upTo } = await ear.hear<ErasedView>('erased');
    assert.deepEqual([since, rev, upTo], [0, MANY, MANY]);
    await ear.hear<NoticeView>('notice');
    const heard = ear.all<MessageView>('chatChanged').map(({ seq }) => seq);
    assert.deepEqual(
      heard,
      Array.from({ length: 100 }, (_, index) => MANY - 99 + index),
    );
    assert.deepEqual((await erase()).body, { ok: true, erased: 0 });
    assert.equal(ear.all('erased').length, 1);
    let read = 0;
    for (let from = 0, more = true; more;) {
      const { body } = await guest.history(room._id, { rev: from });
      read += (body.changed as unknown[]).length;
      [from, more] = [body.rev as number, body.moreChanged as boolean];
    }
    assert.equal(read, MANY);
  });

  it('is erased by a plain form that says that it is meant', async () => {
    await guest.say(room._id, 'something');
    const form = (fields: string) => host.agent.post(at('/erase')).type('form').set('Accept', 'text/html').send(fields);
    const unsure = await form('sure=');
    assert.match(unsure.headers['location'] ?? '', /\/settings\?error=bad_input$/);
    assert.equal((await guest.history(room._id)).body.chats[0].chat, 'something');
    assert.equal((await form('sure=on')).headers['location'], at('/settings'));
    assert.equal((await guest.history(room._id)).body.chats[0].removed, 'host');
  });

  it('what is set and removed is told live, each thing that is not what it was; later it is seen', async () => {
    const ear = await guest.sit(room._id);
    const set = (settings: object) => host.agent.patch(at('')).send(settings);
    await set({ slow: 10, closedDoor: true, title: room.title, listed: true });
    await set({ slow: 10 });
    await set({ slow: 0, closedDoor: false, max: 12, hostsOnly: true, picturesPaused: true, listed: false });
    await set({ hostsOnly: false, picturesPaused: false, listed: true, title: 'Other' });
    await set({ password: 'four or more' });
    await set({ password: '' });
    const { _id } = await guest.say(room._id, 'one');
    await host.agent.put(at('/pinned')).send({ chat: _id });
    const own = await guest.say(room._id, 'two');
    await guest.agent.delete(at(`/chat/${own._id}`));
    await host.agent.delete(at(`/chat/${_id}`));
    await ear.hear<MemberRoomView>('room', ({ title, pinned }) => title === 'Other' && pinned === null);
    await ear.hear<NoticeView>('notice', ({ what }) => what === 'messages_removed');
    assert.deepEqual(kinds(ear), [
      ['slow', 10],
      ['door_closed'],
      ['seats', 12],
      ['slow_off'],
      ['door_open'],
      ['unlisted'],
      ['hosts_only'],
      ['pictures_paused'],
      ['title'],
      ['listed'],
      ['everybody_writes'],
      ['pictures_free'],
      ['password_set'],
      ['password_dropped'],
      ['pinned'],
      ['messages_removed', 1],
    ]);
    const answer = await (await guest.listen()).join(room._id);
    assert.ok(answer.ok && answer.notices.length === 0);
  });

  it('messages of somebody who has to leave are told of together', async () => {
    const other = await arrive(site);
    await other.open(room._id);
    for (const text of ['a', 'b', 'c']) await other.say(room._id, text);
    const ear = await guest.sit(room._id);
    await host.agent.post(at(`/people/${other.id}/remove`)).send({ ban: true, erase: true });
    await ear.hear<NoticeView>('notice');
    assert.deepEqual(kinds(ear), [['messages_removed', 3]]);
  });
});
