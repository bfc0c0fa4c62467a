/**
 * The reader's pictures on their way to one conversation: kept in the browser's database, sent in order, each with its
 * progress, tried again while the connection or the server is away. A retry has the same `clientId`, so that the server
 * stores it once.
 */
import { ApiError } from '../net/errors.js';
import { later } from '../net/later.js';
import { upload } from '../net/upload.js';
import { createKeptFiles } from './kept-files.js';
import { previewOf } from './preview.js';

/** @typedef {import('../messages/outbox.js').Item} Item */
/** @typedef {import('../messages/outbox.js').Refusal} Refusal */
/** @typedef {import('./preview.js').Preview} Preview */
/** @typedef {import('../messages/message-quote.js').Quote} Quote */
/** @typedef {Preview & { clientId: string, file: File, alt: string, replyTo?: Quote }} ChosenPicture `replyTo`: what it answers */

/**
 * `keys`: of the rows of what this page has sent.
 * @typedef {import('../messages/sending.js').Outgoing & import('../messages/sending.js').Pictures & {
 *   createOutbox: typeof import('../messages/outbox.js').createOutbox,
 *   keys: Map<string, string>, judge: (error: unknown) => Refusal,
 * }} Parts
 */

/** A preview is shown this long after its picture was stored: until that has come, also on a slow connection. */
const PREVIEW_MS = 60_000;

/** @param {Parts} parts */
export function createPictureOutbox({
  createOutbox,
  key,
  path,
  isKept,
  keys,
  isStored,
  taken,
  judge,
  answered,
  changed,
}) {
  const files = createKeptFiles({ key, isKept });
  /** @type {Map<string, () => void>} */
  const aborts = new Map();
  const outbox = createOutbox({
    later,
    changed,
    send,
    judge: (error) =>
      error instanceof ApiError && error.code === 'aborted' ? { passing: false, code: error.code } : judge(error),
    save: () => undefined,
  });
  const itemOf = (/** @type {string} */ clientId) => outbox.items().find((item) => item.clientId === clientId);

  /** @param {Item} item */
  async function send({ clientId, picture, replyTo }) {
    const file = await files.file(clientId);
    // Another page of the reader's has sent it, or it was taken back.
    if (!file || !itemOf(clientId)) return;
    const form = new FormData();
    form.set('clientId', clientId);
    form.set('alt', picture?.alt ?? '');
    if (replyTo) form.set('replyTo', replyTo._id);
    form.set('gif', file, file.name);
    const call = upload(path, form, (percent) => showProgress(clientId, percent));
    aborts.set(clientId, call.abort);
    try {
      taken(await call.done);
      answered(true);
      settle(clientId);
    } finally {
      aborts.delete(clientId);
    }
  }

  /**
   * @param {{ clientId: string, at: string, alt: string, replyTo?: Quote | undefined } & Preview} picture
   * @param {boolean} isLoose it is lost with the page
   */
  function enter({ clientId, at, src, width, height, alt, replyTo }, isLoose) {
    keys.set(clientId, `c-${clientId}`);
    const answers = replyTo ? { replyTo } : {};
    outbox.add({ clientId, chat: '', picture: { src, width, height, alt }, isLoose, ...answers, at, state: 'waiting' });
  }

  /** It is stored, or no longer wanted. @param {string} clientId */
  function settle(clientId) {
    const item = itemOf(clientId);
    outbox.settle(clientId);
    aborts.get(clientId)?.();
    files.erase(clientId);
    if (item) later(() => URL.revokeObjectURL(item.picture?.src ?? ''), PREVIEW_MS);
  }

  /** @param {ChosenPicture} picture @param {string} at */
  async function add(picture, at) {
    const keeping = files.add({ ...picture, at });
    // Some databases never answer: what is not known to be kept is not said to be.
    enter({ ...picture, at }, true);
    if (await keeping) outbox.alter(picture.clientId, { isLoose: false });
  }

  return {
    items: outbox.items,
    kick: outbox.kick,
    retry: outbox.retry,
    settle,
    /** @param {readonly ChosenPicture[]} pictures in this order */
    add(pictures) {
      const now = Date.now();
      for (const [index, picture] of pictures.entries()) void add(picture, new Date(now + index).toISOString());
    },
    /** Take up what was kept before this page was loaded. */
    async restore() {
      for (const { clientId, at, file, alt, replyTo } of await files.recall()) {
        const preview = isStored(clientId) ? null : await previewOf(file);
        if (preview) enter({ clientId, at, alt, replyTo, ...preview }, false);
        else files.erase(clientId);
      }
    },
    /** Erase all: the conversation has ended for the reader. */
    forget() {
      for (const { clientId } of outbox.items()) settle(clientId);
    },
    stop: outbox.stop,
  };
}

/** @param {string} clientId @param {number} percent of the bytes that were sent */
function showProgress(clientId, percent) {
  const bar = document.querySelector(`[data-progress="${clientId}"]`);
  if (bar instanceof HTMLProgressElement) bar.value = percent;
}
