/**
 * Messages in seq order -> the rows a reader sees: days, and groups of one person within five minutes. Pure: templates
 * render the rows on the server, public/js/messages/log-view.js in the browser, from the same function and keys.
 */
import { dayKey } from './when.js';

/** @typedef {import('../schemas/rooms/contract.js').MessageView & { shift?: number }} Message */
/** @typedef {{ kind: 'day', key: string, at: string }} DayRow */
/** @typedef {{ kind: 'message', key: string, at: string, message: Message, first: boolean, last: boolean, timed: boolean, mine: boolean }} MessageRow */

const GROUP_MS = 5 * 60_000;

/**
 * Whether `next` continues what `previous` began.
 * @param {{ author: { id: string }, createdAt: string } | undefined} previous
 * @param {{ author: { id: string }, createdAt: string }} next
 * @param {string} [zone]
 */
export function continues(previous, next, zone) {
  if (!previous || previous.author.id !== next.author.id) return false;
  const apart = Date.parse(next.createdAt) - Date.parse(previous.createdAt);
  return Math.abs(apart) <= GROUP_MS && dayKey(previous.createdAt, zone) === dayKey(next.createdAt, zone);
}

/**
 * @param {readonly Message[]} messages ascending by seq
 * @param {{ zone?: string, me?: string }} [options]
 * @returns {(DayRow | MessageRow)[]}
 */
export function timeline(messages, options = {}) {
  const { zone, me } = options;
  /** @type {(DayRow | MessageRow)[]} */
  const rows = [];
  let day = '';
  messages.forEach((message, i) => {
    const today = dayKey(message.createdAt, zone);
    if (today !== day) rows.push({ kind: 'day', key: `d-${today}`, at: message.createdAt });
    day = today;
    const next = messages[i + 1];
    const last = !next || !continues(message, next, zone);
    rows.push({
      kind: 'message',
      key: `m-${message.seq}`,
      at: message.createdAt,
      message,
      first: !continues(messages[i - 1], message, zone),
      last,
      // One minute is said once: zones differ by whole minutes, so the ISO text up to there tells.
      timed: last || next?.createdAt.slice(0, 16) !== message.createdAt.slice(0, 16),
      mine: message.author.id === me,
    });
  });
  return rows;
}

/**
 * Rows of a conversation with what happened between them. What happened before the first row belongs to messages that are
 * not here, unless the conversation begins with it.
 * @template {{ at: string }} Row
 * @template {{ at: string }} Step
 * @param {readonly Row[]} rows in order
 * @param {readonly Step[]} steps in order
 * @param {boolean} begins
 * @returns {(Row | Step)[]}
 */
export function withSteps(rows, steps, begins) {
  /** @type {(Row | Step)[]} */
  const merged = [];
  const start = rows[0]?.at ?? '';
  let due = steps.filter(({ at }) => begins || at >= start);
  for (const row of rows) {
    merged.push(...due.filter(({ at }) => at < row.at), row);
    due = due.filter(({ at }) => at >= row.at);
  }
  return [...merged, ...due];
}
