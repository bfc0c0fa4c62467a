/** Search in the room: its links, and Ctrl+Shift+F, open a sheet over the conversation, which is loaded at its first use. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./search-sheet.js')>} */
const sheet = lazy(new URL('./search-sheet.js', import.meta.url));

/** Ctrl+F stays the browser's. Where the keyboard writes no Latin letters, the key counts. @param {KeyboardEvent} event */
const isShortcut = ({ key, code, ctrlKey, metaKey, shiftKey, altKey }) =>
  (ctrlKey || metaKey) && shiftKey && !altKey && (/^[a-z]$/i.test(key) ? key.toLowerCase() === 'f' : code === 'KeyF');

/** @param {import('./search-sheet.js').Parts} parts */
export function initRoomSearch(parts) {
  /** @type {(message?: Message) => void} */
  let tell = () => undefined;
  const open = () =>
    void sheet(({ openSearch, altered }) => {
      tell = altered;
      openSearch(parts);
    });

  for (const link of document.querySelectorAll('[data-search-open]'))
    on(link, 'click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const menu = link.closest('details');
      menu?.removeAttribute('open');
      menu?.querySelector('summary')?.focus();
      open();
    });
  on(document, 'keydown', (event) => {
    if (!isShortcut(event) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    open();
  });

  return {
    /** A message is not what it was; none named: any. @param {Message} [message] */
    altered: (message) => tell(message),
  };
}
