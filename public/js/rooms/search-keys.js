/** The field of a search, and the keys of its sheet: arrows walk from it through what was found, and back; Escape closes. */
import { on } from '../ui/dom.js';

/** Milliseconds without another letter after which a search begins. */
const PAUSE_MS = 250;
/** A Hangul letter after a syllable: while it is being composed, it is the beginning of another one. */
const UNFINISHED = /([가-힣])[ㄱ-ㅣ]$/u;

/**
 * @param {HTMLInputElement} field
 * @param {{ typed: () => void, paused: (query: string) => void }} parts `typed`: the field holds something else; `paused`: nothing
 *   else came for a moment
 */
export function initField(field, { typed, paused }) {
  let timer = 0;
  let isComposing = false;

  function now() {
    clearTimeout(timer);
    paused((isComposing ? field.value.replace(UNFINISHED, '$1') : field.value).trim());
  }
  on(field, 'input compositionend', (event) => {
    isComposing = event.type === 'input' && event.isComposing;
    typed();
    clearTimeout(timer);
    timer = window.setTimeout(now, PAUSE_MS);
  });
  return { now, stop: () => clearTimeout(timer) };
}

/** @param {{ dialog: HTMLDialogElement, field: HTMLInputElement, list: HTMLElement }} parts */
export function searchKeys({ dialog, field, list }) {
  on(dialog, 'keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // Escape in such a field would only empty it.
    if (event.key === 'Escape') {
      event.preventDefault();
      return dialog.close();
    }
    const links = [...list.querySelectorAll('a')];
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    if (at < 0 && document.activeElement !== field) return;
    const isFirst = at === 0 && event.key === 'ArrowUp';
    const goal = isFirst ? field : linkFor(event.key, links, at);
    if (!goal) return;
    event.preventDefault();
    goal.focus();
  });
}

/** @param {string} key @param {readonly HTMLAnchorElement[]} links @param {number} at -1: the field */
function linkFor(key, links, at) {
  if (key === 'ArrowDown') return links[at + 1];
  if (at < 0) return undefined;
  if (key === 'ArrowUp') return links[at - 1];
  if (key === 'Home') return links[0];
  return key === 'End' ? links.at(-1) : undefined;
}
