/** What happened in a room beside messages, in quiet lines between them, for as long as the page lives. */

/** Lines that are kept. */
const KEPT = 100;

/**
 * @param {Pick<import('../messages/conversation.js').Conversation, 'log' | 'changed'>} conversation
 * @returns {(words: string) => void} says a line after the newest message
 */
export function createQuietLines({ log, changed }) {
  /** @type {import('../messages/rows.js').StepRow[]} */
  let lines = [];
  let made = 0;
  return (words) => {
    // The clocks of server and browser differ: what was heard after a message stands after it.
    const at = [new Date().toISOString(), log.lastAt()].sort().at(-1) ?? '';
    lines = [...lines, { kind: /** @type {const} */ ('step'), key: `q-${(made += 1)}`, at, words }].slice(-KEPT);
    log.setSteps(lines);
    changed();
  };
}
