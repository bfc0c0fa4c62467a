/** The reader's own face in the header, and the page's accent: in a room the face may be shifted apart from another's. */
import { shownColor } from '../../../shared/face.js';
import { accent } from '../../../shared/readable.js';
import { faceNode } from './dom.js';

/** @param {import('../../../shared/face.js').Face} face */
export function wearFace(face) {
  const there = document.querySelector('.you .face');
  const drawn = faceNode(face, 32);
  if (there && !there.isEqualNode(drawn)) there.replaceWith(drawn);
  const { light, dark } = accent(shownColor(face));
  document.documentElement.style.setProperty('--accent-light', light);
  document.documentElement.style.setProperty('--accent-dark', dark);
}
