/**
 * The GIF shelf as a panel over the composer: search, recents, favourites, sets. GIFs stand still until the pointer or the
 * focus is on them; a tap sends one. Arrows walk, Enter sends, F keeps a favourite, Escape closes.
 */
import { request } from '../net/api.js';
import { h, hasMouse, icon, on, setText } from '../ui/dom.js';
import { loadSheet } from '../ui/sheet.js';
import { lang, t } from '../ui/words.js';
import { nearestTags, searchShelf } from '../../../shared/shelf-search.js';
import { favourites, recents } from './shelf-kept.js';
import { shelfKeys } from './shelf-keys.js';
import { shelfTiles } from './shelf-tiles.js';

/** @typedef {import('../../../schemas/messages/shelf.js').ShelfGifView} ShelfGif */
/** @typedef {import('../../../schemas/messages/shelf.js').ShelfView} Shelf */

/**
 * `send`: the reader chose one; `closed`: the panel is gone and the focus free.
 * @typedef {{ button: HTMLButtonElement, before: HTMLElement, send: (gif: ShelfGif) => void, closed: () => void }} Parts
 */

/** Two taps within this many milliseconds are one: nobody sends twice by a shaking finger. */
const TAP_MS = 1000;

/** The panel of each button, once it was opened. @type {WeakMap<HTMLButtonElement, ReturnType<typeof createPanel>>} */
const panels = new WeakMap();

/** Open or close the panel. @param {Parts} parts */
export function toggleShelf(parts) {
  const panel = panels.get(parts.button) ?? createPanel(parts);
  panels.set(parts.button, panel);
  panel.toggle();
}

/** Whether a composer is about to grow: pictures were chosen, or the keyboard of a phone comes up. @param {Event} event */
const needsRoom = ({ type, target }) =>
  type === 'change'
    ? target instanceof HTMLInputElement && target.type === 'file'
    : target instanceof HTMLTextAreaElement && !hasMouse();

/** @param {Parts} parts */
function createPanel({ button, before, send, closed }) {
  const search = h('input', {
    type: 'search',
    class: 'shelf-search',
    placeholder: t('shelf.search'),
    'aria-label': t('shelf.search'),
    autocomplete: 'off',
    enterkeyhint: 'search',
  });
  const close = h(
    'button',
    { type: 'button', class: 'button quiet icon-only', 'aria-label': t('ui.close'), title: t('ui.close') },
    icon('x'),
  );
  const list = h('div', { class: 'shelf-list' });
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  const head = h('div', { class: 'shelf-head' }, search, close);
  const panel = h(
    'section',
    { class: 'shelf', tabindex: '-1', 'aria-label': t('shelf.title'), hidden: true },
    head,
    list,
    status,
  );
  /** @type {Shelf | null} */
  let shelf = null;
  let sentAt = -Infinity;

  /** @param {boolean} isOpen */
  function show(isOpen) {
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) (hasMouse() ? search : panel).focus();
    else closed();
  }

  /** @param {ShelfGif} gif */
  function choose(gif) {
    if (performance.now() - sentAt < TAP_MS) return;
    sentAt = performance.now();
    recents.add(gif.id);
    send(gif);
    setText(status, t('shelf.sent', { name: gif.name[lang] }));
  }

  const section = shelfTiles({ choose, say: (words) => setText(status, words) });

  /** @param {Shelf} all @param {string} query */
  function found({ gifs }, query) {
    const fitting = searchShelf(gifs, query);
    if (fitting.length) return section(t('shelf.found', { count: fitting.length }), fitting);
    const near = nearestTags(gifs, query).map((tag) => h('button', { type: 'button', class: 'button' }, tag));
    for (const tag of near) on(tag, 'click', () => ask(tag.textContent));
    const offer = near.length ? h('p', { class: 'shelf-near' }, `${t('shelf.near')} `, ...near) : null;
    return [h('p', { class: 'hint' }, t('shelf.none', { q: query })), ...(offer ? [offer] : [])];
  }

  function draw() {
    if (!shelf) return;
    const { gifs, sets } = shelf;
    const query = search.value.trim();
    /** @param {readonly string[]} ids */
    const those = (ids) => ids.flatMap((id) => gifs.find((gif) => gif.id === id) ?? []);
    const parts = query
      ? found(shelf, query)
      : [
          ...section(t('shelf.recent'), those(recents.all())),
          ...section(t('shelf.favourites'), those(favourites.all())),
          ...sets.flatMap((set) =>
            section(
              nameOf(set),
              gifs.filter((gif) => gif.set === set),
            ),
          ),
        ];
    list.replaceChildren(...parts);
    list.scrollTop = 0;
    keys.first();
  }

  /** @param {string} query */
  function ask(query) {
    search.value = query;
    search.focus();
    draw();
  }

  async function load() {
    list.replaceChildren(h('p', { class: 'hint' }, t('shelf.loading')));
    try {
      shelf = await request('/shelf');
      draw();
    } catch {
      const again = h('button', { type: 'button', class: 'button' }, t('ui.retry'));
      on(again, 'click', () => void load());
      list.replaceChildren(h('p', { class: 'hint', role: 'alert' }, t('ui.part_failed')), again);
    }
  }

  const keys = shelfKeys({ panel, list, search, close: () => show(false) });
  on(search, 'input', draw);
  on(close, 'click', () => show(false));
  on(before, 'change focusin', (event) => {
    if (panel.hidden || !needsRoom(event)) return;
    panel.hidden = true;
    button.setAttribute('aria-expanded', 'false');
  });
  return {
    async toggle() {
      if (!panel.hidden) return show(false);
      if (!panel.isConnected) {
        await loadSheet('shelf');
        before.before(panel);
      }
      if (shelf) draw();
      else void load();
      show(true);
    },
  };
}

/** The starter set has a name in each language, the operator's folders have their own. @param {string} set */
const nameOf = (set) => (set === 'reactions' ? t('shelf.set_reactions') : set);
