/** How large a picture is looked at: from what fits the space to twice its own size, by buttons, wheel, double tap and pinch. */
import { on, together } from '../ui/dom.js';
import { enlarge } from './picture.js';

/** Of its own size; nothing is ever shown larger. */
const MOST = 2;
/** Of one press or turn. */
const STEP = 1.5;
/** Two scales that differ by less are one. */
const NOTHING = 0.001;
/** Two taps within so many milliseconds and pixels are a double tap: not every browser makes a `dblclick` of them. */
const TAPS = { ms: 300, px: 32 };

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
  /** Where one finger went down. */
  let down = { x: NaN, y: NaN };
  /** The last tap of one finger. */
  let tap = { at: -Infinity, x: 0, y: 0 };

  const scale = () => Math.min(MOST, Math.max(chosen ?? 0, fitting()));

  const isZoomed = () => scale() > fitting() + NOTHING;

  /**
   * @param {number | null} wanted null: as it fits
   * @param {{ clientX: number, clientY: number }} [at] what stays where it is: the middle, or where the pointer is
   */
  function set(wanted, at) {
    const edge = frame.getBoundingClientRect();
    const x = at ? at.clientX - edge.left : frame.clientWidth / 2;
    const y = at ? at.clientY - edge.top : frame.clientHeight / 2;
    const [left, top] = [frame.scrollLeft + x, frame.scrollTop + y];
    const before = scale();
    chosen = wanted;
    if (!isZoomed()) chosen = null;
    const grown = scale() / before;
    draw();
    frame.scrollTo(left * grown - x, top * grown - y);
  }
  /** In, or back to as it fits. @param {{ clientX: number, clientY: number }} at */
  const toggle = (at) => set(isZoomed() ? null : Math.max(1, fitting() * STEP), at);
  function draw() {
    const now = scale();
    show(now, { isLeast: !isZoomed(), isMost: now >= MOST - NOTHING });
  }
  /** @param {TouchEvent} event */
  function apart({ touches: [one, other] }) {
    return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
  }
  /** @param {TouchEvent} event */
  function middle({ touches: [one, other] }) {
    const [clientX, clientY] = [
      (one?.clientX ?? 0) + (other?.clientX ?? 0),
      (one?.clientY ?? 0) + (other?.clientY ?? 0),
    ];
    return { clientX: clientX / 2, clientY: clientY / 2 };
  }
  /** @param {TouchEvent} event a finger went up @returns {boolean} that was a double tap */
  function tapped({ changedTouches: [one], timeStamp }) {
    const { clientX: x, clientY: y } = one ?? { clientX: NaN, clientY: NaN };
    const isNear = (/** @type {{ x: number, y: number }} */ there) => Math.hypot(x - there.x, y - there.y) < TAPS.px;
    const isSecond = isNear(down) && isNear(tap) && timeStamp - tap.at < TAPS.ms;
    tap = { at: isNear(down) && !isSecond ? timeStamp : -Infinity, x, y };
    return isSecond;
  }
  const stop = together(
    on(frame, 'dblclick', toggle),
    on(
      frame,
      'touchstart',
      ({ touches: [one, other] }) => (down = one && !other ? { x: one.clientX, y: one.clientY } : { x: NaN, y: NaN }),
      { passive: true },
    ),
    on(frame, 'touchend', (event) => {
      if (!tapped(event)) return;
      // No click, and so no `dblclick`, follows.
      if (event.cancelable) event.preventDefault();
      toggle(event.changedTouches[0]);
    }),
    on(
      frame,
      'wheel',
      (/** @type {WheelEvent} */ event) => {
        // With the key, or as a pinch on a trackpad; without, it scrolls.
        if (!event.ctrlKey) return;
        event.preventDefault();
        set(scale() * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event);
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
        set((pinch.scale * now) / pinch.apart, middle(event));
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
