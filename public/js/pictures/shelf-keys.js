/** The keys of the shelf and of panels like it: one item is in the tab order, arrows walk among all, Escape closes. */
import { on } from '../ui/dom.js';

/**
 * @param {{ panel: HTMLElement, list: HTMLElement, search: HTMLInputElement, close: () => void, item?: string }} parts `item`:
 *   the selector of what is walked among
 */
export function shelfKeys({ panel, list, search, close, item = '.shelf-gif' }) {
  /** @returns {HTMLButtonElement[]} */
  const gifs = () => [...list.querySelectorAll(item)].filter((each) => each instanceof HTMLButtonElement);

  /** @param {HTMLButtonElement | undefined} gif */
  function only(gif) {
    for (const each of gifs()) each.tabIndex = each === gif ? 0 : -1;
  }

  /** The GIF in the row above or below that stands nearest. @param {HTMLElement} from @param {1 | -1} way */
  function inNextRow(from, way) {
    const here = from.getBoundingClientRect();
    const further = gifs()
      .map((gif) => ({ gif, at: gif.getBoundingClientRect() }))
      .filter(({ at }) => way * (at.top - here.top) > here.height / 2);
    const row = Math.min(...further.map(({ at }) => way * at.top));
    return further
      .filter(({ at }) => Math.abs(way * at.top - row) < here.height / 2)
      .sort((a, b) => Math.abs(a.at.left - here.left) - Math.abs(b.at.left - here.left))[0]?.gif;
  }

  /** @param {string} key @param {HTMLButtonElement} from @returns {HTMLElement | undefined} */
  function target(key, from) {
    const all = gifs();
    const at = all.indexOf(from);
    if (key === 'ArrowRight') return all[at + 1];
    if (key === 'ArrowLeft') return all[at - 1];
    if (key === 'ArrowDown') return inNextRow(from, 1);
    if (key === 'ArrowUp') return inNextRow(from, -1) ?? search;
    if (key === 'Home') return all[0];
    if (key === 'End') return all.at(-1);
    return undefined;
  }

  on(panel, 'keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
      return;
    }
    const from = document.activeElement;
    const next =
      from === search && (event.key === 'ArrowDown' || event.key === 'Enter')
        ? gifs()[0]
        : from instanceof HTMLButtonElement && from.matches(item)
          ? target(event.key, from)
          : undefined;
    if (!next) return;
    event.preventDefault();
    if (next instanceof HTMLButtonElement) only(next);
    next.focus();
  });

  return {
    /** The list was drawn anew: its first GIF is the one that Tab reaches. */
    first: () => only(gifs()[0]),
  };
}
