/** What a conversation had before its oldest message here: read page by page, back to a message that is looked for. */

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/** Messages asked for at once on the way back to one of them. */
const READ_BACK = 100;

/**
 * @template {{ seq: number }} M
 * @param {{
 *   place: import('./conversation.js').Place<M>, oldest: number, log: ReturnType<typeof import('./log-model.js').createLog>,
 *   add: (messages: readonly Message[]) => void, offer: (hasOlder: boolean) => void,
 * }} parts `oldest`: the number before which older ones are asked for; `offer`: there are some, or none
 */
export function createHistory({ place, oldest, log, add, offer }) {
  let hasOlder = place.hasOlder ?? false;
  /** Older messages were loaded for a reader who is on the way there, so nothing is forgotten. */
  let isGoingBack = false;

  /** @param {number} seq @param {boolean} isMore there are messages before it */
  function beginsAt(seq, isMore) {
    oldest = seq;
    hasOlder = isMore;
    offer(isMore);
  }

  /** @returns {Promise<boolean>} whether there are still older ones */
  async function loadOlder() {
    const page = await place.read({ before: oldest });
    add(page.messages.flatMap((message) => place.toMessage(message) ?? []));
    const from = page.messages[0]?.seq ?? oldest;
    // Unless more was read meanwhile, on the way back to a message.
    if (from <= oldest) beginsAt(from, page.more);
    return hasOlder;
  }

  /**
   * Read back as far as need be, and draw all of it at once.
   * @param {(from: number) => boolean} isEnough whether messages from this number on are
   */
  async function readBack(isEnough) {
    isGoingBack = true;
    /** @type {Message[]} */
    const read = [];
    let [from, more] = [oldest, hasOlder];
    try {
      while (more && !isEnough(from)) {
        const page = await place.read({ before: from, limit: READ_BACK });
        read.push(...page.messages.flatMap((message) => place.toMessage(message) ?? []));
        more = page.more && page.messages.length > 0;
        from = page.messages[0]?.seq ?? from;
      }
    } finally {
      // What came before a failure is kept.
      add(read);
      if (from <= oldest) beginsAt(from, more);
    }
  }

  return {
    beginsAt,
    hasOlder: () => hasOlder,
    oldest: () => oldest,
    loadOlder,
    /** Load older messages back to this number. @param {number} seq @returns {Promise<boolean>} whether it is here now */
    async loadBack(seq) {
      if (!log.has(seq)) await readBack((from) => from <= seq);
      return log.has(seq);
    },
    /**
     * Load everything there was.
     * @param {(from: number) => boolean} told how far, after each page; false stops
     */
    loadAll: (told) => readBack((from) => !told(from)),
    /** The reader is on the way back to nothing any more. */
    settle: () => void (isGoingBack = false),
    /** Forget the oldest messages, but for a reader on the way to one of them. @param {boolean} atBottom @param {number} keep */
    trim(atBottom, keep) {
      isGoingBack &&= atBottom;
      if (atBottom && !isGoingBack && log.trim(keep)) beginsAt(log.first(), true);
    },
  };
}
