/**
 * The rows of a conversation, in the order in which they are read: messages with their day rows, what happened between
 * them, "new since you left", and what is still on its way. Pure: no DOM, no network.
 */
import { continues, timeline } from '../../../shared/timeline.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../shared/timeline.js').DayRow} DayRow */
/** @typedef {import('../../../shared/timeline.js').MessageRow} MessageRow */
/** @typedef {import('./outbox.js').Item} Item */
/** @typedef {import('./presence.js').PresenceRow} PresenceRow */
/** @typedef {{ kind: 'new', key: 'new' }} NewRow */
/** @typedef {{ kind: 'step', key: string, at: string, words: string }} StepRow */
/** @typedef {{ kind: 'pending', key: string, item: Item, first: boolean, last: boolean }} PendingRow */
/** @typedef {DayRow | MessageRow | PresenceRow | NewRow | StepRow | PendingRow} Row */

/**
 * @typedef {{
 *   me: string, zone?: string | undefined,
 *   messages: readonly Message[],
 *   presence: readonly PresenceRow[], steps: readonly StepRow[],
 *   newAfter: number | null,
 *   pending: readonly Item[],
 *   keys: ReadonlyMap<string, string>,
 * }} Parts `newAfter`: the seq after which messages are new to the reader; `keys`: clientId -> row key, so that a pending
 *   row becomes the sent one in place
 */

/**
 * @param {Parts} parts
 * @returns {Row[]}
 */
export function rowsOf(parts) {
  const { me, zone, messages, newAfter, keys } = parts;
  /** @type {Row[]} */
  const rows = [];
  let between = eventsOf(parts);
  /** Take over what happened before this number. @param {number} seq */
  const eventsBefore = (seq) => {
    rows.push(...between.filter((row) => row.after < seq));
    between = between.filter((row) => row.after >= seq);
  };
  let isNewDue = newAfter !== null;
  for (const row of timeline(messages, { me, ...(zone ? { zone } : {}) })) {
    if (row.kind === 'day') {
      rows.push(row);
      continue;
    }
    eventsBefore(row.message.seq);
    if (isNewDue && row.message.seq > (newAfter ?? 0) && !row.mine) {
      rows.push({ kind: 'new', key: 'new' });
      isNewDue = false;
    }
    const key = row.mine && row.message.clientId ? keys.get(row.message.clientId) : undefined;
    rows.push(key ? { ...row, key } : row);
  }
  eventsBefore(Infinity);
  return [...rows, ...pendingRows(parts)].map(endGroups);
}

/**
 * Comings and goings, and the steps that were told, each with the seq it comes after.
 * @param {Parts} parts
 * @returns {((PresenceRow | StepRow) & { after: number })[]}
 */
function eventsOf({ messages, presence, steps }) {
  // What happened before the oldest message here stands above messages that were not loaded yet.
  const start = (messages[0]?.seq ?? 1) > 1 ? (messages[0]?.createdAt ?? '') : '';
  const newestAt = (/** @type {string} */ at) => messages.findLast(({ createdAt }) => createdAt <= at)?.seq ?? 0;
  const shown = steps.filter(({ at }) => at >= start).map((step) => ({ ...step, after: newestAt(step.at) }));
  return shown.length ? [...presence, ...shown].sort((a, b) => a.after - b.after) : [...presence];
}

/** @param {Parts} parts @returns {PendingRow[]} */
function pendingRows({ me, zone, messages, pending, keys }) {
  const said = pending.map((item) => ({ author: { id: me }, createdAt: item.at, item }));
  return said.map(({ item, ...own }, i) => ({
    kind: 'pending',
    key: keys.get(item.clientId) ?? `c-${item.clientId}`,
    item,
    first: !continues(i ? said[i - 1] : messages.at(-1), own, zone),
    last: i === said.length - 1,
  }));
}

/** @param {Row | undefined} row */
const speaks = (row) => row?.kind === 'message' || row?.kind === 'pending';

/**
 * A row between two messages (somebody came, "new since you left") ends a group as another person's words do.
 * @param {Row} row
 * @param {number} i
 * @param {Row[]} all
 * @returns {Row}
 */
function endGroups(row, i, all) {
  if (row.kind !== 'message' && row.kind !== 'pending') return row;
  const next = all[i + 1];
  const first = row.first || !speaks(all[i - 1]);
  const last = next?.kind === 'pending' ? next.first : row.last || !speaks(next);
  return row.kind === 'message' ? { ...row, first, last, timed: row.timed || last } : { ...row, first, last };
}
