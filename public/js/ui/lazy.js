/**
 * A part of the page that is loaded at its first use. services/site/browser-modules.ts looks for `lazy(new URL(…,
 * import.meta.url))` with the path of a module, and serves that as a file of its own.
 */
import { notice } from './notice.js';
import { t } from './words.js';

/**
 * Use the part: at once, or in turn with other uses as soon as it has come. `quietly`: it is loaded ahead, and missed by
 * nobody if it does not come.
 * @template M
 * @typedef {(act: (part: M) => void, options?: { quietly?: boolean }) => Promise<void>} Lazy
 */

/** @type {URL[]} */
const addresses = [];

/** Of all parts of this page that come at their first use. */
export const lazyAddresses = () => addresses.map(({ href }) => href);

/**
 * If the part does not come (offline), the reader is told, and the next use asks for it again.
 * @template M
 * @param {URL} address
 * @returns {Lazy<M>}
 */
export function lazy(address) {
  /** @type {Promise<M> | null} */
  let loading = null;
  let failures = 0;
  addresses.push(address);

  async function load() {
    // A browser remembers the address of a module that did not come: the next try needs another one.
    if (failures > 0) address.searchParams.set('again', String(failures));
    /** @type {M} */
    const part = await import(address.href);
    return part;
  }

  return async function use(act, { quietly = false } = {}) {
    const asked = (loading ??= load());
    /** @type {M} */
    let part;
    try {
      part = await asked;
    } catch (error) {
      if (loading === asked) {
        loading = null;
        failures++;
      }
      console.warn('a part of the page did not load', error);
      if (!quietly) notice(t('ui.part_failed'));
      return;
    }
    act(part);
  };
}
