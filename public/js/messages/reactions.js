/**
 * Reactions: chips under a message, each an emoji with the number of those who chose it. A press shows at once what it is
 * for, and is taken back if the server refuses it.
 */
import { request } from '../net/api.js';
import { fillList, find, h, on, setText, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { notice } from '../ui/notice.js';
import { openEmoji } from './emoji.js';
import { failureText, t } from '../ui/words.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {{ reactions: Record<string, number>, mine: readonly string[] }} State */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./reactions-who.js')>} */
const who = lazy(new URL('./reactions-who.js', import.meta.url));

/** Chips under one message; of more kinds the rest is behind the last one. */
const SHOWN = 6;
/** Milliseconds that a pointer rests on a chip before it is asked who is behind it. */
const REST_MS = 250;

/** @param {State} state @param {string} emoji @param {boolean} isChosen @returns {State} */
function chosen({ reactions, mine }, emoji, isChosen) {
  const count = Math.max(0, (reactions[emoji] ?? 0) + (isChosen ? 1 : -1));
  const others = mine.filter((each) => each !== emoji);
  return {
    reactions: Object.fromEntries(Object.entries({ ...reactions, [emoji]: count }).filter(([, left]) => left > 0)),
    mine: isChosen ? [...others, emoji] : others,
  };
}

/** @param {string} kind @param {number} count @param {boolean} isMine @param {HTMLElement} [there] */
function chip(kind, count, isMine, there) {
  const own =
    there ??
    h(
      'li',
      {},
      h(
        'button',
        { class: 'reaction', type: 'button', tabindex: '-1', 'data-reaction': kind },
        h('span', { class: 'reaction-emoji' }, kind),
        ' ',
        h('span', { class: 'reaction-count' }),
      ),
    );
  const button = find('button', HTMLElement, own);
  button?.setAttribute('aria-pressed', String(isMine));
  const number = find('.reaction-count', HTMLElement, own);
  if (number && number.textContent !== String(count)) {
    setText(number, String(count));
    button?.removeAttribute('title');
  }
  return own;
}

/** @param {number} count kinds that are not shown */
function more(count) {
  const words = t('reactions.more', { count });
  const attributes = { class: 'reaction', type: 'button', tabindex: '-1', 'aria-haspopup': 'dialog' };
  return h('li', {}, h('button', { ...attributes, 'aria-label': words, 'data-reactions-who': true }, `+${count}`));
}

/**
 * @param {HTMLElement} log
 * @param {{
 *   actions: import('./message-actions.js').Actions, shown: () => Conversation | null,
 *   messageAt: (target: EventTarget | null) => Message | undefined,
 * }} parts `messageAt`: the one that an element belongs to
 */
export function initReactions(log, { actions, shown, messageAt }) {
  /** What is shown of a message while the server is being told. @type {Map<string, State & { asking: number }>} */
  const ahead = new Map();
  /** Questions go one after the other, so that the last press counts. @type {Promise<void>} */
  let last = Promise.resolve();
  let rest = 0;

  /** @param {Message} message @returns {State} */
  const stateOf = ({ _id, reactions = {}, mine = [] }) => ahead.get(_id) ?? { reactions, mine };
  /** @param {Message} message */
  const pathOf = ({ _id }) => `${actions.path(_id)}/reactions`;

  /** Choose an emoji, or choose it no more. @param {Message} message @param {string} emoji */
  function toggle(message, emoji) {
    const conversation = shown();
    const { _id } = message;
    const before = stateOf(message);
    const isChosen = !before.mine.includes(emoji);
    ahead.set(_id, { ...chosen(before, emoji, isChosen), asking: (ahead.get(_id)?.asking ?? 0) + 1 });
    conversation?.changed({ quietly: true });
    last = last.then(async () => {
      try {
        const method = isChosen ? 'PUT' : 'DELETE';
        const answer = await request(`${pathOf(message)}/${encodeURIComponent(emoji)}`, { method });
        conversation?.replaced(answer, { isAnswer: true });
      } catch (error) {
        notice(failureText(error));
      }
      const state = ahead.get(_id);
      if (state && --state.asking === 0) ahead.delete(_id);
      conversation?.changed({ quietly: true });
    });
  }

  /** @param {HTMLElement} row @param {Message} message */
  function draw(row, message) {
    const there = find('.msg-reactions', HTMLElement, row);
    const { reactions, mine } = stateOf(message);
    const kinds = message.removed ? [] : Object.entries(reactions);
    if (kinds.length === 0) return there?.remove();
    const list = there ?? h('ul', { class: 'msg-reactions', 'aria-label': t('reactions.title') });
    if (!there) find('.msg-line', HTMLElement, row)?.after(list);
    const few = kinds.length > SHOWN ? kinds.slice(0, SHOWN - 1) : kinds;
    /** @type {[string, number][]} */
    const rows = few.length < kinds.length ? [...few, ['more', kinds.length - few.length]] : few;
    fillList(
      list,
      rows,
      ([kind]) => kind,
      ([kind, count], drawn) => (kind === 'more' ? more(count) : chip(kind, count, mine.includes(kind), drawn)),
    );
  }

  /** @param {Message} message */
  const open = (message) => void who(({ openReactions }) => void openReactions(pathOf(message)));

  /** @param {EventTarget | null} target */
  const chipAt = (target) => (target instanceof Element ? target.closest('.reaction') : null);

  const stop = together(
    on(log, 'click', ({ target }) => {
      const button = chipAt(target);
      const message = button && messageAt(button);
      if (!message) return;
      const kind = button.getAttribute('data-reaction');
      if (kind) toggle(message, kind);
      else open(message);
    }),
    on(log, 'pointerover', ({ target, pointerType }) => {
      clearTimeout(rest);
      const button = pointerType === 'mouse' ? chipAt(target) : null;
      const message = button && messageAt(button);
      if (!message || button.hasAttribute('title')) return;
      rest = window.setTimeout(
        () => void who(({ nameReactions }) => void nameReactions(button, pathOf(message))),
        REST_MS,
      );
    }),
    () => clearTimeout(rest),
  );

  /** Choose from all emoji. @param {Message} message */
  function all(message) {
    const { author, seq } = message;
    openEmoji({
      title: t('reactions.to', { name: author.name }),
      choose: (emoji) => toggle(message, emoji),
      isOnce: true,
      closed: () => document.getElementById(`m-${seq}`)?.focus({ preventScroll: true }),
    });
  }

  return { draw, toggle, all, open, stateOf, stop };
}
