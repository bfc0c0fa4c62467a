/** What a conversation with a host has beside messages; each part is loaded with its first use. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MessageView} MessageView */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./poll.js')>} */
const poll = lazy(new URL('./poll.js', import.meta.url));
/** @type {import('../ui/lazy.js').Lazy<typeof import('./ask-poll.js')>} */
const askPoll = lazy(new URL('./ask-poll.js', import.meta.url));

/**
 * @param {{ room: string, limits: import('./ask-poll.js').Limits, changed: (message: MessageView) => void }} parts
 *   `changed`: a message is not what it was, or is new
 */
export function initTalk({ room, limits, changed }) {
  on(document.querySelector('[data-ask-poll]'), 'click', () => {
    document.querySelector('details[data-menu]')?.removeAttribute('open');
    void askPoll(({ openAskPoll }) => openAskPoll({ room, limits, asked: changed }));
  });
  return {
    /** @type {import('../messages/message.js').Drawn} */
    drawn(row, message) {
      if (message.poll) void poll(({ drawPoll }) => drawPoll(row, /** @type {any} */ (message), changed));
    },
  };
}
