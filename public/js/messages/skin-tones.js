/**
 * Skin tones of emoji: which have them, and which one the reader has chosen, kept in the browser. A couple takes the same
 * tone for both.
 */
import { keep, recall } from '../ui/store.js';

/** From light to dark, after none. */
export const TONES = ['', '\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'];

const KEY = 'emoji-tone';
const BASE = /(\p{Emoji_Modifier_Base})\uFE0F?/gu;
const COUPLE = /^([👨👩🧑])(\u200D(?:🤝|❤\uFE0F(?:\u200D💋)?)\u200D)([👨👩🧑])$/u;
/** Several people in one sign: a family, and bunny ears and wrestlers, which only the newest devices tone. */
const SEVERAL = /[\u{1F46A}\u{1F46F}\u{1F93C}]/u;

/** An emoji in a tone of {@link TONES}; as it is where it has none. @param {string} emoji @param {string} tone */
export function inTone(emoji, tone) {
  if (tone === '' || SEVERAL.test(emoji)) return emoji;
  const couple = COUPLE.exec(emoji);
  if (couple) return `${couple[1]}${tone}${couple[2]}${couple[3]}${tone}`;
  // A family of several signs has no tones either.
  return emoji.match(BASE)?.length === 1 ? emoji.replace(BASE, `$1${tone}`) : emoji;
}

/** Which of the tones was chosen. @returns {number} 0: none */
export function chosenTone() {
  const at = recall('local', KEY, 0);
  return TONES[at] === undefined ? 0 : at;
}

/** @param {number} at */
export const chooseTone = (at) => keep('local', KEY, at);

/** An emoji as the reader wants it. @param {string} emoji */
export const toned = (emoji) => inTone(emoji, TONES[chosenTone()] ?? '');
