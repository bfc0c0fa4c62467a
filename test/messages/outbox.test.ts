/** The browser's outbox: in order, patient with a line that is away, honest about a no. */
import assert from 'node:assert/strict';
import { createOutbox, type Item } from '../../public/js/messages/outbox.js';
import { waitFor } from '../support/wait.js';

type Answer = 'ok' | 'away' | 'no';

/** An outbox whose server answers what the test says. */
function start(answers: (item: Item) => Answer, items: Item[] = []) {
  const sent: string[] = [];
  const delays: number[] = [];
  const timers: (() => void)[] = [];
  let saved: Item[] = [];
  const box = createOutbox({
    items,
    send(item) {
      const answer = answers(item);
      if (answer === 'ok') sent.push(item.chat);
      return answer === 'ok' ? Promise.resolve() : Promise.reject(new Error(answer));
    },
    judge: (error) => ({ passing: (error as Error).message === 'away', code: 'chat_too_long' }),
    save: (now) => (saved = now),
    changed: () => undefined,
    later(run, ms) {
      delays.push(ms);
      timers.push(run);
      return () => undefined;
    },
  });
  const add = (chat: string) => box.add({ clientId: `id-${chat}`, chat, at: '2026-01-01T00:00:00Z', state: 'waiting' });
  return { box, add, sent, delays, timers, saved: () => saved };
}

describe('outbox', () => {
  it('sends in order, one at a time, and keeps nothing that arrived', async () => {
    const { box, add, sent, saved } = start(() => 'ok');
    for (const chat of ['1', '2', '3']) add(chat);
    await waitFor('all sent', () => sent.length === 3);
    assert.deepEqual(sent, ['1', '2', '3']);
    await waitFor('empty', () => box.items().length === 0);
    assert.deepEqual(saved(), []);
  });

  it('waits longer each time while the server is away, then sends everything in order', async () => {
    let away = true;
    const { box, add, sent, delays, timers } = start(() => (away ? 'away' : 'ok'));
    add('1');
    await waitFor('first delay', () => timers.length === 1);
    add('2');
    timers.pop()?.();
    await waitFor('second delay', () => delays.length === 2);
    assert.deepEqual(delays, [1000, 2000]);
    assert.deepEqual(
      box.items().map((item) => item.state),
      ['waiting', 'waiting'],
    );
    away = false;
    box.kick();
    await waitFor('both sent', () => sent.length === 2);
    assert.deepEqual(sent, ['1', '2']);
  });

  it('gives back what the server refuses, with the reason, and goes on with the next', async () => {
    const { box, add, sent } = start((item) => (item.chat === 'bad' ? 'no' : 'ok'));
    add('bad');
    add('good');
    await waitFor('the good one', () => sent.includes('good'));
    assert.deepEqual(
      box.items().map(({ chat, state, code }) => [chat, state, code]),
      [['bad', 'failed', 'chat_too_long']],
    );
  });

  it('sends what is added after a text that was refused once the server was back', async () => {
    const answers: Answer[] = ['away', 'no'];
    const { box, add, sent, timers } = start(() => answers.shift() ?? 'ok');
    add('refused');
    await waitFor('the delay', () => timers.length === 1);
    timers.pop()?.();
    await waitFor('the refusal', () => box.items()[0]?.state === 'failed');
    add('next');
    await waitFor('the next one', () => sent.includes('next'));
  });

  it('sends what is added after the last one that waited was settled by the live event', async () => {
    let away = true;
    const { box, add, sent, timers } = start(() => (away ? 'away' : 'ok'));
    add('stored');
    await waitFor('the delay', () => timers.length === 1);
    box.settle('id-stored');
    timers.pop()?.();
    away = false;
    add('next');
    await waitFor('the next one', () => sent.includes('next'));
  });

  it('tries a failed text again on request, and forgets it on request', async () => {
    let answer: Answer = 'no';
    const { box, add, sent } = start(() => answer);
    add('a');
    await waitFor('failed', () => box.items()[0]?.state === 'failed');
    answer = 'ok';
    box.retry('id-a');
    await waitFor('sent', () => sent.length === 1);
    answer = 'no';
    add('b');
    await waitFor('failed again', () => box.items()[0]?.state === 'failed');
    assert.equal(box.settle('id-b'), true);
    assert.equal(box.items().length, 0);
  });

  it('is settled by the live event before its own answer, once', async () => {
    const { box, add } = start(() => 'away');
    add('a');
    await waitFor('waiting again', () => box.items()[0]?.state === 'waiting');
    assert.equal(box.settle('id-a'), true);
    assert.equal(box.settle('id-a'), false);
    assert.deepEqual(box.items(), []);
  });

  it('starts a reload with what it had: what was under way waits, what failed stays failed', async () => {
    const item = (chat: string, state: Item['state']) => ({ clientId: chat, chat, at: '2026-01-01T00:00:00Z', state });
    const { box, sent } = start(() => 'ok', [item('a', 'sending'), item('b', 'failed')]);
    assert.deepEqual(
      box.items().map(({ state }) => state),
      ['waiting', 'failed'],
    );
    box.kick();
    await waitFor('a sent', () => sent.length === 1);
    assert.deepEqual(
      box.items().map(({ chat }) => chat),
      ['b'],
    );
  });
});
