/** Visitors' colours as text: a colour that is text is always `readable(color)`, never the raw one. Pure. */
import { contrast, hexOf, oklch, safeColor } from './color.js';

/** The page, card and sunken surfaces of public/css/base.css: what text in a visitor's colour must stand out from. */
export const SURFACES = {
  light: ['#f6f5f2', '#ffffff', '#ebe9e4'],
  dark: ['#131316', '#1c1c21', '#2a2a31'],
};

/** @type {Map<string, { light: string, dark: string, onLight: string, onDark: string }>} */
const pairs = new Map();

/**
 * Text colours of the same hue: `light` for light pages, `dark` for dark ones, each at 4.5:1 or better on every surface,
 * and the text that goes on a fill of that colour.
 * @param {string} color
 */
export function readable(color) {
  const known = pairs.get(color);
  if (known) return known;
  const [l, c, h] = oklch(safeColor(color));
  const pair = {
    light: stepUntilRead(Math.min(l, 0.6), -0.01, c, h, SURFACES.light),
    dark: stepUntilRead(Math.max(l, 0.72), 0.01, c, h, SURFACES.dark),
    onLight: '#ffffff',
    onDark: '#131316',
  };
  pairs.set(color, pair);
  return pair;
}

/** Hues (OKLCH, degrees) that read as an error, and the neighbours that stand in for the lower and the upper part of them. */
const RED = { from: 10, middle: 30, to: 50, below: 355, above: 65 };

/**
 * The pair of `readable` for what a page tints with its visitor's colour: never a red, which is for errors alone.
 * @param {string} color
 */
export function accent(color) {
  const [l, c, h] = oklch(safeColor(color));
  if (h < RED.from || h > RED.to) return readable(color);
  return readable(hexOf(l, c, h < RED.middle ? RED.below : RED.above));
}

/**
 * @param {number} from
 * @param {number} step
 * @param {number} c
 * @param {number} h
 * @param {string[]} surfaces
 */
function stepUntilRead(from, step, c, h, surfaces) {
  let l = from;
  let hex = hexOf(l, c, h);
  while (l > 0 && l < 1 && surfaces.some((surface) => contrast(hex, surface) < 4.6)) {
    l += step;
    hex = hexOf(l, c, h);
  }
  return hex;
}
