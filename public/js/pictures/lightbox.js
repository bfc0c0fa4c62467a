/** One picture, large, in a dialog. Opened from any picture's button in the log. */
import { base, h, need, on, together } from '../ui/dom.js';
import { enlarge } from './picture.js';
import { addPlayer } from './gif.js';

/** @param {HTMLElement} log */
export function initLightbox(log) {
  const dialog = need('[data-lightbox]', HTMLDialogElement);
  const figure = need('[data-lightbox-figure]', HTMLElement, dialog);

  /** @param {MouseEvent} event */
  function open(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-large]') : null;
    if (!(button instanceof HTMLElement)) return;
    const { large, width, height, moves } = button.dataset;
    const size = enlarge(
      { width: Number(width), height: Number(height) },
      { width: window.innerWidth - 48, height: window.innerHeight - 120 },
    );
    const alt = button.parentElement?.querySelector('img')?.alt ?? '';
    const image = h('img', { src: base + large, alt, width: String(size.width), height: String(size.height) });
    const frame = h('div', { class: 'gif' }, image);
    if (moves) addPlayer(frame, image);
    figure.replaceChildren(frame, h('figcaption', {}, alt));
    dialog.showModal();
  }
  return together(
    on(log, 'click', open),
    on(dialog, 'close', () => figure.replaceChildren()),
  );
}
