/**
 * What every page starts: pulse, preferences, menus that close, dialogs that close on their backdrop, the erasing of pictures
 * that wait for nothing, the service worker.
 */
import { on, together } from './dom.js';
import { lazy } from './lazy.js';
import { initPreferences } from './preferences.js';
import { initPulse } from './pulse.js';
import { initServiceWorker } from './service-worker.js';
import { stalePlaces, waitingPlaces } from './waiting-pictures.js';

/** @type {import('./lazy.js').Lazy<typeof import('../pictures/outgoing.js')>} */
const pictures = lazy(new URL('../pictures/outgoing.js', import.meta.url));

/** @param {Event} event */
function closeMenus(event) {
  const escape = event instanceof KeyboardEvent && event.key === 'Escape';
  if (event instanceof KeyboardEvent && !escape) return;
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!escape && event.target instanceof Node && menu.contains(event.target)) continue;
    menu.removeAttribute('open');
    const handle = menu.querySelector('summary');
    if (escape && menu.contains(document.activeElement)) handle?.focus();
  }
}

/** @param {MouseEvent} event */
function closeOnBackdrop(event) {
  const { target } = event;
  if (!(target instanceof HTMLDialogElement) || !target.open) return;
  const box = target.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && event.detail > 0) target.close();
}

export function initHeader() {
  if (stalePlaces().length + waitingPlaces().length > 0)
    void pictures(({ outgoing }) => void outgoing.sweepPictures(), { quietly: true });
  initServiceWorker();
  return together(
    initPulse(),
    initPreferences(),
    on(document, 'click keydown', closeMenus),
    on(document, 'click', closeOnBackdrop),
  );
}
