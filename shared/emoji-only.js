/** Whether a text is nothing but one to three emoji, which are shown large. Pure and shared by templates and browser. */

/** Code units that three emoji have at the most, with spaces between them. */
const LENGTH_MAX = 100;

/** Browsers before 2023 do not know the set of all emoji; there none is shown large. @returns {RegExp | null} */
function pattern() {
  try {
    return new RegExp('^(?:\\p{RGI_Emoji}\\s*){1,3}$', 'v');
  } catch {
    return null;
  }
}
const ONLY = pattern();

/** @param {string | undefined} text */
export const isEmojiOnly = (text) => text !== undefined && text.length <= LENGTH_MAX && Boolean(ONLY?.test(text));
