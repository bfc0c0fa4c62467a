/** The GIFs of the shelf as they stand in its panel: still until looked at, each with a star for favourites. */
import { h, icon, on } from '../ui/dom.js';
import { lang, t } from '../ui/words.js';
import { favourites } from './shelf-kept.js';

/** @typedef {import('../../../schemas/messages/shelf.js').ShelfGifView} ShelfGif */

/**
 * @param {{ choose: (gif: ShelfGif) => void, say: (words: string) => void }} parts
 * @returns {(title: string, gifs: readonly ShelfGif[]) => HTMLElement[]} a titled list; nothing without GIFs
 */
export function shelfTiles({ choose, say }) {
  /** @param {ShelfGif} gif @param {HTMLElement} star */
  function keepOrNot(gif, star) {
    const isKept = favourites.toggle(gif.id);
    markStar(star, gif, isKept);
    say(t(isKept ? 'shelf.kept' : 'shelf.unkept', { name: gif.name[lang] }));
  }

  /** @param {ShelfGif} gif */
  function tile(gif) {
    const image = h('img', { src: gif.still, alt: '', width: '80', height: '80', loading: 'lazy', decoding: 'async' });
    const words = gif.name[lang];
    const choice = h(
      'button',
      { type: 'button', class: 'shelf-gif', tabindex: '-1', 'aria-label': words, title: words },
      image,
    );
    const star = h('button', { type: 'button', class: 'shelf-star', tabindex: '-1' });
    markStar(star, gif, favourites.has(gif.id));
    if (!gif.flashes) {
      on(choice, 'pointerenter focus pointerdown', () => void (image.src = gif.url));
      on(choice, 'pointerleave pointercancel blur', () => void (image.src = gif.still));
    }
    on(choice, 'click', () => choose(gif));
    on(choice, 'keydown', (event) => event.key.toLowerCase() === 'f' && keepOrNot(gif, star));
    on(star, 'click', () => keepOrNot(gif, star));
    return h('li', {}, choice, star);
  }

  return (title, gifs) =>
    gifs.length === 0
      ? []
      : [h('h3', {}, title), h('ul', { class: 'shelf-gifs', role: 'list', 'aria-label': title }, ...gifs.map(tile))];
}

/** @param {HTMLElement} star @param {ShelfGif} gif @param {boolean} isKept */
function markStar(star, gif, isKept) {
  const words = t(isKept ? 'shelf.unkeep' : 'shelf.keep', { name: gif.name[lang] });
  star.setAttribute('aria-pressed', String(isKept));
  star.setAttribute('aria-label', words);
  star.title = words;
  star.replaceChildren(icon('star'));
}
