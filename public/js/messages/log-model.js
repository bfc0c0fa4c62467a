/**
 * One conversation as the browser knows it: every message once, in seq order, whatever order it came in; who came and
 * went; where "new" begins. Pure: no DOM, no network.
 */
import { createAhead } from './ahead.js';
import { createErased } from './erased.js';
import { fold } from './presence.js';
import { rowsOf } from './rows.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../schemas/people/contract.js').Person} Person */
/** @typedef {import('./outbox.js').Item} Item */
/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./rows.js').StepRow} StepRow */

/**
 * A later state of a message, with what it does not say itself: what the page alone knows (the shift of a face), and which
 * reactions are the reader's own, which is told in answers only.
 * @param {Message} message @param {Message} before @returns {Message}
 */
function withOwn(message, before) {
  const { shift = before.shift } = message;
  const mine = (message.mine ?? before.mine)?.filter((emoji) => message.reactions?.[emoji]);
  return { ...message, ...(shift === undefined ? {} : { shift }), ...(mine ? { mine } : {}) };
}

/** @param {{ me: string, zone?: string, messages?: readonly Message[] }} start */
export function createLog({ me, zone, messages: initial = [] }) {
  /** @type {Message[]} */
  let messages = [];
  const known = new Set();
  /** @type {import('./presence.js').PresenceRow[]} */
  let presence = [];
  /** What else happened, and when. @type {StepRow[]} */
  let steps = [];
  /** @type {number | null} */
  let newAfter = null;

  const ahead = createAhead();
  const erased = createErased();
  const last = () => messages.at(-1)?.seq ?? 0;

  /** A message in its latest known state. @param {Message} message @returns {Message} */
  function latest(message) {
    const newer = ahead.get(message.seq);
    ahead.drop(message.seq);
    return erased.left(newer && newer.rev > message.rev ? withOwn(newer, message) : message);
  }

  /**
   * @param {readonly Message[]} incoming in any order, with repeats
   * @returns {Message[]} those that were new, in order
   */
  function add(incoming) {
    const fresh = [...incoming].sort((a, b) => a.seq - b.seq).filter((m) => !known.has(m.seq) && known.add(m.seq));
    if (!fresh.length) return fresh;
    const inOrder = (fresh[0]?.seq ?? 0) > last();
    messages.push(...fresh.map(latest));
    if (!inOrder) messages.sort((a, b) => a.seq - b.seq);
    return fresh;
  }

  add(initial);

  return {
    add,
    /** @param {number} seq */
    has: (seq) => known.has(seq),
    /** Whether this page's own post is here as a message. @param {string} clientId */
    hasPost: (clientId) => messages.some((message) => message.clientId === clientId),
    /**
     * Take a message as it is now, unless a later state of it is known; the reader's own reactions of an answer are
     * taken anyway.
     * @param {Message} message
     * @returns {boolean} whether it is here
     */
    replace(message) {
      const at = messages.findIndex(({ seq }) => seq === message.seq);
      const before = messages[at];
      if (!before) {
        ahead.keep(message);
        return false;
      }
      if (message.rev >= before.rev) messages[at] = withOwn(message, before);
      else if (message.mine) messages[at] = withOwn({ ...before, mine: message.mine }, before);
      return true;
    },
    /** Everything was erased. @param {number} upTo the number of the last message @param {number} rev of the last change */
    erase(upTo, rev) {
      erased.note(upTo, rev);
      messages = messages.map(erased.left);
    },
    /** @param {StepRow[]} told all of them, in order */
    setSteps(told) {
      steps = told;
    },
    /** @param {'joined' | 'left'} what @param {Person} who */
    moved(what, who) {
      presence = fold(presence, last(), what, who);
    },
    /**
     * @param {readonly Item[]} [pending] what is on its way
     * @param {ReadonlyMap<string, string>} [keys] clientId -> row key, so that a pending row becomes the sent one in place
     * @returns {Row[]}
     */
    rows: (pending = [], keys = new Map()) => rowsOf({ me, zone, messages, presence, steps, newAfter, pending, keys }),
    /** Seq of the newest message, 0 without one. */
    last,
    /** When the newest message was stored, '' without one. */
    lastAt: () => messages.at(-1)?.createdAt ?? '',
    /** Seq of the oldest message, 0 without one. */
    first: () => messages[0]?.seq ?? 0,
    size: () => messages.length,
    /** @param {number | null} seq where "new since you left" goes; null takes it away */
    markNew(seq) {
      newAfter = seq;
    },
    newAfter: () => newAfter,
    /** The message of a number, if it is here. @param {number} seq */
    at: (seq) => messages.find((message) => message.seq === seq),
    /** What is known of the message of a number, also of one that is not here. @param {number} seq */
    known(seq) {
      const found = messages.find((message) => message.seq === seq) ?? ahead.get(seq);
      return found && erased.left(found);
    },
    /** A message that was read elsewhere, in its latest known state. @param {Message} message @returns {Message} */
    now(message) {
      const newer = messages.find(({ seq }) => seq === message.seq) ?? ahead.get(message.seq);
      return erased.left(newer && newer.rev > message.rev ? newer : message);
    },
    /** The reader's own last text. */
    lastOwn: () => messages.findLast((m) => m.author.id === me && m.chat && !m.poll),
    /** Forget the oldest, so that a long evening does not fill the memory. @param {number} keep @returns {number} how many */
    trim(keep) {
      const cut = messages.slice(0, Math.max(0, messages.length - keep));
      for (const message of cut) known.delete(message.seq);
      messages = messages.slice(cut.length);
      presence = presence.filter((row) => row.after >= (messages[0]?.seq ?? 0) - 1);
      return cut.length;
    },
  };
}
