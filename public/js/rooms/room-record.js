/** Erasing everything that was said so far, asked twice: a section of the sheet "Room". */
import { request } from '../net/api.js';
import { confirm } from '../ui/confirm.js';
import { find, on } from '../ui/dom.js';
import { failureText, t } from '../ui/words.js';

/** @param {{ room: string, box: HTMLElement, say: (words: string) => void }} sheet `say`: at its end */
export function initRecord({ room, box, say }) {
  const form = find('[data-erase-form]', HTMLFormElement, box);
  // The box that the plain form has to have ticked is asked as the two questions.
  find('[data-erase-sure]', HTMLElement, box)?.remove();
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const no = t('ui.cancel');
    const first = { title: t('record.erase_title'), text: t('record.erase_text'), yes: t('record.erase_go_on'), no };
    const second = { title: t('record.again_title'), text: t('record.again_text'), yes: t('record.erase'), no };
    if (!(await confirm(first)) || !(await confirm(second))) return;
    try {
      /** @type {{ erased: number }} */
      const { erased } = await request(`/room/${room}/chats`, { method: 'DELETE', timeout: 60_000 });
      say(t('record.erased', { count: erased }));
    } catch (error) {
      say(failureText(error));
    }
  });
}
