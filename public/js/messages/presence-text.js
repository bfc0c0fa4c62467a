/** Comings and goings in one sentence: "A and B came in · C left". */
import { lang, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */

const list = new Intl.ListFormat(lang, { type: 'conjunction' });
const NAMED = 3;

/** @param {Person[]} people */
function names(people) {
  const named = people.slice(0, NAMED).map((person) => person.name);
  const rest = people.length - named.length;
  // ListFormat's Korean joins with 및, which nobody says.
  const joined = lang === 'ko' ? named.join(', ') : list.format(named);
  return rest > 0 ? t('chat.names_more', { names: named.join(', '), count: rest }) : joined;
}

/** @param {{ joined: Person[], left: Person[] }} row */
export function presenceText({ joined, left }) {
  const said = [];
  if (joined.length) said.push(t('chat.joined', { names: names(joined) }));
  if (left.length) said.push(t('chat.left', { names: names(left) }));
  return said.join(' · ');
}
