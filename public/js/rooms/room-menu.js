/** Leaving and closing, each with its question where something would be lost. */
import { base, on, together } from '../ui/dom.js';
import { request } from '../net/api.js';
import { t } from '../ui/words.js';
import { confirm } from '../ui/confirm.js';

/**
 * @param {{ room: string, alone: () => boolean, hasMessages: () => boolean, going: () => void, failed: (code: string) => void }} parts
 */
export function initRoomMenu({ room, alone, hasMessages, going, failed }) {
  /** @param {SubmitEvent} event */
  async function leave(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const ask = alone() && hasMessages();
    if (
      ask &&
      !(await confirm({
        title: t('chat.leave_last_title'),
        text: t('chat.leave_last_text'),
        yes: t('chat.leave_last_yes'),
        no: t('chat.leave_last_no'),
      }))
    ) {
      return;
    }
    going();
    form.submit();
  }

  /** @param {SubmitEvent} event */
  async function remove(event) {
    event.preventDefault();
    document.querySelector('details[data-menu]')?.removeAttribute('open');
    const sure = await confirm({
      title: t('chat.delete_title'),
      text: t('chat.delete_text'),
      yes: t('chat.delete_yes'),
      no: t('chat.delete_no'),
    });
    if (!sure) return;
    try {
      await request(`/room/${room}`, { method: 'DELETE' });
      going();
      location.assign(`${base}/room/${room}/closed`);
    } catch (error) {
      failed(error instanceof Error ? error.message : 'internal');
    }
  }

  const leaves = [...document.querySelectorAll('[data-leave]')];
  return together(
    ...leaves.map((form) => on(form, 'submit', (event) => void leave(event))),
    on(document.querySelector('[data-delete]'), 'submit', (event) => void remove(event)),
  );
}
