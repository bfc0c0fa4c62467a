/** Who chose which reaction of a message: as the title of a chip, or of all kinds in a dialog. Loaded at its first use. */
import { request } from '../net/api.js';
import { faceNode, h, me } from '../ui/dom.js';
import { openSheet } from '../ui/menu-dialog.js';
import { notice } from '../ui/notice.js';
import { failureText, lang, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */
/** @typedef {Record<string, Person[]>} Who emoji -> who chose it */

/** Names in a title. */
const NAMED = 12;

/** @param {Person} person */
const nameOf = ({ id, name }) => (id === me.id ? t('reactions.you') : name);

/** @param {readonly Person[]} people */
function names(people) {
  const rest = people.length - NAMED;
  const named = people.slice(0, NAMED).map(nameOf);
  const all = rest > 0 ? [...named, t('reactions.others', { count: rest })] : named;
  return new Intl.ListFormat(lang).format(all);
}

/** Let a chip say by its title who is behind it. @param {Element} chip @param {string} path of the message's reactions */
export async function nameReactions(chip, path) {
  try {
    /** @type {Who} */
    const who = await request(path);
    const people = who[chip.getAttribute('data-reaction') ?? ''];
    if (people) chip.setAttribute('title', names(people));
  } catch {
    // A title is only a convenience: the next time the pointer rests there it is asked for anew.
  }
}

/** All kinds and who chose them. @param {string} path of the message's reactions */
export async function openReactions(path) {
  /** @type {Who} */
  let who;
  try {
    who = await request(path);
  } catch (error) {
    return notice(failureText(error));
  }
  const kinds = Object.entries(who).map(([emoji, people]) => {
    const items = people.map((person) =>
      h('li', { class: 'person' }, faceNode(person, 32), h('span', { class: 'person-name' }, nameOf(person))),
    );
    const title = h('h3', {}, `${emoji} ${people.length}`);
    return h('section', { class: 'reaction-kind' }, title, h('ul', { class: 'people-list' }, ...items));
  });
  const none = kinds.length ? null : h('p', {}, t('reactions.none'));
  openSheet({ name: 'reactions', title: t('reactions.title') }, ...kinds, none);
}
