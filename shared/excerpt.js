/** The first words of a message, as a reply to it shows them: the same on the server and in the browser. Pure. */

/** Characters of an excerpt. */
const EXCERPT_MAX = 120;

/**
 * @typedef {{
 *   chat?: string | null | undefined, message?: string | null | undefined, removed?: string | null | undefined,
 *   gif?: { alt?: string | null | undefined } | null | undefined,
 * }} Quotable
 */

/**
 * @param {Quotable | null | undefined} message
 * @param {(text: string) => string} plainOf a text without its marks
 * @returns {string} '' of one that was removed
 */
export function excerptOf(message, plainOf) {
  if (!message || message.removed) return '';
  const typed = message.chat ?? message.message;
  const text = typed ? plainOf(typed) : message.gif?.alt || 'GIF';
  return Array.from(text.replace(/\s+/gu, ' ')).slice(0, EXCERPT_MAX).join('');
}
