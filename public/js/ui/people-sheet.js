/** Who is here: a list beside the conversation, which a phone shows in a sheet. */
import { need, on, together } from './dom.js';

export function initPeopleSheet() {
  const sheet = need('[data-people-sheet]', HTMLDialogElement);
  const box = need('[data-people-box]', HTMLElement);
  const home = need('[data-people-home]', HTMLElement);
  return together(
    on(need('[data-people-open]', HTMLButtonElement), 'click', () => {
      need('[data-people-slot]', HTMLElement, sheet).append(box);
      sheet.showModal();
    }),
    on(sheet, 'close', () => home.append(box)),
  );
}
