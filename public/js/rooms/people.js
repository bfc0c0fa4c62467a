/**
 * Who is here: the list beside the conversation (a sheet on a phone), the faces in the bar, the words, and how many: those
 * in the list, for the number of an event may be an older one than the list when visitors came by several nodes. Keeps
 * every face's shift for as long as the page lives, so that nobody changes face while talking.
 */
import { faceNode, fillList, find, h, icon, me, need, setText } from '../ui/dom.js';
import { knowPeople } from '../ui/pulse.js';
import { wearFace } from '../ui/self.js';
import { initPeopleSheet } from '../ui/people-sheet.js';
import { tellApart } from '../../../shared/tell-apart.js';
import { personName } from '../messages/person-name.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../shared/face.js').Face & { name: string }} Member */

/** What can be done about a person. @param {Member} person */
function menuButton({ id, name }) {
  const words = t('people.menu', { name });
  const attributes = { class: 'button quiet icon-only person-more', type: 'button', 'aria-haspopup': 'dialog' };
  return h('button', { ...attributes, 'aria-label': words, title: words, 'data-person-menu': id }, icon('ellipsis'));
}

/**
 * @param {{ members: Member[], roles: import('../../../schemas/rooms/contract.js').Roles, max: number }} start
 */
export function initPeople({ members: initial, roles: initialRoles, max }) {
  const list = need('[data-people-list]', HTMLElement);
  const row = need('[data-face-row]', HTMLElement);
  /** @type {Map<string, Member>} */
  let members = new Map();
  let roles = initialRoles;
  /** @type {Map<string, number>} */
  const shifts = new Map();

  /** The person with the shift that tells them apart. @param {Member} person @returns {Member} */
  function apart(person) {
    const known = person.shift ?? shifts.get(person.id);
    const shift = known ?? tellApart(person, [...members.values()]);
    shifts.set(person.id, shift);
    return { ...person, shift };
  }

  function draw() {
    const here = [...members.values()];
    const own = members.get(me.id);
    if (own) wearFace(own);
    row.replaceChildren(...here.slice(0, 5).map((person) => faceNode(person, 28)));
    fillList(list, here, ({ id }) => id, item);
    for (const number of document.querySelectorAll('[data-face-count], [data-people-number]'))
      setText(number, String(here.length));
    need('#main', HTMLElement).toggleAttribute('data-full', here.length >= max);
    knowPeople(here.length);
    const words = find('[data-here]', HTMLElement);
    if (words) setText(words, t('chat.here', { count: here.length, max }));
  }

  /** @param {Member} person */
  function item(person) {
    const you = person.id === me.id ? h('span', { class: 'you-tag' }, t('you.suffix')) : null;
    const role = roles[person.id];
    const tag = role ? h('span', { class: 'tag' }, t(role === 'host' ? 'chat.owner' : 'chat.helper')) : null;
    const name = personName(person);
    const more = person.id === me.id ? null : menuButton(person);
    return h('li', { class: 'person', 'data-id': person.id }, faceNode(person, 32), name, you, tag, more);
  }

  /** @param {Member[]} everybody */
  function set(everybody) {
    members = new Map();
    for (const person of everybody) members.set(person.id, apart(person));
    draw();
  }

  set(initial);
  const stop = initPeopleSheet();
  return {
    set,
    /** @param {Member} who */
    join(who) {
      members.set(who.id, members.get(who.id) ?? apart(who));
      draw();
    },
    /** @param {Member} who */
    exit(who) {
      members.delete(who.id);
      draw();
    },
    /** @param {import('../../../schemas/rooms/contract.js').Roles} now */
    setRoles(now) {
      roles = now;
      draw();
    },
    /** @param {string} id */
    nameOf: (id) => members.get(id)?.name,
    /** Everybody but the reader. */
    list: () => [...members.values()].filter(({ id }) => id !== me.id),
    count: () => members.size,
    /** The host has changed how many seats there are. @param {number} seats */
    seats(seats) {
      max = seats;
      draw();
    },
    /** @type {import('../messages/message.js').ShiftOf} */
    shiftOf(id, given) {
      // Somebody who has left keeps the face that the server's messages show.
      if (given !== undefined && !shifts.has(id)) shifts.set(id, given);
      return shifts.get(id);
    },
    stop,
  };
}
