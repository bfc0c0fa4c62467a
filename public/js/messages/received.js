/**
 * Which numbers of a stream have been heard: all up to one, and some after it, for what another node said may overtake
 * what ours did. Pure.
 */

/** @param {number} start everything up to it has been heard */
export function createHeard(start) {
  let whole = start;
  /** @type {Set<number>} */
  const later = new Set();

  function grow() {
    while (later.delete(whole + 1)) whole += 1;
  }

  return {
    /** Nothing is missing up to here. */
    whole: () => whole,
    /** Something is missing before what was heard last. */
    hasGap: () => later.size > 0,
    /** @param {number} seq @returns {boolean} whether it is new */
    take(seq) {
      if (seq <= whole || later.has(seq)) return false;
      later.add(seq);
      grow();
      return true;
    },
    /** @param {number} seq everything up to it was read: what did not come is no longer there */
    readUpTo(seq) {
      whole = Math.max(whole, seq);
      for (const each of later) if (each <= whole) later.delete(each);
      grow();
    },
  };
}
