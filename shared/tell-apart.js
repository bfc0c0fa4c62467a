/** Faces that nobody takes for each other: how close two are, and how to move one away from the others. Pure. */
import { distance, linear, oklabOf, withoutGreen } from './color.js';
import { markOf, shownColor } from './face.js';

/** @typedef {import('./face.js').Face} Face */

/**
 * What of a face is compared: its mark, and its colour as most eyes see it and as one does that cannot see green.
 * @param {Face} face
 */
function looksOf(face) {
  const color = linear(shownColor(face));
  return { mark: markOf(face).at, seen: oklabOf(color), greenless: oklabOf(withoutGreen(color)) };
}

/** @typedef {ReturnType<typeof looksOf>} Looks */

/**
 * How far two faces are from being mixed up: under 1 they are too close. Different marks may be near in colour; the same
 * mark needs another colour for every eye, also for one that cannot see green.
 * @param {Looks} one
 * @param {Looks} other
 */
function gap(one, other) {
  const seen = distance(one.seen, other.seen);
  if (one.mark !== other.mark) return seen / 0.04;
  return Math.min(seen / 0.16, distance(one.greenless, other.greenless) / 0.07);
}

/**
 * Whether two faces could be taken for each other.
 * @param {Face} one
 * @param {Face} other
 */
export function tooClose(one, other) {
  return gap(looksOf(one), looksOf(other)) < 1;
}

/**
 * Of faces that newcomers are compared with one after another. A face is not changed after it was made.
 * @type {WeakMap<Face, Looks>}
 */
const kept = new WeakMap();

/** @param {Face} face */
function keptLooks(face) {
  const looks = kept.get(face) ?? looksOf(face);
  kept.set(face, looks);
  return looks;
}

/** Shifts that are tried before the best one so far has to do. */
const MAX_SHIFT = 96;

/**
 * The smallest shift at which the newcomer cannot be taken for anybody there.
 * @param {Face} newcomer
 * @param {readonly Face[]} others with their own shifts
 * @returns {number} 0 when the face is fine as it is
 */
export function tellApart(newcomer, others) {
  const there = others.filter(({ id }) => id !== newcomer.id).map(keptLooks);
  let best = 0;
  let widest = -1;
  for (let shift = 0; shift <= MAX_SHIFT; shift++) {
    const looks = looksOf({ ...newcomer, shift });
    let nearest = Infinity;
    for (const other of there) {
      nearest = Math.min(nearest, gap(looks, other));
      if (nearest <= widest) break;
    }
    if (nearest >= 1) return shift;
    if (nearest > widest) [best, widest] = [shift, nearest];
  }
  return best;
}
