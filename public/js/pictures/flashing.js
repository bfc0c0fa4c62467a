/** A picture that flashes (WCAG 2.3.1): its first frame, and a button that shows it to who asks. Loaded with the first one. */
import { find, h, icon, on, pictureUrl } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { fit } from './picture.js';

/** @typedef {import('./gif.js').Picture} Picture */

/**
 * @param {HTMLElement} figure
 * @param {Picture} picture
 * @param {(image: HTMLImageElement) => void} shown the reader has asked for it: the figure holds this image now
 */
export function askFirst(figure, picture, shown) {
  const { width, height } = fit(picture);
  const size = { width: String(width), height: String(height) };
  const still = find('canvas', HTMLCanvasElement, figure) ?? h('canvas', { class: 'gif-still', ...size });
  const ask = h('button', { class: 'button gif-ask', type: 'button' }, icon('eye'), h('span', {}, t('chat.flashes')));
  figure.replaceChildren(still, ask);
  drawFirst(still, pictureUrl(picture.url)).catch(() => undefined); // Without it the place stays empty, and can be asked for.
  on(ask, 'click', () => {
    const image = h('img', { src: pictureUrl(picture.url), alt: picture.alt || t('chat.gif'), ...size });
    figure.classList.remove('gif-flashes');
    figure.replaceChildren(image);
    shown(image);
    find('.gif-open', HTMLButtonElement, figure)?.focus();
  });
}

/** A bitmap of a moving picture is its first frame, and never moves. @param {HTMLCanvasElement} canvas @param {string} address */
async function drawFirst(canvas, address) {
  const answer = await fetch(address);
  const frame = await createImageBitmap(await answer.blob());
  canvas.getContext('2d')?.drawImage(frame, 0, 0, canvas.width, canvas.height);
  frame.close();
}
