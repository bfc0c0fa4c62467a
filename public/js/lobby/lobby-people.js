/** Who is in the lobby, here and away: a list beside the conversation, a sheet on a phone. */
import { personName } from '../messages/person-name.js';
import { faceNode, fillList, find, h, me, need, setText } from '../ui/dom.js';
import { initPeopleSheet } from '../ui/people-sheet.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/lobby/contract.js').LobbyUserView} LobbyUserView */

export function initLobbyPeople() {
  const list = need('[data-people-list]', HTMLElement);

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
    set(users, { here, away }) {
      const rest = here + away - users.length;
      /** @type {(LobbyUserView | null)[]} null: the row that counts those who are not shown */
      const rows = rest > 0 ? [...users, null] : users;
      fillList(
        list,
        rows,
        (person) => person?.id ?? '',
        (person) => (person ? item(person) : h('li', {}, t('lobby.more', { count: rest }))),
      );
      need('[data-nobody]', HTMLElement).hidden = users.length > 0;
      setText(need('[data-here]', HTMLElement), t('lobby.here', { count: here }));
      setText(need('[data-away]', HTMLElement), t('lobby.away', { count: away }));
      const number = find('[data-here-number]', HTMLElement);
      if (number) setText(number, String(here));
    },
    stop: initPeopleSheet(),
  };
}
