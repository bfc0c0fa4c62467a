/**
 * How the menu of a message is opened: by its button (pointing, keyboard: the log has one stop, arrows go on from there), or
 * by a long press. What is in it is loaded at its first use.
 */
import { find, h, icon, me, on, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/**
 * What a place lets people do to messages. `path`: of one message below the site's base; `field`: of its text; `mayRemove`:
 * also what others wrote; `report`: what others wrote can be reported.
 * @typedef {{
 *   path: (id: string) => string, field: 'chat' | 'message', mayRemove?: () => boolean, report?: (message: Message) => void,
 * }} Actions
 */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./message-menu.js')>} */
const menu = lazy(new URL('./message-menu.js', import.meta.url));

/** Milliseconds that a finger rests on a message. */
const PRESS_MS = 500;

/** Whether somebody's text can be edited by its author. @param {Message | undefined} message */
const isText = (message) => message?.chat !== undefined && !message.poll;

/**
 * @param {HTMLElement} log
 * @param {{ actions: Actions, shown: () => Conversation | null, idle: () => boolean, done: () => void }} parts `idle`: nothing
 *   is being written; `done`: editing ended
 */
export function initMessageActions(log, { actions, shown, idle, done }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let press;
  let isPressed = false;

  /** @param {Element | null} row */
  const messageOf = (row) => shown()?.log.at(Number(row?.id.slice(2)));
  /** @param {Message} message */
  const parts = (message) => ({ message, actions, changed: shown()?.replaced ?? (() => undefined), done });
  /** @param {Message} message */
  function canAct(message) {
    if (message.removed) return false;
    return message.author.id === me.id || isText(message) || actions.report !== undefined || actions.mayRemove?.();
  }

  /** @param {Element | null} row */
  function open(row) {
    const message = messageOf(row);
    if (message && canAct(message)) void menu(({ openMessageMenu }) => openMessageMenu(parts(message)));
  }
  /** @param {EventTarget | null} target */
  const rowOf = (target) => (target instanceof Element ? target.closest('.msg[id]') : null);
  const buttons = () => [...log.querySelectorAll('[data-message-menu]')].filter((each) => each instanceof HTMLElement);
  const stopPress = () => clearTimeout(press);

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const all = buttons();
    const at = all.findIndex((each) => each === event.target);
    if (!by || at < 0) return;
    event.preventDefault();
    all[at + by]?.focus();
  }

  return {
    /** A message was drawn. @param {HTMLElement} row @param {Message} message */
    drawn(row, message) {
      const button = find('[data-message-menu]', HTMLElement, row);
      if (message.removed) find('.msg-edit', HTMLElement, row)?.remove();
      if (!canAct(message)) return button?.remove();
      if (button) return;
      const words = t('message.menu', { name: message.author.name });
      const attributes = { class: 'msg-more', type: 'button', 'aria-haspopup': 'dialog', tabindex: '-1' };
      find('.msg-time', HTMLElement, row)?.append(
        h('button', { ...attributes, 'aria-label': words, title: words, 'data-message-menu': true }, icon('ellipsis')),
      );
    },
    /** All were drawn: the keyboard comes to the newest. */
    settled() {
      const all = buttons();
      const stop = all.find((each) => each === document.activeElement) ?? all.at(-1);
      for (const each of all) each.tabIndex = each === stop ? 0 : -1;
    },
    /** Edit the reader's own last text. @returns {undefined} */
    editLast() {
      const message = shown()?.log.lastOwn();
      if (message) void menu(({ edit }) => idle() && edit(parts(message)));
    },
    stop: together(
      on(log, 'click', ({ target }) => {
        const button = target instanceof Element ? target.closest('[data-message-menu]') : null;
        if (button) open(rowOf(button));
      }),
      on(log, 'keydown', walk),
      on(
        log,
        'touchstart',
        ({ target }) => {
          stopPress();
          isPressed = false;
          if (target instanceof Element && target.closest('a, form, .gif-tools, .msg-state')) return;
          press = setTimeout(() => {
            isPressed = true;
            open(rowOf(target));
          }, PRESS_MS);
        },
        { passive: true },
      ),
      on(log, 'touchmove touchcancel', stopPress, { passive: true }),
      on(log, 'touchend', (event) => {
        stopPress();
        // The finger that opened the menu presses nothing when it goes up.
        if (isPressed && event.cancelable) event.preventDefault();
        isPressed = false;
      }),
      stopPress,
    ),
  };
}
