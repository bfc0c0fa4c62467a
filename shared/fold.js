/** What a search compares. Pure: the server and the browser share it. */

/**
 * A text without the differences that a search ignores: case, width and spacing.
 * @param {string} text
 * @returns {string}
 */
export const fold = (text) => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
