/** What happened in a room beside messages, in quiet lines between them, for as long as the page lives. */

/** Lines that are kept. */
const KEPT = 100;

/**
 * Say a line: after the newest message, or at a moment of its own; a line of the same key takes the place of the first.
 * @typedef {(words: string, how?: { key?: string, at?: string }) => void} SayQuietly
 */

/**
 * @param {Pick<import('../messages/conversation.js').Conversation, 'log' | 'changed'>} conversation
 * @returns {SayQuietly}
 */
export function createQuietLines({ log, changed }) {
  /** @type {import('../messages/rows.js').StepRow[]} */
  let lines = [];
  let made = 0;
  return (words, { key = `q-${(made += 1)}`, at } = {}) => {
    const before = lines.find((line) => line.key === key);
    // The clocks of server and browser differ: what was heard after a message stands after it.
    const latest = [new Date().toISOString(), log.lastAt()].sort().at(-1) ?? '';
    const line = { kind: /** @type {const} */ ('step'), key, at: at ?? before?.at ?? latest, words };
    lines = [...lines.filter((each) => each !== before), line]
      .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
      .slice(-KEPT);
    log.setSteps(lines);
    changed();
  };
}
