/**
 * Small things kept in the browser. Storage may be full, forbidden or absent (private windows): then nothing is kept
 * and nothing breaks.
 */

/** @param {'local' | 'session'} kind @returns {Storage | null} */
function storage(kind) {
  try {
    return kind === 'local' ? localStorage : sessionStorage;
  } catch {
    return null;
  }
}

/**
 * @template T
 * @param {'local' | 'session'} kind
 * @param {string} key
 * @param {T} otherwise
 * @returns {T}
 */
export function recall(kind, key, otherwise) {
  try {
    const text = storage(kind)?.getItem(key);
    return text ? JSON.parse(text) : otherwise;
  } catch {
    return otherwise;
  }
}

/**
 * @param {'local' | 'session'} kind
 * @param {string} key
 * @param {unknown} value undefined forgets it
 */
export function keep(kind, key, value) {
  try {
    if (value === undefined) storage(kind)?.removeItem(key);
    else storage(kind)?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: it is only a convenience.
  }
}
