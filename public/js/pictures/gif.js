/**
 * A picture in the log: open it large, play and pause what moves. With reduced motion asked for it starts still; else
 * it stops by itself after a while, so that nothing loops for ever.
 */
import { find, h, icon, on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { t } from '../ui/words.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./flashing.js')>} */
const flashing = lazy(new URL('./flashing.js', import.meta.url));

/** @typedef {import('../../../schemas/messages/contract.js').ImageView & { animated?: boolean }} Picture */

const PLAY_MS = 20_000;
/** Too small for buttons on top. */
const SMALL = 88;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * @param {HTMLElement} figure
 * @param {Picture} picture
 */
export function initGif(figure, picture) {
  if (picture.flashes) {
    void flashing(({ askFirst }) => askFirst(figure, picture, (shown) => addTools(figure, shown, picture)));
    return;
  }
  const image = find('img', HTMLImageElement, figure);
  if (image) addTools(figure, image, picture);
}

/** @param {HTMLElement} figure @param {HTMLImageElement} image @param {Picture} picture */
function addTools(figure, image, picture) {
  const moves = picture.animated ?? /\.(gif|webp)$/i.test(picture.url);
  const open = h('button', {
    class: 'gif-open',
    type: 'button',
    'aria-label': `${t('chat.open_large')}: ${image.alt}`,
    'data-large': picture.url,
    'data-width': String(picture.width),
    'data-height': String(picture.height),
    'data-moves': moves,
  });
  figure.append(open);
  on(image, 'error', () => broken(figure));
  if (moves && image.width >= SMALL && image.height >= SMALL) addPlayer(figure, image);
}

/**
 * Play and pause: a pause is the frame of the moment on a canvas over the picture.
 * @param {HTMLElement} place of the button
 * @param {HTMLImageElement} image
 */
export function addPlayer(place, image) {
  const button = h('button', { class: 'button icon-only', type: 'button' });
  /** @type {HTMLCanvasElement | null} */
  let frozen = null;
  let timer = 0;

  function label() {
    const key = frozen ? 'chat.play' : 'chat.pause';
    button.replaceChildren(icon(frozen ? 'play' : 'pause'));
    button.setAttribute('aria-label', t(key));
    button.title = t(key);
  }
  function freeze() {
    clearTimeout(timer);
    if (frozen || !image.naturalWidth) return;
    frozen = h('canvas', { 'aria-hidden': 'true' });
    frozen.width = image.naturalWidth;
    frozen.height = image.naturalHeight;
    frozen.getContext('2d')?.drawImage(image, 0, 0);
    image.after(frozen);
    label();
  }
  function play() {
    frozen?.remove();
    frozen = null;
    label();
  }
  function start() {
    if (still()) freeze();
    else timer = window.setTimeout(freeze, PLAY_MS);
  }

  label();
  place.append(h('div', { class: 'gif-tools' }, button));
  on(button, 'click', () => (frozen ? play() : freeze()));
  if (image.complete) start();
  else on(image, 'load', start, { once: true });
}

/** @param {HTMLElement} figure */
function broken(figure) {
  figure.replaceChildren(h('p', { class: 'gif-broken' }, icon('image-off'), h('span', {}, t('chat.image_gone'))));
}
