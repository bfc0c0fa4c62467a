/**
 * The messages of one conversation on their way in: live ones as they come, and what was missed, read page by page from
 * the newest number up to which nothing is missing. Pure: reading and waiting are handed in.
 */
import { ApiError } from '../net/errors.js';
import { createReceived } from './received.js';

/**
 * Messages in order. `more`: there are further ones in the direction asked for. `seq`: how far the answer brings its
 * reader, where the server says so. `older`: of a first page, whether there are earlier ones. `changed`, `rev`,
 * `moreChanged`: what was changed since a change number, where one was named (docs/events.md).
 * @template M
 * @typedef {{
 *   messages: readonly M[], more: boolean, seq?: number, older?: boolean,
 *   changed?: readonly M[], rev?: number, moreChanged?: boolean,
 * }} Page
 */

/** Two messages may overtake each other by a moment: only what stays away this long is asked for. */
const PATIENCE_MS = 400;
const RETRY_MS = 2000;

/**
 * @template {{ seq: number }} M
 * @param {{
 *   start: number | null,
 *   read: (after: number | undefined) => Promise<Page<M>>,
 *   deliver: (message: M, how: { isNew: boolean, isFirst: boolean }) => void,
 *   began: (page: Page<M>) => void,
 *   refused: (code: string) => void,
 *   isUp: () => boolean,
 *   later: (run: () => void, ms: number) => () => void,
 * }} parts `start`: everything up to it is known, null where nothing was read yet; `deliver` gets each message as it comes,
 *   with whether its number is new and whether it is of the first page; `began`: that was the first page, where nothing had
 *   been read; `refused`: a read that waiting does not cure; `isUp`: while it is false, a failed read waits for the next
 *   `catchUp`
 */
export function createStream({ start, read, deliver, began, refused, isUp, later }) {
  const received = createReceived(start ?? 0);
  let begun = start !== null;
  let stopPatience = () => {};
  let stopRetry = () => {};
  let reading = false;
  let readAgain = false;
  let stopped = false;

  /** @param {readonly M[]} messages @param {boolean} isFirst */
  function pass(messages, isFirst) {
    for (const message of messages) deliver(message, { isNew: received.take(message.seq), isFirst });
  }

  /** @param {Page<M>} page @param {number} newest the newest number received before the page was asked for */
  function accept(page, newest) {
    pass(page.messages, !begun);
    if (!begun) began(page);
    begun = true;
    const last = page.messages.at(-1)?.seq ?? 0;
    received.readUpTo(page.more ? last : Math.max(last, newest, page.seq ?? 0));
  }

  async function readOn() {
    for (let more = true; more && !stopped;) {
      const newest = received.newest();
      const page = await read(begun ? received.contiguous() : undefined);
      if (stopped) return;
      accept(page, newest);
      more = page.more && page.messages.length > 0;
    }
  }

  /** Read what is missing. Asked for while it is being read: once more after that. @returns {Promise<void>} */
  async function catchUp() {
    stopPatience();
    stopRetry();
    readAgain = reading;
    if (reading) return;
    reading = true;
    try {
      await readOn();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.passing) refused(error.code);
      else if (isUp() && !stopped) stopRetry = later(() => void catchUp(), RETRY_MS);
    } finally {
      reading = false;
    }
    if (readAgain && !stopped) await catchUp();
  }

  return {
    /** @param {readonly M[]} messages that came by themselves */
    take(messages) {
      pass(messages, false);
      stopPatience();
      if (received.hasGap()) stopPatience = later(() => received.hasGap() && void catchUp(), PATIENCE_MS);
    },
    /** @param {Page<M>} page that came with the answer to another question */
    takePage(page) {
      accept(page, 0);
      if (page.more || received.hasGap()) void catchUp();
    },
    catchUp,
    /** The cursor: the newest number up to which nothing is missing. */
    after: () => received.contiguous(),
    stop() {
      stopped = true;
      stopPatience();
      stopRetry();
    },
  };
}
