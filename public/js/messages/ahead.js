/** Changed messages that are not here (yet), by number: a page that is being read may hold what they were. Pure. */

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/** So many are remembered. */
const MAX = 200;

export function createAhead() {
  /** @type {Map<number, Message>} */
  const messages = new Map();

  return {
    /** @param {number} seq */
    get: (seq) => messages.get(seq),
    /** @param {number} seq */
    drop: (seq) => void messages.delete(seq),
    /** Remember a message, unless a later state of it is known. @param {Message} message */
    keep(message) {
      if (message.rev < (messages.get(message.seq)?.rev ?? 0)) return;
      messages.delete(message.seq);
      messages.set(message.seq, message);
      for (const seq of messages.keys()) {
        if (messages.size <= MAX) break;
        messages.delete(seq);
      }
    },
  };
}
