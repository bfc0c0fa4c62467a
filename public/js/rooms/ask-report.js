/** The question before a message or a person is reported to those in charge. Loaded at its first use. */
import { request } from '../net/api.js';
import { ask } from '../ui/dialog.js';
import { h } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { t } from '../ui/words.js';

/** Characters of a reason. */
const WHY_MAX = 300;

/** @param {{ path: string, name: string }} about `path`: of the message or the person, `name`: who is reported */
export function askReport({ path, name }) {
  const why = h('input', {
    id: 'report-why',
    name: 'why',
    type: 'text',
    maxlength: String(WHY_MAX),
    autocomplete: 'off',
    autofocus: true,
  });
  const optional = h('span', { class: 'optional' }, t('ui.optional'));
  ask({
    name: 'report-dialog',
    title: t('reports.ask_title', { name }),
    text: t('reports.ask_text'),
    fields: [h('div', { class: 'field' }, h('label', { for: 'report-why' }, t('reports.why'), ' ', optional), why)],
    sure: h('button', { class: 'button primary' }, t('reports.send')),
    async act() {
      await request(`${path}/report`, { method: 'POST', body: { why: why.value } });
      notice(t('reports.sent'));
    },
  });
}
