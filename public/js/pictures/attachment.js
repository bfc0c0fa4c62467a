/**
 * A picture before it is sent: shown, described, sent with progress, taken back. One at a time: the next waits until the
 * first has gone up.
 */
import { find, on, together } from '../ui/dom.js';
import { newId } from '../net/id.js';
import { sizeText } from './picture.js';
import { shrink } from './shrink.js';
import { upload } from '../net/upload.js';
import { errorText, t } from '../ui/words.js';
import { attachPanel } from './attach-panel.js';

/** @typedef {import('../messages/conversation.js').Conversation} Conversation */
/** @typedef {import('../net/errors.js').ApiError} ApiError */

const TYPES = /^image\/(gif|png|jpeg|webp)$/;

/**
 * `limit`: bytes; `target`: the conversation that is open; `sent`: a picture was stored; `ready`: the picture waits for the
 * reader's word.
 * @typedef {{
 *   limit: number, target: () => Conversation | null, sent: () => void, ready: () => void,
 * }} Parts
 */

/** @param {Parts} parts */
export function createAttachment({ limit, target, sent, ready }) {
  const panel = attachPanel();
  /** Chosen for one conversation, and sent there or nowhere. @type {{ file: File, clientId: string, to: Conversation } | null} */
  let chosen = null;
  /** @type {(() => void) | null} */
  let abort = null;
  /** @type {File | undefined} */
  let next;

  function clear() {
    abort?.();
    abort = null;
    chosen = null;
    panel.close();
  }

  /** @param {File | undefined} original */
  async function take(original) {
    const to = target();
    if (!original || !to) return;
    if (abort) return void (next = original);
    clear();
    panel.open();
    if (!TYPES.test(original.type)) return panel.refuse(t('chat.not_image'));
    const file = await shrink(original, limit);
    if (file.size > limit) return panel.refuse(t('chat.too_big', { size: sizeText(file.size), max: sizeText(limit) }));
    if (to !== target()) return clear();
    chosen = { file, clientId: newId(), to };
    panel.show(file, () => {
      chosen = null;
      panel.refuse(errorText('image_broken'));
    });
    panel.say(`${file.name} · ${sizeText(file.size)}`);
    ready();
  }

  function takeNext() {
    const file = next;
    next = undefined;
    void take(file);
  }

  /** @param {ApiError} error */
  function failed(error) {
    if (error.code === 'aborted') return;
    abort = null;
    if (chosen?.to !== target()) return clear();
    panel.uploading(false);
    // What the server will never take is not offered again.
    if (!error.passing) chosen = null;
    panel.say(`${t('chat.upload_failed')}. ${errorText(error.code)}`, chosen ? 'refused' : 'gone');
  }

  /** @returns {boolean} whether there was a picture to send */
  function send() {
    if (!chosen || abort) return Boolean(chosen);
    const { file, clientId, to } = chosen;
    const form = new FormData();
    form.set('clientId', clientId);
    form.set('alt', panel.alt.value.trim());
    form.set('gif', file);
    panel.uploading(true);
    const call = upload(to.pictures, form, panel.progress);
    abort = call.abort;
    call.done.then((message) => {
      abort = null;
      clear();
      to.take([message]);
      if (to === target()) sent();
      takeNext();
    }, failed);
    return true;
  }

  const stop = together(
    on(panel.cancel, 'click', () => {
      clear();
      ready();
      takeNext();
    }),
    on(panel.alt, 'keydown', (event) => {
      if (event.key === 'Escape') panel.cancel.click();
      if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      find('[data-send]', HTMLButtonElement)?.click();
    }),
    clear,
  );
  return {
    take,
    send,
    /** Another conversation is open: what was not sent yet is put away, what is on its way goes on. */
    leave() {
      if (!abort) clear();
    },
    stop,
  };
}
