/** The GIF shelf of a composer: its button. What shows the shelf is loaded with the first press. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./shelf-panel.js')>} */
const panel = lazy(new URL('./shelf-panel.js', import.meta.url));

/** @param {import('./shelf-panel.js').Parts} parts */
export function initShelf(parts) {
  return on(parts.button, 'click', () => void panel(({ toggleShelf }) => toggleShelf(parts)));
}
