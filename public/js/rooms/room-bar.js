/** The room's buttons: invite, leave, close. What they do is loaded with the first press. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./share.js')>} */
const share = lazy(new URL('./share.js', import.meta.url));
/** @type {import('../ui/lazy.js').Lazy<typeof import('./room-menu.js')>} */
const menu = lazy(new URL('./room-menu.js', import.meta.url));

/**
 * @param {{
 *   room: string, graceMs: number, isLast: () => boolean,
 *   going: () => void, back: () => void, closed: () => void, failed: (code: string) => void,
 * }} parts `graceMs`: milliseconds that the room waits for its people; `isLast`: the conversation is lost with the reader
 */
export function initRoomBar({ room, graceMs, isLast, going, back, closed, failed }) {
  on(document.querySelector('.room-back'), 'click', (event) => {
    if (!isLast()) return;
    event.preventDefault();
    void menu(({ goBack }) => void goBack({ graceMs, back }));
  });
  for (const button of document.querySelectorAll('[data-share-open]'))
    on(button, 'click', () => void share(({ openShare }) => openShare()));
  for (const form of document.querySelectorAll('[data-leave]')) {
    on(form, 'submit', (event) => {
      event.preventDefault();
      void menu(({ leave }) => void leave(/** @type {HTMLFormElement} */ (form), { ask: isLast(), going }));
    });
  }
  on(document.querySelector('[data-delete]'), 'submit', (event) => {
    event.preventDefault();
    void menu(({ closeRoom }) => void closeRoom({ room, closed, failed }));
  });
}
