/**
 * Completion in the composer: who is here after `@`, emoji after `:`, as a list over the composer. Arrows walk, Enter or Tab
 * takes, Escape closes. While the input method composes a syllable, its keys are its own. Loaded at its first use.
 */
import { faceNode, h, on, together } from '../ui/dom.js';
import { loadSheet } from '../ui/sheet.js';
import { t } from '../ui/words.js';
import { allEmoji, findEmoji } from './emoji-data.js';
import { toned } from './skin-tones.js';

/** @typedef {import('../../../shared/face.js').Face & { name: string }} Somebody */
/** @typedef {{ key: string, sign: Node | string, words: string, hint?: string, insert: string }} Option */
/** @typedef {{ start: number, query: string, isName: boolean, isClosed: boolean }} Asked what is being typed, and where it begins */

const MOST = 8;
/** A name may have spaces in it, so that what follows an `@` is taken as far as it can be one. */
const NAME = /(?:^|[^\p{L}\p{N}_])@([^@\n]{0,40})$/u;
const CODE = /(?:^|[\s(])(:([\p{L}\p{N}_+-]{2,30})(:?))$/u;

/** @param {string} before the text before the cursor @returns {Asked | null} */
function askedIn(before) {
  const code = CODE.exec(before);
  if (code?.[1]) {
    return { start: before.length - code[1].length, query: code[2] ?? '', isName: false, isClosed: Boolean(code[3]) };
  }
  const name = NAME.exec(before);
  if (name?.[1] === undefined) return null;
  return { start: before.length - name[1].length - 1, query: name[1], isName: true, isClosed: false };
}

/** @param {string} query @param {readonly Somebody[]} people @returns {Option[]} */
function named(query, people) {
  const wanted = query.toLowerCase();
  const fits = people.filter(({ name }) => {
    const lower = name.toLowerCase();
    return lower.startsWith(wanted) || lower.split(/\s+/u).some((word) => word.startsWith(wanted));
  });
  // A name that is there already needs nothing more.
  if (fits.length === 1 && fits[0]?.name.toLowerCase() === wanted) return [];
  return fits.slice(0, MOST).map((person) => ({
    key: person.id,
    sign: faceNode(person, 24),
    words: person.name,
    insert: `@${person.name} `,
  }));
}

/** @param {Option} option @param {number} index */
const optionItem = ({ sign, words, hint }, index) =>
  h(
    'li',
    { id: `suggest-${index}`, role: 'option', 'data-index': String(index) },
    h('span', { class: 'suggest-sign', 'aria-hidden': 'true' }, sign),
    h('span', { class: 'suggest-words' }, words),
    hint ? h('span', { class: 'hint' }, hint) : null,
  );

/**
 * @param {{ form: HTMLFormElement, box: HTMLTextAreaElement, people: () => readonly Somebody[] }} parts `people`: those who
 *   can be named
 */
export function createSuggest({ form, box, people }) {
  const list = h('ul', { class: 'suggest', id: 'suggest', role: 'listbox', hidden: true });
  form.append(list);
  void loadSheet('emoji');
  box.setAttribute('aria-autocomplete', 'list');
  box.setAttribute('aria-controls', list.id);
  /** @type {Option[]} */
  let options = [];
  /** @type {Asked | null} */
  let asked = null;
  /** What was closed by Escape is not offered again. */
  let closedAt = -1;
  let at = 0;
  let isComposing = false;

  function close() {
    list.hidden = true;
    options = [];
    box.removeAttribute('aria-activedescendant');
  }

  function mark() {
    for (const [index, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(index === at));
      if (index === at) item.scrollIntoView({ block: 'nearest' });
    }
    box.setAttribute('aria-activedescendant', `suggest-${at}`);
  }

  /** @param {Option[]} found @param {string} title */
  function show(found, title) {
    options = found;
    at = 0;
    if (found.length === 0) return close();
    list.setAttribute('aria-label', title);
    list.replaceChildren(...found.map(optionItem));
    list.hidden = false;
    mark();
  }

  /** @param {Option | undefined} option */
  function take(option) {
    if (!option || !asked) return;
    box.setRangeText(option.insert, asked.start, box.selectionStart, 'end');
    close();
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** @param {Asked} now */
  async function offerEmoji(now) {
    const all = await allEmoji().catch(() => []);
    if (asked !== now) return;
    const found = findEmoji(all, now.query, MOST).map(({ emoji, name, codes }) => ({
      ...{ key: emoji, sign: toned(emoji), insert: toned(emoji) },
      words: name,
      hint: `:${codes.find((code) => code.startsWith(now.query)) ?? codes[0]}:`,
    }));
    // `:smile:` typed to its end is the emoji.
    const whole = now.isClosed ? all.find(({ codes }) => codes.includes(now.query)) : undefined;
    if (whole && !isComposing) return take({ key: '', sign: '', words: '', insert: toned(whole.emoji) });
    show(now.isClosed ? [] : found, t('emoji.title'));
  }

  /** The text or the cursor is not what it was. */
  function update() {
    const before = box.selectionStart === box.selectionEnd ? box.value.slice(0, box.selectionStart) : '';
    asked = askedIn(before);
    if (asked?.start !== closedAt) closedAt = -1;
    if (!asked || closedAt >= 0) return close();
    if (asked.isName) show(named(asked.query, people()), t('chat.people'));
    else void offerEmoji(asked);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by) {
      at = (at + by + options.length) % options.length;
      mark();
    } else if (event.key === 'Escape') {
      closedAt = asked?.start ?? -1;
      close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(options[at]);
    else return;
    event.preventDefault();
    // The composer would send, or edit the last message.
    event.stopPropagation();
  }

  const stop = together(
    on(box, 'input click', update),
    on(box, 'keyup', ({ key: pressed }) => /^(Arrow(Left|Right)|Home|End)$/.test(pressed) && update()),
    on(box, 'compositionstart compositionend', ({ type }) => (isComposing = type === 'compositionstart')),
    on(box, 'blur', close),
    on(form, 'keydown', key, { capture: true }),
    // The text keeps the focus, so that a phone's keyboard stays.
    on(list, 'pointerdown', (event) => event.preventDefault()),
    on(list, 'click', ({ target }) => {
      const item = target instanceof Element ? target.closest('[data-index]') : null;
      const option = options[Number(item?.getAttribute('data-index') ?? -1)];
      // What is being composed is part of the text once the focus has left it.
      if (isComposing) box.blur();
      take(option);
      box.focus();
    }),
    () => list.remove(),
  );
  update();
  return { stop };
}
