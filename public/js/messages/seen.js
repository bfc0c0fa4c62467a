/**
 * How far this browser has read each room, so that a return shows "new since you left". Rooms are short-lived: entries
 * are dropped after three days.
 */
import { keep, recall } from '../ui/store.js';

const KEY = 'gif-chat:seen';
const DAYS_3 = 3 * 86_400_000;

/** @returns {Record<string, { seq: number, at: number }>} */
const all = () => recall('local', KEY, {});

/** @param {string} room @returns {number | undefined} */
export function seenUpTo(room) {
  return all()[room]?.seq;
}

/**
 * @param {string} room
 * @param {number} seq
 */
export function sawUpTo(room, seq) {
  const now = Date.now();
  const fresh = Object.entries(all()).filter(([, entry]) => now - entry.at < DAYS_3);
  keep('local', KEY, { ...Object.fromEntries(fresh), [room]: { seq, at: now } });
}
