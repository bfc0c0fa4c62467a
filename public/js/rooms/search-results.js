/** What a search in the room has found so far, asked for page by page. No DOM. */
import { request } from '../net/api.js';
import { ApiError } from '../net/errors.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/**
 * @param {{
 *   room: string, now: (message: Message) => Message,
 *   changed: (what: { isAnswer?: boolean, isNew?: boolean }) => void, failed: (error: ApiError, again: () => void) => void,
 * }} parts `now`: a message in its latest known state; `changed`: there are others to show: `isAnswer`, because the site has
 *   answered, `isNew`, to another query; `failed`: the site did not, `again` asks again
 */
export function createResults({ room, now, changed, failed }) {
  let query = '';
  /** Newest first. @type {Message[]} */
  let messages = [];
  /** Where to go on; null: everything was walked. @type {number | null} */
  let next = null;
  /** Questions so far: an answer to an earlier one than the last is not wanted any more. */
  let turn = 0;
  let isAsking = false;
  let isFlowing = false;

  /** Those of these messages that are still there, as they are now. @param {readonly Message[]} some */
  const present = (some) => some.map(now).filter(({ removed }) => !removed);

  /** Ask for what is before a number, or, without one, anew. @param {number} [before] @returns {Promise<void>} */
  async function ask(before) {
    const own = ++turn;
    [isAsking, isFlowing] = [true, false];
    const from = before === undefined ? '' : `&before=${before}`;
    try {
      /** @type {{ chats: Message[], next: number | null }} */
      const answer = await request(`/room/${room}/search?q=${encodeURIComponent(query)}${from}`);
      if (own !== turn) return;
      const fresh = present(answer.chats);
      messages = before === undefined ? fresh : [...messages, ...fresh];
      next = answer.next;
      [isAsking, isFlowing] = [false, fresh.length > 0];
      changed({ isAnswer: true, isNew: before === undefined });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (own !== turn) return;
      isAsking = false;
      failed(error, () => void (own === turn && ask(before)));
    }
  }

  return {
    query: () => query,
    messages: () => messages,
    /** Whether there is more to walk. */
    hasMore: () => next !== null,
    /** Whether an answer is awaited. */
    isAsking: () => isAsking,
    /** Whether the next page may be asked for without a press: the last answer brought something. */
    isFlowing: () => isFlowing,
    /** Search for something else, unless it is the same. @param {string} wanted '' for nothing */
    look(wanted) {
      if (wanted === query) return;
      query = wanted;
      if (query) return void ask();
      turn++;
      [messages, next, isAsking] = [[], null, false];
      changed({ isNew: true });
    },
    goOn() {
      if (next !== null && !isAsking) void ask(next);
    },
    /** A message is not what it was; none named: any. @param {Message} [message] */
    altered(message) {
      if (message && !messages.some(({ seq }) => seq === message.seq)) return;
      messages = present(
        messages.map((each) => (each.seq === message?.seq && message.rev > each.rev ? message : each)),
      );
      changed({});
    },
    stop: () => void turn++,
  };
}
