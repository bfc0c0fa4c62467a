/** Everything up to a number was erased at once: what is left of each message, also of one that comes in after that. Pure. */

/** @typedef {import('../../../shared/timeline.js').Message} Message */

export function createErased() {
  let [upTo, rev] = [0, 0];

  return {
    /** @param {number} seq of the last message @param {number} change the number of the last change */
    note(seq, change) {
      upTo = Math.max(upTo, seq);
      rev = Math.max(rev, change);
    },
    /** A message, or what is left of it. @param {Message} message @returns {Message} */
    left(message) {
      if (message.seq > upTo || message.removed) return message;
      const { _id, room, seq, user, author, shift, clientId, createdAt } = message;
      const own = { ...(clientId && { clientId }), ...(shift !== undefined && { shift }) };
      return { _id, room, seq, user, author, createdAt, ...own, rev: Math.max(message.rev, rev), removed: 'host' };
    },
  };
}
