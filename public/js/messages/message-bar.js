/**
 * The buttons at the edge of the message that is pointed at, or that the keyboard is at: react, reply, more. There is one
 * bar, which goes from message to message; a phone has none, it opens the menu by a long press.
 */
import { h, icon, on, together } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { rowOf } from './message-keys.js';

/** Pixels that the bar takes at the most. */
const WIDE = 300;

/**
 * @param {HTMLElement} log
 * @param {{
 *   canAct: (row: HTMLElement) => boolean, react: (row: HTMLElement, emoji: string) => void, all: (row: HTMLElement) => void,
 *   reply: (row: HTMLElement) => void, more: (row: HTMLElement) => void, atHand: readonly string[],
 * }} parts `atHand`: emoji to choose from at first; `all`: from all; `more`: the menu
 */
export function initMessageBar(log, { canAct, react, all, reply, more, atHand }) {
  /** @param {string} name @param {string} words @param {string} sign */
  const button = (name, words, sign) =>
    h('button', { type: 'button', [`data-${name}`]: true, 'aria-label': words, title: words }, icon(sign));
  const open = button('message-react', t('reactions.react'), 'smile-plus');
  open.setAttribute('aria-expanded', 'false');
  const quick = h('span', { class: 'msg-quick', role: 'group', 'aria-label': t('reactions.react'), hidden: true });
  for (const emoji of atHand) quick.append(h('button', { type: 'button', 'data-quick': emoji }, emoji));
  const rest = button('message-emoji', t('reactions.all'), 'plus');
  quick.append(rest);
  const menu = button('message-menu', t('message.more'), 'ellipsis');
  menu.setAttribute('aria-haspopup', 'dialog');
  const bar = h('div', { class: 'msg-tools' }, quick, open, button('message-reply', t('message.reply'), 'reply'), menu);

  /** @param {boolean} isOpen */
  function showQuick(isOpen) {
    quick.hidden = !isOpen;
    open.setAttribute('aria-expanded', String(isOpen));
  }

  /** @param {HTMLElement} row */
  function goTo(row) {
    if (bar.parentElement && rowOf(bar) === row) return;
    const line = row.querySelector('.msg-line');
    showQuick(false);
    if (!line || !canAct(row)) return bar.remove();
    const { left, right, width } = line.getBoundingClientRect();
    const edge = log.getBoundingClientRect();
    const room = row.classList.contains('mine') ? left - edge.left : edge.right - right;
    bar.classList.toggle('is-beside', width < WIDE && room > WIDE);
    line.append(bar);
  }

  const stop = together(
    on(log, 'pointerover', ({ target, pointerType }) => {
      const row = pointerType === 'mouse' ? rowOf(target) : null;
      if (row && !bar.contains(document.activeElement)) goTo(row);
    }),
    on(bar, 'click', ({ target }) => {
      const row = rowOf(bar);
      const pressed = target instanceof Element ? target.closest('button') : null;
      if (!row || !pressed) return;
      const { quick: emoji } = pressed.dataset;
      if (pressed === open) showQuick(quick.hidden === true);
      else if (pressed === menu) more(row);
      else if (pressed !== rest && !emoji) reply(row);
      else {
        showQuick(false);
        if (emoji) react(row, emoji);
        else all(row);
      }
    }),
    on(bar, 'keydown', (event) => {
      if (event.key !== 'Escape' || quick.hidden) return;
      showQuick(false);
      open.focus();
      event.stopPropagation();
    }),
    () => bar.remove(),
  );

  return {
    goTo,
    /** Messages were drawn anew: the bar leaves one that is not what it was. */
    settled() {
      const row = rowOf(bar);
      if (row && !canAct(row)) bar.remove();
    },
    stop,
  };
}
