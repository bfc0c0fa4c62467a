/**
 * Whether a moving picture flashes more than WCAG 2.3.1 allows: more than three general flashes within a second. A flash is a
 * pair of opposing changes of relative luminance by a tenth of its greatest value or more, the darker one below 0.80; it counts
 * where it fills more than a quarter of a field of ten degrees. How large a picture is on somebody's screen is not known: as
 * usual, one picture is taken for as large as that field (341 by 256 CSS pixels), so that a quarter of the picture counts.
 * Only the decoder process loads this file.
 */

const CHANGE = 0.1;
const DARKER_BELOW = 0.8;
const AREA = 0.25;
/** Milliseconds in which flashes are counted, and the changes of three flashes. */
const WINDOW_MS = 1_000;
const CHANGES_ALLOWED = 6;
/** Browsers show a frame for 100 ms where its delay is no longer than 10. */
const SHORT_MS = 10;
const SHOWN_MS = 100;

/** Frames of one size, one after the other. */
export interface Frames {
  /** RGBA, eight bits each. */
  pixels: Uint8Array;
  pixelsPerFrame: number;
  /** Milliseconds of each frame, as the file says it. */
  delays: readonly number[];
  /** It begins again after its last frame. */
  loops: boolean;
}

/** @returns true where it flashes too much on a light or on a dark page (it may be transparent). */
export function flashes(frames: Frames): boolean {
  return frames.delays.length > 1 && [1, 0].some((background) => flashesOn(background, frames));
}

function flashesOn(background: number, { pixels, pixelsPerFrame, delays, loops }: Frames): boolean {
  const shown = delays.map((delay) => (delay <= SHORT_MS ? SHOWN_MS : delay));
  const whole = shown.reduce((all, delay) => all + delay, 0);
  const end = whole + (loops ? WINDOW_MS : 0);
  const spots = Array.from({ length: pixelsPerFrame }, () => new Spot());
  let now = 0;
  for (let at = 0; now < end; at++) {
    const frame = at % delays.length;
    let tooMany = 0;
    spots.forEach((spot, index) => {
      if (spot.show(luminance(pixels, 4 * (frame * pixelsPerFrame + index), background), now)) tooMany++;
    });
    if (tooMany > AREA * pixelsPerFrame) return true;
    now += shown[frame] ?? SHOWN_MS;
  }
  return false;
}

/** One place of the picture over time. */
class Spot {
  /** When its last changes were, oldest first. */
  readonly #changes: number[] = [];
  /** Which way the last change went: up, down, or none yet. */
  #direction: 1 | -1 | 0 = 0;
  /** The brightest and the darkest value since that change began. */
  #high = -Infinity;
  #low = Infinity;

  /** Show a luminance from now on. @returns whether it has changed too often within the last second. */
  show(value: number, now: number): boolean {
    this.#high = Math.max(this.#high, value);
    this.#low = Math.min(this.#low, value);
    const falls = this.#direction !== -1 && this.#high - value >= CHANGE && value < DARKER_BELOW;
    const rises = this.#direction !== 1 && value - this.#low >= CHANGE && this.#low < DARKER_BELOW;
    if (falls || rises) {
      this.#direction = falls ? -1 : 1;
      this.#high = this.#low = value;
      this.#changes.push(now);
      if (this.#changes.length > CHANGES_ALLOWED + 1) this.#changes.shift();
    }
    const oldest = this.#changes.length > CHANGES_ALLOWED ? (this.#changes[0] ?? now) : -Infinity;
    return now - oldest < WINDOW_MS;
  }
}

/** Relative luminance, 0 to 1, of a pixel on a black (0) or white (1) page. */
function luminance(pixels: Uint8Array, at: number, background: number): number {
  const alpha = (pixels[at + 3] ?? 255) / 255;
  const light = (offset: number) => linear(((pixels[at + offset] ?? 0) / 255) * alpha + background * (1 - alpha));
  return 0.2126 * light(0) + 0.7152 * light(1) + 0.0722 * light(2);
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
