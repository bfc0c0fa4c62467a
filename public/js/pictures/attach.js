/**
 * A picture before it is sent: chosen, pasted or dropped; described, sent with progress, taken back. One at a time: the
 * next waits until the first has gone up.
 */
import { find, need, on, together } from '../ui/dom.js';
import { newId } from '../net/id.js';
import { sizeText } from './picture.js';
import { shrink } from './shrink.js';
import { upload } from '../net/upload.js';
import { errorText, t } from '../ui/words.js';
import { attachPanel } from './attach-panel.js';
import { pictureOf, watchDrops } from './drops.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../net/api.js').ApiError} ApiError */

const TYPES = /^image\/(gif|png|jpeg|webp)$/;

/** @param {{ room: string, path?: () => string, limit: number, posted: (message: Message) => void, ready: () => void }} parts */
export function initAttach({ room, path = () => `/room/${room}/gif`, limit, posted, ready }) {
  const panel = attachPanel();
  const input = need('[data-attach-file]', HTMLInputElement);
  /** Chosen for one conversation, and sent there or nowhere. @type {{ file: File, clientId: string, to: string } | null} */
  let chosen = null;
  /** @type {(() => void) | null} */
  let abort = null;
  /** @type {File | undefined} */
  let next;

  function clear() {
    abort?.();
    abort = null;
    chosen = null;
    input.value = '';
    panel.close();
  }

  /** @param {File | undefined} original */
  async function take(original) {
    if (!original) return;
    if (abort) return void (next = original);
    clear();
    const to = path();
    panel.open();
    if (!TYPES.test(original.type)) return panel.refuse(t('chat.not_image'));
    const file = await shrink(original, limit);
    if (file.size > limit) return panel.refuse(t('chat.too_big', { size: sizeText(file.size), max: sizeText(limit) }));
    if (to !== path()) return clear();
    chosen = { file, clientId: newId(), to };
    panel.show(file, () => {
      chosen = null;
      panel.refuse(errorText('image_broken'));
    });
    panel.say(`${file.name} · ${sizeText(file.size)}`);
    ready();
  }

  /** @param {Message} message */
  function done(message) {
    abort = null;
    clear();
    posted(message);
    void take(next);
    next = undefined;
  }

  /** @param {ApiError} error */
  function failed(error) {
    if (error.code === 'aborted') return;
    abort = null;
    if (chosen?.to !== path()) return clear();
    panel.uploading(false);
    // What the server will never take is not offered again.
    if (!error.passing) chosen = null;
    panel.say(`${t('chat.upload_failed')}. ${errorText(error.code)}`, chosen ? 'refused' : 'gone');
  }

  /** @returns {boolean} whether there was a picture to send */
  function send() {
    if (!chosen || abort) return Boolean(chosen);
    const form = new FormData();
    form.set('clientId', chosen.clientId);
    form.set('alt', panel.alt.value.trim());
    form.set('gif', chosen.file);
    panel.uploading(true);
    /** @type {{ done: Promise<Message>, abort: () => void }} */
    const call = upload(chosen.to, form, panel.progress);
    abort = call.abort;
    call.done.then(done, failed);
    return true;
  }

  const stop = together(
    on(input, 'change', () => void take(input.files?.[0])),
    on(panel.cancel, 'click', () => {
      clear();
      ready();
      void take(next);
      next = undefined;
    }),
    on(panel.alt, 'keydown', (event) => {
      if (event.key === 'Escape') panel.cancel.click();
      if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      find('[data-send]', HTMLButtonElement)?.click();
    }),
    on(document, 'paste', (event) => {
      const file = pictureOf(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      void take(file);
    }),
    watchDrops((file) => void take(file)),
    clear,
  );
  return {
    send,
    has: () => chosen !== null,
    /** Another conversation is open: what was not sent yet is put away, what is on its way goes on. */
    leave() {
      if (!abort) clear();
    },
    stop,
  };
}
