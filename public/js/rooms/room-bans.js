/** Who is kept out of the room, with undo: the last section of the sheet "Room". */
import { request } from '../net/api.js';
import { faceNode, h, on } from '../ui/dom.js';
import { failureText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').BanView} BanView */

/** @param {{ room: string }} sheet */
export function bansSection({ room }) {
  const list = h('ul', { class: 'ban-list' });
  const status = h('p', { class: 'hint', role: 'status' }, t('people.bans_loading'));
  const section = h(
    'section',
    { 'aria-labelledby': 'bans-title' },
    h('h2', { id: 'bans-title' }, t('people.bans')),
    list,
    status,
  );
  /** @param {string} words */
  const say = (words) => status.replaceChildren(words);
  void load();
  return section;

  async function load() {
    try {
      /** @type {{ bans: BanView[] }} */
      const { bans } = await request(`/room/${room}/bans`);
      list.replaceChildren(...bans.map(row));
      say(bans.length ? '' : t('people.bans_none'));
    } catch (error) {
      say(failureText(error));
    }
  }

  /** @param {BanView} ban */
  function row({ _id, person, byAddress }) {
    const undo = h('button', { class: 'button', type: 'button' }, t('people.unban'));
    const note = byAddress ? h('span', { class: 'tag' }, t('people.ban_with_address')) : null;
    on(undo, 'click', async () => {
      undo.disabled = true;
      try {
        await request(`/room/${room}/bans/${_id}`, { method: 'DELETE' });
        await load();
      } catch (error) {
        undo.disabled = false;
        say(failureText(error));
      }
    });
    return h('li', {}, faceNode(person, 32), h('span', { class: 'person-name' }, person.name), note, undo);
  }
}
