/**
 * All emoji as a panel over the composer, as the GIF shelf is one: search, those used lately, then groups. Arrows walk, Enter
 * chooses, Escape closes. What has skin tones is shown in the one that was chosen. Loaded at its first use.
 */
import { shelfKeys } from '../pictures/shelf-keys.js';
import { h, hasMouse, icon, need, on, setText } from '../ui/dom.js';
import { loadSheet } from '../ui/sheet.js';
import { keep, recall } from '../ui/store.js';
import { t } from '../ui/words.js';
import { allEmoji, findEmoji } from './emoji-data.js';
import { createToneChoice } from './emoji-tones.js';
import { toned } from './skin-tones.js';

/** @typedef {import('./emoji-data.js').Emoji} Emoji */
/**
 * What the panel is opened for. `title`: what an emoji is chosen for; `choose`: it was; `isOnce`: then the panel closes;
 * `closed`: the panel is gone and the focus free.
 * @typedef {{ title: string, choose: (emoji: string) => void, isOnce: boolean, closed: () => void }} Use
 */

const RECENTS = 'emoji-recents';
const RECENTS_MAX = 24;
const FOUND_MAX = 120;
/** Groups of the data, in order. */
const GROUPS = [
  'emoji.smileys',
  'emoji.people',
  '',
  'emoji.animals',
  'emoji.food',
  'emoji.travel',
  'emoji.activities',
  'emoji.objects',
  'emoji.symbols',
  'emoji.flags',
];

/** @type {ReturnType<typeof createPanel> | null} */
let panel = null;

/** Open the panel, or close it if it is open for the same. @param {Use} use */
export async function toggleEmoji(use) {
  await Promise.all([loadSheet('shelf'), loadSheet('emoji')]);
  panel ??= createPanel();
  panel.toggle(use);
}

/** @returns {string[]} */
const recents = () => recall('local', RECENTS, []);

function createPanel() {
  const search = h('input', { type: 'search', class: 'shelf-search', autocomplete: 'off', enterkeyhint: 'search' });
  search.placeholder = t('emoji.search');
  search.setAttribute('aria-label', t('emoji.search'));
  const words = t('ui.close');
  const close = h(
    'button',
    { type: 'button', class: 'button quiet icon-only', 'aria-label': words, title: words },
    icon('x'),
  );
  const list = h('div', { class: 'shelf-list emoji-list' });
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  const box = h('section', { class: 'shelf', tabindex: '-1', 'data-emoji-panel': true, hidden: true });
  const tones = createToneChoice(() => draw());
  box.append(h('div', { class: 'shelf-head' }, search, tones.button, close), tones.row, list, status);
  need('[data-composer]', HTMLFormElement).before(box);
  /** @type {readonly Emoji[]} */
  let all = [];
  /** @type {Use | null} */
  let use = null;

  function hide() {
    const { closed } = use ?? {};
    use = null;
    box.hidden = true;
    closed?.();
  }

  /** @param {string} emoji without a tone, as it is kept, so that it comes back in the tone of that day */
  function choose(emoji) {
    const others = recents().filter((each) => each !== emoji);
    keep('local', RECENTS, [emoji, ...others].slice(0, RECENTS_MAX));
    const { choose: act, isOnce } = use ?? {};
    if (isOnce) hide();
    act?.(toned(emoji));
  }

  /** @param {string} title @param {readonly Emoji[]} some */
  function section(title, some) {
    if (some.length === 0) return [];
    const buttons = some.map(({ emoji, name }) => {
      const attributes = { type: 'button', class: 'emoji', tabindex: '-1', 'aria-label': name, title: name };
      return h('button', { ...attributes, 'data-emoji': emoji }, toned(emoji));
    });
    return [h('h3', {}, title), h('div', { class: 'emoji-grid', role: 'group', 'aria-label': title }, ...buttons)];
  }

  function draw() {
    const query = search.value.trim();
    const found = query ? findEmoji(all, query, FOUND_MAX) : [];
    const used = recents().flatMap((each) => all.find(({ emoji }) => emoji === each) ?? []);
    const parts = query
      ? section(t('emoji.found', { count: found.length }), found)
      : [
          ...section(t('emoji.recent'), used),
          ...GROUPS.flatMap((group, at) =>
            group
              ? section(
                  t(group),
                  all.filter((emoji) => emoji.group === at),
                )
              : [],
          ),
        ];
    list.replaceChildren(...(parts.length ? parts : [h('p', { class: 'hint' }, t('emoji.none', { q: query }))]));
    list.scrollTop = 0;
    setText(status, query ? t('emoji.found', { count: found.length }) : '');
    keys.first();
  }

  async function load() {
    list.replaceChildren(h('p', { class: 'hint' }, t('emoji.loading')));
    try {
      all = await allEmoji();
      draw();
    } catch {
      const again = h('button', { type: 'button', class: 'button' }, t('ui.retry'));
      on(again, 'click', () => void load());
      list.replaceChildren(h('p', { class: 'hint', role: 'alert' }, t('ui.part_failed')), again);
    }
  }

  const keys = shelfKeys({ panel: box, list, search, close: hide, item: '.emoji' });
  on(search, 'input', draw);
  on(close, 'click', hide);
  on(list, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('.emoji') : null;
    if (button) choose(button.getAttribute('data-emoji') ?? '');
  });

  return {
    /** @param {Use} next */
    toggle(next) {
      const isSame = use?.title === next.title;
      if (use) hide();
      if (isSame) return;
      use = next;
      box.setAttribute('aria-label', next.title);
      search.value = '';
      box.hidden = false;
      if (all.length) draw();
      else void load();
      (hasMouse() ? search : box).focus();
    },
  };
}
