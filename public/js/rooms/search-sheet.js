/**
 * Search in the room as a sheet over the conversation: it finds while one types, goes on as one scrolls, and leads to a message
 * in the log. The draft stays where it is. Loaded at its first use.
 */
import { find, fillList, h, icon, on, setText } from '../ui/dom.js';
import { loadSheet } from '../ui/sheet.js';
import { errorText, t } from '../ui/words.js';
import { initField, searchKeys } from './search-keys.js';
import { createResults } from './search-results.js';
import { searchRow } from './search-row.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/**
 * `jump`: to a message of the log; `now`: a message in its latest known state; `refused`: the room is no longer the reader's.
 * @typedef {{
 *   room: string, jump: ReturnType<typeof import('../messages/jump.js').initJump>,
 *   shiftOf: import('../messages/message.js').ShiftOf, now: (message: Message) => Message, refused: (code: string) => void,
 * }} Parts
 */

/** As much as the server looks at (schemas/site/text.ts). */
const QUERY_MAX = 64;

/** @type {ReturnType<typeof createSheet> | null} */
let sheet = null;
/** What was looked for last, to go on with. */
let lastQuery = '';

/** @param {Parts} parts */
export async function openSearch(parts) {
  await loadSheet('search');
  if (!document.querySelector('dialog[open]')) sheet = createSheet(parts);
}

/** A message is not what it was; none named: any. @param {Message} [message] */
export function altered(message) {
  sheet?.altered(message);
}

function build() {
  const words = t('search.field');
  const field = h('input', {
    type: 'search',
    value: lastQuery,
    maxlength: String(QUERY_MAX),
    placeholder: words,
    'aria-label': words,
    autocomplete: 'off',
    enterkeyhint: 'search',
  });
  const status = h('p', { class: 'hint', role: 'status' });
  const list = h('ol', { class: 'search-found' });
  const more = h('button', { class: 'button', type: 'button', hidden: true });
  const end = h('p', { class: 'search-more' }, more);
  const art = h('div', { class: 'empty-art', 'aria-hidden': 'true' }, icon('search'));
  const scroller = h('div', { class: 'search-scroll' }, list, art, end);
  const form = h('form', { class: 'search-form', role: 'search' }, field);
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const dialog = h(
    'dialog',
    { class: 'dialog search search-sheet', 'data-search': true, 'aria-labelledby': 'search-title' },
    h('form', { method: 'dialog' }, close),
    h('h2', { id: 'search-title' }, t('search.title')),
    form,
    status,
    scroller,
  );
  document.body.append(dialog);
  return { dialog, form, field, status, list, more, end, art, scroller };
}

/** Act when the end of a list comes near. @param {HTMLElement} root @param {HTMLElement} end @param {() => void} act */
function watchEnd(root, end, act) {
  const near = { root, rootMargin: '0px 0px 200px 0px' };
  const watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && act(), near);
  return {
    /** The list is another one: look whether its end is near. */
    again() {
      watch.unobserve(end);
      watch.observe(end);
    },
    stop: () => watch.disconnect(),
  };
}

/** @param {Parts} parts */
function createSheet({ room, jump, shiftOf, now, refused }) {
  const { dialog, form, field, status, list, more, end, art, scroller } = build();
  let timer = 0;
  /** The message that the reader chose, while it is loaded. */
  let goal = 0;
  /** The answer that is awaited gets the focus. */
  let isEntered = false;
  /** What the button under the list does. */
  let act = () => {};

  /** @param {string} words @param {string} [button] @param {() => void} [pressed] */
  function say(words, button = '', pressed = () => {}) {
    setText(status, words);
    setText(more, button);
    more.hidden = !button;
    act = pressed;
  }

  /** How much was found, and whether that is all. */
  function tell() {
    const count = { count: results.messages().length };
    if (!results.query()) say(t('search.hint'));
    else if (!results.hasMore()) say(t(count.count ? 'search.found' : 'search.none', count));
    else say(t(count.count ? 'search.found_so_far' : 'search.none_yet', count), t('search.more'), results.goOn);
  }

  const focusFirst = () => find('a', HTMLAnchorElement, list)?.focus();

  const results = createResults({
    room,
    now,
    changed({ isAnswer, isNew }) {
      const hadFocus = list.contains(document.activeElement);
      const about = { room, query: results.query(), shiftOf };
      fillList(
        list,
        results.messages(),
        ({ seq }) => String(seq),
        (message) => searchRow(message, about),
      );
      art.hidden = list.childElementCount > 0;
      if (isNew) scroller.scrollTop = 0;
      tell();
      if (isAnswer && isEntered) focusFirst();
      else if (hadFocus && !list.contains(document.activeElement)) field.focus();
      if (!isAnswer) return;
      isEntered = false;
      watch.again();
    },
    failed(error, again) {
      isEntered = false;
      if (!error.passing) return refused(error.code);
      const { retryAfter } = error.details;
      if (error.code !== 'rate_limited' || !retryAfter) return say(errorText(error.code), t('ui.retry'), again);
      say(t('search.too_fast', { count: retryAfter }));
      timer = window.setTimeout(again, retryAfter * 1000);
    },
  });

  /** Close, and lead to a message, once it is loaded. @param {number} seq */
  async function goTo(seq) {
    goal = seq;
    say(t('search.going'));
    const isFar = !document.getElementById(`m-${seq}`);
    const why = await jump.find(seq);
    if (goal !== seq || !dialog.open) return;
    goal = 0;
    tell();
    if (why) return setText(status, why);
    dialog.close();
    jump.show(seq, { isFar });
  }

  const watch = watchEnd(scroller, end, () => results.isFlowing() && results.goOn());
  const query = initField(field, {
    typed() {
      [goal, isEntered] = [0, false];
      clearTimeout(timer);
    },
    paused: (wanted) => results.look(wanted),
  });

  on(form, 'submit', (event) => {
    event.preventDefault();
    query.now();
    if (results.isAsking()) isEntered = true;
    else focusFirst();
  });
  on(more, 'click', () => act());
  on(list, 'click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-at]') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void goTo(Number(link.getAttribute('data-at')));
  });
  searchKeys({ dialog, field, list });
  on(dialog, 'close', () => {
    clearTimeout(timer);
    query.stop();
    results.stop();
    watch.stop();
    lastQuery = results.query();
    dialog.remove();
    sheet = null;
  });

  tell();
  dialog.showModal();
  field.focus();
  field.select();
  if (lastQuery) {
    setText(status, '');
    query.now();
  }
  return { altered: results.altered };
}
