/**
 * Which numbers of a stream were received: all up to one, and some after it, for messages may overtake each other. Pure.
 */

/** How far these messages go without a gap. @param {readonly { seq: number }[]} messages in order */
export const contiguousFrom = (messages) =>
  messages.reduce((upTo, { seq }) => (seq === upTo + 1 ? seq : upTo), (messages[0]?.seq ?? 1) - 1);

/** @param {number} start everything up to it was received */
export function createReceived(start) {
  let contiguous = start;
  /** @type {Set<number>} */
  const later = new Set();

  function grow() {
    while (later.delete(contiguous + 1)) contiguous += 1;
  }

  return {
    /** The newest number up to which nothing is missing. */
    contiguous: () => contiguous,
    /** The newest number received. */
    newest: () => Math.max(contiguous, ...later),
    /** Whether something is missing before the newest. */
    hasGap: () => later.size > 0,
    /** @param {number} seq @returns {boolean} whether it is new */
    take(seq) {
      if (seq <= contiguous || later.has(seq)) return false;
      later.add(seq);
      grow();
      return true;
    },
    /** @param {number} seq everything up to it was read from the store: what is not there does not exist */
    readUpTo(seq) {
      contiguous = Math.max(contiguous, seq);
      for (const each of later) if (each <= contiguous) later.delete(each);
      grow();
    },
  };
}
