/** The reader's own texts and pictures: on their way out, kept over a reload, and the texts brought back to be changed. */
import { on, together } from '../ui/dom.js';
import { ApiError } from '../net/errors.js';
import { newId } from '../net/id.js';
import { later } from '../net/later.js';
import { outboxKey } from './keys.js';
import { createOutbox } from './outbox.js';
import { keep, recall } from '../ui/store.js';
import { createPictureLane } from '../pictures/picture-lane.js';

/** @typedef {import('./outbox.js').Item} Item */
/** In the order in which they were sent. @param {Item} a @param {Item} b */
const byTime = (a, b) => (a.at < b.at ? -1 : Number(a.at > b.at));

/** @typedef {import('./message-quote.js').Quote} Quote */

/** Where pictures are posted, and whether those that wait outlive the page. @typedef {{ path: string, isKept: boolean }} Pictures */

/**
 * What texts and pictures have in common. `key`: of the conversation; `isStored`: it is in the log already; `taken` gets a
 * picture's stored message; `answered`: whether the server did; `changed`: what waits is not what it was.
 * @typedef {{
 *   key: string, isStored: (clientId: string) => boolean, taken: (message: any) => void,
 *   answered: (isThere: boolean) => void, changed: () => void,
 * }} Outgoing any: a message as the place's server sends it
 */

/**
 * @param {Outgoing & {
 *   pictures: Pictures,
 *   post: (item: { chat: string, clientId: string, shelf?: import('./outbox.js').ShelfItem, replyTo?: string }) => Promise<void>,
 *   refused: (code: string) => void,
 * }} parts `post` resolves once the text is stored; `refused` gets the code of a refusal that waiting does not cure
 */
export function createSending({ key, pictures, isStored, taken, post, answered, refused, changed }) {
  /** Texts of this page keep their element when they become messages: clientId -> row key. @type {Map<string, string>} */
  const keys = new Map();
  /** @param {unknown} error @returns {import('./outbox.js').Refusal} */
  function judge(error) {
    if (!(error instanceof ApiError)) return { passing: false, code: 'internal' };
    // A post that does not get through says more of the connection than a socket that has not noticed yet.
    if (error.status === 0) answered(false);
    if (!error.passing) refused(error.code);
    return { passing: error.passing, code: error.code, retryAfter: error.details.retryAfter };
  }
  const outbox = createOutbox({
    items: recall('session', outboxKey(key), []),
    save: (items) => keep('session', outboxKey(key), items.length ? items : undefined),
    changed,
    later,
    async send({ chat, shelf, replyTo, clientId }) {
      await post({ chat, clientId, ...(shelf ? { shelf } : {}), ...(replyTo ? { replyTo: replyTo._id } : {}) });
      answered(true);
    },
    judge,
  });
  for (const { clientId } of outbox.items()) keys.set(clientId, `c-${clientId}`);
  const lane = createPictureLane({
    createOutbox,
    key,
    ...pictures,
    keys,
    isStored,
    taken,
    judge,
    answered,
    changed,
  });

  /** @param {Pick<import('./outbox.js').Item, 'chat' | 'shelf' | 'replyTo'>} item */
  function add({ chat, shelf, replyTo }) {
    const clientId = newId();
    keys.set(clientId, `c-${clientId}`);
    const rest = { ...(shelf ? { shelf } : {}), ...(replyTo ? { replyTo } : {}) };
    outbox.add({ clientId, chat, ...rest, at: new Date().toISOString(), state: 'waiting' });
  }

  return {
    /** @returns {Item[]} */
    items: () => [...lane.items(), ...outbox.items()].sort(byTime),
    keys,
    /** @param {string} clientId */
    retry(clientId) {
      lane.retry(clientId);
      outbox.retry(clientId);
    },
    /** It is stored, or no longer wanted. @param {string} clientId */
    settle(clientId) {
      lane.settle(clientId);
      outbox.settle(clientId);
    },
    kick() {
      lane.kick();
      outbox.kick();
    },
    sendPictures: lane.add,
    forgetPictures: lane.forget,
    /** @param {string} text @param {Quote} [replyTo] @returns {boolean} whether there was something to send */
    say(text, replyTo) {
      const chat = text.trim();
      if (chat) add({ chat, ...(replyTo ? { replyTo } : {}) });
      return Boolean(chat);
    },
    /** @param {import('./outbox.js').ShelfItem} shelf @param {Quote} [replyTo] */
    sendGif: (shelf, replyTo) => add({ chat: '', shelf, ...(replyTo ? { replyTo } : {}) }),
    /** Take back the last text that failed. */
    takeFailed() {
      const failed = outbox.items().findLast((item) => item.state === 'failed' && item.chat);
      if (failed) outbox.settle(failed.clientId);
      return failed;
    },
    stop: together(
      on(window, 'online', () => {
        lane.kick();
        outbox.kick();
      }),
      lane.stop,
      outbox.stop,
    ),
  };
}
