/** The reader's own name and face in the header, and the page's accent: in a room the face may be shifted apart from another's. */
import { shownColor } from '../../../shared/face.js';
import { accent } from '../../../shared/readable.js';
import { faceNode, find, setText } from './dom.js';
import { t } from './words.js';

/** A place where one has another name says that one. @param {string} name */
export function sayWho(name) {
  const you = find('.you', HTMLElement);
  const words = you && find('.you-name', HTMLElement, you);
  if (!you || !words) return;
  setText(words, name);
  you.title = t('you.label', { name });
}

/** @param {import('../../../shared/face.js').Face} face */
export function wearFace(face) {
  const there = document.querySelector('.you .face');
  const drawn = faceNode(face, 32);
  if (there && !there.isEqualNode(drawn)) there.replaceWith(drawn);
  const { light, dark } = accent(shownColor(face));
  document.documentElement.style.setProperty('--accent-light', light);
  document.documentElement.style.setProperty('--accent-dark', dark);
}
