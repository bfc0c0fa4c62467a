/**
 * The question before somebody is made to leave: for now or for good, alone or with their address, with what they posted.
 * Loaded at its first use.
 */
import { request } from '../net/api.js';
import { ask } from '../ui/dialog.js';
import { h } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { t } from '../ui/words.js';

/**
 * @param {{ room: string, person: { id: string, name: string }, ban: boolean, done?: () => void }} parts `done`: they had to
 *   leave
 */
export function askRemoval({ room, person, ban, done }) {
  const byAddress = tick(t('people.ban_address'), 'people-ban-address');
  const hint = h('p', { class: 'hint', id: 'people-ban-address' }, t('people.ban_address_hint'));
  const erase = tick(t('people.erase'));
  ask({
    name: 'removal-dialog',
    title: t(ban ? 'people.ban_title' : 'people.remove_title', { name: person.name }),
    text: t(ban ? 'people.ban_text' : 'people.remove_text'),
    fields: ban ? [byAddress.label, hint, erase.label] : [erase.label],
    sure: h('button', { class: 'button danger' }, t(ban ? 'people.ban' : 'people.remove')),
    async act() {
      const body = { ban, byAddress: ban && byAddress.input.checked, erase: erase.input.checked };
      /** @type {{ others?: { name: string }[] }} */
      const { others = [] } = await request(`/room/${room}/people/${person.id}/remove`, { method: 'POST', body });
      done?.();
      if (others.length) notice(t('people.ban_others', { names: others.map(({ name }) => name).join(', ') }));
    },
  });
}

/** A tick with its words. @param {string} words @param {string} [hint] the id of what explains it */
function tick(words, hint) {
  const input = h('input', { type: 'checkbox', 'aria-describedby': hint });
  return { input, label: h('label', { class: 'tick' }, input, words) };
}
