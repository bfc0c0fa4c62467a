/**
 * How far the reader has read a conversation, kept in this browser so that a return shows "new since you left". Entries
 * are dropped after three days: rooms are short-lived.
 */
import { on } from '../ui/dom.js';
import { keep, recall } from '../ui/store.js';

const KEY = 'gif-chat:seen';
const DAYS_3 = 3 * 86_400_000;

/** @returns {Record<string, { seq: number, at: number }>} by the conversations' keys */
const all = () => recall('local', KEY, {});

/**
 * @param {{
 *   key: string, log: ReturnType<typeof import('./log-model.js').createLog>, isInSight: () => boolean,
 *   seen?: ((seq: number) => void) | undefined,
 * }} parts `isInSight`: the newest message is on the screen; `seen` is told of each that was read
 */
export function createSeen({ key, log, isInSight, seen }) {
  let leftAt = 0;
  let newest = 0;

  /** What is in sight of a page that is in sight has been read. */
  function mark() {
    if (document.hidden || !isInSight() || log.last() <= newest) return;
    newest = log.last();
    const now = Date.now();
    const fresh = Object.entries(all()).filter(([, { at }]) => now - at < DAYS_3);
    keep('local', KEY, { ...Object.fromEntries(fresh), [key]: { seq: newest, at: now } });
    seen?.(newest);
  }

  const before = all()[key]?.seq;
  if (before !== undefined && before < log.last()) log.markNew(before);
  return {
    mark,
    /** Others' messages came: on a page out of sight "new" begins where the reader left it. */
    arrived() {
      if (document.hidden && log.newAfter() === null) log.markNew(leftAt);
    },
    stop: on(document, 'visibilitychange', () => {
      if (!document.hidden) return mark();
      leftAt = log.last();
      log.markNew(null);
    }),
  };
}
