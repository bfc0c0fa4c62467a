/**
 * Colour arithmetic in OKLab / OKLCH (Björn Ottosson's matrices), for what draws and compares faces. Pure.
 */

/** @typedef {readonly [number, number, number]} Triple */

const FALLBACK = '#8a8a8a';

/** A colour that can be drawn: `#rrggbb` in lower case, grey for anything else. @param {string} color */
export const safeColor = (color) => (/^#[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : FALLBACK);

/**
 * `#rrggbb` to three numbers in 0..1.
 * @param {string} hex
 * @returns {Triple}
 */
function parseHex(hex) {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

/** @param {number} v sRGB channel, 0..1 */
const toLinear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
/** @param {number} v linear channel */
const fromLinear = (v) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

/**
 * @param {string} hex
 * @returns {Triple} linear light
 */
export function linear(hex) {
  const [r, g, b] = parseHex(hex);
  return [toLinear(r), toLinear(g), toLinear(b)];
}

/**
 * @param {Triple} rgb linear light
 * @returns {Triple} OKLab
 */
export function oklabOf([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/**
 * @param {string} hex
 * @returns {Triple} lightness 0..1, chroma, hue in degrees
 */
export function oklch(hex) {
  const [l, a, b] = oklabOf(linear(hex));
  return [l, Math.hypot(a, b), ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360];
}

/**
 * @param {number} l
 * @param {number} c
 * @param {number} h
 * @returns {Triple} linear light, perhaps outside 0..1
 */
function linearOf(l, c, h) {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
}

/**
 * The nearest `#rrggbb`: a chroma that no screen can show is lowered, lightness and hue stay.
 * @param {number} l
 * @param {number} c
 * @param {number} h
 */
export function hexOf(l, c, h) {
  let chroma = c;
  let rgb = linearOf(l, chroma, h);
  while (chroma > 0.002 && rgb.some((v) => v < -0.0005 || v > 1.0005)) {
    chroma -= 0.004;
    rgb = linearOf(l, Math.max(chroma, 0), h);
  }
  const byte = (/** @type {number} */ v) =>
    Math.round(Math.min(1, Math.max(0, fromLinear(Math.max(v, 0)))) * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${rgb.map(byte).join('')}`;
}

/** WCAG relative luminance. @param {string} hex */
export function luminance(hex) {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * WCAG contrast, 1..21.
 * @param {string} one
 * @param {string} other
 */
export function contrast(one, other) {
  const a = luminance(one);
  const b = luminance(other);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/**
 * Distance in OKLab: 0.02 is just seen side by side, 0.1 is plainly another colour.
 * @param {Triple} one
 * @param {Triple} other
 */
export function distance(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/**
 * What an eye without green cones sees (Machado, Oliveira and Fernandes 2009, severity 1).
 * @param {Triple} rgb linear light
 * @returns {Triple} linear light
 */
export function withoutGreen([r, g, b]) {
  const seen = [
    0.367322 * r + 0.860646 * g - 0.227968 * b,
    0.280085 * r + 0.672501 * g + 0.047413 * b,
    -0.01182 * r + 0.04294 * g + 0.968881 * b,
  ].map((v) => Math.min(1, Math.max(0, v)));
  return [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0];
}
