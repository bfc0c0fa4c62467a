/** Pictures of the log that are opened large: what shows them is loaded with the first. */
import { find, on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { notice } from '../ui/notice.js';
import { t } from '../ui/words.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./large.js')>} */
const large = lazy(new URL('./large.js', import.meta.url));

/** The picture of a removed message is not looked at any more. @param {Element} figure of the log */
export function closeLarge(figure) {
  const address = find('[data-large]', HTMLElement, figure)?.dataset.large;
  const dialog = find('[data-lightbox][open]', HTMLDialogElement);
  if (!address || !dialog?.querySelector('img')?.src.endsWith(address)) return;
  dialog.close();
  notice(t('large.gone'));
}

/** @param {HTMLElement} log */
export function initLightbox(log) {
  return on(log, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-large]') : null;
    if (button instanceof HTMLElement) void large(({ showLarge }) => void showLarge(button));
  });
}
