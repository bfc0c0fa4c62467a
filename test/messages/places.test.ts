/**
 * What messages of every place have in common, by the public protocol: numbers without gaps, one order for all, a retry
 * that stores nothing twice and leaves nobody out, pages.
 */
import assert from 'node:assert/strict';
import type { ConversationView, DirectView } from '../../schemas/direct/contract.js';
import { type Cut, cutAt, following, inserts } from '../support/cut.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import { list, post, readPage, someone, write } from '../support/direct.js';
import { PLACES, type Posted, type Said, type Stage } from '../support/places.js';
import { startSite, type TestSite } from '../support/site.js';
import { waitFor } from '../support/wait.js';

const seqs = (messages: Said[]) => messages.map(({ seq }) => seq);
const texts = (messages: Said[]) => messages.map(({ text }) => text);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

function stored(answer: Posted): Said {
  assert.ok(answer.message, answer.code);
  return answer.message;
}

describe('messages of every place', () => {
  for (const { name, collection, asksAfterwards, env, open } of PLACES) {
    describe(name, () => {
      let store: DistantStore;
      let site: TestSite;
      let stage: Stage;
      before(async () => {
        store = await distantStore();
        site = await startSite({ LIMITS: 'off', MONGO_URL: store.url, ...env });
        stage = await open(site);
      });
      after(async () => {
        stage.close();
        await site.close();
        await store.close();
      });

      const heardBy = async (last: Said) => {
        await waitFor('the last one', () => stage.heard().at(-1)?._id === last._id);
        return stage.heard();
      };

      it('posted at once by two: numbered without a gap, heard in that order, answered as they are stored', async () => {
        const first = stored(await stage.post('first')).seq;
        const answers = await Promise.all(
          range(1, 60).map((number) => stage.post(`m${number}`, undefined, number % 2 ? 0 : 1)),
        );
        const messages = answers.map(stored).sort((a, b) => a.seq - b.seq);
        assert.deepEqual(seqs(messages), range(first + 1, first + 60));
        assert.deepEqual((await heardBy(messages.at(-1)!)).slice(-60), messages);
      });

      it('read back: the latest fifty, what came before, what came after, ascending', async () => {
        const all = stage.heard();
        const last = all.at(-1)!.seq;
        const latest = await stage.read();
        assert.deepEqual([latest?.messages, latest?.more], [all.slice(-50), true]);
        const before = await stage.read({ before: last - 49 });
        assert.deepEqual([before?.messages, before?.more], [all.slice(0, -50), false]);
        const after = await stage.read({ after: last - 2 });
        assert.deepEqual([after?.messages, after?.more], [all.slice(-2), false]);
        for (const cursor of [{ after: last }, { after: 9e14 }, { before: 1 }]) {
          const none = await stage.read(cursor);
          assert.deepEqual([none?.messages, none?.more], [[], false], JSON.stringify(cursor));
        }
      });

      it('are not read by a cursor that is none', async () => {
        for (const bad of [-1, 'x', 1.5, 1e20]) {
          for (const cursor of [{ after: bad }, { before: bad }])
            assert.equal(await stage.read(cursor), null, JSON.stringify(cursor));
        }
      });

      it('with one client id: one message, heard once, its number the only one', async () => {
        const before = stored(await stage.post('before')).seq;
        const answers = await Promise.all([1, 2, 3].map(() => stage.post('once', 'same')));
        const [once] = answers.map(stored);
        for (const answer of answers) assert.deepEqual(stored(answer), once);
        assert.deepEqual(stored(await stage.post('another text', 'same')), once);
        const other = stored(await stage.post('by the other', 'same', 1));
        assert.deepEqual([once!.seq, other.seq], [before + 1, before + 2]);
        const heard = await heardBy(other);
        assert.deepEqual(texts(heard).slice(-3), ['before', 'once', 'by the other']);
      });

      it('lost before they were stored: no number is spent, and the retry is a message like any', async () => {
        const before = stored(await stage.post('before the loss')).seq;
        const cut = { when: 'before', fits: inserts(collection, 'never stored') } as const;
        const lost = await cutAt(store, site, cut, () => stage.post('never stored', 'never-1'));
        assert.equal(lost.code, 'unavailable');
        const next = stored(await stage.post('after the loss'));
        const again = stored(await stage.post('never stored', 'never-1'));
        assert.deepEqual([next.seq, again.seq], [before + 1, before + 2]);
        assert.deepEqual(texts(await heardBy(again)).slice(-2), ['after the loss', 'never stored']);
      });

      /** The first answer was lost with the message stored; the retry has to reach whoever did not hear it. */
      async function assertRetryIsTold(text: string, cut: Cut): Promise<void> {
        const clientId = text.replaceAll(' ', '-');
        const lost = await cutAt(store, site, cut, () => stage.post(text, clientId));
        assert.equal(lost.code, 'unavailable');
        const kept = (await stage.read())!.messages.at(-1)!;
        assert.equal(kept.text, text);
        assert.ok(!texts(stage.heard()).includes(text), 'nobody has heard it yet');
        assert.deepEqual(stored(await stage.post(text, clientId)), kept);
        assert.deepEqual((await heardBy(kept)).at(-1), kept);
        assert.deepEqual(stored(await stage.post(text, clientId)), kept);
        const next = stored(await stage.post(`after ${text}`));
        assert.equal(next.seq, kept.seq + 1);
        assert.deepEqual(texts(await heardBy(next)).slice(-2), [text, `after ${text}`]);
      }

      it('stored while the answer was lost: the retry is told to everybody, once', () =>
        assertRetryIsTold('half heard', { when: 'after', fits: inserts(collection, 'half heard') }));

      if (asksAfterwards) {
        it('stored, and the question that follows lost: the same', () => {
          const fits = following(inserts(collection, 'half asked'), asksAfterwards);
          return assertRetryIsTold('half asked', { when: 'before', fits });
        });
      }
    });
  }

  for (const { name, env, open } of PLACES) {
    it(`${name}: what one address may say is counted for all its people together`, async () => {
      const site = await startSite({ LIMITS: 'chat_ip=4/60', ...env });
      try {
        const stage = await open(site);
        const codes: (string | undefined)[] = [];
        for (let number = 0; number < 6; number++)
          codes.push((await stage.post(`${number}`, undefined, number % 2 ? 1 : 0)).code);
        assert.deepEqual(codes, [...Array<undefined>(4).fill(undefined), 'rate_limited', 'rate_limited']);
        stage.close();
      } finally {
        await site.close();
      }
    });
  }
});

