/**
 * Reply by a swipe: a finger draws a message to the side, past a clear threshold, and lets go. What goes up or down is
 * scrolling, and what begins at the edge of the screen is the browser's way back. The stylesheet moves nothing where motion
 * is unwanted; the sign shows there, too.
 */
import { h, icon, on, together } from '../ui/dom.js';
import { rowOf } from './message-keys.js';

/** Pixels from the edges of the screen in which no swipe begins. */
const EDGE = 28;
/** Pixels after which it is clear where the finger goes. */
const CLEAR = 10;
/** Pixels after which letting go replies, and beyond which the message follows no further. */
const ENOUGH = 56;
const MOST = 76;
/** Where a finger that goes sideways means something else. */
const OTHERS = 'form, pre, input, textarea, .gif-tools, .msg-state';

/**
 * @param {HTMLElement} log
 * @param {{ canReply: (row: HTMLElement) => boolean, reply: (row: HTMLElement) => void }} parts
 */
export function initSwipe(log, { canReply, reply }) {
  const sign = h('span', { class: 'swipe-sign', 'aria-hidden': 'true' }, icon('reply'));
  /** The finger that may swipe, since it was put down. @type {{ row: HTMLElement, x: number, y: number } | null} */
  let finger = null;
  let isSwiping = false;

  function end() {
    finger?.row.classList.remove('is-swiped', 'is-enough');
    finger?.row.style.removeProperty('--swipe');
    sign.remove();
    finger = null;
    isSwiping = false;
  }

  /** @param {TouchEvent} event */
  function start({ touches, target }) {
    end();
    const [touch] = touches;
    const row = rowOf(target);
    if (!touch || touches.length > 1 || !row || !canReply(row)) return;
    if (target instanceof Element && target.closest(OTHERS)) return;
    const isAtEdge = touch.clientX < EDGE || touch.clientX > window.innerWidth - EDGE;
    if (isAtEdge || !(getSelection()?.isCollapsed ?? true)) return;
    finger = { row, x: touch.clientX, y: touch.clientY };
  }

  /** @param {TouchEvent} event */
  function move({ touches }) {
    const [touch] = touches;
    if (!finger || !touch || touches.length > 1) return end();
    const [across, down] = [touch.clientX - finger.x, Math.abs(touch.clientY - finger.y)];
    if (!isSwiping) {
      if (Math.max(Math.abs(across), down) < CLEAR) return;
      if (across < down * 1.5) return end();
      isSwiping = true;
      finger.row.append(sign);
      finger.row.classList.add('is-swiped');
    }
    finger.row.style.setProperty('--swipe', `${Math.round(Math.min(Math.max(across, 0), MOST))}px`);
    finger.row.classList.toggle('is-enough', across >= ENOUGH);
  }

  const stop = together(
    on(log, 'touchstart', start, { passive: true }),
    on(log, 'touchmove', move, { passive: true }),
    on(log, 'touchcancel', end, { passive: true }),
    on(log, 'touchend', () => {
      const row = finger?.row.classList.contains('is-enough') ? finger.row : null;
      end();
      if (row) reply(row);
    }),
  );
  return () => {
    end();
    stop();
  };
}
