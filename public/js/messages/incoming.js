/**
 * What comes into a conversation: messages and their changes, live and with answers, in whatever order. Each read names both
 * cursors, the number of the newest message up to which nothing is missing and that of the newest change.
 */
import { later } from '../net/later.js';
import { createChanges } from './changes.js';
import { createStream } from './stream.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/**
 * @template {{ seq: number }} M
 * @param {{
 *   place: import('./conversation.js').Place<M> & { start: number | null },
 *   log: ReturnType<typeof import('./log-model.js').createLog>,
 *   add: (messages: readonly Message[], options: { isOld: boolean }) => void,
 *   changed: () => void, began: (page: import('./stream.js').Page<M>) => void, isLoaded: (seq: number) => boolean,
 * }} parts `add`: new messages, `changed`: one of the log is not what it was, `began`: that was the first page; `isLoaded`:
 *   the log reaches back to this number
 */
export function createIncoming({ place, log, add, changed, began, isLoaded }) {
  const { start, rev, toMessage, screen } = place;
  const changes = createChanges({
    start: rev,
    apply(incoming, isAnswer) {
      const message = toMessage(incoming);
      if (message && log.replace(isAnswer ? { mine: [], ...message } : message)) changed();
      if (message) place.altered?.(message);
      return message;
    },
    readOn: () => void stream.catchUp(),
  });
  const stream = createStream({
    start,
    async read(after) {
      const page = await place.read({ ...(after === undefined ? {} : { after }), ...changes.from() });
      changes.take(page);
      return page;
    },
    /** @param {M} incoming */
    deliver(incoming, { isNew, isFirst }) {
      const message = toMessage(incoming);
      if (message) add([message], { isOld: isFirst });
      else if (isNew) place.noted?.(incoming);
    },
    began,
    refused: (code) => place.readRefused?.(code),
    isUp: screen.isUp,
    later,
  });

  return {
    ...stream,
    /** The change number to ask with, where messages change: `{ rev }`. */
    changesFrom: changes.from,
    /** @param {import('./stream.js').Page<M>} page that came with the answer to another question */
    takePage(page) {
      stream.takePage(page);
      changes.take(page);
    },
    /** Everything up to a number was erased. @param {{ upTo: number, since: number, rev: number }} erased */
    erased(erased) {
      log.erase(erased.upTo, erased.rev);
      changes.passed(erased);
      changed();
      place.altered?.();
    },
    /**
     * A message is not what it was, or is new.
     * @param {M} incoming
     * @param {{ isAnswer?: boolean }} [how] isAnswer: to the reader, with the reactions that are their own
     */
    replaced(incoming, { isAnswer = false } = {}) {
      const message = changes.hear(incoming, isAnswer);
      // One from before the oldest here is read as it is now when the reader scrolls up to it.
      if (!message || (isLoaded(message.seq) && !log.has(message.seq))) stream.take([incoming]);
    },
  };
}
