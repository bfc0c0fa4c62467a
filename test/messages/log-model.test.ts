/** The browser's log: each message once, in seq order, comings and goings folded and said in words. */
import assert from 'node:assert/strict';
import { createLog } from '../../public/js/messages/log-model.js';
import { presenceText } from '../../public/js/messages/presence.js';
import type { MessageView } from '../../schemas/rooms/contract.js';

const me = 'me';
const T0 = Date.parse('2026-01-01T12:00:00Z');

function message(seq: number, author = 'ann', minutes = 0): MessageView {
  const createdAt = new Date(T0 + minutes * 60_000).toISOString();
  return {
    _id: String(seq),
    room: 'r',
    seq,
    rev: 0,
    user: '#336699',
    author: { id: author, name: author },
    chat: `m${seq}`,
    createdAt,
  };
}
const seqs = (log: ReturnType<typeof createLog>) =>
  log.rows().flatMap((row) => (row.kind === 'message' ? [row.message.seq] : []));
const person = (id: string) => ({ id, color: '#336699', name: id });

describe('log model', () => {
  it('shows every message once and in order, however it comes', () => {
    const log = createLog({ me, messages: [message(1), message(2)] });
    assert.deepEqual(
      log.add([message(5), message(4)]).map((m) => m.seq),
      [4, 5],
    );
    assert.deepEqual(
      log.add([message(4), message(3)]).map((m) => m.seq),
      [3],
    );
    assert.deepEqual(seqs(log), [1, 2, 3, 4, 5]);
  });

  it('shows the latest state of a message, in whatever order its states come and whenever it is read', () => {
    const log = createLog({ me, messages: [{ ...message(3), shift: 2 }] });
    const gone = message(3);
    delete gone.chat;
    assert.equal(log.replace({ ...gone, rev: 4, removed: 'author' }), true);
    assert.equal(log.replace({ ...message(3), rev: 2, chat: 'an older state' }), true);
    assert.equal(log.replace({ ...message(2), rev: 5, chat: 'as it is now' }), false);
    log.add([message(1), { ...message(2), chat: 'as it was when it was read' }]);
    const shown = log.rows().flatMap((row) => (row.kind === 'message' ? [row.message] : []));
    assert.deepEqual(
      shown.map(({ chat, removed, rev }) => removed ?? `${chat} ${rev}`),
      ['m1 0', 'as it is now 5', 'author'],
    );
    assert.equal(shown[2]?.shift, 2);
  });

  it('knows what became of a message that was read elsewhere, loaded or not, also once all were erased', () => {
    const log = createLog({ me, messages: [message(3)] });
    log.replace({ ...message(3), rev: 1, chat: 'edited' });
    log.replace({ ...message(1), rev: 2, chat: 'edited before it was loaded' });
    const now = () => [1, 2, 3].map((seq) => log.now(message(seq))).map(({ chat, removed }) => removed ?? chat);
    assert.deepEqual(now(), ['edited before it was loaded', 'm2', 'edited']);
    log.erase(2, 3);
    assert.deepEqual(now(), ['host', 'host', 'edited']);
  });

  it("keeps the reader's own reactions through changes that do not name them, and takes them from an answer", () => {
    const log = createLog({ me, messages: [{ ...message(1), rev: 1, reactions: { '👍': 1 }, mine: ['👍'] }] });
    const own = () => log.at(1)?.mine;
    log.replace({ ...message(1), rev: 2, reactions: { '👍': 2, '🎉': 1 } });
    assert.deepEqual(own(), ['👍']);
    log.replace({ ...message(1), rev: 4, reactions: { '👍': 2, '🎉': 3 } });
    log.replace({ ...message(1), rev: 3, reactions: { '👍': 2, '🎉': 2 }, mine: ['👍', '🎉'] });
    assert.deepEqual([own(), log.at(1)?.rev], [['👍', '🎉'], 4], 'an answer that was overtaken');
    log.replace({ ...message(1), rev: 5, reactions: { '🎉': 2 } });
    assert.deepEqual(own(), ['🎉']);
    log.replace({ ...message(1), rev: 5, reactions: { '🎉': 2 }, mine: [] });
    assert.deepEqual(own(), []);
  });

  it('groups one person within five minutes, and begins anew after another, a pause or midnight', () => {
    const log = createLog({
      me,
      zone: 'UTC',
      messages: [
        message(1),
        message(2, 'ann', 4),
        message(3, 'bob', 5),
        message(4, 'ann', 6),
        message(5, 'ann', 12),
        message(6, 'ann', 720),
      ],
    });
    const rows = log.rows().flatMap((row) => (row.kind === 'message' ? [[row.first, row.last]] : []));
    assert.deepEqual(rows, [
      [true, false],
      [false, true],
      [true, true],
      [true, true],
      [true, true],
      [true, true],
    ]);
    assert.equal(log.rows().filter((row) => row.kind === 'day').length, 2);
  });

  it('folds comings and goings into one line between two messages, and lets a reload leave no trace', () => {
    const log = createLog({ me, messages: [message(1)] });
    log.moved('joined', person('bob'));
    log.moved('left', person('cat'));
    log.moved('joined', person('dan'));
    const [line] = log.rows().filter((row) => row.kind === 'presence');
    assert.deepEqual([line?.joined.map((p) => p.id), line?.left.map((p) => p.id)], [['bob', 'dan'], ['cat']]);
    log.moved('joined', person('cat'));
    log.moved('left', person('bob'));
    log.moved('left', person('dan'));
    assert.equal(log.rows().filter((row) => row.kind === 'presence').length, 0);
    log.moved('left', person('eve'));
    log.add([message(2)]);
    log.moved('joined', person('eve'));
    assert.deepEqual(
      log.rows().map((row) => row.kind),
      ['day', 'message', 'presence', 'message', 'presence'],
    );
  });

  it('says comings and goings in the words of a language, and of a crowd the first three names', () => {
    const t = (key: string, vars = {}) => `${key} ${Object.values(vars).join(' + ')}`;
    const people = ['ann', 'bob', 'cat', 'dan', 'eve'].map(person);
    const row = (joined: number, left: number) => ({ joined: people.slice(0, joined), left: people.slice(0, left) });
    assert.equal(presenceText(row(2, 1), t, 'en'), 'chat.joined ann and bob · chat.left ann');
    assert.equal(presenceText(row(2, 0), t, 'ko'), 'chat.joined ann, bob');
    assert.equal(presenceText(row(0, 5), t, 'en'), 'chat.left chat.names_more ann, bob, cat + 2');
  });

  it('draws the line of what is new before the first message of somebody else', () => {
    const log = createLog({ me, messages: [message(1), message(2, me), message(3)] });
    log.markNew(1);
    assert.deepEqual(
      log.rows().map((row) => row.kind),
      ['day', 'message', 'message', 'new', 'message'],
    );
    log.markNew(2);
    log.add([message(4)]);
    const said = log.rows().flatMap((row) => (row.kind === 'message' ? [[row.message.seq, row.first, row.last]] : []));
    assert.deepEqual(said.slice(-2), [
      [3, true, false],
      [4, false, true],
    ]);
    log.markNew(3);
    const parted = log.rows().flatMap((row) => (row.kind === 'message' ? [[row.first, row.last]] : []));
    assert.deepEqual(parted.slice(-2), [
      [true, true],
      [true, true],
    ]);
    log.markNew(null);
    assert.ok(!log.rows().some((row) => row.kind === 'new'));
  });

  it('puts what is on its way last, and keeps its key when it becomes a message', () => {
    const log = createLog({ me, messages: [message(1)] });
    const item = { clientId: 'x', chat: 'hi', at: new Date(T0).toISOString(), state: 'sending' as const };
    const keys = new Map([['x', 'c-x']]);
    assert.equal(log.rows([item], keys).at(-1)?.key, 'c-x');
    log.add([{ ...message(2, me), clientId: 'x' }]);
    assert.equal(log.rows([], keys).at(-1)?.key, 'c-x');
    assert.equal(log.rows().at(-1)?.key, 'm-2');
  });

  it('forgets the oldest without losing its place', () => {
    const log = createLog({ me, messages: Array.from({ length: 30 }, (_, i) => message(i + 1)) });
    assert.equal(log.trim(10), 20);
    assert.deepEqual([log.first(), log.last(), log.size()], [21, 30, 10]);
    log.add([message(19), message(20)]);
    assert.equal(log.first(), 19);
  });
});
