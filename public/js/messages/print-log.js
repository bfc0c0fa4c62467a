/** Loads a conversation to its beginning, with its pictures, and prints it. Loaded at its first use. */
import { h, need, on, setText } from '../ui/dom.js';
import { openSheet } from '../ui/menu-dialog.js';
import { t } from '../ui/words.js';

/** @typedef {import('./conversation.js').Conversation} Conversation */

/** Milliseconds after which pictures that did not come are printed as they are. */
const PICTURES_MS = 15_000;

/** @param {Conversation} conversation */
export async function printLog(conversation) {
  if (document.querySelector('dialog[open]')) return;
  const { dialog, failed, said } = openProgress(() => void printLog(conversation));
  const all = conversation.log.last();
  try {
    await conversation.loadAll((from) => {
      said(t('print.loaded', { count: conversation.log.size() + conversation.log.first() - from }), (all - from) / all);
      return dialog.open;
    });
    if (dialog.open) said(t('print.pictures'), 1);
    await pictures(() => dialog.open);
  } catch {
    return failed();
  }
  if (!dialog.open) return conversation.forgetOld();
  dialog.close();
  on(window, 'afterprint', conversation.forgetOld, { once: true });
  window.print();
}

/** What is going on, and a way to stop it: closing the sheet. @param {() => void} again */
function openProgress(again) {
  const bar = h('progress', { max: '1', value: '0', 'aria-label': t('print.loading') });
  const status = h('p', { class: 'hint', role: 'status' });
  const button = h('button', { class: 'button', type: 'button' }, t('ui.cancel'));
  const buttons = h('p', { class: 'dialog-end' }, button);
  const dialog = openSheet({ name: 'print-sheet', title: t('print.loading') }, bar, status, buttons);
  on(button, 'click', () => dialog.close());
  return {
    dialog,
    /** @param {string} words @param {number} share 0 to 1 */
    said(words, share) {
      setText(status, words);
      bar.value = share;
    },
    failed() {
      setText(status, t('chat.older_failed'));
      const retry = h('button', { class: 'button primary', type: 'button' }, t('ui.retry'));
      on(retry, 'click', () => {
        dialog.close();
        again();
      });
      buttons.append(retry);
      retry.focus();
    },
  };
}

/** Wait for the pictures of the log, which otherwise come when they are scrolled to. @param {() => boolean} isWanted */
async function pictures(isWanted) {
  // Drawn with the next frame.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const images = [...need('[data-log]', HTMLElement).querySelectorAll('img')];
  for (const image of images) image.loading = 'eager';
  const missing = images.filter(({ complete }) => !complete);
  const all = missing.map((image) => new Promise((resolve) => void on(image, 'load error', resolve, { once: true })));
  if (!isWanted()) return;
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, PICTURES_MS))]);
}
