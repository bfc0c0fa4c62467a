/** One picture, large, in a dialog. */
import { h, need, on, pictureUrl } from '../ui/dom.js';
import { enlarge } from './picture.js';
import { addPlayer } from './gif.js';

/** @param {HTMLElement} button of the picture in the log */
export function showLarge(button) {
  const dialog = need('[data-lightbox]', HTMLDialogElement);
  const figure = need('[data-lightbox-figure]', HTMLElement, dialog);
  const { large, width, height, moves } = button.dataset;
  const size = enlarge(
    { width: Number(width), height: Number(height) },
    { width: window.innerWidth - 48, height: window.innerHeight - 120 },
  );
  const alt = button.parentElement?.querySelector('img')?.alt ?? '';
  const image = h('img', { src: pictureUrl(large ?? ''), alt, width: String(size.width), height: String(size.height) });
  const frame = h('div', { class: 'gif' }, image);
  if (moves) addPlayer(frame, image);
  figure.replaceChildren(frame, h('figcaption', {}, alt));
  if (dialog.open) return;
  dialog.showModal();
  on(dialog, 'close', () => figure.replaceChildren(), { once: true });
}
