/**
 * Changes of messages on their way in: live ones, and those that were missed, which every read brings that names the change
 * number up to which nothing is missing. Numbers may be left out, so that only an answer tells that none is. Pure.
 */
import { createReceived } from './received.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/**
 * @template M
 * @param {{ start: number | undefined, apply: (incoming: M, isAnswer: boolean) => Message | null, readOn: () => void }} parts `start`: the
 *   newest change number that is known, undefined where messages do not change; `apply` shows a message as it is now and
 *   gives it, `isAnswer`: to the reader, so that it says which reactions are their own; `readOn`: there are more changes to read
 */
export function createChanges({ start, apply, readOn }) {
  const received = createReceived(start ?? 0);

  return {
    /** What a read names: all changes after this number are missing or came live. @returns {{ rev?: number }} */
    from: () => (start === undefined ? {} : { rev: received.contiguous() }),
    /** A live change, or the answer to one of the reader's own. @param {M} incoming @param {boolean} isAnswer */
    hear(incoming, isAnswer) {
      const message = apply(incoming, isAnswer);
      if (message) received.take(message.rev);
      return message;
    },
    /** One event told of all changes above `since`, up to `rev`. @param {{ since: number, rev: number }} told */
    passed({ since, rev }) {
      if (received.contiguous() >= since) received.readUpTo(rev);
    },
    /** An answer to a question that named the number. @param {import('./stream.js').Page<M>} page */
    take({ changed = [], rev, moreChanged = false }) {
      for (const message of changed) apply(message, true);
      if (rev === undefined) return;
      received.readUpTo(rev);
      if (moreChanged) readOn();
    },
  };
}
