/** Reporting, and for those in charge how many messages and people are reported: a number at the menu and at "Room". */
import { setText } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { t } from '../ui/words.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./ask-report.js')>} */
const question = lazy(new URL('./ask-report.js', import.meta.url));

/** Ask whether a message or a person is to be reported. @param {{ path: string, name: string }} about */
export const report = (about) => void question(({ askReport }) => askReport(about));

/** @param {number} count */
export function showReports(count) {
  for (const badge of document.querySelectorAll('[data-reports-count]')) {
    if (!(badge instanceof HTMLElement)) continue;
    setText(badge, String(count));
    badge.hidden = count === 0;
    badge.setAttribute('aria-label', t('reports.waiting', { count }));
  }
}
