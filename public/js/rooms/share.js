/** The invitation: the address to copy, and its QR code. Loaded when it is opened first. */
import { find, need, on, setText } from '../ui/dom.js';
import { copyText } from '../ui/copy.js';
import { t } from '../ui/words.js';

/** @type {HTMLDialogElement | undefined} */
let dialog;

export function openShare() {
  dialog ??= prepare();
  dialog.showModal();
}

function prepare() {
  const box = need('[data-share]', HTMLDialogElement);
  const url = need('[data-share-url]', HTMLInputElement, box);
  const copy = need('[data-share-copy]', HTMLButtonElement, box);
  const label = need('[data-share-copy-text]', HTMLElement, copy);
  const status = find('[data-share-status]', HTMLElement, box);
  let timer = 0;

  async function run() {
    const done = await copyText(url.value);
    if (status) setText(status, done ? '' : t('chat.copy_failed'));
    if (!done) url.select();
    setText(label, t(done ? 'chat.copied' : 'chat.copy'));
    clearTimeout(timer);
    timer = window.setTimeout(() => setText(label, t('chat.copy')), 2000);
  }

  on(copy, 'click', () => void run());
  on(url, 'focus', () => url.select());
  return box;
}
