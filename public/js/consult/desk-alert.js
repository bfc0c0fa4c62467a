/**
 * The alert that cannot be missed: while somebody waits and nobody has taken them, the title blinks and, where sound is
 * on, three notes repeat every few seconds. While the browser does not let the page sound yet, a hint says so.
 */
import { ALERT, createChime } from '../ui/chime.js';
import { need, together } from '../ui/dom.js';
import { initNotify } from '../ui/notify.js';
import { t } from '../ui/words.js';

const BLINK_MS = 1000;
/** Blinks from one sound to the next. */
const EVERY = 5;

export function initDeskAlert() {
  const hint = need('[data-alert-hint]', HTMLElement);
  const title = document.title;
  const chime = createChime({
    key: 'gif-chat:desk-alert',
    byDefault: true,
    notes: ALERT,
    toggle: need('[data-alert]', HTMLInputElement),
  });
  const notify = initNotify();
  let waiting = 0;
  let beat = 0;

  function tick() {
    hint.hidden = !chime.isHeldBack();
    if (!waiting) return void (document.title = title);
    document.title = beat % 2 ? title : t('desk.alert_title', { count: waiting });
    if (chime.isHeard() && beat % EVERY === 0) chime.ring();
    beat += 1;
  }

  chime.wake();
  const timer = setInterval(tick, BLINK_MS);
  return {
    /** @param {number} count how many wait: one more rings at once, none ends it */
    waiting(count) {
      if (count > waiting) {
        beat = 0;
        notify.tell('desk');
      }
      waiting = count;
      if (beat === 0) tick();
    },
    stop: together(chime.stop, notify.stop, () => clearInterval(timer)),
  };
}
