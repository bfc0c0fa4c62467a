/**
 * What can be done about a person who is here: a sheet on a phone, a dialog elsewhere, opened by the button in their row, by a
 * long press or a right click on it. Loaded at the first use.
 */
import { request } from '../net/api.js';
import { base } from '../ui/dom.js';
import { openMenu } from '../ui/menu-dialog.js';
import { notice } from '../ui/notice.js';
import { failureText, t } from '../ui/words.js';
import { confirm } from '../ui/confirm.js';
import { askRemoval } from './ask-removal.js';

/** @typedef {import('../../../schemas/rooms/contract.js').Roles} Roles */
/**
 * `report`: asks whether the person is to be reported.
 * @typedef {{
 *   room: string, mine: string, theirs: string | undefined, person: { id: string, name: string }, report: () => void,
 * }} About
 */

/** @param {About} about `mine`, `theirs`: the roles of the reader and of the person */
export function openPersonMenu(about) {
  const { person, mine, theirs } = about;
  const isHost = mine === 'host';
  const isInCharge = isHost || mine === 'helper';
  /** @type {import('../ui/menu-dialog.js').Entry[]} */
  const entries = [{ icon: 'message-circle', words: t('messages.to'), href: `${base}/messages/${person.id}` }];
  /** @param {string} name @param {string} words @param {() => void} act @param {boolean} [isDanger] */
  const entry = (name, words, act, isDanger = false) => entries.push({ icon: name, words, act, isDanger });
  entry('flag', t('reports.report'), about.report);
  if (isHost && theirs !== 'helper') entry('user-plus', t('people.make_helper'), () => void setRole(about, 'helper'));
  if (isHost && theirs === 'helper')
    entry('user-minus', t('people.unmake_helper'), () => void setRole(about, 'member'));
  if (isHost) entry('key-round', t('people.hand_over'), () => void handOver(about));
  if (isInCharge && theirs !== 'host') {
    entry('log-out', t('people.remove'), () => askRemoval({ ...about, ban: false }), true);
    entry('ban', t('people.ban'), () => askRemoval({ ...about, ban: true }), true);
  }
  openMenu({ name: 'person-dialog', title: person.name, entries });
}

/** @param {About} about @param {'host' | 'helper' | 'member'} role */
async function setRole({ room, person }, role) {
  try {
    await request(`/room/${room}/people/${person.id}/role`, { method: 'PUT', body: { role } });
  } catch (error) {
    notice(failureText(error));
  }
}

/** @param {About} about */
async function handOver(about) {
  const { name } = about.person;
  const words = { title: t('people.hand_over_title', { name }), text: t('people.hand_over_text') };
  if (await confirm({ ...words, yes: t('people.hand_over'), no: t('ui.cancel') })) await setRole(about, 'host');
}
