/** What a conversation had before its oldest message here: read page by page, back to a message that is looked for. */

/** @typedef {import('../../../shared/timeline.js').Message} Message */

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
    beginsAt(page.messages[0]?.seq ?? oldest, page.more);
    return hasOlder;
  }

  return {
    beginsAt,
    hasOlder: () => hasOlder,
    oldest: () => oldest,
    loadOlder,
    /** Load older messages back to this number. @param {number} seq @returns {Promise<boolean>} whether it is here now */
    async loadBack(seq) {
      isGoingBack = true;
      while (!log.has(seq) && hasOlder && oldest > seq) await loadOlder();
      return log.has(seq);
    },
    /** Forget the oldest messages, but for a reader on the way to one of them. @param {boolean} atBottom @param {number} keep */
    trim(atBottom, keep) {
      isGoingBack &&= atBottom;
      if (atBottom && !isGoingBack && log.trim(keep)) beginsAt(log.first(), true);
    },
  };
}
