/** One question with two answers, in the page's own dialog. */
import { need, on, setText } from './dom.js';

/**
 * @param {{ title: string, text: string, yes: string, no: string }} words
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, yes, no }) {
  const dialog = need('[data-confirm]', HTMLDialogElement);
  setText(need('[data-confirm-title]', HTMLElement, dialog), title);
  setText(need('[data-confirm-text]', HTMLElement, dialog), text);
  setText(need('[data-confirm-yes]', HTMLElement, dialog), yes);
  const stay = need('[data-confirm-no]', HTMLElement, dialog);
  setText(stay, no);
  dialog.returnValue = 'no';
  dialog.showModal();
  stay.focus();
  return new Promise((resolve) => {
    on(dialog, 'close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
