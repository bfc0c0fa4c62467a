/** The dialog with the return code: shown where it is known, made anew where it is not. */
import { request } from '../net/api.js';
import { keepCode, recallCode } from './consult-code.js';
import { copyText } from '../ui/copy.js';
import { need, on, setText, together } from '../ui/dom.js';
import { errorText, t } from '../ui/words.js';
import { notice } from '../ui/notice.js';

/** @param {string} session */
export function initReturnCode(session) {
  const dialog = need('[data-code]', HTMLDialogElement);
  const row = need('[data-code-row]', HTMLElement, dialog);
  const value = need('[data-code-value]', HTMLInputElement, dialog);
  const copy = need('[data-code-copy]', HTMLButtonElement, dialog);
  const renew = need('[data-code-new]', HTMLButtonElement, dialog);

  /** @param {string} code */
  function show(code) {
    value.value = code;
    row.hidden = code === '';
  }

  async function make() {
    renew.disabled = true;
    try {
      /** @type {{ code: string }} */
      const { code } = await request(`/chat/consult/${session}/code`, { method: 'POST', body: {} });
      keepCode(session, code);
      show(code);
    } catch (error) {
      notice(errorText(/** @type {import('../net/errors.js').ApiError} */ (error).code));
    }
    renew.disabled = false;
  }

  return together(
    on(document.querySelector('[data-code-open]'), 'click', () => {
      show(recallCode(session));
      dialog.showModal();
    }),
    on(copy, 'click', async () => {
      const done = await copyText(value.value);
      setText(need('[data-code-copy-text]', HTMLElement, copy), t(done ? 'chat.copied' : 'chat.copy_failed'));
    }),
    on(renew, 'click', () => void make()),
  );
}
