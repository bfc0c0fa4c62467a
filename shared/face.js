/**
 * Who somebody is, drawn: a rounded square in the visitor's colour with a mark chosen by the id. Pure, so that the server
 * (templates) and the browser draw the same face.
 */
import { contrast, hexOf, luminance, oklch, safeColor } from './color.js';

/** @typedef {{ id: string, color: string, name?: string, shift?: number | undefined }} Face */

/**
 * Sixteen marks on a 32 by 32 grid. `w` is the stroke width; without it the shape is filled.
 * @type {readonly { name: string, d: string, w?: number }[]}
 */
const MARKS = [
  { name: 'stripes', d: 'M7 17 17 7M8 24 24 8M15 25 25 15', w: 3.5 },
  { name: 'dots', d: 'M11 11h0M21 11h0M11 21h0M21 21h0', w: 7 },
  { name: 'arcs', d: 'M7 18a7 7 0 0 1 7 7M7 11a14 14 0 0 1 14 14', w: 4 },
  { name: 'ring', d: 'M16 8.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15', w: 4.5 },
  { name: 'chevrons', d: 'M8 15l8-7 8 7M8 24l8-7 8 7', w: 4 },
  { name: 'checker', d: 'M7 7h9v9H7zM16 16h9v9h-9z' },
  { name: 'waves', d: 'M6 12c3.3-5 6.7 5 10 0s6.7 5 10 0M6 21c3.3-5 6.7 5 10 0s6.7 5 10 0', w: 3.5 },
  { name: 'plus', d: 'M16 8v16M8 16h16', w: 5.5 },
  { name: 'half', d: 'M6 13h20a10 10 0 0 1-20 0z' },
  {
    name: 'petals',
    d: 'M16 16C8 16 7 13 7 7c6 0 9 1 9 9zM16 16c8 0 9 3 9 9-6 0-9-1-9-9zM16 16c0-8 3-9 9-9 0 6-1 9-9 9zM16 16c0 8-3 9-9 9 0-6 1-9 9-9z',
  },
  { name: 'bars', d: 'M9 24v-8M16 24V8M23 24V13', w: 4.5 },
  { name: 'moon', d: 'M20 7a9.5 9.5 0 1 0 5 13A8 8 0 0 1 20 7z' },
  { name: 'triangle', d: 'M16 8l9 15.500H7z' },
  { name: 'diamond', d: 'M16 6l10 10-10 10L6 16zM16 12l-4 4 4 4 4-4z' },
  { name: 'steps', d: 'M7 25v-6h6v-6h6V7h6', w: 4 },
  // Not the smile of the site's own mark.
  { name: 'frame', d: 'M9 9h14v14H9z', w: 4.5 },
];
/** How far the lightness moves once a full turn of hues was not enough (rooms of 60 and more). */
const STEPS = [0, 0.12, 0.22, -0.08];

/** FNV-1a: even enough for picking a mark, and the same everywhere. @param {string} text */
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Which mark a face has, and how far it is turned, in degrees. @param {Face} face */
export function markOf(face) {
  const h = hash(face.id);
  const at = ((h % MARKS.length) + (face.shift ?? 0) * 5) % MARKS.length;
  return { at, turn: ((h >>> 8) % 4) * 90 };
}

/**
 * The colour a face is drawn in: the visitor's own, or, shifted, the same lightness at another hue.
 * @param {Face} face
 */
export function shownColor(face) {
  const color = safeColor(face.color);
  if (!face.shift) return color;
  const [l, c, h] = oklch(color);
  const step = STEPS[Math.floor(face.shift / 24) % STEPS.length] ?? 0;
  return hexOf(l > 0.6 ? l - step : l + step, Math.max(c, 0.09), (h + face.shift * 137.508) % 360);
}

/** The mark's tone on the colour: paper or ink of the same hue. @param {string} color */
export function markColor(color) {
  const [, c, h] = oklch(color);
  const paper = hexOf(0.97, c * 0.2, h);
  const ink = hexOf(0.22, c * 0.5, h);
  return luminance(color) < 0.3 && contrast(paper, color) >= 3 ? paper : ink;
}

/** @param {string} text */
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * @param {Face} face
 * @param {number} [size] pixels
 * @param {{ title?: string }} [options] a title makes it an image with a name; without one it is decoration
 * @returns {string} safe SVG: nothing in it comes from people but the checked colour and the escaped title
 */
export function faceSvg(face, size = 40, options = {}) {
  const color = shownColor(face);
  const ink = markColor(color);
  const { at, turn } = markOf(face);
  const mark = MARKS[at];
  const spin = turn ? ` transform="rotate(${turn} 16 16)"` : '';
  const paint = mark?.w ? `fill="none" stroke="${ink}" stroke-width="${mark.w}"` : `fill="${ink}"`;
  const named = options.title ? `role="img" aria-label="${escape(options.title)}"` : 'aria-hidden="true"';
  return (
    `<svg class="face" width="${Number(size)}" height="${Number(size)}" viewBox="0 0 32 32" ${named}>` +
    `<rect width="32" height="32" rx="10" fill="${color}"/><path d="${mark?.d ?? ''}" ${paint}${spin}/></svg>`
  );
}
