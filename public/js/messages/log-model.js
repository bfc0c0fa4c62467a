/**
 * One room's conversation as the browser knows it: every message once, in seq order, whatever order it came in; which
 * messages are missing; who came and went; what is still on its way. Pure: no DOM, no network.
 */
import { fold } from './presence.js';
import { continues, timeline } from '../../../shared/timeline.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('./outbox.js').Item} Item */
/** @typedef {import('../../../schemas/people/contract.js').Person} Person */
/** @typedef {import('./presence.js').PresenceRow} PresenceRow */
/** @typedef {{ kind: 'new', key: 'new' }} NewRow */
/** @typedef {{ kind: 'step', key: string, at: string, words: string }} StepRow */
/** @typedef {{ kind: 'pending', key: string, item: Item, first: boolean, last: boolean }} PendingRow */
/** @typedef {import('../../../shared/timeline.js').DayRow | import('../../../shared/timeline.js').MessageRow | PresenceRow | NewRow | StepRow | PendingRow} Row */

/** @param {Row | undefined} row */
const speaks = (row) => row?.kind === 'message' || row?.kind === 'pending';

/**
 * A line between two messages (somebody came, "new since you left") ends a group as another person's words do.
 * @param {Row} row
 * @param {number} i
 * @param {Row[]} all
 * @returns {Row}
 */
function atEdges(row, i, all) {
  if (row.kind !== 'message' && row.kind !== 'pending') return row;
  const next = all[i + 1];
  const first = row.first || !speaks(all[i - 1]);
  const last = next?.kind === 'pending' ? next.first : row.last || !speaks(next);
  return row.kind === 'message' ? { ...row, first, last, timed: row.timed || last } : { ...row, first, last };
}

/** @param {{ me: string, zone?: string, messages?: readonly Message[] }} start */
export function createLog({ me, zone, messages: initial = [] }) {
  /** @type {Message[]} */
  let messages = [];
  const known = new Set();
  /** @type {PresenceRow[]} */
  let presence = [];
  /** What else happened, and when. @type {StepRow[]} */
  let steps = [];
  /** Every seq up to this one is here, or known not to exist. */
  let whole = 0;
  /** @type {number | null} */
  let newAfter = null;

  const last = () => messages.at(-1)?.seq ?? 0;

  /** The newest message at that moment. @param {string} at */
  const before = (at) => messages.findLast((message) => message.createdAt <= at)?.seq ?? 0;

  function growWhole() {
    while (known.has(whole + 1)) whole += 1;
  }

  /**
   * @param {readonly Message[]} incoming in any order, with repeats
   * @returns {Message[]} those that were new, in order
   */
  function add(incoming) {
    const fresh = [...incoming].sort((a, b) => a.seq - b.seq).filter((m) => !known.has(m.seq) && known.add(m.seq));
    if (!fresh.length) return fresh;
    const inOrder = (fresh[0]?.seq ?? 0) > last();
    messages = inOrder ? [...messages, ...fresh] : [...messages, ...fresh].sort((a, b) => a.seq - b.seq);
    growWhole();
    return fresh;
  }

  /** @param {number} seq everything up to it was read from the store: what is not here does not exist */
  function readUpTo(seq) {
    whole = Math.max(whole, seq);
    growWhole();
  }

  /** @param {'joined' | 'left'} what @param {Person} who */
  function moved(what, who) {
    presence = fold(presence, last(), what, who);
  }

  /**
   * @param {readonly Item[]} pending
   * @param {ReadonlyMap<string, string>} keys clientId -> row key, so that a pending row becomes the sent one in place
   * @returns {Row[]}
   */
  function rows(pending = [], keys = new Map()) {
    /** @type {Row[]} */
    const out = [];
    // What happened before the oldest message here stands above messages that were not loaded yet.
    const start = (messages[0]?.seq ?? 1) > 1 ? (messages[0]?.createdAt ?? '') : '';
    const shown = steps.filter(({ at }) => at >= start);
    /** @type {((PresenceRow | StepRow) & { after: number })[]} */
    let lines = shown.length
      ? [...presence, ...shown.map((step) => ({ ...step, after: before(step.at) }))].sort((a, b) => a.after - b.after)
      : presence;
    let lineDue = newAfter !== null;
    const place = (/** @type {number} */ before) => {
      out.push(...lines.filter((row) => row.after < before));
      lines = lines.filter((row) => row.after >= before);
    };
    for (const row of timeline(messages, { me, ...(zone ? { zone } : {}) })) {
      if (row.kind === 'message') {
        place(row.message.seq);
        if (lineDue && row.message.seq > (newAfter ?? 0) && !row.mine) {
          out.push({ kind: 'new', key: 'new' });
          lineDue = false;
        }
        const clientId = row.mine ? row.message.clientId : undefined;
        out.push(clientId && keys.has(clientId) ? { ...row, key: keys.get(clientId) ?? row.key } : row);
      } else out.push(row);
    }
    place(Infinity);
    const asMessages = pending.map((item) => ({ author: { id: me }, createdAt: item.at }));
    pending.forEach((item, i) => {
      const first = !continues(i ? asMessages[i - 1] : messages.at(-1), /** @type {any} */ (asMessages[i]), zone);
      out.push({
        kind: 'pending',
        key: keys.get(item.clientId) ?? `c-${item.clientId}`,
        item,
        first,
        last: i === pending.length - 1,
      });
    });
    return out.map(atEdges);
  }

  add(initial);
  whole = Math.max(0, (messages[0]?.seq ?? 1) - 1);
  growWhole();

  return {
    add,
    readUpTo,
    /** @param {StepRow[]} told all of them, in order */
    setSteps(told) {
      steps = told;
    },
    moved,
    rows,
    /** What to ask the server for, or null: the seq after which something is missing. */
    gap: () => (last() > whole ? whole : null),
    /** The newest seq up to which nothing is missing: what a reconnect asks from. */
    whole: () => whole,
    last,
    first: () => messages[0]?.seq ?? 0,
    size: () => messages.length,
    /** @param {number | null} seq where "new since you left" goes; null takes it away */
    markNew(seq) {
      newAfter = seq;
    },
    newAfter: () => newAfter,
    /** The reader's own last text. */
    lastOwn: () => messages.findLast((m) => m.author.id === me && m.chat)?.chat,
    /** Forget the oldest, so that a long evening does not fill the memory. @param {number} keep */
    trim(keep) {
      const cut = messages.slice(0, Math.max(0, messages.length - keep));
      for (const message of cut) known.delete(message.seq);
      messages = messages.slice(cut.length);
      presence = presence.filter((row) => row.after >= (messages[0]?.seq ?? 0) - 1);
      return cut.length;
    },
  };
}
