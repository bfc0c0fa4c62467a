/** An own picture that is on its way: how far it is, and a button that takes it back. Tools that do not fit are left out. */
import { find, h, icon } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** Pixels of width and height below which nothing fits on top. */
const SMALL = 88;

/** @param {HTMLElement} element the row @param {import('../messages/outbox.js').Item} item */
export function showUpload(element, { clientId, state, picture }) {
  const figure = find('[data-gif]', HTMLElement, element);
  const image = figure && find('img', HTMLImageElement, figure);
  if (!figure || !image || !picture) return;
  hideUpload(figure);
  if (state === 'failed' || Number(image.getAttribute('width')) < SMALL || Number(image.getAttribute('height')) < SMALL)
    return;
  const words = t('chat.upload_cancel');
  const cancel = h(
    'button',
    { class: 'button icon-only', type: 'button', 'data-discard': clientId, 'aria-label': words, title: words },
    icon('x'),
  );
  figure.append(h('div', { class: 'gif-tools' }, cancel));
  if (state !== 'sending') return;
  const label = t('chat.sending');
  figure.append(
    h('progress', { class: 'gif-progress', max: '100', value: '0', 'data-progress': clientId, 'aria-label': label }),
  );
}

/** It is stored, or will not be. @param {HTMLElement} figure */
export function hideUpload(figure) {
  for (const tool of figure.querySelectorAll('.gif-tools, .gif-progress')) tool.remove();
}
