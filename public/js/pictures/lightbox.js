/** Pictures of the log that are opened large: what shows them is loaded with the first. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./large.js')>} */
const large = lazy(new URL('./large.js', import.meta.url));

/** @param {HTMLElement} log */
export function initLightbox(log) {
  return on(log, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-large]') : null;
    if (button instanceof HTMLElement) void large(({ showLarge }) => showLarge(button));
  });
}