describe('a direct message whose answer was lost', () => {
  let store: DistantStore;
  let site: TestSite;
  before(async () => {
    store = await distantStore();
    site = await startSite({ LIMITS: 'off', MONGO_URL: store.url });
  });
  after(async () => {
    await site.close();
    await store.close();
  });

  it('and was sent again is the last of its conversation, and can be read', async () => {
    const [a, b] = [await someone(site), await someone(site)];
    await write(a, b, 'before');
    const ofA = await a.visitor.listen('/direct');
    const cut = { when: 'after', fits: inserts('directs', 'only just') } as const;
    const lost = await cutAt(store, site, cut, () => post(a, b.id, 'only just', 'c1'));
    assert.equal(lost.status, 503);
    const again = await write(a, b, 'only just', 'c1');
    assert.equal(again.seq, 2);
    const conversation = async (): Promise<ConversationView> => (await list(b)).conversations[0]!;
    assert.deepEqual((await conversation()).last, {
      senderId: a.id,
      message: 'only just',
      seq: 2,
      createdAt: again.createdAt,
    });
    assert.equal((await conversation()).unread, 2);
    assert.equal((await b.visitor.agent.post(`/api/messages/${a.id}/read`).send({ upTo: 2 })).status, 200);
    assert.deepEqual(await ofA.hear('read'), { by: b.id, with: a.id, upTo: 2 });
    const { readUpTo, unread } = await conversation();
    assert.deepEqual([readUpTo, unread], [2, 0]);
    assert.equal((await readPage(a, b)).conversation.theirReadUpTo, 2);
    await ofA.hear<DirectView>('newMessage', ({ message }) => message === 'only just');
    ofA.close();
  });
});
