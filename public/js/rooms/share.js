/** The invitation: the address to copy, and its QR code. */
import { find, need, on, setText, together } from '../ui/dom.js';
import { copyText } from '../ui/copy.js';
import { t } from '../ui/words.js';

export function initShare() {
  const dialog = need('[data-share]', HTMLDialogElement);
  const url = need('[data-share-url]', HTMLInputElement, dialog);
  const copy = need('[data-share-copy]', HTMLButtonElement, dialog);
  const label = need('[data-share-copy-text]', HTMLElement, copy);
  const status = find('[data-share-status]', HTMLElement, dialog);
  let timer = 0;

  async function run() {
    const done = await copyText(url.value);
    if (status) setText(status, done ? '' : t('chat.copy_failed'));
    if (!done) url.select();
    setText(label, t(done ? 'chat.copied' : 'chat.copy'));
    clearTimeout(timer);
    timer = window.setTimeout(() => setText(label, t('chat.copy')), 2000);
  }

  const openers = [...document.querySelectorAll('[data-share-open]')];
  return together(
    ...openers.map((button) => on(button, 'click', () => dialog.showModal())),
    on(copy, 'click', () => void run()),
    on(url, 'focus', () => url.select()),
    () => clearTimeout(timer),
  );
}
