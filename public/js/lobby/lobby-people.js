/** Who is in the lobby, here and away: a list beside the conversation, a sheet on a phone. */
import { personName } from '../messages/person-name.js';
import { faceNode, fillList, find, h, me, need, setText } from '../ui/dom.js';
import { initPeopleSheet } from '../ui/people-sheet.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/lobby/contract.js').LobbyUserView} LobbyUserView */

export function initLobbyPeople() {
  const list = need('[data-people-list]', HTMLElement);
  /** Those who are here, the reader apart. @type {LobbyUserView[]} */
  let here = [];

  /** @param {LobbyUserView} person */
  function item(person) {
    return h(
      'li',
      { class: person.online ? 'person' : 'person is-away', 'data-id': person.id },
      faceNode(person, 32),
      personName(person),
      person.id === me.id ? h('span', { class: 'you-tag' }, t('you.suffix')) : null,
      person.online ? null : h('span', { class: 'tag' }, t('lobby.is_away')),
    );
  }

  return {
    /** @param {LobbyUserView[]} users @param {{ here: number, away: number }} counts */
    set(users, counts) {
      here = users.filter(({ id, online }) => online && id !== me.id);
      const rest = counts.here + counts.away - users.length;
      /** @type {(LobbyUserView | null)[]} null: the row that counts those who are not shown */
      const rows = rest > 0 ? [...users, null] : users;
      fillList(
        list,
        rows,
        (person) => person?.id ?? '',
        (person) => (person ? item(person) : h('li', {}, t('lobby.more', { count: rest }))),
      );
      need('[data-nobody]', HTMLElement).hidden = users.length > 0;
      setText(need('[data-here]', HTMLElement), t('lobby.here', { count: counts.here }));
      setText(need('[data-away]', HTMLElement), t('lobby.away', { count: counts.away }));
      const number = find('[data-here-number]', HTMLElement);
      if (number) setText(number, String(counts.here));
    },
    here: () => here,
    stop: initPeopleSheet(),
  };
}
