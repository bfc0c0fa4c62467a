/** The pictures of a log, large, one at a time in a dialog: walked, zoomed, held still, saved. */
import { h, icon, need, on, pictureUrl, setText, together } from '../ui/dom.js';
import { loadSheet } from '../ui/sheet.js';
import { t } from '../ui/words.js';
import { addPlayer } from './gif.js';
import { createZoom } from './zoom.js';

/** Pixels that a finger goes sideways to turn to the next picture. */
const SWIPE = 48;

/** @type {ReturnType<typeof createViewer> | null} */
let viewer = null;

/** @param {HTMLElement} button of the picture in the log */
export async function showLarge(button) {
  viewer ??= createViewer();
  await loadSheet('large');
  viewer.open(button);
}

/** @param {string} sign @param {string} words @param {() => void} act */
function tool(sign, words, act) {
  const button = h(
    'button',
    { class: 'button icon-only', type: 'button', 'aria-label': words, title: words },
    icon(sign),
  );
  on(button, 'click', act);
  return button;
}

/** A button that does nothing now keeps the focus. @param {HTMLElement} button @param {boolean} isOff */
const switchOff = (button, isOff) => button.setAttribute('aria-disabled', String(isOff));

function createViewer() {
  const dialog = need('[data-lightbox]', HTMLDialogElement);
  const figure = need('[data-lightbox-figure]', HTMLElement, dialog);
  const frame = h('div', { class: 'large-frame', tabindex: '0', role: 'group' });
  const caption = h('figcaption', {});
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  const number = h('span', { class: 'large-number', 'aria-hidden': 'true' });
  const percent = h('span', { class: 'large-percent', role: 'status' });
  const player = h('span', { class: 'large-player' });
  const save = h(
    'a',
    { class: 'button icon-only', download: true, 'aria-label': t('large.save'), title: t('large.save') },
    icon('download'),
  );
  const previous = tool('chevron-left', t('large.previous'), () => turn(-1));
  const next = tool('chevron-right', t('large.next'), () => turn(1));
  const smaller = tool('zoom-out', t('large.smaller'), () => zoom?.smaller());
  const larger = tool('zoom-in', t('large.larger'), () => zoom?.larger());
  const tools = h('div', { class: 'large-tools' }, number, player, smaller, percent, larger, save);
  previous.classList.add('large-previous');
  next.classList.add('large-next');
  figure.replaceChildren(frame, caption);
  dialog.append(tools, previous, next, status);

  /** The button in the log of what is shown. @type {HTMLElement | null} */
  let shown = null;
  /** @type {ReturnType<typeof createZoom> | null} */
  let zoom = null;
  let stop = () => {};

  /** All of the log that may be opened, in its order. */
  const all = () => [...document.querySelectorAll('[data-large]')].filter((each) => each instanceof HTMLElement);

  /** @param {1 | -1} way */
  function turn(way) {
    const buttons = all();
    const to = shown ? buttons[buttons.indexOf(shown) + way] : undefined;
    if (to) show(to);
  }

  /** @param {HTMLElement} button */
  function show(button) {
    stop();
    shown = button;
    const { large = '', width, height, moves } = button.dataset;
    const size = { width: Number(width), height: Number(height) };
    const alt = button.parentElement?.querySelector('img')?.alt ?? '';
    const image = h('img', { src: pictureUrl(large), alt });
    const picture = h('div', { class: 'gif' }, image);
    frame.replaceChildren(picture);
    player.replaceChildren();
    if (moves !== undefined) addPlayer(player, image);
    save.href = pictureUrl(large);
    setText(caption, alt);
    frame.setAttribute('aria-label', alt);
    zoom = createZoom({
      frame,
      size,
      space: () => ({ width: frame.clientWidth, height: frame.clientHeight }),
      show(scale, { isLeast, isMost }) {
        image.width = Math.round(size.width * scale);
        image.height = Math.round(size.height * scale);
        setText(percent, `${Math.round(scale * 100)}%`);
        switchOff(smaller, isLeast);
        switchOff(larger, isMost);
        frame.classList.toggle('is-zoomed', !isLeast);
      },
    });
    stop = together(zoom.stop, () => frame.replaceChildren());
    const buttons = all();
    const place = { number: buttons.indexOf(button) + 1, count: buttons.length };
    switchOff(previous, place.number <= 1);
    switchOff(next, place.number >= place.count);
    for (const each of [previous, next, number]) each.hidden = place.count < 2;
    setText(number, `${place.number} / ${place.count}`);
    setText(status, t('large.of', { ...place, alt }));
  }

  let from = { x: 0, y: 0 };
  on(
    frame,
    'touchstart',
    ({ touches: [one, other] }) => (from = one && !other ? { x: one.clientX, y: one.clientY } : { x: NaN, y: NaN }),
    { passive: true },
  );
  on(frame, 'touchend', ({ changedTouches: [one] }) => {
    const [x, y] = [one.clientX - from.x, one.clientY - from.y];
    if (!zoom?.isZoomed() && Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) turn(x < 0 ? 1 : -1);
  });
  on(dialog, 'keydown', (event) => {
    const isScrolling = zoom?.isZoomed() && event.target === frame;
    if (event.key === 'ArrowLeft' && !isScrolling) turn(-1);
    else if (event.key === 'ArrowRight' && !isScrolling) turn(1);
    else if (event.key === '+' || event.key === '=') zoom?.larger();
    else if (event.key === '-') zoom?.smaller();
    else return;
    event.preventDefault();
  });
  on(dialog, 'close', () => {
    stop();
    stop = () => {};
    setText(status, '');
    // Where the reader is now, not where they began; the picture may have been removed.
    (shown?.isConnected ? shown : need('[data-log]', HTMLElement)).focus();
    shown = zoom = null;
  });

  return {
    /** @param {HTMLElement} button */
    open(button) {
      if (!dialog.open) dialog.showModal();
      show(button);
      frame.focus();
    },
  };
}
