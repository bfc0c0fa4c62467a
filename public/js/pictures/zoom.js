/** How large a picture is looked at: from what fits the space to twice its own size, by buttons, wheel, double tap and pinch. */
import { on, together } from '../ui/dom.js';
import { enlarge } from './picture.js';

/** Of its own size; nothing is ever shown larger. */
const MOST = 2;
/** Of one press or turn. */
const STEP = 1.5;
/** Two scales that differ by less are one. */
const NOTHING = 0.001;

/** @typedef {{ width: number, height: number }} Size */

/**
 * @param {{
 *   frame: HTMLElement, size: Size, space: () => Size, show: (scale: number, room: { isLeast: boolean, isMost: boolean }) => void,
 * }} parts `frame` holds the picture and scrolls it; `size`: its own; `space`: what there is for it; `show` it at this scale
 */
export function createZoom({ frame, size, space, show }) {
  const fitting = () => enlarge(size, space()).width / size.width;
  /** Null: as it fits. @type {number | null} */
  let chosen = null;
  /** Distance of two fingers, and the scale, where a pinch began. @type {{ apart: number, scale: number } | null} */
  let pinch = null;

  const scale = () => Math.min(MOST, Math.max(chosen ?? 0, fitting()));

  const isZoomed = () => scale() > fitting() + NOTHING;

  /** @param {number | null} wanted null: as it fits */
  function set(wanted) {
    // The middle of what is seen stays there.
    const [x, y] = [frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2];
    const before = scale();
    chosen = wanted;
    if (!isZoomed()) chosen = null;
    const grown = scale() / before;
    draw();
    frame.scrollTo(x * grown - frame.clientWidth / 2, y * grown - frame.clientHeight / 2);
  }
  function draw() {
    const now = scale();
    show(now, { isLeast: !isZoomed(), isMost: now >= MOST - NOTHING });
  }
  /** @param {TouchEvent} event */
  function apart({ touches: [one, other] }) {
    return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
  }
  const stop = together(
    on(frame, 'dblclick', () => set(isZoomed() ? null : Math.max(1, fitting() * STEP))),
    on(
      frame,
      'wheel',
      (/** @type {WheelEvent} */ event) => {
        // With the key, or as a pinch on a trackpad; without, it scrolls.
        if (!event.ctrlKey) return;
        event.preventDefault();
        set(scale() * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
      },
      { passive: false },
    ),
    on(
      frame,
      'touchstart touchmove touchend touchcancel',
      (/** @type {TouchEvent} */ event) => {
        const now = apart(event);
        if (!now) return void (pinch = null);
        event.preventDefault();
        pinch ??= { apart: now, scale: scale() };
        set((pinch.scale * now) / pinch.apart);
      },
      { passive: false },
    ),
    on(window, 'resize', draw),
  );
  draw();
  return {
    larger: () => set(scale() * STEP),
    smaller: () => set(scale() / STEP),
    isZoomed,
    stop,
  };
}
