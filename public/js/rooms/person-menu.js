/**
 * What can be done about a person who is here: a sheet on a phone, a dialog elsewhere, opened by the button in their row, by a
 * long press or a right click on it. Loaded at the first use.
 */
import { request } from '../net/api.js';
import { base, find, h, icon, on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';
import { confirm } from '../ui/confirm.js';
import { askRemoval } from './ask-removal.js';

/** @typedef {import('../../../schemas/rooms/contract.js').Roles} Roles */
/** @typedef {{ room: string, mine: string, theirs: string | undefined, person: { id: string, name: string } }} About */

/** @param {About} about `mine`, `theirs`: the roles of the reader and of the person */
export function openPersonMenu(about) {
  find('[data-person-dialog]', HTMLDialogElement)?.remove();
  const { person, mine, theirs } = about;
  const isHost = mine === 'host';
  const isInCharge = isHost || mine === 'helper';
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const dialog = h(
    'dialog',
    { class: 'dialog person-dialog', 'data-person-dialog': true, 'aria-labelledby': 'person-dialog-title' },
    h('form', { method: 'dialog' }, close),
    h('h2', { id: 'person-dialog-title' }, person.name),
    h('a', { class: 'menu-item', href: `${base}/messages/${person.id}` }, icon('message-circle'), t('messages.to')),
  );
  /** @param {string} name @param {string} words @param {() => void} act @param {boolean} [isDanger] */
  const item = (name, words, act, isDanger = false) => {
    const own = h('button', { class: `menu-item${isDanger ? ' danger' : ''}`, type: 'button' }, icon(name), words);
    on(own, 'click', () => {
      dialog.close();
      act();
    });
    dialog.append(own);
  };
  if (isHost && theirs !== 'helper') item('user-plus', t('people.make_helper'), () => void setRole(about, 'helper'));
  if (isHost && theirs === 'helper') item('user-minus', t('people.unmake_helper'), () => void setRole(about, 'member'));
  if (isHost) item('key-round', t('people.hand_over'), () => void handOver(about));
  if (isInCharge && theirs !== 'host') {
    item('log-out', t('people.remove'), () => askRemoval({ ...about, ban: false }), true);
    item('ban', t('people.ban'), () => askRemoval({ ...about, ban: true }), true);
  }
  document.body.append(dialog);
  on(dialog, 'close', () => dialog.remove());
  dialog.showModal();
}

/** @param {About} about @param {'host' | 'helper' | 'member'} role */
async function setRole({ room, person }, role) {
  try {
    await request(`/room/${room}/people/${person.id}/role`, { method: 'PUT', body: { role } });
  } catch (error) {
    notice(errorText(error instanceof Error ? error.message : 'internal'));
  }
}

/** @param {About} about */
async function handOver(about) {
  const { name } = about.person;
  const words = { title: t('people.hand_over_title', { name }), text: t('people.hand_over_text') };
  if (await confirm({ ...words, yes: t('people.hand_over'), no: t('ui.cancel') })) await setRole(about, 'host');
}
