/** Faces that nobody takes for each other: how close two are, and how to move one away from the others. Pure. */
import { distance, linear, oklabOf, withoutGreen } from './color.js';
import { markOf, shownColor } from './face.js';

/** @typedef {import('./face.js').Face} Face */

/**
 * How far two faces are from being mixed up: under 1 they are too close. Different marks may be near in colour; the same
 * mark needs another colour for every eye, also for one that cannot see green.
 * @param {Face} one
 * @param {Face} other
 */
function gap(one, other) {
  const a = linear(shownColor(one));
  const b = linear(shownColor(other));
  const seen = distance(oklabOf(a), oklabOf(b));
  if (markOf(one).at !== markOf(other).at) return seen / 0.04;
  const colourBlind = distance(oklabOf(withoutGreen(a)), oklabOf(withoutGreen(b)));
  return Math.min(seen / 0.16, colourBlind / 0.07);
}

/**
 * Whether two faces could be taken for each other.
 * @param {Face} one
 * @param {Face} other
 */
export function tooClose(one, other) {
  return gap(one, other) < 1;
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
  let best = 0;
  let widest = -1;
  for (let shift = 0; shift <= MAX_SHIFT; shift++) {
    const face = { ...newcomer, shift };
    let nearest = Infinity;
    for (const other of others) {
      if (other.id !== newcomer.id) nearest = Math.min(nearest, gap(face, other));
      if (nearest <= widest) break;
    }
    if (nearest >= 1) return shift;
    if (nearest > widest) [best, widest] = [shift, nearest];
  }
  return best;
}
