/** A stylesheet of public/css/ that comes with the part of the page that needs it. */
import { h, on } from './dom.js';

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/** @param {string} name */
export const sheetAddress = (name) => new URL(`../../css/${name}.css`, import.meta.url).href;

/**
 * Resolves once it is there, or cannot come: then the part is plain.
 * @param {string} name
 */
export function loadSheet(name) {
  const known = sheets.get(name);
  if (known) return known;
  const link = h('link', { rel: 'stylesheet', href: sheetAddress(name) });
  /** @type {Promise<void>} */
  const loading = new Promise((resolve) => void on(link, 'load error', () => resolve()));
  sheets.set(name, loading);
  document.head.append(link);
  return loading;
}
