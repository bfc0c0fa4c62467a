/**
 * What can be done to the messages of a log, and how it is reached: by the buttons at a message's edge, by the keyboard, by
 * a long press, by a swipe, by its reactions. The menu itself is loaded at its first use.
 */
import { find, me, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { initMessageBar } from './message-bar.js';
import { initMessageKeys, rowOf } from './message-keys.js';
import { initLongPress } from './message-touch.js';
import { initReactions } from './reactions.js';
import { initSwipe } from './message-swipe.js';

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

/** Reactions that are at hand. */
const AT_HAND = ['👍', '❤️', '😂', '😮', '😢', '🎉'];

/**
 * @param {HTMLElement} log
 * @param {{
 *   actions: Actions, shown: () => Conversation | null, idle: () => boolean, done: () => void,
 *   reply: (message: Message) => void, leave: () => void,
 * }} parts `idle`: nothing is being written; `done`: editing ended; `reply`: the reader wants to answer; `leave`: the keyboard
 *   goes back to the composer
 */
export function initMessageActions(log, { actions, shown, idle, done, reply, leave }) {
  /** @param {EventTarget | null} target */
  const messageAt = (target) => shown()?.log.at(Number(rowOf(target)?.id.slice(2)));
  const reactions = initReactions(log, { actions, shown, messageAt });
  /** @param {Message} message */
  const parts = (message) => ({
    message,
    actions,
    changed: shown()?.replaced ?? (() => undefined),
    done,
    reply: () => reply(message),
    reactions: { ...reactions, atHand: AT_HAND },
  });
  /** What is done with the message of a row, unless it was removed. @param {(message: Message) => void} act */
  const withMessage = (act) => (/** @type {EventTarget | null} */ target) => {
    const message = messageAt(target);
    if (message && !message.removed) act(message);
  };
  const open = withMessage((message) => void menu(({ openMessageMenu }) => openMessageMenu(parts(message))));
  const answer = withMessage(reply);
  const change = withMessage((message) => {
    if (message.author.id === me.id && message.chat !== undefined && !message.poll)
      void menu(({ edit }) => edit(parts(message)));
  });

  /** @param {HTMLElement} row */
  const canAct = (row) => messageAt(row)?.removed === undefined;
  const bar = initMessageBar(log, {
    canAct,
    all: withMessage(reactions.all),
    react: (row, emoji) => withMessage((message) => reactions.toggle(message, emoji))(row),
    reply: answer,
    more: open,
    atHand: AT_HAND,
  });
  const keys = initMessageKeys(log, {
    open,
    focused: bar.goTo,
    leave,
    act(row, key) {
      const act = { r: answer, e: change }[key];
      act?.(row);
      return act !== undefined;
    },
  });

  return {
    /** A message was drawn. @param {HTMLElement} row @param {Message} message */
    drawn(row, message) {
      if (!row.hasAttribute('tabindex')) row.tabIndex = -1;
      if (message.removed) find('.msg-edit', HTMLElement, row)?.remove();
      reactions.draw(row, message);
    },
    /** All were drawn. */
    settled() {
      keys.settled();
      bar.settled();
    },
    /** Edit the reader's own last text. @returns {undefined} */
    editLast() {
      const message = shown()?.log.lastOwn();
      if (message) void menu(({ edit }) => idle() && edit(parts(message)));
    },
    stop: together(
      reactions.stop,
      bar.stop,
      keys.stop,
      initSwipe(log, { canReply: (row) => Boolean(messageAt(row)) && canAct(row), reply: answer }),
      initLongPress(log, (target) => {
        const message = messageAt(target);
        if (message && target instanceof Element && target.closest('.reaction')) reactions.open(message);
        else open(target);
      }),
    ),
  };
}
