/** The question before a message or a person is reported to those in charge. Loaded at its first use. */
import { request } from '../net/api.js';
import { h, icon, on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';

/** Characters of a reason. */
const WHY_MAX = 300;

/** @param {{ path: string, name: string }} about `path`: of the message or the person, `name`: who is reported */
export function askReport({ path, name }) {
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const why = h('input', {
    id: 'report-why',
    name: 'why',
    type: 'text',
    maxlength: String(WHY_MAX),
    autocomplete: 'off',
  });
  const optional = h('span', { class: 'optional' }, t('ui.optional'));
  const stay = h('button', { class: 'button', type: 'button' }, t('ui.cancel'));
  const form = h(
    'form',
    { class: 'form', method: 'dialog' },
    h('div', { class: 'field' }, h('label', { for: 'report-why' }, t('reports.why'), ' ', optional), why),
    h('p', { class: 'dialog-end' }, stay, h('button', { class: 'button primary' }, t('reports.send'))),
  );
  const dialog = h(
    'dialog',
    {
      class: 'dialog',
      'data-report-dialog': true,
      'aria-labelledby': 'report-title',
      'aria-describedby': 'report-text',
    },
    h('form', { method: 'dialog' }, close),
    h('h2', { id: 'report-title' }, t('reports.ask_title', { name })),
    h('p', { id: 'report-text' }, t('reports.ask_text')),
    form,
  );
  on(stay, 'click', () => dialog.close());
  on(form, 'submit', () => void send());
  on(dialog, 'close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  why.focus();

  async function send() {
    try {
      await request(`${path}/report`, { method: 'POST', body: { why: why.value } });
      notice(t('reports.sent'));
    } catch (error) {
      notice(errorText(error instanceof Error ? error.message : 'internal'));
    }
  }
}
