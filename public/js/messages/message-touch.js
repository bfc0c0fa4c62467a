/** The menu of a message by a long press. */
import { on, together } from '../ui/dom.js';

/** Milliseconds that a finger rests on a message. */
const PRESS_MS = 500;

/** @param {HTMLElement} log @param {(target: EventTarget | null) => void} open what the finger rests on was pressed long */
export function initLongPress(log, open) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let press;
  let isPressed = false;
  const stop = () => clearTimeout(press);
  return together(
    on(
      log,
      'touchstart',
      ({ target }) => {
        stop();
        isPressed = false;
        if (target instanceof Element && target.closest('a:not(.msg-quote), form, .gif-tools, .msg-state')) return;
        press = setTimeout(() => {
          isPressed = true;
          open(target);
        }, PRESS_MS);
      },
      { passive: true },
    ),
    on(log, 'touchmove touchcancel', stop, { passive: true }),
    on(log, 'touchend', (event) => {
      stop();
      // The finger that opened something presses nothing when it goes up.
      if (isPressed && event.cancelable) event.preventDefault();
      isPressed = false;
    }),
    stop,
  );
}
