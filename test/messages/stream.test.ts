/** A conversation's stream in the browser: what is missed is read from the cursor on, patiently, and once. */
import assert from 'node:assert/strict';
import { createStream, type Page } from '../../public/js/messages/stream.js';
import { ApiError } from '../../public/js/net/errors.js';
import { waitFor } from '../support/wait.js';

interface Numbered {
  seq: number;
}
const messages = (...seqs: number[]): Numbered[] => seqs.map((seq) => ({ seq }));

/** A stream whose server answers what the test says, and whose timers run when the test says. */
function start(from: number | null, answer: (after: number | undefined) => Page<Numbered> | ApiError) {
  const asked: (number | undefined)[] = [];
  const came: string[] = [];
  const refusals: string[] = [];
  const timers: { run: () => void; ms: number; stopped: boolean }[] = [];
  let isUp = true;
  const stream = createStream<Numbered>({
    start: from,
    read(after) {
      asked.push(after);
      const given = answer(after);
      return given instanceof ApiError ? Promise.reject(given) : Promise.resolve(given);
    },
    deliver: ({ seq }, { isNew, isFirst }) => came.push(`${seq}${isNew ? '' : ' again'}${isFirst ? ' first' : ''}`),
    began: ({ older }) => came.push(older ? 'and older ones' : 'no older ones'),
    refused: (code) => refusals.push(code),
    isUp: () => isUp,
    later(run, ms) {
      const timer = { run, ms, stopped: false };
      timers.push(timer);
      return () => (timer.stopped = true);
    },
  });
  return { stream, asked, came, refusals, timers, goDown: () => (isUp = false) };
}
const due = (timers: { stopped: boolean }[]) => timers.filter(({ stopped }) => !stopped);
const none: Page<Numbered> = { messages: [], more: false };

describe('stream', () => {
  it('passes on what comes, and asks for nothing while nothing is missing', () => {
    const { stream, asked, came, timers } = start(3, () => none);
    stream.take(messages(4));
    stream.take(messages(5, 4));
    assert.deepEqual(came, ['4', '5', '4 again']);
    assert.equal(stream.after(), 5);
    assert.deepEqual([asked, due(timers)], [[], []]);
  });

  it('waits a moment for a message that was overtaken, and asks only for what stays away', async () => {
    const { stream, asked, came, timers } = start(3, () => ({ messages: messages(5, 6, 7), more: false }));
    stream.take(messages(5));
    stream.take(messages(4));
    assert.equal(due(timers).length, 0, 'nothing is missing any more');
    stream.take(messages(7));
    assert.equal(due(timers).length, 1);
    timers.at(-1)?.run();
    await waitFor('the page', () => came.includes('6'));
    assert.deepEqual(asked, [5]);
    assert.equal(stream.after(), 7);
  });

  it('reads on page by page, and takes a number that the last page leaves out for one that does not exist', async () => {
    const pages: Record<number, Page<Numbered>> = {
      0: { messages: messages(1, 2), more: true },
      2: { messages: messages(3, 5), more: true },
      5: { messages: messages(8), more: false, seq: 9 },
    };
    const { stream, asked } = start(0, (after) => pages[after ?? -1] ?? none);
    await stream.catchUp();
    assert.deepEqual(asked, [0, 2, 5]);
    assert.equal(stream.after(), 9);
  });

  it('does not take what came during a read for read', async () => {
    const { stream, asked } = start(0, () => {
      if (asked.length === 1) stream.take(messages(4));
      return asked.length === 1 ? { messages: messages(1), more: false } : { messages: messages(2, 3, 4), more: false };
    });
    await stream.catchUp();
    assert.equal(stream.after(), 1);
    await stream.catchUp();
    assert.deepEqual([asked, stream.after()], [[0, 1], 4]);
  });

  it('is asked twice at once and reads twice, one after the other', async () => {
    const { stream, asked } = start(2, () => none);
    await Promise.all([stream.catchUp(), stream.catchUp(), stream.catchUp()]);
    assert.deepEqual(asked, [2, 2]);
  });

  it('begins without a cursor where nothing was read yet', async () => {
    const { stream, asked, came } = start(null, (after) =>
      after === undefined ? { messages: messages(41, 42), more: false, older: true } : none,
    );
    await stream.catchUp();
    assert.deepEqual(came, ['41 first', '42 first', 'and older ones']);
    await stream.catchUp();
    assert.deepEqual(asked, [undefined, 42]);
  });

  it('takes a page that came with another answer, and reads on after it', async () => {
    const { stream, asked } = start(5, () => none);
    stream.takePage({ messages: messages(6, 7), more: true, seq: 20 });
    await waitFor('the next page', () => asked.length > 0);
    assert.deepEqual(asked, [7]);
    stream.takePage({ messages: [], more: false, seq: 30 });
    assert.equal(stream.after(), 30);
  });

  it('tries again after a failure that passes while there is a connection, and not before the next one without', async () => {
    let away = true;
    const { stream, asked, timers, goDown } = start(1, () => (away ? new ApiError('unavailable', 503) : none));
    await stream.catchUp();
    assert.equal(due(timers).length, 1);
    away = false;
    timers.at(-1)?.run();
    await waitFor('the second read', () => asked.length === 2);
    away = true;
    goDown();
    await stream.catchUp();
    assert.equal(asked.length, 3);
    assert.equal(due(timers).length, 0);
  });

  it('says a refusal that waiting does not cure, and nothing after its end', async () => {
    const { stream, refusals, timers, came } = start(1, () => new ApiError('not_admitted', 403));
    await stream.catchUp();
    assert.deepEqual([refusals, due(timers)], [['not_admitted'], []]);
    stream.take(messages(9));
    stream.stop();
    assert.deepEqual([came, due(timers)], [['9'], []]);
  });
});
