/** The reader's own texts: on their way out, kept over a reload, and brought back to be changed. */
import { on, together } from '../ui/dom.js';
import { ApiError } from '../net/errors.js';
import { newId } from '../net/id.js';
import { later } from '../net/later.js';
import { outboxKey } from './keys.js';
import { createOutbox } from './outbox.js';
import { keep, recall } from '../ui/store.js';

/**
 * @param {{
 *   key: string,
 *   post: (item: { chat: string, clientId: string, shelf?: import('./outbox.js').ShelfItem }) => Promise<void>,
 *   answered: (isThere: boolean) => void,
 *   refused: (code: string) => void,
 *   changed: () => void,
 * }} parts `post` resolves once the text is stored; `answered`: whether the server did; `refused` gets the code of a refusal
 *   that waiting does not cure
 */
export function createSending({ key, post, answered, refused, changed }) {
  /** Texts of this page keep their element when they become messages: clientId -> row key. @type {Map<string, string>} */
  const keys = new Map();
  const outbox = createOutbox({
    items: recall('session', outboxKey(key), []),
    save: (items) => keep('session', outboxKey(key), items.length ? items : undefined),
    changed,
    later,
    async send({ chat, shelf, clientId }) {
      await post({ chat, clientId, ...(shelf ? { shelf } : {}) });
      answered(true);
    },
    judge(error) {
      if (!(error instanceof ApiError)) return { passing: false, code: 'internal' };
      // A text that does not get through says more of the connection than a socket that has not noticed yet.
      if (error.status === 0) answered(false);
      if (!error.passing) refused(error.code);
      return { passing: error.passing, code: error.code, retryAfter: error.details.retryAfter };
    },
  });
  for (const { clientId } of outbox.items()) keys.set(clientId, `c-${clientId}`);

  return {
    items: outbox.items,
    keys,
    retry: outbox.retry,
    /** It is stored, or no longer wanted. */
    settle: outbox.settle,
    kick: outbox.kick,
    /** @param {string} text @returns {boolean} whether there was something to send */
    say(text) {
      const chat = text.trim();
      if (!chat) return false;
      const clientId = newId();
      keys.set(clientId, `c-${clientId}`);
      outbox.add({ clientId, chat, at: new Date().toISOString(), state: 'waiting' });
      return true;
    },
    /** @param {import('./outbox.js').ShelfItem} shelf */
    sendGif(shelf) {
      const clientId = newId();
      keys.set(clientId, `c-${clientId}`);
      outbox.add({ clientId, chat: '', shelf, at: new Date().toISOString(), state: 'waiting' });
    },
    /** Take back the last text that failed. */
    takeFailed() {
      const failed = outbox.items().findLast((item) => item.state === 'failed' && item.chat);
      if (failed) outbox.settle(failed.clientId);
      return failed?.chat;
    },
    stop: together(
      on(window, 'online', () => outbox.kick()),
      () => outbox.stop(),
    ),
  };
}
