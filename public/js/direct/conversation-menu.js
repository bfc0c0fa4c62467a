/** Mute and block, and the token for programs. */
import { request } from '../net/api.js';
import { find, on, setText, together } from '../ui/dom.js';
import { errorText, failureText, t } from '../ui/words.js';
import { confirm } from '../ui/confirm.js';
import { notice } from '../ui/notice.js';

/** @param {{ other: string, name: string }} parts */
export function initConversationMenu({ other, name }) {
  const block = find('[data-block]', HTMLFormElement);
  const mute = find('[data-mute]', HTMLFormElement);
  const closeMenu = () => document.querySelector('[data-conversation] [data-menu]')?.removeAttribute('open');

  /** @param {SubmitEvent} event */
  async function askBlock(event) {
    const button = block?.querySelector('button');
    if (button?.value !== 'on') return;
    event.preventDefault();
    closeMenu();
    const words = { title: t('messages.block_title', { name }), text: t('messages.block_text') };
    if (!(await confirm({ ...words, yes: t('messages.block_yes'), no: t('messages.block_no') }))) return;
    try {
      await request(`/api/messages/${other}/block`, { method: 'POST', body: { on: true } });
      location.reload();
    } catch (error) {
      notice(failureText(error));
    }
  }

  /** @param {SubmitEvent} event */
  async function toggleMute(event) {
    event.preventDefault();
    const button = mute?.querySelector('button');
    if (!button) return;
    try {
      await request(`/api/messages/${other}/mute`, { method: 'POST', body: { on: button.value === 'on' } });
      button.value = button.value === 'on' ? 'off' : 'on';
      const words = find('[data-mute-words]', HTMLElement);
      if (words) setText(words, t(button.value === 'on' ? 'messages.mute' : 'messages.unmute'));
    } catch (error) {
      notice(failureText(error));
    }
    closeMenu();
  }

  return together(
    on(block, 'submit', (event) => void askBlock(event)),
    on(mute, 'submit', (event) => void toggleMute(event)),
  );
}

export function initProgram() {
  const dialog = find('[data-program]', HTMLDialogElement);
  const field = find('[data-program-token]', HTMLInputElement);
  if (!dialog || !field) return () => {};
  return together(
    on(find('[data-program-open]', HTMLButtonElement), 'click', () => {
      for (const menu of document.querySelectorAll('[data-menu]')) menu.removeAttribute('open');
      dialog.showModal();
    }),
    on(find('[data-program-get]', HTMLButtonElement), 'click', () => {
      /** @type {Promise<{ token: string }>} */
      const asked = request('/api/token', { method: 'POST' });
      asked.then(
        ({ token }) => {
          field.value = token;
          field.select();
        },
        (error) => notice(errorText(error.message)),
      );
    }),
    on(dialog, 'close', () => (field.value = '')),
  );
}
