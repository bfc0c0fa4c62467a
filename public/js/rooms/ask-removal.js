/** The question before somebody is made to leave: for now or for good, alone or with their address, with what they posted. */
import { request } from '../net/api.js';
import { h, icon, on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';

/**
 * @param {{ room: string, person: { id: string, name: string }, ban: boolean, done?: () => void }} parts `done`: they had to
 *   leave
 */
export function askRemoval({ room, person, ban, done }) {
  const { name } = person;
  const byAddress = tick(t('people.ban_address'), 'people-ban-address');
  const erase = tick(t('people.erase'));
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const sure = h('button', { class: 'button danger' }, t(ban ? 'people.ban' : 'people.remove'));
  const stay = h('button', { class: 'button', type: 'button' }, t('ui.cancel'));
  const form = h('form', { class: 'form', method: 'dialog' });
  if (ban)
    form.append(byAddress.label, h('p', { class: 'hint', id: 'people-ban-address' }, t('people.ban_address_hint')));
  form.append(erase.label, h('p', { class: 'dialog-end' }, stay, sure));
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'removal-title', 'aria-describedby': 'removal-text' },
    h('form', { method: 'dialog' }, close),
    h('h2', { id: 'removal-title' }, t(ban ? 'people.ban_title' : 'people.remove_title', { name })),
    h('p', { id: 'removal-text' }, t(ban ? 'people.ban_text' : 'people.remove_text')),
    form,
  );
  on(stay, 'click', () => dialog.close());
  on(form, 'submit', () => void send());
  on(dialog, 'close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  stay.focus();

  async function send() {
    const body = { ban, byAddress: ban && byAddress.input.checked, erase: erase.input.checked };
    try {
      /** @type {{ others?: { name: string }[] }} */
      const { others = [] } = await request(`/room/${room}/people/${person.id}/remove`, { method: 'POST', body });
      done?.();
      if (others.length) notice(t('people.ban_others', { names: others.map((other) => other.name).join(', ') }));
    } catch (error) {
      notice(errorText(error instanceof Error ? error.message : 'internal'));
    }
  }
}

/** A tick with its words. @param {string} words @param {string} [hint] the id of what explains it */
function tick(words, hint) {
  const input = h('input', { type: 'checkbox', 'aria-describedby': hint });
  return { input, label: h('label', { class: 'tick' }, input, words) };
}
