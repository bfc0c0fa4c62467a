/** What people inside have reported: a section of the sheet "Room", in which each report is acted on or dismissed. */
import { request } from '../net/api.js';
import { find, on } from '../ui/dom.js';
import { errorText } from '../ui/words.js';
import { askRemoval } from './ask-removal.js';

/** @param {{ room: string, box: HTMLElement, say: (words: string) => void }} sheet `say`: at its end */
export function initReports({ room, box, say }) {
  const section = find('[data-reports]', HTMLElement, box);

  /** @param {Element} row */
  function settled(row) {
    row.remove();
    if (section && !section.querySelector('li')) section.hidden = true;
    else section?.querySelector('button')?.focus();
  }

  /** @param {Element} row @param {string} path */
  async function act(row, path) {
    try {
      await request(`/room/${room}${path}`, { method: 'DELETE' });
      settled(row);
    } catch (error) {
      const code = error instanceof Error ? error.message : 'internal';
      // Somebody else in charge was faster.
      if (code === 'report_not_found' || code === 'message_not_found') settled(row);
      else say(errorText(code));
    }
  }

  on(section, 'submit', (event) => {
    const form = event.target;
    const row = form instanceof HTMLFormElement ? form.closest('li') : null;
    if (!row) return;
    event.preventDefault();
    const { target = '', person = '', name = '' } = row.dataset;
    if (form.matches('[data-report-remove]'))
      askRemoval({ room, person: { id: person, name }, ban: false, done: () => settled(row) });
    else void act(row, form.matches('[data-report-delete]') ? `/chat/${target}` : `/reports/${target}`);
  });
}
