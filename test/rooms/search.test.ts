/** Search in a room: what is found and what is not, page by page to its beginning, by whom, and that it ends with the room. */
import assert from 'node:assert/strict';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { fold } from '../../shared/fold.js';
import { found } from '../../shared/found.js';
import { gif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, arriveFrom, type TestVisitor } from '../support/visitor.js';

describe('search in a room', () => {
  let site: TestSite;
  let host: TestVisitor;
  let room: string;

  before(async () => {
    site = await startSite({ LIMITS: 'search=6/600,search_ip=100/600', TRUST_PROXY: '1' });
    host = await arrive(site);
    room = (await host.createRoom({ title: 'Search & find' }))._id;
    await host.sit(room);
  });
  after(async () => {
    host.leaveAll();
    await site.close();
  });

  interface Found {
    chats: MessageView[];
    next: number | null;
  }
  /** Each question of a visitor of their own: the limit is asked about once, below. */
  async function search(q: string, more = {}): Promise<Found> {
    const visitor = await arrive(site);
    await visitor.open(room);
    const answer = await visitor.agent.get(`/room/${room}/search`).query({ q, ...more });
    assert.equal(answer.status, 200);
    return answer.body as Found;
  }
  const texts = async (q: string) => (await search(q)).chats.map(({ chat, gif }) => chat ?? gif?.alt);

  it('finds parts of words, newest first, regardless of case, width, spacing and composition', async () => {
    const said = [
      '조별 과제는 금요일까지',
      'See you on FRIDAY',
      'ＦＲＩ　ｄａｙ',
      '금요일이 좋아요 **friday**',
      'a.*b',
      'Monday',
    ];
    for (const chat of said) await host.say(room, chat);
    assert.deepEqual(await texts('요일'), ['금요일이 좋아요 **friday**', '조별 과제는 금요일까지']);
    assert.deepEqual(await texts('friday'), ['금요일이 좋아요 **friday**', 'See you on FRIDAY']);
    assert.deepEqual(await texts('FRI  day'), ['ＦＲＩ　ｄａｙ']);
    assert.deepEqual(await texts('금요일'.normalize('NFD')), ['금요일이 좋아요 **friday**', '조별 과제는 금요일까지']);
    assert.deepEqual(await texts('.*'), ['a.*b'], 'a text, no pattern');
    for (const q of ['tuesday', '', '  ', '$ne', '금요일이 싫'])
      assert.deepEqual(await search(q), { chats: [], next: null });
  });

  it('finds pictures by their description, edited texts as they are, and nothing that was removed', async () => {
    await host.postGif(room, await gif(), { fields: { alt: 'a spinning penguin' } });
    assert.deepEqual(await texts('penguin'), ['a spinning penguin']);
    const { _id } = await host.say(room, 'before the edit');
    await host.agent.patch(`/room/${room}/chat/${_id}`).send({ chat: 'after it' }).expect(200);
    assert.deepEqual([await texts('before the'), await texts('after it')], [[], ['after it']]);
    await host.agent.delete(`/room/${room}/chat/${_id}`).expect(200);
    assert.deepEqual(await texts('after it'), []);
  });

  it('goes through a long log page by page, to its beginning', async () => {
    const long = (await host.createRoom({ title: 'Long' }))._id;
    const author = { id: host.id, name: 'Host', color: '#123456', shift: 0 };
    const texts = Array.from({ length: 2_300 }, (_, i) => (i < 30 || i === 2_299 ? `needle ${i}` : 'hay'));
    const all = texts.map((chat, i) => ({ room: long, seq: i + 1, author, chat, createdAt: new Date() }));
    await site.app.services.models.Chat.insertMany(all);
    const seqs: number[][] = [];
    for (let before: number | null = 9_999; before !== null;) {
      const reader = await arrive(site);
      await reader.open(long);
      const { body } = await reader.agent.get(`/api/v1/rooms/${long}/search`).query({ q: 'needle', before });
      const { chats, next } = body as Found;
      seqs.push(chats.map(({ seq }) => seq));
      before = next;
    }
    const first = Array.from({ length: 30 }, (_, i) => 30 - i);
    assert.deepEqual(seqs, [[2_300], first.slice(0, 20), first.slice(20)]);
    // Four points for what was walked, of six: with the second answer they are spent, also when all are asked for at once.
    const ask = () => host.agent.get(`/room/${long}/search?q=needle`);
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 429, 429]);
    for (const { status, headers } of answers) assert.equal(Number(headers['retry-after']) > 0, status === 429);
    // An address has a hundred, whoever asks from there; what is asked for nothing costs nothing.
    const askFrom = async (address: string, q = 'needle') => {
      const { agent } = await arriveFrom(address, site, long);
      return agent.get(`/room/${long}/search`).query({ q });
    };
    await site.app.services.limits.count('search_ip', '203.0.113.5', 97);
    assert.equal((await askFrom('203.0.113.5')).status, 200);
    const { status, body } = await askFrom('203.0.113.5');
    assert.deepEqual([status, body.error.code], [429, 'rate_limited']);
    assert.deepEqual((await askFrom('203.0.113.5', ' ')).body, { chats: [], next: null });
    assert.equal((await askFrom('203.0.113.6')).status, 200);
  });

  it('counts what it compares: texts that grow by folding end an answer sooner, and cost more of the limit', async () => {
    const swollen = (await host.createRoom({ title: 'Swollen' }))._id;
    const author = { id: host.id, name: 'Host', color: '#123456', shift: 0 };
    // One letter of them is eighteen, folded.
    const message = { room: swollen, author, chat: '\uFDFA'.repeat(4_000), createdAt: new Date() };
    await site.app.services.models.Chat.insertMany(Array.from({ length: 16 }, (_, i) => ({ ...message, seq: i + 1 })));
    const reader = await arrive(site);
    await reader.open(swollen);
    const ask = () => reader.agent.get(`/room/${swollen}/search?q=needle`);
    assert.deepEqual((await ask()).body, { chats: [], next: 3 });
    // A million characters are four points of six.
    assert.deepEqual([(await ask()).status, (await ask()).status], [200, 429]);
  });

  it('compares no more than thirty marks on one letter', () => {
    assert.equal(fold(`a${'\u0315\uFF9E'.repeat(2_000)}b`).length, 32);
    assert.equal(fold('ｶﾞ'), fold('ガ'));
  });

  it('is a page without scripts, which leads to what was said around a message', async () => {
    const reader = await arrive(site);
    await reader.open(room);
    const page = await reader.agent.get(`/room/${room}/search`).query({ q: 'friday' }).set('Accept', 'text/html');
    assert.equal(page.status, 200);
    assert.match(
      page.text,
      /<b>[^<]+<\/b> <time[^>]+>[^<]+<\/time><\/span><span class="search-words">금요일이 좋아요 <mark>friday<\/mark><\/span>/,
    );
    const [, link = ''] = /href="([^"]+&amp;at=4#m-4)"/.exec(page.text) ?? [];
    const around = await reader.agent.get(link.replaceAll('&amp;', '&')).set('Accept', 'text/html');
    assert.match(around.text, /id="m-4"[\s\S]*<strong>friday<\/strong>/);
    const nothing = await reader.agent.get(`/room/${room}/search?q=%3Cb%3E`).set('Accept', 'text/html');
    assert.match(nothing.text, /value="&lt;b&gt;"[\s\S]*Nothing found\./);
  });

  it('is for those inside alone, and ends with the room', async () => {
    const locked = (await host.createRoom({ title: 'Locked', password: 'let me in' }))._id;
    await host.sit(locked);
    await host.say(locked, 'a secret');
    const stranger = await arrive(site);
    for (const accept of ['text/html', 'application/json']) {
      const answer = await stranger.agent.get(`/room/${locked}/search?q=secret`).set('Accept', accept);
      assert.equal(answer.status, 403);
      assert.doesNotMatch(answer.text, /a secret/);
    }
    await host.agent.delete(`/room/${locked}`).expect(200);
    const answer = await host.agent.get(`/room/${locked}/search?q=secret`);
    assert.ok([404, 410].includes(answer.status));
    assert.equal(await site.app.services.models.Chat.countDocuments({ room: locked }), 0);
  });

  it('shows the words in their line', () => {
    const shown = (text: string, query: string) =>
      found(text, query)
        .map((part) => (part.hit ? `[${part.text}]` : part.text))
        .join('');
    assert.equal(shown('one two three, Two', 'TWO'), 'one [two] three, [Two]');
    assert.equal(shown('a\n\nb', 'zzz'), 'a b');
    assert.equal(shown('ＦＲＩ　ｄａｙ off', 'fri  day'), '[ＦＲＩ ｄａｙ] off');
    assert.equal(shown('금요일'.normalize('NFD'), '요일'), '금[요일]');
    const long = shown(`${'😀'.repeat(50)} here ${'x'.repeat(300)}`, 'here');
    assert.match(long, /^…😀.* \[here\] x+…$/u);
    assert.ok(long.isWellFormed() && Array.from(long).length < 160);
  });
});
